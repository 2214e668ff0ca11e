//! The text form `name:VALUE[:option=value]…` that all schedules share.

use std::str::FromStr;

use crate::{Schedule, ScheduleError, TextProblem};

/// A schedule with a text form.
pub(crate) trait Described: Schedule + Sized {
    /// What the text begins with.
    const NAME: &'static str;
    /// The whole form, for messages.
    const FORM: &'static str;
    /// The names of its options; `unit` is read by the specification itself.
    const OPTIONS: &'static [&'static str];

    /// Reads the schedule from what follows its name.
    fn parse(fields: &Fields<'_>) -> Result<Self, TextProblem>;

    /// Writes what follows `name:`, without the unit.
    fn write(&self, text: &mut String);
}

/// What stands behind the name: one value, then options, each at most once.
pub(crate) struct Fields<'a> {
    schedule: &'static str,
    value: Option<&'a str>,
    options: Vec<(&'a str, &'a str)>,
}

impl<'a> Fields<'a> {
    /// Splits `rest` (what follows the name and its colon) for the schedule `S`.
    pub(crate) fn split<S: Described>(rest: Option<&'a str>) -> Result<Self, TextProblem> {
        let mut fields = Self {
            schedule: S::NAME,
            value: None,
            options: Vec::new(),
        };
        for field in rest.into_iter().flat_map(|rest| rest.split(':')) {
            match field.split_once('=') {
                Some((name, value)) => fields.push_option(name, value, S::OPTIONS)?,
                None if fields.value.is_none() && fields.options.is_empty() => {
                    fields.value = Some(field);
                }
                None => {
                    return Err(TextProblem::UnexpectedField {
                        field: field.to_owned(),
                    });
                }
            }
        }
        Ok(fields)
    }

    fn push_option(
        &mut self,
        name: &'a str,
        value: &'a str,
        known: &'static [&'static str],
    ) -> Result<(), TextProblem> {
        if !known.contains(&name) {
            return Err(TextProblem::UnknownOption {
                schedule: self.schedule,
                option: name.to_owned(),
                known,
            });
        }
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

/// The shortest text that reads back as exactly `value`.
pub(crate) fn number(value: f64) -> String {
    if (1e-4..1e7).contains(&value) {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

impl From<ScheduleError> for TextProblem {
    fn from(error: ScheduleError) -> Self {
        Self::Rejected(Box::new(error))
    }
}
