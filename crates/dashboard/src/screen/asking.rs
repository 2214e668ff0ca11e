use firebrick_session::{Action, SessionError};

/// What keys mean at the moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Mode {
    /// What the table of keys says.
    #[default]
    Normal,
    /// The table is shown.
    Help,
    /// They are letters of a text.
    Typing { prompt: Prompt, text: String },
    /// They are answers.
    Asking(Question),
    /// They choose a run.
    Choosing { names: Vec<String>, at: usize },
}

/// What a text is typed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prompt {
    Rate,
    Epochs,
    Search,
}

impl Prompt {
    /// What stands before the text.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Rate => "rate (0.01, x0.5, /2): ",
            Self::Epochs => "epochs (20, +5, -5): ",
            Self::Search => "search: ",
        }
    }

    /// The action that a text asks for; nothing where it asks for none.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn action(self, text: &str) -> Result<Option<Action>, SessionError> {
        let text = text.trim();
        let word = match self {
            Self::Rate => "rate",
            Self::Epochs => "epochs",
            Self::Search => return Ok(None),
        };
        if text.is_empty() {
            return Ok(None);
        }
        format!("{word} {text}").parse().map(Some)
    }
}

/// What is asked before something cannot be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    Leave,
    Stop,
    Discard,
    ReallyDiscard,
}

impl Question {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Leave => {
                "Stop? s stop and save, f after this epoch, D throw away, any other key goes on"
            }
            Self::Stop => "Stop and save what was learned? y stops, any other key goes on",
            Self::Discard => "Throw the run away? y throws away, any other key goes on",
            Self::ReallyDiscard => {
                "Nothing of the run will be left. Really? y throws away, any other key goes on"
            }
        }
    }

    /// What an answer leads to: an action, another question or neither.
    pub(crate) fn answered(self, answer: char) -> (Option<Action>, Option<Self>) {
        match (self, answer) {
            (Self::Leave, 's' | 'S') | (Self::Stop, 'y' | 'Y') => (Some(Action::Stop), None),
            (Self::Leave, 'f') => (Some(Action::EndEpoch), None),
            (Self::Leave, 'D') => (None, Some(Self::Discard)),
            (Self::Discard, 'y' | 'Y') => (None, Some(Self::ReallyDiscard)),
            (Self::ReallyDiscard, 'y' | 'Y') => (Some(Action::Discard), None),
            _ => (None, None),
        }
    }
}
