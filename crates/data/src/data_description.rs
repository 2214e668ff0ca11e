//! Any data set that can be written down.

use std::convert::Infallible;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::array_dataset::ArrayDataset;
use crate::batch_loader::BatchSource;
use crate::csv_error::CsvError;
use crate::csv_source::{CsvSource, CsvTarget, CsvTest};
use crate::csv_table::CoarseColumn;
use crate::data_source::DataSource;
use crate::error::DataError;
use crate::fingerprint::Fingerprint;
use crate::mnist::load;
use crate::validation_split::ValidationSplit;

/// Draws the test rows of a table; always the same one, so that whatever learns from the table is judged by the same rows.
const TEST_SEED: u64 = 42;

/// Any data set that can be written down: images by name or folder, or a table in a CSV file.
///
/// In a file of settings the first is a string as [`DataSource`] reads it, `data = "mnist"`, the second a table as
/// [`CsvSource`] reads it, `data = { csv = "iris.csv", target = "species", classes = true }`. The path of a table alone, as
/// a string, says nothing of its target yet.
///
/// ```
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// use firebrick::datasets::{DataDescription, DataSource};
///
/// let loaded = DataDescription::Images(DataSource::MnistSample).load()?;
/// assert_eq!((loaded.train.num_samples(), loaded.train.input_shape()), (1000, vec![784]));
/// assert_eq!(loaded.class_names[..3], ["0", "1", "2"]);
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[expect(
    clippy::large_enum_variant,
    reason = "there are a few of it, matched by value where they are read"
)]
pub enum DataDescription {
    /// MNIST or a set of its form.
    Images(DataSource),
    /// A table in a file.
    Csv(CsvSource),
}

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
                    description: self.clone(),
                })
            }
            Self::Csv(source) => load_table(source),
        }
    }

    /// The same data set whatever rows it had before, see [`CsvSource::with_fingerprint`].
    #[must_use = "returns the changed description"]
    pub fn without_fingerprint(self) -> Self {
        match self {
            Self::Csv(source) => Self::Csv(source.with_fingerprint(None)),
            images @ Self::Images(_) => images,
        }
    }

    /// The rows that test rows were drawn from, where that is known.
    pub fn fingerprint(&self) -> Option<&Fingerprint> {
        match self {
            Self::Csv(source) => source.fingerprint(),
            Self::Images(_) => None,
        }
    }

    /// The same data set with the paths of its files changed.
    #[must_use = "returns the changed description"]
    pub fn map_paths(self, change: impl Fn(&Path) -> PathBuf) -> Self {
        match self {
            Self::Images(DataSource::Directory(path)) => {
                Self::Images(DataSource::Directory(change(&path)))
            }
            Self::Images(named) => Self::Images(named),
            Self::Csv(source) => Self::Csv(source.map_paths(change)),
        }
    }
}

impl Default for DataDescription {
    fn default() -> Self {
        Self::Images(DataSource::default())
    }
}

fn load_table(source: &CsvSource) -> Result<LoadedData, DataError> {
    let table = source.load()?;
    let mut pinned = source.pinned_to(&table).with_fingerprint(None);
    let origin = table.origin(source.path());
    let (train, test) = match source.test() {
        None | Some(CsvTest::Split(0.0)) => (table.data, None),
        Some(CsvTest::Split(share)) => {
            let fingerprint = table.data.fingerprint();
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
            (table.data, Some(test.data))
        }
    };
    Ok(LoadedData {
        train: Arc::new(train),
        test: test.map(|test| -> Arc<dyn BatchSource> { Arc::new(test) }),
        class_names: table.class_names,
        origin,
        coarse_columns: table.coarse_columns,
        description: DataDescription::Csv(pinned),
    })
}

/// Rows to learn from and rows to judge by.
fn split(
    source: &CsvSource,
    data: &ArrayDataset,
    share: f64,
) -> Result<(ArrayDataset, ArrayDataset), DataError> {
    let (fraction, seed) = (share, TEST_SEED);
    let split = match source.target() {
        CsvTarget::Values(_) => ValidationSplit::Random { fraction, seed },
        CsvTarget::Classes { .. } => ValidationSplit::Stratified { fraction, seed },
    };
    data.split(&split).map_err(|error| match error {
        DataError::SplitEmpty { .. } => DataError::from(CsvError::TestSplitEmpty {
            path: source.path().to_owned(),
            share,
            num_rows: data.len(),
        }),
        other => other,
    })
}

impl FromStr for DataDescription {
    type Err = Infallible;

    /// The path of a table, which ends in `.csv` or `.tsv`, or else as [`DataSource`] reads it.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        if CsvSource::is_table(Path::new(text)) {
            return Ok(Self::Csv(CsvSource::values(text, Vec::<String>::new())));
        }
        text.parse().map(Self::Images)
    }
}

impl fmt::Display for DataDescription {
    /// Name, folder or file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Images(source) => source.fmt(f),
            Self::Csv(source) => source.path().display().fmt(f),
        }
    }
}

impl<'de> Deserialize<'de> for DataDescription {
    /// Decides by the form, so that an error is about what was meant.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = DataDescription;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a data set: a name or folder, \"mnist\", or a table, { csv = \"FILE\", target = \"COLUMN\" }",
                )
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<DataDescription, E> {
                let Ok(description) = text.parse();
                Ok(description)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<DataDescription, A::Error> {
                CsvSource::deserialize(MapAccessDeserializer::new(map)).map(DataDescription::Csv)
            }
        }

        deserializer.deserialize_any(Either)
    }
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
