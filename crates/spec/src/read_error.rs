//! What serde says of arguments, kept apart until it is known what they are those of.

use std::fmt;

use serde::de::{Error, Expected, Unexpected};

use crate::error::{SpecError, SpecProblem};
use crate::keys::CONFIG;
use crate::names::nearest_name;
use crate::value::Argument;

/// An error on its way out of the arguments.
#[derive(Debug)]
pub(crate) struct ReadError {
    what: What,
    /// The argument, and those that it stands in.
    path: Vec<String>,
    received: Option<String>,
    at: Option<usize>,
}

#[derive(Debug)]
enum What {
    Expected(String),
    Missing(String),
    /// The argument, and those that there are where serde knows it.
    Unknown(String, Option<&'static [&'static str]>),
    Repeated(String),
    Message(String),
}

impl ReadError {
    fn new(what: What) -> Self {
        Self {
            what,
            path: Vec::new(),
            received: None,
            at: None,
        }
    }

    pub(crate) fn unknown(argument: &Argument) -> Self {
        let mut error = Self::new(What::Unknown(argument.name.clone(), None));
        error.at = argument.at;
        error
    }

    pub(crate) fn repeated(argument: &Argument) -> Self {
        let mut error = Self::new(What::Repeated(argument.name.clone()));
        error.at = argument.at;
        error
    }

    /// The same, of this value unless it is of one within.
    pub(crate) fn of(mut self, given: &Argument) -> Self {
        self.received.get_or_insert_with(|| given.value.to_string());
        self.at = self.at.or(given.at);
        self
    }

    /// The same, within this argument.
    pub(crate) fn within(mut self, name: &str, argument: &Argument) -> Self {
        self.path.insert(0, name.to_owned());
        self.of(argument)
    }

    /// The same without the `config` that it is in.
    pub(crate) fn within_config(mut self) -> Self {
        if self.path.first().is_some_and(|name| name == CONFIG) {
            self.path.remove(0);
        }
        self
    }

    /// The error of a thing that takes these arguments and stands at this place.
    pub(crate) fn about(self, thing: &str, known: &[&str], at: Option<usize>) -> SpecError {
        let at = self.at.or(at);
        let thing = thing.to_owned();
        let owned = || known.iter().map(|&name| name.to_owned()).collect();
        if self.path.is_empty() {
            let problem = match self.what {
                What::Unknown(argument, fields) => {
                    let known = fields.unwrap_or(known);
                    SpecProblem::UnknownArgument {
                        nearest: nearest_name(&argument, known).map(str::to_owned),
                        known: known.iter().map(|&name| name.to_owned()).collect(),
                        thing,
                        argument,
                    }
                }
                What::Missing(argument) => SpecProblem::MissingArgument {
                    known: owned(),
                    thing,
                    argument,
                },
                What::Repeated(argument) => SpecProblem::RepeatedArgument { thing, argument },
                What::Expected(expected) => SpecProblem::Refused {
                    thing,
                    reason: format!("expected {expected}"),
                },
                What::Message(reason) => SpecProblem::Refused { thing, reason },
            };
            return SpecError::new(problem, at);
        }
        let argument = self.path.join(".");
        let problem = match self.what {
            What::Expected(expected) => SpecProblem::Argument {
                thing,
                argument,
                expected,
                received: self.received.unwrap_or_default(),
            },
            what => SpecProblem::RefusedArgument {
                thing,
                argument,
                reason: what.in_words(),
            },
        };
        SpecError::new(problem, at)
    }
}

impl What {
    fn in_words(self) -> String {
        match self {
            Self::Expected(expected) => format!("expected {expected}"),
            Self::Missing(name) => format!("`{name}` is missing"),
            Self::Unknown(name, _) => format!("there is no `{name}`"),
            Self::Repeated(name) => format!("`{name}` is there twice"),
            Self::Message(message) => message,
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.what)
    }
}

impl std::error::Error for ReadError {}

impl Error for ReadError {
    /// A message that begins with "expected", as serde's `expecting` does, says what a value may be.
    fn custom<T: fmt::Display>(message: T) -> Self {
        let message = message.to_string();
        Self::new(match message.strip_prefix("expected ") {
            Some(expected) => What::Expected(expected.to_owned()),
            None => What::Message(message),
        })
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(What::Expected(in_words(&expected.to_string())))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(What::Expected(in_words(&expected.to_string())))
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::new(What::Expected(in_words(&expected.to_string())))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        let choices: Vec<String> = expected.iter().map(|name| format!("`{name}`")).collect();
        Self::new(What::Expected(match choices.as_slice() {
            [] => "nothing".to_owned(),
            [choice] => choice.clone(),
            [first, second] => format!("{first} or {second}"),
            _ => format!("one of {}", choices.join(", ")),
        }))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::new(What::Unknown(field.to_owned(), Some(expected)))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(What::Missing(field.to_owned()))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(What::Repeated(field.to_owned()))
    }
}

/// What serde calls the types of Rust.
fn in_words(expected: &str) -> String {
    match expected {
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" | "usize" => "a whole number from 0",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a boolean" => "true or false",
        "a string" => "a text",
        "a sequence" => "a list",
        "a map" => "a table",
        "unit" => "nothing",
        other => other.strip_prefix("expected ").unwrap_or(other),
    }
    .to_owned()
}
