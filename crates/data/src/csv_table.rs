//! Reading a table.
//!
//! A row is held as long as it is looked at, then only what is learned from: numbers, and for each row the number of its
//! label.

mod columns;
mod labels;
mod opening;
mod overview;
mod row;
mod scanner;

use std::mem;

use crate::array_data::ArrayData;
use crate::array_dataset::ArrayDataset;
use crate::csv_error::CsvError;
use crate::csv_source::{CsvSource, CsvTarget};
use crate::error::DataError;
use columns::Columns;
use labels::Labels;
pub(crate) use overview::overview;
pub use overview::{CsvColumn, CsvContent, CsvOverview};
use row::Row;
use scanner::Record;

/// What to do where a feature is no number.
const FEATURE_HINT: &str = "correct it, write categories as numbers, or ignore the column";
/// What to do where a target is no number.
const TARGET_HINT: &str = "correct it, or, where the column names a class, say so with `classes = true` (on the command line \
                           `--classes`)";

/// The samples of a CSV file, with the names that it gives them.
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
    /// What stands between the fields, if the file says it.
    pub(crate) named_delimiter: Option<u8>,
}

impl CsvTable {
    /// The class of an index, counted from 0.
    pub fn class_name(&self, class: usize) -> Option<&str> {
        self.class_names.get(class).map(String::as_str)
    }

    pub(crate) fn read(source: &CsvSource) -> Result<Self, DataError> {
        let mut parsed = parse(source, Columns::find)?;
        let columns = &parsed.columns;
        let shape = |width: usize| [parsed.num_rows, width];
        let inputs = (mem::take(&mut parsed.inputs), shape(columns.features.len()));
        let (data, class_names) = match &source.target {
            CsvTarget::Values(_) => {
                let width = columns.targets.len();
                let targets = match width {
                    1 => ArrayData::try_from(parsed.values)?,
                    _ => ArrayData::try_from((parsed.values, shape(width)))?,
                };
                (ArrayDataset::new(inputs, targets)?, Vec::new())
            }
            CsvTarget::Classes { names, .. } => {
                let (indices, names) = parsed.labels.classes(source, names.as_deref())?;
                let data = ArrayDataset::new(inputs, indices)?.with_num_classes(names.len())?;
                (data, names)
            }
        };
        Ok(Self {
            data,
            feature_names: columns.names_of(&columns.features),
            target_names: columns.names_of(&columns.targets),
            class_names,
            named_delimiter: parsed.named_delimiter,
        })
    }
}

/// What stands in the rows, one after the other.
struct Parsed {
    columns: Columns,
    named_delimiter: Option<u8>,
    num_rows: usize,
    inputs: Vec<f32>,
    /// Targets that are numbers.
    values: Vec<f32>,
    /// Targets that name classes.
    labels: Labels,
}

/// The features alone, whatever the targets.
pub(crate) fn read_inputs(source: &CsvSource) -> Result<ArrayData, DataError> {
    let parsed = parse(source, Columns::of_inputs)?;
    let shape = [parsed.num_rows, parsed.columns.features.len()];
    Ok(ArrayData::try_from((parsed.inputs, shape))?)
}

/// Finds the columns to read by a header.
type Find = fn(&CsvSource, &Record) -> Result<Columns, CsvError>;

fn parse(source: &CsvSource, find: Find) -> Result<Parsed, DataError> {
    let has_classes = matches!(source.target, CsvTarget::Classes { .. });
    let (mut num_rows, mut inputs, mut values) = (0, Vec::new(), Vec::new());
    let mut labels = Labels::default();
    let (columns, named_delimiter) = for_each_row(source, find, |row| {
        for &column in &row.columns.features {
            inputs.push(row.number(column, FEATURE_HINT)?);
        }
        for &column in &row.columns.targets {
            if has_classes {
                labels.push(row.field(column, "the name of a class")?, row.line());
            } else {
                values.push(row.number(column, TARGET_HINT)?);
            }
        }
        num_rows += 1;
        Ok(())
    })?;
    Ok(Parsed {
        columns,
        named_delimiter,
        num_rows,
        inputs,
        values,
        labels,
    })
}

/// Visits the rows, of which there is at least one, all as long as the header; the columns, and the delimiter if the file
/// names it.
fn for_each_row(
    source: &CsvSource,
    find: Find,
    mut visit: impl FnMut(Row<'_>) -> Result<(), CsvError>,
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
        visit(row)?;
        has_rows = true;
    }
    if has_rows {
        Ok((columns, opened.named_delimiter))
    } else {
        Err(CsvError::NoRows { path: path() }.into())
    }
}
