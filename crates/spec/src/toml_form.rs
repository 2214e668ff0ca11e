//! Values in TOML, each with its place.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::value::{Argument, Value};

impl Value {
    /// The value of a parsed document; whatever stands in its tables keeps its place.
    ///
    /// ```
    /// use firebrick_spec::{Spec, Value};
    ///
    /// let text = "loss = { name = \"huber\", delta = 2 }";
    /// let mut table = toml::de::DeTable::parse(text)?.into_inner();
    /// let loss = table.remove("loss").map(Value::from_toml).unwrap_or(Value::Null);
    /// let spec = Spec::from_value(loss, "loss")?;
    /// assert_eq!(spec, Spec::new("huber").with("delta", 2));
    /// assert_eq!(spec.arguments()[0].at, text.find('2'));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_toml(value: Spanned<DeValue<'_>>) -> Self {
        match value.into_inner() {
            DeValue::String(text) => Self::Text(text.into_owned()),
            DeValue::Integer(integer) => {
                match i128::from_str_radix(integer.as_str(), integer.radix()) {
                    Ok(integer) => Self::Integer(integer),
                    Err(_) => Self::Number(integer.as_str().parse().unwrap_or(f64::INFINITY)),
                }
            }
            DeValue::Float(float) => Self::Number(float.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(value) => Self::Bool(value),
            DeValue::Datetime(date) => Self::Text(date.to_string()),
            DeValue::Array(values) => {
                let items = values.into_iter();
                Self::List(items.map(|item| Argument::from_toml("", item)).collect())
            }
            DeValue::Table(table) => Self::Table(Argument::from_table(table)),
        }
    }
}

impl Argument {
    /// The value of a key, with its place.
    pub fn from_toml(name: impl Into<String>, value: Spanned<DeValue<'_>>) -> Self {
        Self {
            name: name.into(),
            at: Some(value.span().start),
            value: Value::from_toml(value),
        }
    }

    /// What stands in a table, in the order of the text.
    pub fn from_table(table: DeTable<'_>) -> Vec<Self> {
        let mut arguments: Vec<(usize, Self)> = table
            .into_iter()
            .map(|(key, value)| {
                let name = key.get_ref().to_string();
                (key.span().start, Self::from_toml(name, value))
            })
            .collect();
        arguments.sort_by_key(|(at, _)| *at);
        arguments
            .into_iter()
            .map(|(_, argument)| argument)
            .collect()
    }
}

/// The line of a byte of the text, counted from 1.
///
/// ```
/// assert_eq!(firebrick_spec::line_of("a\nb\nc", 4), 3);
/// ```
pub fn line_of(text: &str, at: usize) -> usize {
    let before = text.as_bytes().iter().take(at);
    before.filter(|&&byte| byte == b'\n').count() + 1
}
