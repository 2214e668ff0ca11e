//! Any data set that can be written down.

use std::fmt;
use std::sync::Arc;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::batch_loader::BatchSource;
use crate::csv_source::CsvSource;
use crate::data_source::DataSource;
use crate::error::DataError;
use crate::mnist::load;

/// Any data set that can be written down: images by name or folder, or a table in a CSV file.
///
/// In a file of settings the first is a string as [`DataSource`] reads it, `data = "mnist"`, the second a table as
/// [`CsvSource`] reads it, `data = { csv = "iris.csv", target = "species", classes = true }`.
///
/// ```
/// use firebrick_data::{DataDescription, DataSource};
///
/// let loaded = DataDescription::Images(DataSource::MnistSample).load()?;
/// assert_eq!((loaded.train.num_samples(), loaded.train.input_shape()), (1000, vec![784]));
/// assert_eq!(loaded.class_names[..3], ["0", "1", "2"]);
/// # Ok::<(), firebrick_data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum DataDescription {
    /// MNIST or a set of its form.
    Images(DataSource),
    /// A table in a file.
    Csv(CsvSource),
}

/// A data set to learn from, whatever it was.
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
}

impl DataDescription {
    /// Reads the data set.
    ///
    /// # Errors
    /// Those of [`load`] and of [`CsvSource::load`].
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
                })
            }
            Self::Csv(source) => {
                let table = source.load()?;
                Ok(LoadedData {
                    train: Arc::new(table.data),
                    test: None,
                    class_names: table.class_names,
                    origin: format!("the table `{}`", source.path().display()),
                })
            }
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
                DataSource::deserialize(StrDeserializer::new(text)).map(DataDescription::Images)
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
