//! The text form `name:VALUE[:option=value][:flag]…` that all schedules share.

use std::fmt::{Display, Write as _};
use std::str::FromStr;

use firebrick_spec::number_text;

use crate::error::{ScheduleError, TextProblem};
use crate::schedule::Schedule;

/// A schedule with a text form.
pub(crate) trait Described: Schedule + Sized {
    /// What the text begins with.
    const NAME: &'static str;
    /// The whole form, for messages.
    const FORM: &'static str;
    /// The names of its options and flags; `unit` is read by the specification itself.
    const OPTIONS: &'static [&'static str];
    /// Those of its options that stand alone, without a value.
    const FLAGS: &'static [&'static str] = &[];
    /// Whether another schedule follows the value, as after `warmup:STEPS:`. The only option is then the unit.
    const PRECEDES: bool = false;

    /// Reads the schedule from what follows its name.
    fn parse(fields: &Fields<'_>) -> Result<Self, TextProblem>;

    /// Writes what follows `name:`, without the unit.
    fn write(&self, text: &mut String);
}

/// What stands behind the name: one value, then options and flags, each at most once.
pub(crate) struct Fields<'a> {
    schedule: &'static str,
    value: Option<&'a str>,
    /// A flag has an empty value.
    options: Vec<(&'a str, &'a str)>,
    /// The text of the schedule that follows the value, without its unit.
    following: Vec<&'a str>,
}

impl<'a> Fields<'a> {
    /// Splits `rest` (what follows the name and its colon) for the schedule `S`.
    pub(crate) fn split<S: Described>(rest: Option<&'a str>) -> Result<Self, TextProblem> {
        let mut fields = Self {
            schedule: S::NAME,
            value: None,
            options: Vec::new(),
            following: Vec::new(),
        };
        for field in rest.into_iter().flat_map(|rest| rest.split(':')) {
            match field.split_once('=') {
                Some((name, value)) if !S::PRECEDES || name == "unit" => {
                    fields.push_valued::<S>(name, value)?;
                }
                None if fields.value.is_none() && fields.options.is_empty() => {
                    fields.value = Some(field);
                }
                _ if S::PRECEDES => fields.following.push(field),
                _ if S::FLAGS.contains(&field) => fields.push(field, "")?,
                _ => {
                    return Err(TextProblem::UnexpectedField {
                        field: field.to_owned(),
                        flags: S::FLAGS,
                    });
                }
            }
        }
        Ok(fields)
    }

    fn push_valued<S: Described>(
        &mut self,
        name: &'a str,
        value: &'a str,
    ) -> Result<(), TextProblem> {
        if let Some(flag) = S::FLAGS.iter().find(|flag| **flag == name) {
            return Err(TextProblem::InvalidValue {
                what: flag,
                expected: "no value",
                received: value.to_owned(),
            });
        }
        if !S::OPTIONS.contains(&name) {
            return Err(TextProblem::UnknownOption {
                schedule: self.schedule,
                option: name.to_owned(),
                known: S::OPTIONS,
            });
        }
        self.push(name, value)
    }

    fn push(&mut self, name: &'a str, value: &'a str) -> Result<(), TextProblem> {
        if self.options.iter().any(|(earlier, _)| *earlier == name) {
            return Err(TextProblem::RepeatedOption {
                option: name.to_owned(),
            });
        }
        self.options.push((name, value));
        Ok(())
    }

    /// The value, called `what` in the form.
    pub(crate) fn value<T: FromStr>(
        &self,
        what: &'static str,
        expected: &'static str,
    ) -> Result<T, TextProblem> {
        let text = self.value.filter(|text| !text.is_empty());
        let text = text.ok_or(TextProblem::MissingValue { what, expected })?;
        parse(what, expected, text)
    }

    /// The option `name`, if it is there.
    pub(crate) fn option<T: FromStr>(
        &self,
        name: &'static str,
        expected: &'static str,
    ) -> Result<Option<T>, TextProblem> {
        self.options
            .iter()
            .find(|(given, _)| *given == name)
            .map(|(_, text)| parse(name, expected, text))
            .transpose()
    }

    /// The option `name`, which has to be there.
    pub(crate) fn required<T: FromStr>(
        &self,
        name: &'static str,
        expected: &'static str,
    ) -> Result<T, TextProblem> {
        let value = self.option(name, expected)?;
        value.ok_or(TextProblem::MissingValue {
            what: name,
            expected,
        })
    }

    /// Whether the flag `name` is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.options.iter().any(|(given, _)| *given == name)
    }

    /// The text of the schedule that follows the value, without its unit.
    pub(crate) fn following(&self) -> Option<String> {
        (!self.following.is_empty()).then(|| self.following.join(":"))
    }
}

fn parse<T: FromStr>(
    what: &'static str,
    expected: &'static str,
    text: &str,
) -> Result<T, TextProblem> {
    text.parse().ok().ok_or_else(|| TextProblem::InvalidValue {
        what,
        expected,
        received: text.to_owned(),
    })
}

/// Writes `:name=value`.
pub(crate) fn write_option(text: &mut String, name: &str, value: impl Display) {
    // Writing to a string cannot fail.
    let _ = write!(text, ":{name}={value}");
}

/// Writes `:name=value`, unless the value is the default.
pub(crate) fn write_changed(text: &mut String, name: &str, value: f64, default: f64) {
    if value.to_bits() != default.to_bits() {
        write_option(text, name, number_text(value));
    }
}

/// Reads `a,b,c`.
pub(crate) struct List<T>(pub(crate) Vec<T>);

impl<T: FromStr> FromStr for List<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        let items: Result<_, _> = text.split(',').map(str::parse).collect();
        items.map(Self)
    }
}

impl From<ScheduleError> for TextProblem {
    fn from(error: ScheduleError) -> Self {
        Self::Rejected(Box::new(error))
    }
}
