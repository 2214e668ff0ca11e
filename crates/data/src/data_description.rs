//! Any data set that can be written down.

use std::convert::Infallible;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::absolute_path::absolute_path;
use crate::csv_source::{CsvSource, CsvTarget, CsvTest};
use crate::data_source::DataSource;
use crate::error::DataError;
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
    /// The table, if it is one.
    pub fn table(&self) -> Option<&CsvSource> {
        match self {
            Self::Csv(source) => Some(source),
            Self::Images(_) => None,
        }
    }

    /// The images, if it is some.
    pub fn images(&self) -> Option<&DataSource> {
        match self {
            Self::Images(source) => Some(source),
            Self::Csv(_) => None,
        }
    }

    /// Whether its samples are the rows of a table.
    pub fn is_table(&self) -> bool {
        self.table().is_some()
    }

    /// The share of a table's rows that is kept back to judge by, if it is a share.
    pub fn test_share(&self) -> Option<f64> {
        match self.table()?.test()? {
            CsvTest::Split(share) => Some(*share),
            CsvTest::File(_) => None,
        }
    }

    /// The files of the user's that it is read from.
    pub fn files(&self) -> Vec<PathBuf> {
        match self {
            Self::Csv(source) => {
                let test = match source.test() {
                    Some(CsvTest::File(path)) => Some(path.clone()),
                    _ => None,
                };
                test.into_iter().chain([source.path().to_owned()]).collect()
            }
            Self::Images(DataSource::Directory(folder)) => {
                let entries = fs::read_dir(folder).into_iter().flatten().flatten();
                entries.map(|entry| entry.path()).collect()
            }
            Self::Images(_) => Vec::new(),
        }
    }

    /// What it is called for short: its name, or that of its folder or of its file without the extension.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_data as datasets; }
    /// use firebrick::datasets::DataDescription;
    ///
    /// let called = |text: &str| text.parse().ok().and_then(|data: DataDescription| data.short_name());
    /// assert_eq!(called("assets/iris/iris.csv").as_deref(), Some("iris"));
    /// assert_eq!(called("mnist").as_deref(), Some("mnist"));
    /// ```
    pub fn short_name(&self) -> Option<String> {
        let name = match self {
            Self::Images(DataSource::Directory(directory)) => {
                absolute_path(directory).file_name().map(ToOwned::to_owned)
            }
            Self::Images(named) => return Some(named.to_string()),
            Self::Csv(source) => source.path().file_stem().map(ToOwned::to_owned),
        };
        name.map(|name| name.to_string_lossy().into_owned())
    }

    /// The same data set with its table changed; images stay as they are.
    ///
    /// # Errors
    /// Those of `change`.
    pub fn map_table<E>(
        self,
        change: impl FnOnce(CsvSource) -> Result<CsvSource, E>,
    ) -> Result<Self, E> {
        match self {
            Self::Csv(source) => change(source).map(Self::Csv),
            images @ Self::Images(_) => Ok(images),
        }
    }

    /// The same data set whose classes are called so, in the order of their indices. Images have none but their digits, a target of
    /// numbers has none, and no names change nothing.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_data as datasets; }
    /// use firebrick::datasets::{CsvSource, CsvTarget, DataDescription};
    ///
    /// let mail = DataDescription::Csv(CsvSource::classes("mail.csv", "kind"));
    /// let mail = mail.with_class_names(&["wanted".to_owned(), "spam".to_owned()])?;
    /// let Some(CsvTarget::Classes { names: Some(names), .. }) = mail.table().map(CsvSource::target) else {
    ///     panic!("it has a target of classes");
    /// };
    /// assert_eq!(names, &["wanted", "spam"]);
    /// # Ok::<(), firebrick::datasets::DataError>(())
    /// ```
    ///
    /// # Errors
    /// Two classes of one name.
    pub fn with_class_names(self, names: &[String]) -> Result<Self, DataError> {
        self.map_table(|table| match table.target() {
            CsvTarget::Classes { .. } if !names.is_empty() => table.with_class_names(names),
            _ => Ok(table),
        })
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
