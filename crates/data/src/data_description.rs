//! Any data set that can be written down.

use std::convert::Infallible;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::csv_source::CsvSource;
use crate::data_source::DataSource;
use crate::fingerprint::Fingerprint;

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

impl DataDescription {
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
