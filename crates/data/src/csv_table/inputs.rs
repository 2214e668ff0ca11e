use std::io::Read;

use super::cells::{Cells, Purpose};
use super::columns::Columns;
use super::encoding::{FilledColumn, UnknownCategories, encoded};
use super::opening::Opened;
use super::row::Row;
use super::rows::for_each_row_of;
use crate::array_data::ArrayData;
use crate::csv_source::CsvSource;
use crate::error::DataError;

/// What there is to predict from, with what goes with it: an id by which the answers can be joined, say.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::CsvSource;
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("cats.csv");
/// std::fs::write(&path, "name,age,weight\nMinka,3,4.5\nFelix,1,3.5\n")?;
/// let cats = CsvSource::values(&path, ["weight"]).with_features(["age"]);
/// let inputs = cats.load_inputs_with(Some(&["name".to_owned()]))?;
/// assert_eq!(inputs.data.shape(), [2, 1]);
/// assert_eq!(inputs.kept, [["Minka"], ["Felix"]]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CsvInputs {
    /// The features, `[rows, features]`.
    pub data: ArrayData,
    /// The columns that go with them.
    pub kept_names: Vec<String>,
    /// What stands there, row by row, word for word.
    pub kept: Vec<Vec<String>>,
    /// Columns with missing cells that were filled.
    pub filled: Vec<FilledColumn>,
    /// Columns with categories that their vocabulary lacks.
    pub unknown_categories: Vec<UnknownCategories>,
}

/// The features whatever the targets, and the columns to keep; if none are named, all that are neither feature nor target.
pub(super) fn read_inputs(
    opened: Opened<'_, impl Read + Send>,
    source: &CsvSource,
    keep: Option<&[String]>,
) -> Result<CsvInputs, DataError> {
    source.cells.numbers.check()?;
    let mut cells = Cells::new(source, Purpose::Answer);
    let mut positions: Option<Vec<usize>> = None;
    let mut kept = Vec::new();
    let mut unknown = None;
    let (columns, _) = for_each_row_of(opened, source, Columns::of_inputs, |row: Row<'_>| {
        cells.add(row);
        let positions = positions.get_or_insert_with(|| match keep {
            None => row.columns.others(source),
            Some(names) => row.columns.positions(names).unwrap_or_else(|name| {
                unknown = Some(name);
                Vec::new()
            }),
        });
        let fields = positions.iter().map(|&column| row.field(column).to_owned());
        kept.push(fields.collect());
    })?;
    cells.check(&columns)?;
    if let Some(name) = unknown {
        return Err(columns.unknown(source, name).into());
    }
    let encoded = encoded(source, &mut cells, &columns)?;
    let shape = [cells.num_rows, encoded.width];
    Ok(CsvInputs {
        data: ArrayData::try_from((encoded.inputs, shape))?,
        filled: encoded.filled,
        unknown_categories: encoded.unknown,
        kept_names: columns.names_of(&positions.unwrap_or_default()),
        kept,
    })
}
