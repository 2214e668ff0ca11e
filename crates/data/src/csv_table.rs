//! Reading a table.
//!
//! A row is held as long as it is looked at, then only what is learned from: numbers, and for each row the number of its
//! label.

mod cells;
mod columns;
mod different;
mod inputs;
mod labels;
mod loading;
mod opening;
mod overview;
mod problems;
mod ranges;
mod row;
mod scanner;

use std::mem;
use std::path::Path;

use crate::array_data::ArrayData;
use crate::array_dataset::ArrayDataset;
use crate::csv_error::CsvError;
use crate::csv_source::{CsvSource, CsvTarget};
use crate::error::DataError;
use cells::{Cells, Purpose};
use columns::Columns;
pub use inputs::CsvInputs;
pub use overview::{CsvColumn, CsvContent, CsvOverview};
pub use ranges::CoarseColumn;
use row::Row;
use scanner::Record;

/// The samples of a CSV file, with the names that it gives them.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::CsvSource;
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("cats.csv");
/// std::fs::write(&path, "weight,age,name\n4.5,3,Minka\n3.5,1,Felix\n")?;
/// let table = CsvSource::classes(&path, "name").load()?;
/// assert_eq!(table.feature_names, ["weight", "age"]);
/// assert_eq!((table.data.len(), table.class_name(0)), (2, Some("Felix")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CsvTable {
    /// A sample a row: its features, and its class index or its numbers to predict.
    pub data: ArrayDataset,
    /// The columns of the inputs, in order.
    pub feature_names: Vec<String>,
    /// The columns of the targets, in order.
    pub target_names: Vec<String>,
    /// The classes in the order of their indices; empty where numbers are predicted.
    pub class_names: Vec<String>,
    /// Rows left out because they miss a cell, counted from 0 below the header.
    pub dropped_rows: Vec<usize>,
    /// Features and targets whose numbers single precision cannot hold well enough.
    pub coarse_columns: Vec<CoarseColumn>,
    /// What stands between the fields, if the file says it.
    pub(crate) named_delimiter: Option<u8>,
}

impl CsvTable {
    /// The class of an index, counted from 0.
    pub fn class_name(&self, class: usize) -> Option<&str> {
        self.class_names.get(class).map(String::as_str)
    }

    /// Where it comes from, for people: the file, and how many rows were left out.
    pub fn origin(&self, path: &Path) -> String {
        let without = match self.dropped_rows.len() {
            0 => String::new(),
            1 => " without 1 row that misses a cell".to_owned(),
            more => format!(" without {more} rows that miss a cell"),
        };
        format!("the table `{}`{without}", path.display())
    }

    pub(crate) fn read(source: &CsvSource) -> Result<Self, DataError> {
        let Parsed {
            columns,
            named_delimiter,
            mut cells,
        } = parse(source)?;
        let shape = |width: usize| [cells.num_rows, width];
        let inputs = (mem::take(&mut cells.inputs), shape(columns.features.len()));
        let (data, class_names) = match &source.target {
            CsvTarget::Values(_) => {
                let width = columns.targets.len();
                let targets = match width {
                    1 => ArrayData::try_from(cells.values)?,
                    _ => ArrayData::try_from((cells.values, shape(width)))?,
                };
                (ArrayDataset::new(inputs, targets)?, Vec::new())
            }
            CsvTarget::Classes { names, .. } => {
                let (indices, names) = cells.labels.classes(source, names.as_deref())?;
                let data = ArrayDataset::new(inputs, indices)?.with_num_classes(names.len())?;
                (data, names)
            }
        };
        let numbers = columns.features.iter().chain(&columns.targets);
        let coarse_columns = numbers.filter_map(|&column| {
            let range = cells.ranges.get(column)?;
            range.coarse(&columns.names[column], source)
        });
        let read = cells.num_rows + cells.dropped.len();
        let is_taken = |row: &usize| cells.dropped.binary_search(row).is_err();
        Ok(Self {
            data: data.with_origins((0..read).filter(is_taken)),
            coarse_columns: coarse_columns.collect(),
            feature_names: columns.names_of(&columns.features),
            target_names: columns.names_of(&columns.targets),
            class_names,
            dropped_rows: cells.dropped,
            named_delimiter,
        })
    }
}

/// What a file holds.
struct Parsed<'a> {
    columns: Columns,
    named_delimiter: Option<u8>,
    cells: Cells<'a>,
}

fn parse(source: &CsvSource) -> Result<Parsed<'_>, DataError> {
    source.cells.numbers.check()?;
    let mut cells = Cells::new(source, Purpose::Learn);
    let (columns, named_delimiter) = for_each_row(source, Columns::find, |row| cells.add(row))?;
    cells.check(&columns)?;
    Ok(Parsed {
        columns,
        named_delimiter,
        cells,
    })
}

/// Finds the columns to read by a header.
type Find = fn(&CsvSource, &Record) -> Result<Columns, CsvError>;

/// Visits the rows, of which there is at least one, all as long as the header; the columns, and the delimiter if the file
/// names it.
fn for_each_row(
    source: &CsvSource,
    find: Find,
    mut visit: impl FnMut(Row<'_>),
) -> Result<(Columns, Option<u8>), DataError> {
    let path = || source.path.clone();
    let mut opened = opening::open(source)?;
    let mut record = Record::default();
    if !opened.scanner.read(&mut record)? {
        return Err(CsvError::NoHeader { path: path() }.into());
    }
    let columns = find(source, &record)?;
    let mut has_rows = false;
    while opened.scanner.read(&mut record)? {
        let row = Row {
            source,
            columns: &columns,
            record: &record,
        };
        row.check_length()?;
        visit(row);
        has_rows = true;
    }
    if has_rows {
        Ok((columns, opened.named_delimiter))
    } else {
        Err(CsvError::NoRows { path: path() }.into())
    }
}
