//! Which data set is meant, in words.

use std::convert::Infallible;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A data set by name or by folder; as a string `mnist`, `mnist-sample`, or else the path of a folder.
///
/// ```
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// use firebrick::datasets::DataSource;
///
/// assert_eq!("mnist".parse(), Ok(DataSource::Mnist));
/// assert_eq!("data/fashion".parse(), Ok(DataSource::Directory("data/fashion".into())));
/// assert_eq!(DataSource::MnistSample.to_string(), "mnist-sample");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum DataSource {
    /// All of MNIST, from the places that [`load`](crate::load) lists.
    #[default]
    Mnist,
    /// The sample inside the program: 1,000 training and 500 test images.
    MnistSample,
    /// A folder with four files named as those of MNIST, e.g. Fashion-MNIST.
    Directory(PathBuf),
}

impl DataSource {
    /// The names that do not stand for a folder.
    pub const NAMES: [&str; 2] = ["mnist", "mnist-sample"];
}

impl FromStr for DataSource {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "mnist" => Self::Mnist,
            "mnist-sample" => Self::MnistSample,
            directory => Self::Directory(PathBuf::from(directory)),
        })
    }
}

impl fmt::Display for DataSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mnist => f.write_str("mnist"),
            Self::MnistSample => f.write_str("mnist-sample"),
            // A folder that is called like a name stays a folder when it is read again.
            Self::Directory(path)
                if Self::NAMES
                    .iter()
                    .any(|name| path.as_path() == Path::new(name)) =>
            {
                write!(f, "./{}", path.display())
            }
            Self::Directory(path) => write!(f, "{}", path.display()),
        }
    }
}

impl From<String> for DataSource {
    fn from(text: String) -> Self {
        let Ok(source) = text.parse();
        source
    }
}

impl From<DataSource> for String {
    fn from(source: DataSource) -> Self {
        source.to_string()
    }
}
