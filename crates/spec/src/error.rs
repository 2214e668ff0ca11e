use crate::names::{did_you_mean, nearest_name};
use crate::unknown_name::UnknownName;
use crate::visible::shortened;

/// Why a spec cannot be read, with its place in the text where there is one.
///
/// ```
/// use firebrick_spec::Spec;
///
/// #[derive(Debug, serde::Deserialize)]
/// struct Huber {
///     delta: f64,
/// }
///
/// let error = Spec::from_text("huber:delta=far")?.read::<Huber>("the loss `huber`").unwrap_err();
/// assert_eq!(error.to_string(), "the loss `huber`, argument `delta`: expected a number, received `far`");
/// assert_eq!(error.at(), Some(12));
/// # Ok::<(), firebrick_spec::SpecError>(())
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{problem}")]
pub struct SpecError {
    problem: Box<SpecProblem>,
    at: Option<usize>,
}

impl SpecError {
    /// A problem at a byte of the text.
    pub fn new(problem: SpecProblem, at: Option<usize>) -> Self {
        Self {
            problem: Box::new(problem),
            at,
        }
    }

    /// What is wrong.
    pub fn problem(&self) -> &SpecProblem {
        &self.problem
    }

    /// The byte of the text where it is, counted from 0; `None` if the spec stands in no text.
    pub fn at(&self) -> Option<usize> {
        self.at
    }

    /// The same of a thing that takes further arguments, which are read apart.
    #[must_use = "returns the changed error"]
    pub fn also_takes(mut self, further: &[&str]) -> Self {
        let further = further.iter().map(|&name| name.to_owned());
        match self.problem.as_mut() {
            SpecProblem::UnknownArgument {
                argument,
                nearest,
                known,
                ..
            } => {
                known.extend(further);
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                *nearest = nearest_name(argument, &known).map(str::to_owned);
            }
            SpecProblem::MissingArgument { known, .. } => known.extend(further),
            _ => {}
        }
        self
    }

    /// The same of a thing that takes these arguments and no others.
    #[must_use = "returns the changed error"]
    pub fn takes(mut self, names: &[&str]) -> Self {
        if let SpecProblem::UnknownArgument { known, .. }
        | SpecProblem::MissingArgument { known, .. } = self.problem.as_mut()
        {
            known.clear();
        }
        self.also_takes(names)
    }

    /// The same at a place that was not known before.
    #[must_use = "returns the changed error"]
    pub fn or_at(mut self, at: Option<usize>) -> Self {
        self.at = self.at.or(at);
        self
    }
}

impl From<UnknownName> for SpecError {
    fn from(unknown: UnknownName) -> Self {
        Self::new(SpecProblem::UnknownName(unknown), None)
    }
}

/// What is wrong with a spec. A thing is told of as the reader calls it, e.g. "the loss `huber`".
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SpecProblem {
    /// A name that is not known.
    #[error(transparent)]
    UnknownName(UnknownName),

    /// Something that is neither a name nor a table with one.
    #[error(
        "expected the name of {}, or a table with its `name` and arguments, received {received}",
        with_article(kind)
    )]
    NoSpec {
        /// What was to be read, e.g. `loss`.
        kind: &'static str,
        /// What is there.
        received: String,
    },

    /// A table without the name of what it describes.
    #[error("the {kind} has no `name`; add it, e.g. `{{ name = \"…\", … }}`")]
    NoName {
        /// What was to be read, e.g. `loss`.
        kind: &'static str,
    },

    /// An argument that the thing does not have.
    #[error(
        "{thing} has no argument `{}`{}; it takes {}", shortened(argument), did_you_mean(nearest.as_deref()),
        listed(known)
    )]
    UnknownArgument {
        /// The thing.
        thing: String,
        /// The argument as given.
        argument: String,
        /// The closest known argument.
        nearest: Option<String>,
        /// The arguments that it has.
        known: Vec<String>,
    },

    /// An argument that the thing cannot do without.
    #[error(
        "{thing} needs `{argument}`, which is missing; add it, it takes {}",
        listed(known)
    )]
    MissingArgument {
        /// The thing.
        thing: String,
        /// The argument.
        argument: String,
        /// The arguments that it has.
        known: Vec<String>,
    },

    /// An argument that is there twice.
    #[error(
        "{thing} has the argument `{}` twice, expected once; keep one of them",
        shortened(argument)
    )]
    RepeatedArgument {
        /// The thing.
        thing: String,
        /// The argument.
        argument: String,
    },

    /// A value that an argument cannot have.
    #[error("{thing}, argument `{argument}`: expected {expected}, received {received}")]
    Argument {
        /// The thing.
        thing: String,
        /// The argument.
        argument: String,
        /// What it may be.
        expected: String,
        /// What it is.
        received: String,
    },

    /// A value that something cannot have.
    #[error("expected {expected}, received {received}")]
    Value {
        /// What it may be.
        expected: String,
        /// What it is.
        received: String,
    },

    /// A value of an argument that was refused by what it describes.
    #[error("{thing}, argument `{argument}`: {reason}")]
    RefusedArgument {
        /// The thing.
        thing: String,
        /// The argument.
        argument: String,
        /// Why.
        reason: String,
    },

    /// Arguments that do not go with each other, or that cannot be.
    #[error("{thing}: {reason}")]
    Refused {
        /// The thing.
        thing: String,
        /// Why.
        reason: String,
    },

    /// A text that is no name with arguments.
    #[error("`{}` is no name with arguments: {reason}", shortened(text))]
    Text {
        /// The text.
        text: String,
        /// What was expected.
        reason: String,
    },
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

fn with_article(kind: &str) -> String {
    let article = if kind.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {kind}")
}
