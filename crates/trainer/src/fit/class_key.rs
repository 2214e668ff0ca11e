use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use firebrick_model::did_you_mean;
use firebrick_model::nearest_name;
use serde::{Deserialize, Serialize};

use crate::error::TrainError;
use crate::mismatch_error::MismatchError;

/// Before a name that would be taken for an index.
const NAME: &str = "name:";

/// Which class a weight is for.
///
/// In a file a whole number is the index of a class, anything else its name; `name:3` is the class called 3.
///
/// ```
/// use firebrick::training::ClassKey;
///
/// assert_eq!(ClassKey::from(3), "3".parse()?);
/// assert_eq!(ClassKey::from("red"), "red".parse()?);
/// assert_eq!(ClassKey::from("3"), "name:3".parse()?);
/// # Ok::<(), std::convert::Infallible>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum ClassKey {
    /// By its index, counted from 0.
    Index(usize),
    /// By its name.
    Name(String),
}

impl ClassKey {
    /// The class among those of these names.
    ///
    /// # Errors
    /// A name that no class has.
    pub(super) fn index(&self, names: &[String]) -> Result<usize, TrainError> {
        let name = match self {
            Self::Index(index) => return Ok(*index),
            Self::Name(name) => name,
        };
        let found = names.iter().position(|own| own == name);
        found.ok_or_else(|| {
            let reason = if names.is_empty() {
                "the classes of this data have no names; give the index of the class, counted from 0".to_owned()
            } else {
                let known: Vec<&str> = names.iter().map(String::as_str).collect();
                format!(
                    "no class is called so{}; the classes are {}",
                    did_you_mean(nearest_name(name, &known)),
                    listed(&known)
                )
            };
            let key = name.clone();
            TrainError::from(MismatchError::ClassKey { key, reason })
        })
    }

    /// Makes sure that an index in a file is not what another class is called.
    ///
    /// # Errors
    /// An index that is the name of another class.
    pub fn check_meaning(&self, names: &[String]) -> Result<(), TrainError> {
        let Self::Index(index) = self else {
            return Ok(());
        };
        let text = index.to_string();
        match names.iter().position(|name| *name == text) {
            Some(class) if class != *index => {
                let other = names.get(*index);
                let other = other.map_or_else(
                    || "of no class".to_owned(),
                    |name| format!("of the class `{name}`"),
                );
                Err(MismatchError::ClassKey {
                    reason: format!(
                        "it is the index {other} and the name of class {class} (counted from 0); write `name:{text}`, or \
                         the name of the class that is meant"
                    ),
                    key: text,
                }.into())
            }
            _ => Ok(()),
        }
    }
}

/// The first of some names, and how many more there are.
fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 10;
    let shown = names[..names.len().min(SHOWN)].join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

impl From<usize> for ClassKey {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

impl From<&str> for ClassKey {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl FromStr for ClassKey {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match (text.strip_prefix(NAME), text.parse()) {
            (Some(name), _) => Self::Name(name.to_owned()),
            (None, Ok(index)) => Self::Index(index),
            (None, Err(_)) => Self::Name(text.to_owned()),
        })
    }
}

impl From<String> for ClassKey {
    /// The form in files.
    fn from(text: String) -> Self {
        let Ok(key) = text.parse();
        key
    }
}

impl From<ClassKey> for String {
    fn from(key: ClassKey) -> Self {
        key.to_string()
    }
}

impl fmt::Display for ClassKey {
    /// The form in files.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index(index) => write!(f, "{index}"),
            Self::Name(name) if name.parse::<usize>().is_ok() || name.starts_with(NAME) => {
                write!(f, "{NAME}{name}")
            }
            Self::Name(name) => f.write_str(name),
        }
    }
}
