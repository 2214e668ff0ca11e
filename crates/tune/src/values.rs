//! What a trial is trained with.

use std::fmt;

use firebrick::specs::Value;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::dimension::value_text;
use crate::error::TuneError;

/// The values that a trial is trained with, by the names of their settings.
///
/// ```
/// use firebrick_tune::SearchSpace;
///
/// let space: SearchSpace = "learning_rate=0.1, units=32, optimizer=adam".parse()?;
/// let values = space.values(42, 0);
/// assert_eq!((values.number("learning_rate")?, values.whole("units")?), (0.1, 32));
/// assert_eq!(values.text("optimizer")?, "adam");
/// assert_eq!(values.to_string(), "learning_rate=0.1, units=32, optimizer=adam");
/// # Ok::<(), firebrick_tune::TuneError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values(Vec<(String, Value)>);

impl Values {
    pub(crate) fn new(values: Vec<(String, Value)>) -> Self {
        Self(values)
    }

    /// Names and values, in the order of the space.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The value of this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.iter()
            .find(|(own, _)| *own == name)
            .map(|(_, value)| value)
    }

    /// A number, whole or not.
    ///
    /// # Errors
    /// A name that is not searched, or a value that is no number.
    pub fn number(&self, name: &str) -> Result<f64, TuneError> {
        match self.found(name)? {
            Value::Number(number) => Ok(*number),
            Value::Integer(integer) => Ok(*integer as f64),
            other => Err(wrong(name, "a number", other)),
        }
    }

    /// A whole number that is not below 0.
    ///
    /// # Errors
    /// A name that is not searched, or a value that is no such number.
    pub fn whole(&self, name: &str) -> Result<usize, TuneError> {
        let value = self.found(name)?;
        let whole = match value {
            Value::Integer(integer) => usize::try_from(*integer).ok(),
            _ => None,
        };
        whole.ok_or_else(|| wrong(name, "a whole number that is not below 0", value))
    }

    /// The value as a text, whatever it is.
    ///
    /// # Errors
    /// A name that is not searched.
    pub fn text(&self, name: &str) -> Result<String, TuneError> {
        self.found(name).map(value_text)
    }

    fn found(&self, name: &str) -> Result<&Value, TuneError> {
        self.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.iter().map(|(name, _)| name).collect();
            TuneError::UnknownSetting {
                name: name.to_owned(),
                nearest: firebrick::models::nearest_name(name, &known).map(str::to_owned),
                known: known.into_iter().map(str::to_owned).collect(),
            }
        })
    }
}

fn wrong(name: &str, expected: &str, received: &Value) -> TuneError {
    TuneError::dimension(name, format!("expected {expected}, received {received}"))
}

/// `learning_rate=0.1, units=32`.
impl fmt::Display for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = self
            .iter()
            .map(|(name, value)| format!("{name}={}", value_text(value)));
        f.write_str(&texts.collect::<Vec<_>>().join(", "))
    }
}

impl Serialize for Values {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Values;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("settings and their values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Values, A::Error> {
                let mut values = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    values.push(entry);
                }
                Ok(Values(values))
            }
        }

        deserializer.deserialize_map(Entries)
    }
}
