//! What may become of one setting.

use std::fmt;

use firebrick::specs::{Value, number_text};

use crate::range::{FORMS, Range};

/// What may become of one setting: a range of numbers, or one of several values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Dimension {
    pub(crate) name: String,
    pub(crate) domain: Domain,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Domain {
    Range(Range),
    Choices(Vec<Value>),
}

impl Domain {
    /// Reads `log:1e-4..1e-1`, or choices as in `32|64|128`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err(format!("there is nothing to choose from; {FORMS}"));
        }
        if Range::is_meant(text) {
            return text.parse().map(Self::Range);
        }
        let choices = split_outside(text, '|').into_iter().map(value_of);
        Self::choices(choices.collect())
    }

    /// One of these values.
    pub(crate) fn choices(choices: Vec<Value>) -> Result<Self, String> {
        if choices.is_empty() {
            return Err(format!("there is nothing to choose from; {FORMS}"));
        }
        for (index, choice) in choices.iter().enumerate() {
            match choice {
                Value::Text(text) if text.trim().is_empty() => {
                    return Err("one of the choices is empty; leave out its `|`".to_owned());
                }
                Value::Null | Value::Table(_) => {
                    return Err(format!(
                        "a choice is a number, a text, true, false or a list, received {choice}"
                    ));
                }
                Value::Number(number) if !number.is_finite() => {
                    return Err(format!("a choice is a finite number, received {choice}"));
                }
                _ if choices[..index].contains(choice) => {
                    return Err(format!(
                        "the choice {choice} stands there twice; keep one of them"
                    ));
                }
                _ => {}
            }
        }
        Ok(Self::Choices(choices))
    }

    /// How many different values there are, if that is finite.
    pub(crate) fn len(&self) -> Option<usize> {
        match self {
            Self::Range(range) => range.len(),
            Self::Choices(choices) => Some(choices.len()),
        }
    }

    /// One of finitely many values, counted from 0.
    pub(crate) fn nth(&self, index: usize) -> Value {
        match self {
            Self::Range(range) => range.nth(index),
            Self::Choices(choices) => choices[index % choices.len()].clone(),
        }
    }

    /// The value at a place between 0, the first, and below 1.
    pub(crate) fn at(&self, share: f64) -> Value {
        match self {
            Self::Range(range) => range.at(share),
            Self::Choices(choices) => {
                let index = choices
                    .iter()
                    .enumerate()
                    .position(|(index, _)| share * (choices.len() as f64) < index as f64 + 1.0);
                choices[index.unwrap_or(choices.len() - 1)].clone()
            }
        }
    }

    /// Where a value lies, from 0 at the first to 1 at the last.
    pub(crate) fn place(&self, value: &Value) -> Option<f64> {
        match (self, value) {
            (Self::Range(range), Value::Number(number)) => Some(range.place(*number)),
            (Self::Range(range), Value::Integer(number)) => Some(range.place(*number as f64)),
            (Self::Range(_), _) => None,
            (Self::Choices(choices), value) => {
                let index = choices.iter().position(|choice| choice == value)?;
                let last = (choices.len() - 1) as f64;
                Some(if last > 0.0 { index as f64 / last } else { 0.5 })
            }
        }
    }

    /// Values to be written beside an axis.
    pub(crate) fn ticks(&self) -> Vec<Value> {
        match self {
            Self::Range(range) => [0.0, 0.5, 1.0].map(|share| range.at(share)).to_vec(),
            Self::Choices(choices) => choices.clone(),
        }
    }

    /// Values that stand for all: every choice, or the ends of the range.
    pub(crate) fn corners(&self) -> Vec<Value> {
        match self {
            Self::Range(range) => vec![range.at(0.0), range.at(1.0)],
            Self::Choices(choices) => choices.clone(),
        }
    }
}

/// As on a command line.
impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Range(range) => range.fmt(f),
            Self::Choices(choices) => {
                let texts: Vec<String> = choices.iter().map(value_text).collect();
                f.write_str(&texts.join("|"))
            }
        }
    }
}

/// A value as a flag has it.
pub(crate) fn value_text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number_text(*number),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| value_text(&item.value)).collect();
            items.join(",")
        }
        value => value.to_string(),
    }
}

/// The value of a text: a number, true or false, or else the text.
fn value_of(text: &str) -> Value {
    let text = text.trim();
    if let Ok(integer) = text.parse::<i64>() {
        return Value::from(integer);
    }
    if let Ok(switch) = text.parse::<bool>() {
        return Value::Bool(switch);
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Value::Number(number),
        _ => Value::from(text),
    }
}

/// The parts between separators that stand outside of brackets.
pub(crate) fn split_outside(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (at, letter) in text.char_indices() {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            letter if letter == separator && depth == 0 => {
                parts.push(&text[start..at]);
                start = at + letter.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_numbers_where_they_look_so() {
        let Domain::Choices(choices) = Domain::parse("32| 0.5 |true|adam|1e-3|128,64").unwrap()
        else {
            panic!("choices");
        };
        let expected = [
            Value::Integer(32),
            Value::Number(0.5),
            Value::Bool(true),
            Value::from("adam"),
            Value::Number(1e-3),
            Value::from("128,64"),
        ];
        assert_eq!(choices, expected);
    }

    #[test]
    fn a_share_chooses_each_alike() {
        let domain = Domain::parse("a|b|c").unwrap();
        let chosen =
            [0.0, 0.33, 0.34, 0.66, 0.67, 0.999].map(|share| value_text(&domain.at(share)));
        assert_eq!(chosen, ["a", "a", "b", "b", "c", "c"]);
    }

    #[test]
    fn wrong_choices_say_what_is_wrong() {
        for (text, words) in [
            ("", "nothing to choose from"),
            ("a||b", "one of the choices is empty"),
            ("1|2|1", "the choice 1 stands there twice"),
            ("log:1..2|3", "`log:1..2|3` is no range"),
        ] {
            let message = Domain::parse(text).unwrap_err();
            assert!(message.contains(words), "{text}: {message}");
        }
    }

    #[test]
    fn separators_in_brackets_separate_nothing() {
        assert_eq!(split_outside("a(b,c),d", ','), ["a(b,c)", "d"]);
    }
}
