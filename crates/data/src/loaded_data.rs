//! Data sets read from their descriptions.

use std::fmt;
use std::sync::Arc;

use crate::array_dataset::ArrayDataset;
use crate::batch_source::BatchSource;
use crate::csv_error::CsvError;
use crate::csv_source::{CsvSource, CsvTarget, CsvTest};
use crate::csv_table::{CoarseColumn, FilledColumn, UnknownCategories};
use crate::data_description::DataDescription;
use crate::error::DataError;
use crate::load::load;
use crate::validation_split::ValidationSplit;

/// Draws the test rows of a table; always the same one, so that whatever learns from the table is judged by the same rows.
const TEST_SEED: u64 = 42;

/// A data set to learn from, whatever it was.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{BatchSource, DataDescription};
///
/// let data = "mnist-sample".parse::<DataDescription>()?.load()?;
/// assert_eq!(data.train.input_shape(), [784]);
/// assert!(data.test.is_some());
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct LoadedData {
    /// Samples to learn from.
    pub train: Arc<dyn BatchSource>,
    /// Samples to judge by, where the data set keeps them apart.
    pub test: Option<Arc<dyn BatchSource>>,
    /// The classes in the order of their indices; empty where numbers are predicted.
    pub class_names: Vec<String>,
    /// Where it comes from, for people.
    pub origin: String,
    /// Columns of a table whose numbers single precision cannot hold well enough.
    pub coarse_columns: Vec<CoarseColumn>,
    /// Columns of a table with missing cells that were filled, in all rows.
    pub filled: Vec<FilledColumn>,
    /// Columns of a table with categories that their vocabulary lacks, in all rows.
    pub unknown_categories: Vec<UnknownCategories>,
    /// Its description, with what was left to the file: see [`CsvSource::pinned_to`].
    pub description: DataDescription,
}

impl DataDescription {
    /// Reads the data set.
    ///
    /// # Errors
    /// Those of [`load`] and of [`CsvSource::load`]; [`CsvError::TestSplitEmpty`], [`CsvError::Changed`].
    pub fn load(&self) -> Result<LoadedData, DataError> {
        match self {
            Self::Images(source) => {
                let data = load(source)?;
                let classes = 0..data.train.num_classes();
                Ok(LoadedData {
                    train: Arc::new(data.train),
                    test: Some(Arc::new(data.test)),
                    class_names: classes.map(|class| class.to_string()).collect(),
                    origin: data.origin,
                    coarse_columns: Vec::new(),
                    filled: Vec::new(),
                    unknown_categories: Vec::new(),
                    description: self.clone(),
                })
            }
            Self::Csv(source) => load_table(source),
        }
    }
}

fn load_table(source: &CsvSource) -> Result<LoadedData, DataError> {
    let held_back = match source.test() {
        Some(CsvTest::Split(share)) if *share > 0.0 => Some(test_split(source, *share)),
        _ => None,
    };
    let table = source.load_learning_from(held_back.as_ref())?;
    let mut pinned = source.pinned_to(&table).with_fingerprint(None);
    let origin = table.origin(source.path());
    let mut unknown_in_test = Vec::new();
    let (train, test) = match source.test() {
        None | Some(CsvTest::Split(0.0)) => (table.data, None),
        Some(CsvTest::Split(share)) => {
            let fingerprint = table.data.sum_of_rows();
            let before = source.fingerprint();
            if let Some(change) = before.and_then(|before| fingerprint.change_since(before)) {
                let path = source.path().to_owned();
                return Err(CsvError::Changed { path, change }.into());
            }
            pinned = pinned.with_fingerprint(Some(fingerprint));
            let (train, test) = split(source, &table.data, *share)?;
            (train, Some(test))
        }
        Some(CsvTest::File(path)) => {
            let test = pinned.clone().with_path(path).load()?;
            unknown_in_test = test.unknown_categories;
            (table.data, Some(test.data))
        }
    };
    Ok(LoadedData {
        train: Arc::new(train),
        test: test.map(|test| -> Arc<dyn BatchSource> { Arc::new(test) }),
        class_names: table.class_names,
        origin,
        coarse_columns: table.coarse_columns,
        filled: table.filled,
        unknown_categories: [table.unknown_categories, unknown_in_test].concat(),
        description: DataDescription::Csv(pinned),
    })
}

/// Which rows are held back to judge by, where it is a share of them.
fn test_split(source: &CsvSource, share: f64) -> ValidationSplit {
    let (fraction, seed) = (share, TEST_SEED);
    match source.target() {
        CsvTarget::Values(_) => ValidationSplit::Random { fraction, seed },
        CsvTarget::Classes { .. } => ValidationSplit::Stratified { fraction, seed },
    }
}

/// Rows to learn from and rows to judge by.
fn split(
    source: &CsvSource,
    data: &ArrayDataset,
    share: f64,
) -> Result<(ArrayDataset, ArrayDataset), DataError> {
    data.split(&test_split(source, share))
        .map_err(|error| match error {
            DataError::SplitEmpty { .. } => DataError::from(CsvError::TestSplitEmpty {
                path: source.path().to_owned(),
                share,
                num_rows: data.len(),
            }),
            other => other,
        })
}

impl fmt::Debug for LoadedData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoadedData")
            .field("num_samples", &self.train.num_samples())
            .field("input_shape", &self.train.input_shape())
            .field("targets", &self.train.targets())
            .field("class_names", &self.class_names)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}
