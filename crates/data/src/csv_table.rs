//! Reading a table.
//!
//! A file is read whole and checked to be text first; what is wrong with it then is found by its byte, whose line is counted
//! only for the message.

mod columns;
mod overview;
mod row;
mod text;

use std::collections::{BTreeSet, HashMap};
use std::{fs, mem};

use csv::{ReaderBuilder, StringRecord, Trim};

use crate::array_data::ArrayData;
use crate::array_dataset::ArrayDataset;
use crate::csv_error::CsvError;
use crate::csv_source::{CsvSource, CsvTarget};
use crate::error::DataError;
use columns::Columns;
pub(crate) use overview::overview;
pub use overview::{CsvColumn, CsvContent, CsvOverview};
use row::{Row, shortened};
use text::Text;

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
}

impl CsvTable {
    /// The class of an index, counted from 0.
    pub fn class_name(&self, class: usize) -> Option<&str> {
        self.class_names.get(class).map(String::as_str)
    }

    pub(crate) fn read(source: &CsvSource) -> Result<Self, DataError> {
        let bytes = bytes(source)?;
        let text = Text::new(&source.path, &bytes)?;
        let (columns, mut cells) = parse(source, &text, Columns::find)?;
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
                let (indices, names) = cells.classes(&text, &columns, names.as_deref())?;
                let data = ArrayDataset::new(inputs, indices)?.with_num_classes(names.len())?;
                (data, names)
            }
        };
        Ok(Self {
            data,
            feature_names: columns.names_of(&columns.features),
            target_names: columns.names_of(&columns.targets),
            class_names,
        })
    }
}

/// What stands in the rows, one after the other.
#[derive(Default)]
struct Cells {
    num_rows: usize,
    inputs: Vec<f32>,
    /// Targets that are numbers.
    values: Vec<f32>,
    /// Targets that name classes, with where their rows start.
    labels: Vec<(String, usize)>,
}

/// The features alone, whatever the targets.
pub(crate) fn read_inputs(source: &CsvSource) -> Result<ArrayData, DataError> {
    let bytes = bytes(source)?;
    let text = Text::new(&source.path, &bytes)?;
    let (columns, cells) = parse(source, &text, Columns::of_inputs)?;
    let shape = [cells.num_rows, columns.features.len()];
    Ok(ArrayData::try_from((cells.inputs, shape))?)
}

fn bytes(source: &CsvSource) -> Result<Vec<u8>, DataError> {
    fs::read(&source.path).map_err(|error| DataError::Read {
        path: source.path.clone(),
        source: error,
    })
}

/// Finds the columns to read by a header.
type Find = fn(&CsvSource, &Text, &StringRecord) -> Result<Columns, CsvError>;

fn parse(source: &CsvSource, text: &Text, find: Find) -> Result<(Columns, Cells), CsvError> {
    let has_classes = matches!(source.target, CsvTarget::Classes { .. });
    let mut cells = Cells::default();
    let columns = for_each_row(source, text, find, |row| {
        for &column in &row.columns.features {
            cells.inputs.push(row.number(column, FEATURE_HINT)?);
        }
        for &column in &row.columns.targets {
            if has_classes {
                let label = row.field(column, "the name of a class")?;
                cells.labels.push((label.to_owned(), row.start()));
            } else {
                cells.values.push(row.number(column, TARGET_HINT)?);
            }
        }
        cells.num_rows += 1;
        Ok(())
    })?;
    Ok((columns, cells))
}

/// Visits the rows, of which there is at least one, all as long as the header.
fn for_each_row(
    source: &CsvSource,
    text: &Text,
    find: Find,
    mut visit: impl FnMut(Row<'_>) -> Result<(), CsvError>,
) -> Result<Columns, CsvError> {
    let path = || text.path.to_owned();
    let mut reader = ReaderBuilder::new()
        .delimiter(source.delimiter())
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .from_reader(text.content.as_bytes());
    let mut record = StringRecord::new();
    let mut next = |record: &mut StringRecord| {
        let read = reader.read_record(record);
        read.map_err(|source| CsvError::Malformed {
            path: path(),
            source,
        })
    };
    if !next(&mut record)? {
        return Err(CsvError::NoHeader { path: path() });
    }
    let columns = find(source, text, &record)?;
    let mut has_rows = false;
    while next(&mut record)? {
        let row = Row {
            text,
            columns: &columns,
            record: &record,
        };
        row.check_length()?;
        visit(row)?;
        has_rows = true;
    }
    if has_rows {
        Ok(columns)
    } else {
        Err(CsvError::NoRows { path: path() })
    }
}

impl Cells {
    /// The class index of every row, and the classes.
    fn classes(
        &self,
        text: &Text,
        columns: &Columns,
        names: Option<&[String]>,
    ) -> Result<(Vec<usize>, Vec<String>), CsvError> {
        let labels = || self.labels.iter().map(|(label, _)| label.as_str());
        let names = names.map_or_else(|| sorted_classes(labels()), <[String]>::to_vec);
        let indices: HashMap<&str, usize> = names
            .iter()
            .enumerate()
            .map(|(index, name)| (name.as_str(), index))
            .collect();
        let index_of = |(label, start): &(String, usize)| {
            let index = indices.get(label.as_str()).copied();
            index.ok_or_else(|| CsvError::UnknownClass {
                path: text.path.to_owned(),
                line: text.line(*start),
                column: columns.names_of(&columns.targets).join(", "),
                received: shortened(label),
                known: names.clone(),
            })
        };
        let rows: Vec<usize> = self.labels.iter().map(index_of).collect::<Result<_, _>>()?;
        Ok((rows, names))
    }
}

/// The different labels in order: whole numbers by their size, others as text.
fn sorted_classes<'a>(labels: impl Iterator<Item = &'a str>) -> Vec<String> {
    let different: BTreeSet<&str> = labels.collect();
    let mut sorted: Vec<&str> = different.into_iter().collect();
    let numbers: Option<Vec<i64>> = sorted.iter().map(|label| label.parse().ok()).collect();
    if numbers.is_some() {
        sorted.sort_by_key(|label| label.parse::<i64>().unwrap_or_default());
    }
    sorted.into_iter().map(str::to_owned).collect()
}
