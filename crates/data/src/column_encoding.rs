//! How the cells of a column become numbers, in words.

use std::fmt;
use std::str::FromStr;

use firebrick_spec::{Spec, SpecError, SpecProblem, Value, registry};
use firebrick_vocabulary::{Lookup, LookupSettings};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Numbers as they are; `True` and `False` are 1 and 0.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{ColumnEncoding, Plain};
///
/// assert_eq!("number".parse::<ColumnEncoding>()?, ColumnEncoding::Plain(Plain {}));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plain {}

/// A column for each category, with a one in that of the cell, and zeros elsewhere. The first of them is for categories that are
/// not in the vocabulary.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{ColumnEncoding, OneHot};
///
/// let frequent = OneHot { max_tokens: Some(20), ..OneHot::default() };
/// assert_eq!("one-hot:max_tokens=20".parse::<ColumnEncoding>()?, frequent.into());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OneHot {
    /// The most columns, that of unknown categories counted in; rarer categories are unknown.
    pub max_tokens: Option<usize>,
    /// The categories in the order of their columns; those of the rows that are learned from, the most frequent one first, if not
    /// given.
    pub vocabulary: Option<Vec<String>>,
}

/// The place of the category in the vocabulary, for an embedding: 0 for one that is not there, then 1 and so on.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{ColumnEncoding, Index};
///
/// assert_eq!("index".parse::<ColumnEncoding>()?, Index::default().into());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Index {
    /// The most places, that of unknown categories counted in; rarer categories are unknown.
    pub max_tokens: Option<usize>,
    /// The categories in the order of their places, from 1 on; those of the rows that are learned from, the most frequent one
    /// first, if not given.
    pub vocabulary: Option<Vec<String>>,
}

/// A column for each of some bins, with a one in that which the hash of the cell falls into: for many categories, without a
/// vocabulary. Several of them may share a bin.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{ColumnEncoding, Hashed};
///
/// assert_eq!("hash:64".parse::<ColumnEncoding>()?, Hashed { num_bins: 64 }.into());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hashed {
    /// The number of bins.
    pub num_bins: usize,
}

/// A column for each of some ranges of numbers, with a one in that which the number lies in.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{Binned, ColumnEncoding};
///
/// let quarters = Binned { num_bins: Some(4), ..Binned::default() };
/// assert_eq!("bins:4".parse::<ColumnEncoding>()?, quarters.into());
/// let given = Binned { bin_boundaries: Some(vec![18.0, 65.0]), ..Binned::default() };
/// assert_eq!("bins:bin_boundaries=18,65".parse::<ColumnEncoding>()?, given.into());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Binned {
    /// So many bins that hold about as many of the rows that are learned from.
    pub num_bins: Option<usize>,
    /// Where one bin ends and the next one begins, in rising order.
    pub bin_boundaries: Option<Vec<f32>>,
}

registry! {
    /// How the cells of a column become numbers, as Keras' `FeatureSpace` has it for a feature.
    ///
    /// As text it is a name with arguments, `one-hot`, `one-hot:max_tokens=20`, `index`, `hash:64`, `bins:4`, `number`; in a file
    /// also a table, `{ name = "one-hot", vocabulary = ["red", "blue"] }`.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_data as datasets; }
    /// use firebrick::datasets::{ColumnEncoding, CsvSource, Hashed};
    ///
    /// let houses = CsvSource::values("houses.csv", ["price"])
    ///     .with_categorical(["style"])
    ///     .with_encoding("zip", Hashed { num_bins: 64 })?
    ///     .with_encoding("year", "bins:4".parse::<ColumnEncoding>()?)?;
    /// # let _ = houses;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[derive(Clone, Debug, PartialEq)]
    pub enum ColumnEncoding: "encoding", each_encoding {
        /// Numbers as they are.
        Plain: "number", "float";
        /// A column for each category.
        OneHot: "one-hot", "categorical";
        /// The place in the vocabulary.
        Index: "index", "int";
        /// A column for each bin of the hashes.
        Hashed: "hash", "hashed";
        /// A column for each range of numbers.
        Binned: "bins", "discretized";
    }
}

impl ColumnEncoding {
    /// A column for each category of the rows that are learned from, and one for others.
    pub fn one_hot() -> Self {
        OneHot::default().into()
    }

    /// Whether the cells are categories, not numbers.
    pub fn is_categorical(&self) -> bool {
        !matches!(self, Self::Plain(_) | Self::Binned(_))
    }

    /// The categories that it knows, in the order of their places, if it has such and they are known already.
    pub fn vocabulary(&self) -> Option<&[String]> {
        match self {
            Self::OneHot(OneHot { vocabulary, .. }) | Self::Index(Index { vocabulary, .. }) => {
                vocabulary.as_deref()
            }
            Self::Plain(_) | Self::Hashed(_) | Self::Binned(_) => None,
        }
    }

    /// The same with what it has found in rows forgotten, where it can be found again.
    pub(crate) fn without_boundaries(self) -> Self {
        match self {
            Self::Binned(Binned {
                num_bins: num_bins @ Some(_),
                ..
            }) => Binned {
                num_bins,
                bin_boundaries: None,
            }
            .into(),
            other => other,
        }
    }

