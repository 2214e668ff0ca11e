//! Everything that can be wrong with the description of a schedule.

use firebrick_spec::{Spec, SpecError, SpecProblem, did_you_mean, shortened};

/// Why a description does not make a schedule.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ScheduleError {
    /// An argument of a value that the schedule cannot have.
    #[error(
        "schedule `{schedule}`, argument `{argument}`: expected {expected}, received {received}; {hint}"
    )]
    Argument {
        /// The name of the schedule.
        schedule: &'static str,
        /// The name of the argument.
        argument: &'static str,
        /// What it has to be.
        expected: &'static str,
        /// What it is.
        received: String,
        /// What to do.
        hint: &'static str,
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
    #[error("schedule `{}`: {}", shortened(text), in_words(error, forms))]
    Text {
        /// The whole text.
        text: String,
        /// What is wrong with it.
        error: SpecError,
        /// The forms of the schedules that the text names, or all of them where a name is the problem.
        forms: Vec<&'static str>,
    },
}

impl ScheduleError {
    /// The error of `thing`, whose arguments these are, at the place of the argument that it is about.
    pub(crate) fn about(self, thing: &str, spec: &Spec) -> SpecError {
        let thing = thing.to_owned();
        match self {
            Self::Argument {
                argument,
                expected,
                received,
                hint,
                ..
            } => {
                let mut given = spec.arguments().iter();
                let at = given.find(|given| given.name == argument);
                let problem = SpecProblem::RefusedArgument {
                    thing,
                    argument: argument.to_owned(),
                    reason: format!("expected {expected}, received {received}; {hint}"),
                };
                SpecError::new(problem, at.map_or(spec.at(), |argument| argument.at))
            }
            other => {
                let reason = other.to_string();
                SpecError::new(SpecProblem::Refused { thing, reason }, spec.at())
            }
        }
    }
}

fn in_words(error: &SpecError, forms: &[&str]) -> String {
    let forms = forms.join(", ");
    match error.problem() {
        SpecProblem::UnknownName(unknown) => {
            let name = shortened(&unknown.name);
            let meant = did_you_mean(unknown.nearest.as_deref());
            format!("unknown schedule `{name}`{meant}; known forms: {forms}")
        }
        _ => format!("{error}; expected form: {forms}"),
    }
}
