use super::columns::Columns;
use super::held::Held;
use super::plain::PlainBlock;
use super::problems::{Kind, Problems, Told};
use super::ranges::Range;
use super::row::Row;
use super::rows::Visit;
use super::scanner::trimmed;
use super::words::Words;
use crate::column_encoding::ColumnEncoding;
use crate::csv_cells::{Cell, CsvMissing};
use crate::csv_error::CsvError;
use crate::csv_source::{CsvSource, CsvTarget};

/// What rows are read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To learn from or to judge by.
    Learn,
    /// To be answered, each of them.
    Answer,
}

/// What stands in the rows, one after the other.
pub(super) struct Cells<'a> {
    pub(super) source: &'a CsvSource,
    purpose: Purpose,
    /// Rows that are taken.
    pub(super) num_rows: usize,
    /// Rows left out, counted from 0 below the header.
    pub(super) dropped: Vec<usize>,
    /// The numbers of the features, row by row; of one that is [held](Self::held), anything.
    pub(super) inputs: Vec<f32>,
    /// Of each feature in order, its cells, where they are more than numbers.
    pub(super) held: Vec<Option<Held>>,
    /// Targets that are numbers.
    pub(super) values: Vec<f32>,
    /// Targets that name classes.
    pub(super) labels: Words,
    /// Of each column whether it holds truths, once a row has said it.
    truths: Vec<Option<bool>>,
    /// Of each column what becomes of its missing cells.
    missing: Vec<CsvMissing>,
    /// Classes that are listed and called as a missing cell.
    meant: Vec<&'a str>,
    /// Of each column what its numbers come to.
    pub(super) ranges: Vec<Range>,
    /// Of each column what is subtracted from its numbers.
    pub(super) offsets: Vec<f64>,
    problems: Problems,
}

impl<'a> Cells<'a> {
    pub(super) fn new(source: &'a CsvSource, purpose: Purpose) -> Self {
        let listed = match &source.target {
            CsvTarget::Classes { names, .. } => names.as_deref().unwrap_or_default(),
            CsvTarget::Values(_) => &[],
        };
        let listed = listed.iter().map(String::as_str);
        Self {
            meant: listed
                .filter(|name| source.cells.is_missing(name))
                .collect(),
            source,
            purpose,
            num_rows: 0,
            dropped: Vec::new(),
            inputs: Vec::new(),
            held: Vec::new(),
            values: Vec::new(),
            labels: Words::default(),
            truths: Vec::new(),
            missing: Vec::new(),
            ranges: Vec::new(),
            offsets: Vec::new(),
            problems: Problems::default(),
        }
    }

    /// Takes what a row holds.
    pub(super) fn add(&mut self, row: Row<'_>) {
        let columns = row.columns;
        if self.truths.is_empty() {
            self.begin(columns);
        }
        let place = self.num_rows + self.dropped.len();
        if self.purpose == Purpose::Learn && self.is_dropped(row) {
            self.dropped.push(place);
            return;
        }
        self.num_rows += 1;
        for (place, &column) in columns.features.iter().enumerate() {
            match self.held[place].take() {
                None => {
                    let number = self.shifted(row, column);
                    self.inputs.extend(number);
                }
                Some(mut held) => {
                    self.hold(&mut held, row, column);
                    self.held[place] = Some(held);
                    self.inputs.push(0.0);
                }
            }
        }
        for &column in &columns.targets {
            if self.has_classes() {
                let label = row.field(column);
                if self.is_no_class(label) {
                    self.problem(row, column, Kind::Missing);
                } else {
                    self.labels.push(label, row.line());
                }
            } else {
                let number = self.shifted(row, column);
                self.values.extend(number);
            }
        }
    }

    /// Adds the rows of a block with this text that begins in this line; says whether they are what the rows before are.
    fn add_plain(
        &mut self,
        block: &PlainBlock,
        text: &str,
        (columns, line): (&Columns, usize),
    ) -> bool {
        if self.truths.is_empty() {
            self.begin(columns);
            self.reserve(block, text);
        }
        let ranges = block.ranges.iter().enumerate();
        let numbers = ranges.filter_map(|(column, range)| Some((column, range.as_ref()?)));
        if numbers
            .clone()
            .any(|(column, _)| self.truths[column] == Some(true))
        {
            return false;
        }
        for (column, range) in numbers {
            self.truths[column] = Some(false);
            self.ranges[column].merge(range);
        }
        self.num_rows += block.num_rows;
        self.inputs.extend_from_slice(&block.inputs);
        self.values.extend_from_slice(&block.values);
        for (row, label) in block.labels.iter().enumerate() {
            self.labels.push(trimmed(&text[label.clone()]), line + row);
        }
        true
    }

