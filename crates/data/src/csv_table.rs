//! Reading a table.
//!
//! A row is held as long as it is looked at, then only what is learned from: numbers, and for each row the number of its
//! label.

mod adapting;
mod blocks;
mod cells;
mod columns;
mod different;
mod encoding;
mod held;
mod inputs;
mod loading;
mod opening;
mod overview;
mod plain;
mod problems;
mod ranges;
mod row;
mod rows;
mod scanner;
mod words;

use std::mem;
use std::path::Path;

use crate::array_data::ArrayData;
use crate::array_dataset::ArrayDataset;
use crate::csv_source::{CsvSource, CsvTarget};
use crate::error::DataError;
use crate::validation_split::ValidationSplit;
use adapting::adapted;
use cells::{Cells, Purpose};
use columns::Columns;
use encoding::encoded;
pub use encoding::{FilledColumn, UnknownCategories};
pub use inputs::CsvInputs;
use overview::overview;
pub use overview::{CsvColumn, CsvContent, CsvOverview};
pub use ranges::CoarseColumn;
use rows::for_each_row;

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
    /// The columns that are predicted from, in order.
    pub feature_names: Vec<String>,
    /// The columns of the targets, in order.
    pub target_names: Vec<String>,
    /// The classes in the order of their indices; empty where numbers are predicted.
    pub class_names: Vec<String>,
    /// Rows left out because they miss a cell, counted from 0 below the header.
    pub dropped_rows: Vec<usize>,
    /// Features and targets whose numbers single precision cannot hold well enough.
    pub coarse_columns: Vec<CoarseColumn>,
    /// Columns with missing cells that were filled.
    pub filled: Vec<FilledColumn>,
    /// Columns with categories that their vocabulary lacks: rare ones, or those of rows that were held back.
    pub unknown_categories: Vec<UnknownCategories>,
    /// What stands between the fields, if the file says it.
    pub(crate) named_delimiter: Option<u8>,
    /// How it was read, with nothing left open of how cells become numbers.
    adapted: CsvSource,
}

impl CsvTable {
    /// The class of an index, counted from 0.
    pub fn class_name(&self, class: usize) -> Option<&str> {
        self.class_names.get(class).map(String::as_str)
    }

    /// What the numbers of the inputs are called, in order: their features, of categories with the category.
    pub fn input_names(&self) -> Vec<String> {
        let columns = self.adapted.input_columns().into_iter();
        columns.map(|column| column.name).collect()
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

    /// Reads the table; what is left to the rows is found in those that such a split does not hold back, or in all.
    pub(crate) fn read(
        source: &CsvSource,
        held_back: Option<&ValidationSplit>,
    ) -> Result<Self, DataError> {
        let source = &resolved(source)?;
        let Parsed {
            columns,
            named_delimiter,
            mut cells,
        } = parse(source)?;
        let num_rows = cells.num_rows;
        let (targets, class_names) = targets(source, &mut cells, columns.targets.len())?;
        let rows = learned_rows(held_back, &targets, num_rows);
        let adapted = adapted(&cells, &columns, &rows)?;
        let encoded = encoded(&adapted, &mut cells, &columns)?;
        let inputs = (encoded.inputs, [num_rows, encoded.width]);
        let data = match targets {
            Targets::Indices(indices) => {
                ArrayDataset::new(inputs, indices)?.with_num_classes(class_names.len())?
            }
            Targets::Values(values) => ArrayDataset::new(inputs, values)?,
        };
        let numbers = columns.features.iter().chain(&columns.targets);
        let coarse_columns = numbers.filter_map(|&column| {
            let range = cells.ranges.get(column)?;
            range.coarse(&columns.names[column], source)
        });
        let read = num_rows + cells.dropped.len();
        let is_taken = |row: &usize| cells.dropped.binary_search(row).is_err();
        Ok(Self {
            data: data.with_origins((0..read).filter(is_taken)),
            coarse_columns: coarse_columns.collect(),
            feature_names: columns.names_of(&columns.features),
            target_names: columns.names_of(&columns.targets),
            class_names,
            filled: encoded.filled,
            unknown_categories: encoded.unknown,
            dropped_rows: cells.dropped,
            named_delimiter,
            adapted,
        })
    }
}

/// What is to be predicted of each row.
enum Targets {
    Indices(Vec<usize>),
    Values(ArrayData),
}

/// The targets in these cells, and the names of the classes if they are such.
fn targets(
    source: &CsvSource,
    cells: &mut Cells<'_>,
    width: usize,
) -> Result<(Targets, Vec<String>), DataError> {
    match &source.target {
        CsvTarget::Values(_) => {
            let values = mem::take(&mut cells.values);
            let values = match width {
                1 => ArrayData::try_from(values)?,
                _ => ArrayData::try_from((values, [cells.num_rows, width]))?,
            };
            Ok((Targets::Values(values), Vec::new()))
        }
        CsvTarget::Classes { names, .. } => {
            let labels = mem::take(&mut cells.labels);
            let (indices, names) = labels.classes(source, names.as_deref())?;
            Ok((Targets::Indices(indices), names))
        }
    }
}

/// The rows that are learned from. A split that cannot be is told of where it is made.
fn learned_rows(
    held_back: Option<&ValidationSplit>,
    targets: &Targets,
    num_rows: usize,
) -> Vec<usize> {
    let labels = match (held_back, targets) {
        (None, _) => return (0..num_rows).collect(),
        (Some(ValidationSplit::Stratified { .. }), Targets::Indices(indices)) => indices.clone(),
        _ => vec![0; num_rows],
    };
    let split = held_back.and_then(|split| split.rows(&labels).ok());
    split.map_or_else(|| (0..num_rows).collect(), |(learned, _)| learned)
}

/// The description with the columns of categories named, where all that hold words are meant.
fn resolved(source: &CsvSource) -> Result<CsvSource, DataError> {
    let mut resolved = source.clone();
    if !source.treatments.all_categorical {
        return Ok(resolved);
    }
    let overview = overview(source)?;
    let is_feature = |name: &String| {
        let is_listed = source
            .features
            .as_ref()
            .is_none_or(|own| own.contains(name));
        is_listed && !source.ignored.contains(name) && !source.target.columns().contains(name)
    };
    for column in &overview.columns {
        let is_open = is_feature(&column.name) && source.encoding_of(&column.name).is_none();
        if is_open && column.may_be_categories(overview.rows) {
            resolved = resolved.with_categorical([column.name.as_str()]);
        }
    }
    Ok(resolved)
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
    let (columns, named_delimiter) = for_each_row(source, Columns::find, &mut cells)?;
    cells.check(&columns)?;
    Ok(Parsed {
        columns,
        named_delimiter,
        cells,
    })
}
