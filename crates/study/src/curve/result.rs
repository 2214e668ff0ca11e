use serde::{Deserialize, Serialize};

/// Loss and share of wrong answers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Quality {
    pub(super) loss: f64,
    pub(super) error: f64,
}

/// How good a network is at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) train: Quality,
    pub(super) validation: Quality,
    pub(super) test: Quality,
}

/// How good it is after an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct EpochPoint {
    /// Counted from 1.
    pub(super) epoch: usize,
    pub(super) train: Quality,
    pub(super) validation: Quality,
}

/// What came out of one training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct JobResult {
    pub(super) num_params: usize,
    pub(super) num_epochs: usize,
    /// After the last epoch.
    pub(super) end: State,
    /// After the epoch with the lowest validation loss, and its number; where curves go by epochs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) best: Option<(usize, State)>,
    /// Where curves go by epochs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) epochs: Vec<EpochPoint>,
    pub(super) seconds: f64,
}
