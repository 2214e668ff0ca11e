use serde::{Deserialize, Serialize};

use crate::event::Event;

/// What a training says to someone who asked it for something.
///
/// ```
/// use firebrick_session::Answer;
///
/// let answer = Answer::Refused { reason: "no epoch is over yet".to_owned() };
/// let text = serde_json::to_string(&answer)?;
/// assert_eq!(text, r#"{"reply":"refused","reason":"no epoch is over yet"}"#);
/// assert_eq!(serde_json::from_str::<Answer>(&text)?, answer);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "kebab-case")]
pub enum Answer {
    /// It is done.
    Done {
        /// The action, then what came of it at once, e.g. the figures of a validation.
        events: Vec<Event>,
    },
    /// It cannot be done, and the training goes on.
    Refused {
        /// Why, and what to do.
        reason: String,
    },
}

impl Answer {
    /// That nothing is left to act on.
    pub(crate) fn ended() -> Self {
        Self::Refused {
            reason: "the training has ended".to_owned(),
        }
    }
}
