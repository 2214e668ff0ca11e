use std::collections::BTreeSet;

use serde::Serialize;

use super::columns::Columns;
use super::different::Different;
use super::row::Row;
use super::rows::for_each_row;
use crate::csv_cells::Cell;
use crate::csv_error::suspicion;
use crate::csv_source::CsvSource;
use crate::error::DataError;

/// What a table holds, column by column.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{CsvContent, CsvSource};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("cats.csv");
/// std::fs::write(&path, "weight,name\n4.5,Minka\n3.5,Felix\n")?;
/// let overview = CsvSource::values(&path, ["weight"]).overview()?;
/// assert_eq!((overview.rows, overview.columns.len()), (2, 2));
/// assert!(matches!(overview.columns[0].content, CsvContent::Numbers { .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CsvOverview {
    /// Rows below the header.
    pub rows: usize,
    /// The columns in the order of the file.
    pub columns: Vec<CsvColumn>,
    /// What may be wrong with how the table is read: another delimiter, or no line of names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspicion: Option<String>,
}

/// What a column of a table holds.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::CsvSource;
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("cats.csv");
/// std::fs::write(&path, "weight,name\n4.5,Minka\n4.5,Felix\n")?;
/// let overview = CsvSource::values(&path, ["weight"]).overview()?;
/// let [weight, name] = &overview.columns[..] else { unreachable!() };
/// assert_eq!((weight.name.as_str(), weight.different), ("weight", 1));
/// assert_eq!((name.different, name.empty), (2, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CsvColumn {
    /// Its name; empty if it has none.
    pub name: String,
    /// Different fields, missing ones not counted.
    pub different: usize,
    /// Whether there may be more of them: a column is not counted beyond what [`CsvOverview::COUNTED`] leaves to it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub or_more: bool,
    /// Fields of nothing.
    pub empty: usize,
    /// Missing fields: those of nothing, and those of a word that says so.
    pub missing: usize,
    /// What its other fields are.
    #[serde(flatten)]
    pub content: CsvContent,
}

/// What the fields of a column are, missing ones left out.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{CsvContent, CsvSource};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("cats.csv");
/// std::fs::write(&path, "weight,name\n4.5,Minka\n3.5,Felix\n")?;
/// let columns = CsvSource::values(&path, ["weight"]).overview()?.columns;
/// assert!(matches!(columns[0].content, CsvContent::Numbers { .. }));
/// assert!(matches!(columns[1].content, CsvContent::Words { .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "content")]
pub enum CsvContent {
    /// Numbers, all of them.
    Numbers {
        /// The smallest.
        min: f64,
        /// Their mean.
        mean: f64,
        /// The largest.
        max: f64,
    },
    /// Numbers in most of the rows.
    MostlyNumbers {
        /// The smallest.
        min: f64,
        /// Their mean.
        mean: f64,
        /// The largest.
        max: f64,
        /// Rows of something else.
        others: usize,
        /// The first of what else there is, sorted; at most [`CsvOverview::EXAMPLES`].
        examples: Vec<String>,
    },
    /// `True` and `False`, all of them.
    Truths {
        /// Rows of `True`.
        trues: usize,
    },
    /// Words, of which one at least is no number.
    Words {
        /// The first of them, sorted; at most [`CsvOverview::EXAMPLES`].
        examples: Vec<String>,
    },
    /// Nothing at all.
    Empty,
}

impl CsvColumn {
    /// Whether it looks like one of categories: words in most rows, and of different ones not more than 20, or half as many as there
    /// are rows, as names and ids are.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_data as datasets; }
    /// use firebrick::datasets::CsvSource;
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("cats.csv");
    /// std::fs::write(&path, "color,age\nred,3\nblack,old\nred,1\nblack,1\n")?;
    /// let overview = CsvSource::values(&path, ["age"]).overview()?;
    /// let [color, age] = &overview.columns[..] else { unreachable!() };
    /// assert!(color.may_be_categories(overview.rows) && !age.may_be_categories(overview.rows));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn may_be_categories(&self, rows: usize) -> bool {
        const FEW: usize = 20;
        let is_few = self.different <= FEW || self.different * 2 <= rows;
        matches!(self.content, CsvContent::Words { .. }) && is_few && !self.or_more
    }
}

