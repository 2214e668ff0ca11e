//! The short text: `name:argument=value`, `name:value`, `name(value, argument=value)`.

use std::fmt;
use std::str::FromStr;

use crate::error::{SpecError, SpecProblem};
use crate::spec::Spec;
use crate::value::{Argument, Value, number_text};

impl Spec {
    /// Reads a name with its arguments, each after a colon (`huber:delta=2`), or all in parentheses with commas between
    /// them (`threshold(0.5, -1)`). An argument without a name is one by its place. `1,2` after a colon is a list, and
    /// `[1, 2]` anywhere.
    ///
    /// ```
    /// use firebrick_spec::{Spec, Value};
    ///
    /// let spec = Spec::from_text("iou:num_classes=3:target_class_ids=0,2")?;
    /// assert_eq!(spec.get("target_class_ids"), Some(&Value::from(vec![0, 2])));
    /// let spec = Spec::from_text("threshold(0.5, -1)")?;
    /// assert_eq!(spec, Spec::new("threshold").with("", 0.5).with("", -1));
    /// # Ok::<(), firebrick_spec::SpecError>(())
    /// ```
    ///
    /// # Errors
    /// A parenthesis that is not closed.
    pub fn from_text(text: &str) -> Result<Self, SpecError> {
        let at = text.len() - text.trim_start().len();
        let colon = text.find(':');
        if let Some(open) = text
            .find('(')
            .filter(|open| colon.is_none_or(|colon| *open < colon))
        {
            let inside = text[open + 1..].trim_end().strip_suffix(')');
            let Some(inside) = inside else {
                let problem = SpecProblem::Text {
                    text: text.to_owned(),
                    reason: "expected `)` at its end; close it".to_owned(),
                };
                return Err(SpecError::new(problem, Some(text.len())));
            };
            let arguments = if inside.trim().is_empty() {
                Vec::new()
            } else {
                fields(inside, ',')
                    .map(|field| argument(inside, field, open + 1))
                    .collect()
            };
            let name = text[..open].trim();
            return Ok(Self::new(name)
                .with_place(Some(at))
                .with_arguments(arguments));
        }
        let (name, rest) = match colon {
            Some(colon) => (&text[..colon], Some(&text[colon + 1..])),
            None => (text, None),
        };
        let arguments = rest.into_iter().flat_map(|rest| {
            fields(rest, ':').map(move |field| argument(rest, field, name.len() + 1))
        });
        let arguments = arguments.collect();
        Ok(Self::new(name.trim())
            .with_place(Some(at))
            .with_arguments(arguments))
    }
}

impl Spec {
    /// The short text as a person would write it: the first arguments by their places, true as the name alone, lists without
    /// brackets.
    ///
    /// ```
    /// use firebrick_spec::Spec;
    ///
    /// let spec = Spec::new("sgd").with("momentum", 0.9).with("nesterov", true);
    /// assert_eq!(spec.to_terse_text(1), "sgd:0.9:nesterov");
    /// assert_eq!(spec.to_string(), "sgd:momentum=0.9:nesterov=true");
    /// ```
    pub fn to_terse_text(&self, num_placed: usize) -> String {
        let mut text = self.name().to_owned();
        for (place, argument) in self.arguments().iter().enumerate() {
            text.push(':');
            if argument.value == Value::Bool(true) {
                text.push_str(&argument.name);
                continue;
            }
            if place >= num_placed && !argument.name.is_empty() {
                text.push_str(&argument.name);
                text.push('=');
            }
            match &argument.value {
                Value::List(items) if is_plain(items) => write_items(&mut text, items),
                value => write_value(&mut text, value),
            }
        }
        text
    }
}

impl FromStr for Spec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        Self::from_text(text)
    }
}

/// The parts of a text between separators, but for those within brackets.
fn fields(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    text.split(move |letter: char| {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && letter == separator
    })
}

/// An argument, which is part of `whole`, which begins at byte `start` of the text.
fn argument(whole: &str, field: &str, start: usize) -> Argument {
    let (name, value) = match field.split_once('=') {
        Some((name, value)) => (name.trim(), value),
        None => ("", field),
    };
    Argument {
        name: name.to_owned(),
        at: Some(start + value.as_ptr().addr() - whole.as_ptr().addr()),
        value: value_of(value),
    }
}

/// A value as it is written.
fn value_of(text: &str) -> Value {
    let text = text.trim();
    let list = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    match list {
        Some(list) if list.trim().is_empty() => Value::List(Vec::new()),
        Some(list) => items(fields(list, ',').map(value_of)),
        None if text.contains(',') && !text.contains('(') => items(text.split(',').map(scalar)),
        None => scalar(text),
    }
}

fn items(values: impl Iterator<Item = Value>) -> Value {
    Value::List(values.map(|value| Argument::new("", value)).collect())
}

fn scalar(text: &str) -> Value {
    let text = text.trim();
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => None
            .or_else(|| text.parse().ok().map(Value::Integer))
            .or_else(|| text.parse().ok().map(Value::Number))
            .unwrap_or_else(|| Value::Text(text.to_owned())),
    }
}

/// The short text, `name:argument=value`.
impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.name().to_owned();
        for argument in self.arguments() {
            text.push(':');
            if !argument.name.is_empty() {
                text.push_str(&argument.name);
                text.push('=');
            }
            write_value(&mut text, &argument.value);
        }
        f.pad(&text)
    }
}

/// Whether the items are told apart without brackets: several of any kind, or a single number.
fn is_plain(items: &[Argument]) -> bool {
    match items {
        [] => false,
        [only] => matches!(only.value, Value::Integer(_) | Value::Number(_)),
        several => !several
            .iter()
            .any(|item| matches!(item.value, Value::List(_) | Value::Table(_))),
    }
}

fn write_items(text: &mut String, items: &[Argument]) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        write_value(text, &item.value);
    }
}

fn write_value(text: &mut String, value: &Value) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(value) => text.push_str(&value.to_string()),
        Value::Integer(value) => text.push_str(&value.to_string()),
        Value::Number(value) => text.push_str(&number_text(*value)),
        Value::Text(value) => text.push_str(value),
        Value::List(values) => {
            text.push('[');
            write_items(text, values);
            text.push(']');
        }
        Value::Table(arguments) => {
            text.push('(');
            for (index, argument) in arguments.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                text.push_str(&argument.name);
                text.push('=');
                write_value(text, &argument.value);
            }
            text.push(')');
        }
    }
}
