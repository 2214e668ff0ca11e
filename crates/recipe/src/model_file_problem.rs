use firebrick_model::{ModelError, did_you_mean, shortened};
use firebrick_spec::{SpecError, UnknownName};
use firebrick_trainer::TrainError;

/// What is wrong with a [`ModelFile`](crate::ModelFile).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelFileProblem {
    /// A text that is no TOML.
    #[error("this is no TOML: {message}")]
    Toml {
        /// What the parser said.
        message: String,
    },

    /// A key that nothing reads.
    #[error(
        "unknown key `{}`{}{}; known keys: {}", shortened(key),
        section.map_or_else(String::new, |section| format!(" in [{section}]")),
        did_you_mean(nearest.as_deref()), known.join(", ")
    )]
    UnknownKey {
        /// The table it stands in; `None` before the first one.
        section: Option<&'static str>,
        /// The key as given.
        key: String,
        /// The closest known key.
        nearest: Option<String>,
        /// The keys there may be.
        known: Vec<String>,
    },

    /// A key that has to be there.
    #[error("{place} has no `{key}`; add it, e.g. `{example}`")]
    MissingKey {
        /// Where it is looked for.
        place: String,
        /// The key.
        key: &'static str,
        /// How it could look.
        example: &'static str,
    },

    /// A value that its key cannot have.
    #[error("`{key}`: {message}")]
    Value {
        /// The key.
        key: String,
        /// What was expected and what was there.
        message: String,
    },

    /// A callback of no known name.
    #[error(transparent)]
    UnknownCallback(UnknownName),

    /// Two callbacks that would write into the same file.
    #[error("`{path}` is what a callback above writes into; give one of them another name")]
    SharedFile {
        /// The file or folder of the run.
        path: String,
    },

    /// A layer that cannot be read.
    #[error(transparent)]
    Layer(SpecError),

    /// An argument that a callback does not have.
    #[error(
        "{place} has no argument `{}`{}; it takes {}", shortened(argument),
        did_you_mean(nearest.as_deref()), known.join(", ")
    )]
    UnknownArgument {
        /// The callback.
        place: String,
        /// The argument as given.
        argument: String,
        /// The closest known argument.
        nearest: Option<String>,
        /// The arguments that it has.
        known: Vec<String>,
    },

    /// A loss, a metric or another thing with a name and arguments that cannot be read.
    #[error("`{key}`: {error}")]
    Spec {
        /// The key.
        key: String,
        /// What is wrong.
        error: SpecError,
    },

    /// Layers that do not fit one another.
    #[error(transparent)]
    Network(ModelError),

    /// A setting of the training that cannot be.
    #[error(transparent)]
    Setting(TrainError),
}
