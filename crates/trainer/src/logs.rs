use std::fmt;

use serde::{Serialize, Serializer};

/// Figures by name, in the order in which they came: `loss` first, then the metrics, then the same
/// of the validation data with `val_` before the name.
///
/// ```
/// use firebrick::training::Logs;
///
/// let mut logs = Logs::new();
/// logs.insert("loss", 0.5);
/// assert_eq!(logs.get("loss"), Some(0.5));
/// assert_eq!(logs.names().collect::<Vec<_>>(), ["loss"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Logs {
    entries: Vec<(String, f64)>,
    /// The names of those that say nothing.
    undefined: Vec<String>,
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

    /// The figure of this name if it says anything: not where it is a convention for what is undefined, as the
    /// [`R2Score`](crate::metrics::R2Score) of targets that are all the same.
    pub fn get_defined(&self, name: &str) -> Option<f64> {
        self.get(name).filter(|_| self.is_defined(name))
    }

    /// Whether the figure of this name, if there is one, says anything.
    pub fn is_defined(&self, name: &str) -> bool {
        !self.undefined.iter().any(|own| own == name)
    }

    /// Adds a figure, or replaces the one of this name.
    pub fn insert(&mut self, name: impl Into<String>, value: f64) {
        let name = name.into();
        self.undefined.retain(|own| *own != name);
        match self.entries.iter_mut().find(|(own, _)| *own == name) {
            Some((_, own)) => *own = value,
            None => self.entries.push((name, value)),
        }
    }

    /// Adds a figure that says nothing, or replaces the one of this name; `value` is what is shown.
    pub(crate) fn insert_undefined(&mut self, name: impl Into<String>, value: f64) {
        let name = name.into();
        self.insert(name.clone(), value);
        self.undefined.push(name);
    }

    /// Adds the figures of another, their names with `prefix` in front.
    pub(crate) fn extend(&mut self, prefix: &str, other: &Self) {
        for (name, value) in other.iter() {
            let own = format!("{prefix}{name}");
            if other.is_defined(name) {
                self.insert(own, value);
            } else {
                self.insert_undefined(own, value);
            }
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
    /// `loss 0.3012  accuracy 0.9120`, each as [`figure_text`] writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self
            .iter()
            .map(|(name, value)| format!("{name} {}", figure_text(value)))
            .collect();
        f.pad(&texts.join("  "))
    }
}

/// A figure for people: seven significant digits, as many as single precision has, at most four of them after the
/// point; where those would say too little or too much, four and an exponent.
///
/// ```
/// use firebrick::training::figure_text;
///
/// let texts = [0.91237, 5.0e-5, 72_103.934_8, 5_198_994_155.682_5].map(figure_text);
/// assert_eq!(texts, ["0.9124", "5.0000e-5", "72103.93", "5.1990e9"]);
/// ```
pub fn figure_text(value: f64) -> String {
    /// From these sizes on there are three digits after the point, two, one and none.
    const SIZES: [f64; 4] = [1e3, 1e4, 1e5, 1e6];

    let size = value.abs();
    if value != 0.0 && !(1e-3..1e7).contains(&size) && value.is_finite() {
        return format!("{value:.4e}");
    }
    let decimals = 4 - SIZES.iter().filter(|least| size >= **least).count();
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_has_no_digits_that_mean_nothing() {
        for (value, text) in [
            (0.0, "0.0000"),
            (-0.5, "-0.5000"),
            (2.5e-4, "2.5000e-4"),
            (999.999_94, "999.9999"),
            (1_234.567_89, "1234.568"),
            (-12_345.678_9, "-12345.68"),
            (123_456.789, "123456.8"),
            (1_234_568.25, "1234568"),
            (5_198_994_155.682_5, "5.1990e9"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(figure_text(value), text);
        }
    }
}
