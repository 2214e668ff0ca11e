//! Everything that can be wrong with the description of a schedule.

use firebrick_spec::{did_you_mean, shortened};

/// Why a description does not make a schedule.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ScheduleError {
    /// The initial rate of a time-based schedule is 0.
    #[error(
        "schedule `{schedule}` expects a whole initial rate of at least 1, received 0; \
         start at 1 or above and use `scale` for smaller rates"
    )]
    InitialRate {
        /// The name of the schedule.
        schedule: &'static str,
    },

    /// A rate or a factor that is not a finite number above 0.
    #[error(
        "schedule `{schedule}` expects a finite {parameter} above 0, received {received}; \
         give a number such as 0.01"
    )]
    NotPositive {
        /// The name of the schedule.
        schedule: &'static str,
        /// The name of the parameter.
        parameter: &'static str,
        /// Its value.
        received: f64,
    },

    /// A scale that makes the initial rate infinite.
    #[error(
        "schedule `{schedule}` expects a finite initial rate, received {initial} · {scale:e}; \
         give a smaller scale"
    )]
    RateOverflow {
        /// The name of the schedule.
        schedule: &'static str,
        /// The initial rate before scaling.
        initial: u32,
        /// The scale.
        scale: f64,
    },

    /// A number outside of its range.
    #[error("schedule `{schedule}` expects {expected} as {parameter}, received {received}; {hint}")]
    OutOfRange {
        /// The name of the schedule.
        schedule: &'static str,
        /// The name of the parameter.
        parameter: &'static str,
        /// What it has to be.
        expected: &'static str,
        /// Its value.
        received: f64,
        /// What to do.
        hint: &'static str,
    },

    /// A number of steps that is 0.
    #[error(
        "schedule `{schedule}` expects {parameter} of at least 1, received 0; \
         give the number of steps to spread the change over"
    )]
    NoSteps {
        /// The name of the schedule.
        schedule: &'static str,
        /// The name of the parameter.
        parameter: &'static str,
    },

    /// Not one value more than boundaries.
    #[error(
        "schedule `{schedule}` expects at least 1 boundary and 1 value more than boundaries, \
         received {values} value(s) and {boundaries} boundaries; give one value a stretch"
    )]
    ValuesAndBoundaries {
        /// The name of the schedule.
        schedule: &'static str,
        /// The number of values.
        values: usize,
        /// The number of boundaries.
        boundaries: usize,
    },

    /// A boundary that is not above the one before.
    #[error(
        "schedule `{schedule}` expects boundaries that rise, received {next} after {boundary}; \
         sort them and name each once"
    )]
    Unordered {
        /// The name of the schedule.
        schedule: &'static str,
        /// A boundary.
        boundary: u64,
        /// The boundary after it.
        next: u64,
    },

    /// A warm-up before a warm-up.
    #[error(
        "schedule `{schedule}` expects a schedule that is no warm-up itself, received `{}`; \
         make it one longer warm-up",
        shortened(received)
    )]
    NestedWarmup {
        /// The name of the schedule.
        schedule: &'static str,
        /// The text form of the schedule to warm up for.
        received: String,
    },

    /// A schedule that counts epochs was built for epochs without steps.
    #[error(
        "schedule `{schedule}` counts epochs and expects at least 1 optimizer step an epoch, received 0; \
         give more examples or a smaller batch size"
    )]
    StepsPerEpoch {
        /// The text form of the schedule.
        schedule: String,
    },

    /// A text that is none of the known forms.
    #[error(
        "schedule `{}`: {problem}; {}",
        shortened(text),
        expected_forms(problem, forms)
    )]
    Text {
        /// The whole text.
        text: String,
        /// What is wrong with it.
        problem: TextProblem,
        /// The forms of the schedules that the text names, or all of them where a name is the problem.
        forms: Vec<&'static str>,
    },
}

/// What is wrong with the text of a schedule.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TextProblem {
    /// No schedule has this name.
    #[error("unknown schedule `{}`{}", shortened(name), did_you_mean(*nearest))]
    UnknownName {
        /// The unknown name.
        name: String,
        /// The known name that is most like it, if one is.
        nearest: Option<&'static str>,
    },

    /// Nothing stands where the value is expected.
    #[error("{what} is missing, expected {expected}")]
    MissingValue {
        /// What the value is called in the form.
        what: &'static str,
        /// What it has to be.
        expected: &'static str,
    },

    /// A value that cannot be read.
    #[error("{what} expects {expected}, received `{}`", shortened(received))]
    InvalidValue {
        /// What the value is called in the form.
        what: &'static str,
        /// What it has to be.
        expected: &'static str,
        /// What stands there.
        received: String,
    },

    /// Something between colons that is neither the value nor an option.
    #[error(
        "expected `option=value`{}, received `{}`",
        alternatives(flags),
        shortened(field)
    )]
    UnexpectedField {
        /// What stands there.
        field: String,
        /// What may stand there without a value.
        flags: &'static [&'static str],
    },

    /// An option that the schedule does not have.
    #[error(
        "`{schedule}` has no option `{}`, {}",
        shortened(option),
        options(known)
    )]
    UnknownOption {
        /// The name of the schedule.
        schedule: &'static str,
        /// The unknown option.
        option: String,
        /// The options that the schedule has.
        known: &'static [&'static str],
    },

    /// An option that stands there twice.
    #[error("option `{option}` is given twice, expected once")]
    RepeatedOption {
        /// The option.
        option: String,
    },

    /// A value that can be read but makes no schedule.
    #[error("{0}")]
    Rejected(Box<ScheduleError>),
}

fn expected_forms(problem: &TextProblem, forms: &[&str]) -> String {
    let forms = forms.join(", ");
    match problem {
        TextProblem::UnknownName { .. } => format!("known forms: {forms}"),
        _ => format!("expected form: {forms}"),
    }
}

fn alternatives(flags: &[&str]) -> String {
    let mut text = String::new();
    for flag in flags {
        text.push_str(" or `");
        text.push_str(flag);
        text.push('`');
    }
    text
}

fn options(known: &[&str]) -> String {
    if known.is_empty() {
        "it takes none".to_owned()
    } else {
        format!("it takes {}", known.join(", "))
    }
}
