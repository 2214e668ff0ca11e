use serde::{Deserialize, Serialize};

use crate::action::Action;

/// An action with its place in a training: the same one at the same place gives the same training.
///
/// ```
/// use firebrick_session::{Action, PlacedAction};
///
/// let placed = PlacedAction { epoch: 2, step: 70, action: Action::ScaleRate(0.5) };
/// let text = serde_json::to_string(&placed)?;
/// assert_eq!(text, r#"{"epoch":2,"step":70,"action":"rate x0.5"}"#);
/// assert_eq!(serde_json::from_str::<PlacedAction>(&text)?, placed);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlacedAction {
    /// The epoch whose step comes next, counted from 1.
    pub epoch: usize,
    /// Steps that were done before.
    pub step: u64,
    /// What was done.
    pub action: Action,
}