impl CsvOverview {
    /// The most words of a column that are listed.
    pub const EXAMPLES: usize = 10;
    /// The most different fields that are counted, in all columns together.
    pub const COUNTED: usize = 2_000_000;
}

/// What is known of a column so far, of any number of rows.
struct Seen {
    different: Different,
    empty: usize,
    missing: usize,
    numbers: Numbers,
    trues: usize,
    falses: usize,
    /// Rows of anything else.
    others: usize,
    /// The first of all fields, and of those that are no numbers.
    first: BTreeSet<String>,
    first_others: BTreeSet<String>,
}

/// The numbers of a column.
struct Numbers {
    count: usize,
    sum: f64,
    min: f64,
    max: f64,
}

impl Default for Numbers {
    fn default() -> Self {
        Self {
            count: 0,
            sum: 0.0,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
        }
    }
}

pub(crate) fn overview(source: &CsvSource) -> Result<CsvOverview, DataError> {
    source.cells.numbers.check()?;
    let mut seen: Vec<Seen> = Vec::new();
    let mut rows = 0;
    let (columns, _) = for_each_row(source, Columns::all, |row: Row<'_>| {
        let width = row.fields.len();
        seen.resize_with(width, || Seen::up_to(CsvOverview::COUNTED / width));
        for (column, seen) in seen.iter_mut().enumerate() {
            seen.add(row.field(column), row.cell(column));
        }
        rows += 1;
    })?;
    let suspicion = suspicion(&columns.names);
    let columns = columns.names.into_iter().zip(seen);
    Ok(CsvOverview {
        rows,
        suspicion,
        columns: columns.map(|(name, seen)| seen.column(name)).collect(),
    })
}

impl Seen {
    /// Of nothing, with a limit for the different fields that are counted.
    fn up_to(limit: usize) -> Self {
        Self {
            different: Different::up_to(limit),
            empty: 0,
            missing: 0,
            numbers: Numbers::default(),
            trues: 0,
            falses: 0,
            others: 0,
            first: BTreeSet::new(),
            first_others: BTreeSet::new(),
        }
    }

    fn add(&mut self, field: &str, cell: Cell) {
        match cell {
            Cell::Number(number) => self.numbers.add(number),
            Cell::Truth(true) => self.trues += 1,
            Cell::Truth(false) => self.falses += 1,
            Cell::Missing => {
                self.empty += usize::from(field.is_empty());
                self.missing += 1;
                return;
            }
            Cell::NotFinite | Cell::Text => self.others += 1,
        }
        self.different.add(field);
        keep_first(&mut self.first, field);
        if !matches!(cell, Cell::Number(_)) {
            keep_first(&mut self.first_others, field);
        }
    }

    fn column(self, name: String) -> CsvColumn {
        let Numbers {
            count,
            sum,
            min,
            max,
        } = self.numbers;
        let mean = sum / count as f64;
        let others = self.others + self.trues + self.falses;
        let examples = |words: BTreeSet<String>| words.into_iter().collect();
        let content = match count + others {
            0 => CsvContent::Empty,
            _ if others == 0 => CsvContent::Numbers { min, mean, max },
            _ if count == 0 && self.others == 0 => CsvContent::Truths { trues: self.trues },
            _ if count > others => CsvContent::MostlyNumbers {
                min,
                mean,
                max,
                others,
                examples: examples(self.first_others),
            },
            _ => CsvContent::Words {
                examples: examples(self.first),
            },
        };
        let (different, or_more) = self.different.count();
        CsvColumn {
            name,
            different,
            or_more,
            empty: self.empty,
            missing: self.missing,
            content,
        }
    }
}

impl Numbers {
    fn add(&mut self, number: f64) {
        self.count += 1;
        self.sum += number;
        self.min = self.min.min(number);
        self.max = self.max.max(number);
    }
}

/// Keeps a field if it is among the first ones.
fn keep_first(first: &mut BTreeSet<String>, field: &str) {
    let is_full = first.len() == CsvOverview::EXAMPLES;
    if is_full && first.last().is_some_and(|last| field >= last.as_str()) {
        return;
    }
    if !first.contains(field) && first.insert(field.to_owned()) && is_full {
        first.pop_last();
    }
}