    /// Makes sure that it can be.
    ///
    /// # Errors
    /// What is wrong with its arguments.
    pub(crate) fn check(&self) -> Result<(), SpecError> {
        let refused = |reason: &str| {
            let problem = SpecProblem::Refused {
                thing: format!("the encoding `{}`", self.listed_name()),
                reason: reason.to_owned(),
            };
            Err(SpecError::new(problem, None))
        };
        match self {
            Self::OneHot(OneHot {
                max_tokens,
                vocabulary,
            })
            | Self::Index(Index {
                max_tokens,
                vocabulary,
            }) => {
                if max_tokens.is_some_and(|limit| limit < 2) {
                    return refused(
                        "`max_tokens` is at least 2, one place for unknown categories and one for a known one",
                    );
                }
                let words = vocabulary.as_deref().unwrap_or_default();
                match Lookup::new(words.iter().cloned(), LookupSettings::default()) {
                    Ok(_) => Ok(()),
                    Err(error) => refused(&error.to_string()),
                }
            }
            Self::Hashed(Hashed { num_bins: 0 }) => refused("`num_bins` is at least 1"),
            Self::Binned(Binned {
                bin_boundaries: Some(boundaries),
                ..
            }) => match firebrick_vocabulary::Discretization::new(boundaries.iter().copied()) {
                Ok(_) => Ok(()),
                Err(error) => refused(&error.to_string()),
            },
            Self::Plain(_)
            | Self::Hashed(_)
            | Self::Binned(Binned {
                num_bins: Some(2..),
                ..
            }) => Ok(()),
            Self::Binned(_) => refused(
                "it needs the number of bins, at least 2 (`bins:4`), or their boundaries (`bins:bin_boundaries=18,65`)",
            ),
        }
    }

    fn checked(spec: &Spec) -> Result<Self, SpecError> {
        let encoding = Self::read(spec)?;
        encoding.check()?;
        Ok(encoding)
    }
}

impl FromStr for ColumnEncoding {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        Self::checked(&Spec::from_text(text)?)
    }
}

impl fmt::Display for ColumnEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_short_spec() {
            Ok(spec) => spec.fmt(f),
            Err(_) => f.write_str(self.listed_name()),
        }
    }
}

impl Serialize for ColumnEncoding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let spec = self.to_short_spec().map_err(serde::ser::Error::custom)?;
        match self {
            // Lists are long, and their words may be anything.
            Self::OneHot(OneHot {
                vocabulary: Some(_),
                ..
            })
            | Self::Index(Index {
                vocabulary: Some(_),
                ..
            })
            | Self::Binned(Binned {
                bin_boundaries: Some(_),
                ..
            }) => spec.serialize(serializer),
            _ => serializer.collect_str(&spec),
        }
    }
}

impl<'de> Deserialize<'de> for ColumnEncoding {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Spec::from_value(value, Self::KIND)
            .and_then(|spec| Self::checked(&spec))
            .map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct File {
        encoding: ColumnEncoding,
    }

    #[test]
    fn an_encoding_reads_as_it_is_written() {
        let words = Some(vec!["1".to_owned(), "a, \"b\"".to_owned(), "ü".to_owned()]);
        let vocabulary = OneHot {
            max_tokens: None,
            vocabulary: words.clone(),
        };
        let places = Index {
            max_tokens: Some(9),
            vocabulary: words,
        };
        let bins = Binned {
            num_bins: Some(3),
            bin_boundaries: Some(vec![0.1, 1e9]),
        };
        for (encoding, text) in [
            (ColumnEncoding::Plain(Plain {}), "encoding = \"number\"\n"),
            (ColumnEncoding::one_hot(), "encoding = \"one-hot\"\n"),
            (
                Hashed { num_bins: 8 }.into(),
                "encoding = \"hash:num_bins=8\"\n",
            ),
            (vocabulary.into(), "[encoding]\nname = \"one-hot\"\n"),
            (
                places.into(),
                "[encoding]\nname = \"index\"\nmax_tokens = 9\n",
            ),
            (bins.into(), "[encoding]\nname = \"bins\"\nnum_bins = 3\n"),
        ] {
            let file = File { encoding };
            let written = toml::to_string(&file).unwrap();
            assert!(written.starts_with(text), "{written}");
            assert_eq!(toml::from_str::<File>(&written).unwrap(), file, "{written}");
        }
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (text, word) in [
            ("onehot:max_tokens=1", "`max_tokens` is at least 2"),
            ("hash:0", "`num_bins` is at least 1"),
            ("hash", "needs `num_bins`"),
            ("bins", "needs the number of bins"),
            ("bins:1", "needs the number of bins"),
            ("bins:bin_boundaries=2,1", "numbers that rise"),
            ("hash:x", "num_bins"),
            ("one_hott", "did you mean `one-hot`?"),
            ("bins:-3", "num_bins"),
        ] {
            let error = text.parse::<ColumnEncoding>().unwrap_err().to_string();
            assert!(error.contains(word), "{text}: {error}");
        }
    }
}
