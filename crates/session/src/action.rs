//! What one can ask of a running training.

use std::fmt;
use std::str::FromStr;

use firebrick_spec::{UnknownName, nearest_name};
use serde::{Deserialize, Serialize};

use crate::error::SessionError;

/// What somebody wants of a running training. It is done between two steps, and the same actions at the same steps give the same
/// training.
///
/// ```
/// use firebrick_session::Action;
///
/// assert_eq!("rate x0.5".parse::<Action>()?, Action::ScaleRate(0.5));
/// assert_eq!("rate 0.01".parse::<Action>()?, Action::SetRate(0.01));
/// assert_eq!("epochs +5".parse::<Action>()?, Action::MoreEpochs(5));
/// assert_eq!(Action::EndEpoch.to_string(), "end-epoch");
/// # Ok::<(), firebrick_session::SessionError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[non_exhaustive]
pub enum Action {
    /// Waits before the next step.
    Pause,
    /// Goes on after a pause.
    Resume,
    /// Multiplies the rate, from now on, by this factor.
    ScaleRate(f64),
    /// Replaces the schedule, from now on, by this rate.
    SetRate(f64),
    /// Validates now, in the middle of the epoch.
    Validate,
    /// Saves the state now.
    Checkpoint,
    /// Goes back to the weights of the best epoch so far.
    Best,
    /// Ends after this epoch, counted from 1; the one at work at the earliest.
    Epochs(usize),
    /// So many epochs more than were to be done, or fewer.
    MoreEpochs(i64),
    /// Stops when this epoch, with its validation, is over.
    EndEpoch,
    /// Stops after the batch at work and keeps what was learned.
    Stop,
    /// Stops after the batch at work and removes the run.
    Discard,
}

impl Action {
    /// The forms that [`FromStr`] takes.
    pub const FORMS: [&'static str; 14] = [
        "pause",
        "resume",
        "rate X",
        "rate xFACTOR",
        "rate /DIVISOR",
        "validate",
        "checkpoint",
        "best",
        "epochs N",
        "epochs +N",
        "epochs -N",
        "end-epoch",
        "stop",
        "discard",
    ];

    /// The last epoch after it, where `epochs` were to be done and `epoch` is at work; both counted from 1.
    ///
    /// ```
    /// use firebrick_session::Action;
    ///
    /// assert_eq!(Action::MoreEpochs(-5).last_epoch(10, 7), 7);
    /// assert_eq!(Action::Pause.last_epoch(10, 7), 10);
    /// ```
    pub fn last_epoch(self, epochs: usize, epoch: usize) -> usize {
        match self {
            Self::Epochs(asked) => asked.max(epoch),
            Self::MoreEpochs(more) => {
                let most = if more < 0 { isize::MIN } else { isize::MAX };
                let more = isize::try_from(more).unwrap_or(most);
                epochs.saturating_add_signed(more).max(epoch)
            }
            _ => epochs,
        }
    }

    /// Whether it changes what is learned, so that it has to be done again where the run is repeated.
    pub fn is_replayed(self) -> bool {
        match self {
            Self::Pause | Self::Resume | Self::Checkpoint | Self::Discard => false,
            Self::ScaleRate(_)
            | Self::SetRate(_)
            | Self::Validate
            | Self::Best
            | Self::Epochs(_)
            | Self::MoreEpochs(_)
            | Self::EndEpoch
            | Self::Stop => true,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pause => f.pad("pause"),
            Self::Resume => f.pad("resume"),
            Self::ScaleRate(factor) => f.pad(&format!("rate x{factor}")),
            Self::SetRate(rate) => f.pad(&format!("rate {rate}")),
            Self::Validate => f.pad("validate"),
            Self::Checkpoint => f.pad("checkpoint"),
            Self::Best => f.pad("best"),
            Self::Epochs(epochs) => f.pad(&format!("epochs {epochs}")),
            Self::MoreEpochs(epochs) => f.pad(&format!("epochs {epochs:+}")),
            Self::EndEpoch => f.pad("end-epoch"),
            Self::Stop => f.pad("stop"),
            Self::Discard => f.pad("discard"),
        }
    }
}

impl FromStr for Action {
    type Err = SessionError;

