//! Figures by name, as a line of JSON holds them.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Figures by name in the order in which they came; numbers that are none are kept too, which JSON cannot write.
///
/// ```
/// use firebrick_session::Figures;
///
/// let figures: Figures = [("loss", f64::NAN), ("accuracy", 0.5)].into_iter().collect();
/// let text = serde_json::to_string(&figures)?;
/// assert_eq!(text, r#"{"loss":"NaN","accuracy":0.5}"#);
/// let read: Figures = serde_json::from_str(&text)?;
/// assert!(read.get("loss").is_some_and(f64::is_nan));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    entries: Vec<(String, f64)>,
}

impl Figures {
    /// The figure of this name.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.iter()
            .find_map(|(own, value)| (own == name).then_some(value))
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.entries
            .iter()
            .map(|(name, value)| (name.as_str(), *value))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<N: Into<String>> FromIterator<(N, f64)> for Figures {
    fn from_iter<I: IntoIterator<Item = (N, f64)>>(entries: I) -> Self {
        let entries = entries
            .into_iter()
            .map(|(name, value)| (name.into(), value));
        Self {
            entries: entries.collect(),
        }
    }
}

/// A number as JSON can hold it.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Finite(f64),
    Other(String),
}

impl Serialize for Figures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.entries.len()))?;
        for (name, value) in self.iter() {
            let written = if value.is_finite() {
                Written::Finite(value)
            } else {
                Written::Other(value.to_string())
            };
            map.serialize_entry(name, &written)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Figures {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries)
    }
}

struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = Figures;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("figures by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Figures, A::Error> {
        let mut entries = Vec::new();
        while let Some((name, written)) = map.next_entry::<String, Written>()? {
            let value = match written {
                Written::Finite(value) => value,
                Written::Other(text) => text.parse().map_err(serde::de::Error::custom)?,
            };
            entries.push((name, value));
        }
        Ok(Figures { entries })
    }
}
