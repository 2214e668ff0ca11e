use std::fmt;

use serde::{Serialize, Serializer};

/// Figures by name, in the order in which they came: `loss` first, then the metrics, then the same
/// of the validation data with `val_` before the name.
///
/// ```
/// use firebrick_trainer::Logs;
///
/// let mut logs = Logs::new();
/// logs.insert("loss", 0.5);
/// assert_eq!(logs.get("loss"), Some(0.5));
/// assert_eq!(logs.names().collect::<Vec<_>>(), ["loss"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Logs {
    entries: Vec<(String, f64)>,
}

impl Logs {
    /// No figures yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The figure of this name.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.iter()
            .find_map(|(own, value)| (own == name).then_some(value))
    }

    /// Adds a figure, or replaces the one of this name.
    pub fn insert(&mut self, name: impl Into<String>, value: f64) {
        let name = name.into();
        match self.entries.iter_mut().find(|(own, _)| *own == name) {
            Some((_, own)) => *own = value,
            None => self.entries.push((name, value)),
        }
    }

    /// Adds the figures of another, their names with `prefix` in front.
    pub(crate) fn extend(&mut self, prefix: &str, other: &Self) {
        for (name, value) in other.iter() {
            self.insert(format!("{prefix}{name}"), value);
        }
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.entries
            .iter()
            .map(|(name, value)| (name.as_str(), *value))
    }

    /// The names in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(name, _)| name)
    }

    /// Number of figures.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no figure.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<N: Into<String>> FromIterator<(N, f64)> for Logs {
    fn from_iter<I: IntoIterator<Item = (N, f64)>>(entries: I) -> Self {
        let mut logs = Self::new();
        for (name, value) in entries {
            logs.insert(name, value);
        }
        logs
    }
}

impl Serialize for Logs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl fmt::Display for Logs {
    /// `loss 0.3012  accuracy 0.9120`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self
            .iter()
            .map(|(name, value)| format!("{name} {}", number(value)))
            .collect();
        f.pad(&texts.join("  "))
    }
}

/// Four digits after the point, or an exponent where those would show nothing.
pub(crate) fn number(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-3 {
        format!("{value:.4e}")
    } else {
        format!("{value:.4}")
    }
}
