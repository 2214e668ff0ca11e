use firebrick_model::{did_you_mean, shortened};
use firebrick_spec::SpecError;

/// What is wrong with a file of [`Settings`](crate::Settings).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsProblem {
    /// A text that is no TOML, or a value that its key cannot have.
    #[error("{0}")]
    Value(String),

    /// A key that nothing reads.
    #[error(
        "unknown key `{}`{}{}; known keys: {}", shortened(key),
        table.map_or_else(String::new, |table| format!(" in `{table}`")),
        did_you_mean(*nearest), known.join(", ")
    )]
    UnknownKey {
        /// The key as given.
        key: String,
        /// The table it stands in; `None` for the file itself.
        table: Option<&'static str>,
        /// The closest known key.
        nearest: Option<&'static str>,
        /// The keys there may be.
        known: Vec<&'static str>,
    },

    /// A schedule that cannot be read.
    #[error("`{key}`: {error}")]
    Spec {
        /// The key.
        key: String,
        /// What is wrong.
        error: SpecError,
    },

    /// Two settings of how fast to learn.
    #[error("`schedule` and `learning_rate` exclude one another; keep one of them")]
    TwoRates,
}
