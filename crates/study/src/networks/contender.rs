use serde::{Deserialize, Serialize};

/// One of the three networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Contender {
    /// Written out, with mean squared error.
    Scratch,
    /// A Burn module, with cross-entropy.
    Mlp,
    /// As in Keras, with cross-entropy and a time-based learning rate.
    Sequential,
}

impl Contender {
    pub(super) const ALL: [Self; 3] = [Self::Scratch, Self::Mlp, Self::Sequential];

    /// For files.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Scratch => "scratch",
            Self::Mlp => "mlp",
            Self::Sequential => "sequential",
        }
    }

    /// For people.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Scratch => "from scratch",
            Self::Mlp => "Burn module",
            Self::Sequential => "Keras style",
        }
    }

    /// What it makes small.
    pub(super) fn loss(self) -> &'static str {
        match self {
            Self::Scratch => "mean squared error",
            Self::Mlp | Self::Sequential => "cross-entropy",
        }
    }
}
