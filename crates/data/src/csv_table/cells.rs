use super::columns::Columns;
use super::labels::Labels;
use super::problems::{Kind, Problems};
use super::ranges::Range;
use super::row::Row;
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
    source: &'a CsvSource,
    purpose: Purpose,
    /// Rows that are taken.
    pub(super) num_rows: usize,
    /// Rows left out, counted from 0 below the header.
    pub(super) dropped: Vec<usize>,
    pub(super) inputs: Vec<f32>,
    /// Targets that are numbers.
    pub(super) values: Vec<f32>,
    /// Targets that name classes.
    pub(super) labels: Labels,
    /// Of each column whether it holds truths, once a row has said it.
    truths: Vec<Option<bool>>,
    /// Classes that are listed and called as a missing cell.
    meant: Vec<&'a str>,
    /// Of each column what its numbers come to.
    pub(super) ranges: Vec<Range>,
    /// Of each column what is subtracted from its numbers.
    offsets: Vec<f64>,
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
            values: Vec::new(),
            labels: Labels::default(),
            truths: Vec::new(),
            ranges: Vec::new(),
            offsets: Vec::new(),
            problems: Problems::default(),
        }
    }

    /// Takes what a row holds.
    pub(super) fn add(&mut self, row: Row<'_>) {
        let columns = row.columns;
        let place = self.num_rows + self.dropped.len();
        if self.drops() && self.misses_a_cell(row) {
            self.dropped.push(place);
            return;
        }
        self.num_rows += 1;
        if self.truths.is_empty() {
            let num_columns = columns.names.len();
            self.truths.resize(num_columns, None);
            self.ranges.resize(num_columns, Range::default());
            let offset = |name: &String| self.source.offset_of(name);
            self.offsets = columns.names.iter().map(offset).collect();
        }
        for &column in &columns.features {
            let number = self.number(row, column);
            self.inputs.extend(number);
        }
        for &column in &columns.targets {
            if self.has_classes() {
                let label = row.field(column);
                if self.is_no_class(label) {
                    self.problems.add(column, Kind::Missing, row);
                } else {
                    self.labels.push(label, row.line());
                }
            } else {
                let number = self.number(row, column);
                self.values.extend(number);
            }
        }
    }

    /// Whether everything could be taken.
    ///
    /// # Errors
    /// All columns with what is in their way.
    pub(super) fn check(&self, columns: &Columns) -> Result<(), CsvError> {
        self.problems.check(self.source, self.purpose, columns)?;
        if self.num_rows == 0 {
            return Err(CsvError::EveryRowDropped {
                path: self.source.path.clone(),
                num_rows: self.dropped.len(),
            });
        }
        Ok(())
    }

    fn drops(&self) -> bool {
        self.purpose == Purpose::Learn && self.source.cells.missing == CsvMissing::Drop
    }

    fn has_classes(&self) -> bool {
        matches!(self.source.target, CsvTarget::Classes { .. })
    }

    fn misses_a_cell(&self, row: Row<'_>) -> bool {
        let is_missing = |&column: &usize| self.source.cells.is_missing(row.field(column));
        let misses_target = |column: &usize| {
            if self.has_classes() {
                self.is_no_class(row.field(*column))
            } else {
                is_missing(column)
            }
        };
        row.columns.features.iter().any(is_missing) || row.columns.targets.iter().any(misses_target)
    }

    /// Whether a label is missing: a class that is listed is meant, whatever it is called.
    fn is_no_class(&self, label: &str) -> bool {
        self.source.cells.is_missing(label) && !self.meant.contains(&label)
    }

    /// The number in a column; truths are 1 and 0 where the whole column is made of them.
    fn number(&mut self, row: Row<'_>, column: usize) -> Option<f32> {
        let (number, is_truth) = match self.source.cells.cell::<f64>(row.field(column)) {
            Cell::Number(number) => (number, false),
            Cell::Truth(truth) => (f64::from(u8::from(truth)), true),
            Cell::Missing => return self.problem(row, column, Kind::Missing),
            Cell::NotFinite => return self.problem(row, column, Kind::NotFinite),
            Cell::Text => return self.problem(row, column, Kind::Text),
        };
        let before = *self.truths[column].get_or_insert(is_truth);
        if before != is_truth {
            return self.problem(row, column, Kind::Mixed);
        }
        let offset = self.offsets[column];
        let own = single(number - offset);
        if !own.is_finite() {
            return self.problem(row, column, Kind::NotFinite);
        }
        self.ranges[column].add(number, offset);
        Some(own)
    }

    fn problem(&mut self, row: Row<'_>, column: usize, kind: Kind) -> Option<f32> {
        // Nothing is going to be made of them.
        self.inputs = Vec::new();
        self.values = Vec::new();
        self.problems.add(column, kind, row);
        None
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "networks compute in single precision"
)]
fn single(number: f64) -> f32 {
    number as f32
}