    fn from_str(text: &str) -> Result<Self, SessionError> {
        let mut words = text.split_whitespace();
        let (name, value) = (words.next().unwrap_or_default(), words.next());
        if words.next().is_some() {
            return Err(unknown(text));
        }
        match (name, value) {
            ("pause", None) => Ok(Self::Pause),
            ("resume", None) => Ok(Self::Resume),
            ("rate", Some(value)) => rate(value),
            ("validate", None) => Ok(Self::Validate),
            ("checkpoint", None) => Ok(Self::Checkpoint),
            ("best", None) => Ok(Self::Best),
            ("epochs", Some(value)) => epochs(value),
            ("end-epoch", None) => Ok(Self::EndEpoch),
            ("stop", None) => Ok(Self::Stop),
            ("discard", None) => Ok(Self::Discard),
            _ => Err(unknown(text)),
        }
    }
}

fn unknown(text: &str) -> SessionError {
    let first = text.split_whitespace().next().unwrap_or_default();
    let names = Action::FORMS.map(|form| form.split(' ').next().unwrap_or(form));
    let mut unknown = UnknownName::new("action", text, &Action::FORMS);
    unknown.nearest = nearest_name(first, &names).map(str::to_owned);
    unknown.into()
}

/// `0.01`, `x0.5` or `/2`.
fn rate(text: &str) -> Result<Action, SessionError> {
    let wrong = || SessionError::ActionValue {
        action: "rate",
        expected: "a rate above 0 (0.01), a factor (x0.5) or a divisor (/2)",
        received: text.to_owned(),
    };
    let positive = |text: &str| {
        let value: f64 = text
            .parse()
            .map_err(|_error: std::num::ParseFloatError| wrong())?;
        if value.is_finite() && value > 0.0 && (1.0 / value).is_finite() {
            Ok(value)
        } else {
            Err(wrong())
        }
    };
    if let Some(factor) = text.strip_prefix(['x', '*', '×']) {
        return Ok(Action::ScaleRate(positive(factor)?));
    }
    if let Some(divisor) = text.strip_prefix('/') {
        return Ok(Action::ScaleRate(1.0 / positive(divisor)?));
    }
    Ok(Action::SetRate(positive(text)?))
}

/// `20`, `+5` or `-5`.
fn epochs(text: &str) -> Result<Action, SessionError> {
    let wrong = |_error: std::num::ParseIntError| SessionError::ActionValue {
        action: "epochs",
        expected: "the number of the last epoch (20), or how many more or fewer (+5, -5)",
        received: text.to_owned(),
    };
    if text.starts_with(['+', '-']) {
        return Ok(Action::MoreEpochs(text.parse().map_err(wrong)?));
    }
    Ok(Action::Epochs(text.parse().map_err(wrong)?))
}

impl TryFrom<String> for Action {
    type Error = SessionError;

    fn try_from(text: String) -> Result<Self, SessionError> {
        text.parse()
    }
}

impl From<Action> for String {
    fn from(action: Action) -> Self {
        action.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_read_again() {
        let actions = [
            Action::Pause,
            Action::Resume,
            Action::ScaleRate(0.1 + 0.2),
            Action::SetRate(1e-7),
            Action::Validate,
            Action::Checkpoint,
            Action::Best,
            Action::Epochs(20),
            Action::MoreEpochs(5),
            Action::MoreEpochs(-5),
            Action::EndEpoch,
            Action::Stop,
            Action::Discard,
        ];
        for action in actions {
            assert_eq!(action.to_string().parse::<Action>().unwrap(), action);
        }
        assert_eq!(
            "rate /4".parse::<Action>().unwrap(),
            Action::ScaleRate(0.25)
        );
    }

    #[test]
    fn what_is_no_action_says_what_is_expected() {
        for (text, said) in [
            ("", "unknown action ``"),
            ("stpo", "did you mean `stop`?"),
            ("rate", "rate X"),
            ("rate 0", "received `0`"),
            ("rate x-1", "received `x-1`"),
            ("rate nan", "received `nan`"),
            ("epochs many", "received `many`"),
            ("stop now", "unknown action `stop now`"),
        ] {
            let error = text.parse::<Action>().unwrap_err().to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