    /// Makes room for a file of such blocks, which saves moving what was read again and again.
    fn reserve(&mut self, block: &PlainBlock, text: &str) {
        let file = std::fs::metadata(self.source.path()).map_or(0, |file| file.len());
        // Rows differ in length.
        let blocks = 1.02 * file as f64 / text.len() as f64;
        for (own, numbers) in [
            (&mut self.inputs, block.inputs.len()),
            (&mut self.values, block.values.len()),
        ] {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "not below zero, and not much larger than the file"
            )]
            let expected = (blocks * numbers as f64) as usize;
            // Without it goes on, step by step.
            let _ = own.try_reserve_exact(expected);
        }
    }

    /// Gets ready for these columns.
    fn begin(&mut self, columns: &Columns) {
        let num_columns = columns.names.len();
        self.truths.resize(num_columns, None);
        self.ranges.resize(num_columns, Range::default());
        let source = self.source;
        let names = columns.names.iter();
        self.offsets = names.clone().map(|name| source.offset_of(name)).collect();
        self.missing = names.map(|name| source.missing_of(name)).collect();
        let held = |&column: &usize| Held::of(source, &columns.names[column]);
        self.held = columns.features.iter().map(held).collect();
    }

    /// Whether everything could be taken.
    ///
    /// # Errors
    /// All columns with what is in their way.
    pub(super) fn check(&self, columns: &Columns) -> Result<(), CsvError> {
        self.problems.check(&Told {
            source: self.source,
            purpose: self.purpose,
            columns,
            num_rows: self.num_rows + self.dropped.len(),
        })?;
        if self.num_rows == 0 {
            return Err(CsvError::EveryRowDropped {
                path: self.source.path.clone(),
                num_rows: self.dropped.len(),
            });
        }
        Ok(())
    }

    fn has_classes(&self) -> bool {
        matches!(self.source.target, CsvTarget::Classes { .. })
    }

    /// Whether a cell is missing in a column whose rows are left out then.
    fn is_dropped(&self, row: Row<'_>) -> bool {
        let columns = row.columns;
        let drops = |column: &&usize| self.missing[**column] == CsvMissing::Drop;
        let misses = |column: &usize| self.misses_word(row, *column);
        let misses_target = |column: &usize| {
            if self.has_classes() {
                self.is_no_class(row.field(*column))
            } else {
                misses(column)
            }
        };
        columns.features.iter().filter(drops).any(misses)
            || columns.targets.iter().filter(drops).any(misses_target)
    }

    /// Whether a cell is missing: a category that is listed is meant, whatever it is called.
    fn misses_word(&self, row: Row<'_>, column: usize) -> bool {
        let field = row.field(column);
        self.source.cells.is_missing(field) && !self.is_listed(&row.columns.names[column], field)
    }

    fn is_listed(&self, name: &str, field: &str) -> bool {
        let encoding = self.source.encoding_of(name);
        let vocabulary = encoding.and_then(ColumnEncoding::vocabulary);
        vocabulary.is_some_and(|words| words.iter().any(|word| word == field))
    }

    /// Whether a label is missing: a class that is listed is meant, whatever it is called.
    fn is_no_class(&self, label: &str) -> bool {
        self.source.cells.is_missing(label) && !self.meant.contains(&label)
    }

    /// Keeps a cell that is more than a number.
    fn hold(&mut self, held: &mut Held, row: Row<'_>, column: usize) {
        let is_filled = self.missing[column].fills();
        match held {
            Held::Words(words) if !self.misses_word(row, column) => {
                words.push(row.field(column), row.line());
            }
            Held::Words(words) if is_filled => words.push_missing(),
            Held::Words(_) => self.problem(row, column, Kind::Missing),
            Held::Numbers(numbers) => match self.number(row, column) {
                Ok(number) => numbers.push(number),
                Err(Kind::Missing) if is_filled => numbers.push(f64::NAN),
                Err(kind) => self.problem(row, column, kind),
            },
        }
    }

    /// The number in a column, less the offset.
    fn shifted(&mut self, row: Row<'_>, column: usize) -> Option<f32> {
        match self.number(row, column) {
            Ok(number) => Some(single(number - self.offsets[column])),
            Err(kind) => {
                self.problem(row, column, kind);
                None
            }
        }
    }

    /// The number in a column; truths are 1 and 0 where the whole column is made of them.
    fn number(&mut self, row: Row<'_>, column: usize) -> Result<f64, Kind> {
        let (number, is_truth) = match row.cell(column) {
            Cell::Number(number) => (number, false),
            Cell::Truth(truth) => (f64::from(u8::from(truth)), true),
            Cell::Missing => return Err(Kind::Missing),
            Cell::NotFinite => return Err(Kind::NotFinite),
            Cell::Text => return Err(Kind::Text),
        };
        let before = *self.truths[column].get_or_insert(is_truth);
        if before != is_truth {
            return Err(Kind::Mixed);
        }
        let offset = self.offsets[column];
        if !single(number - offset).is_finite() {
            return Err(Kind::NotFinite);
        }
        self.ranges[column].add(number, offset);
        Ok(number)
    }

    fn problem(&mut self, row: Row<'_>, column: usize, kind: Kind) {
        // Nothing is going to be made of them.
        self.inputs = Vec::new();
        self.values = Vec::new();
        self.problems.add(column, kind, row);
    }
}

impl Visit for &mut Cells<'_> {
    const TAKES_PLAIN: bool = true;

    fn row(&mut self, row: Row<'_>) {
        self.add(row);
    }

    fn plain(&mut self, block: &PlainBlock, text: &str, place: (&Columns, usize)) -> bool {
        self.add_plain(block, text, place)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "networks compute in single precision"
)]
pub(super) fn single(number: f64) -> f32 {
    number as f32
}
