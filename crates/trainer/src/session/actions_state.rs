use firebrick_session::{Action, PlacedAction};

use crate::checkpoint_error::CheckpointError;
use crate::state::State;

/// What there is to keep of a list of actions.
pub(crate) fn actions_state<'a>(actions: impl IntoIterator<Item = &'a PlacedAction>) -> State {
    let actions = actions.into_iter().enumerate();
    actions.fold(State::new(), |state, (index, placed)| {
        let own = State::new()
            .with("epoch", placed.epoch)
            .with("step", placed.step)
            .with("action", placed.action.to_string());
        state.with(index.to_string(), own)
    })
}

/// The list that was kept.
///
/// # Errors
/// The state of something else.
pub(crate) fn actions_from(state: &State) -> Result<Vec<PlacedAction>, CheckpointError> {
    let mut actions = Vec::new();
    while let Some(own) = state.find::<State>(&actions.len().to_string())? {
        let text: String = own.get("action")?;
        let action: Action = text.parse().map_err(|_error| CheckpointError::Entry {
            entry: "action".to_owned(),
            expected: "an action",
            received: "another text",
        })?;
        actions.push(PlacedAction {
            epoch: own.get("epoch")?,
            step: own.get("step")?,
            action,
        });
    }
    Ok(actions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_comes_back_in_its_order() {
        let actions: Vec<PlacedAction> = (0..12)
            .map(|step| PlacedAction {
                epoch: 1,
                step,
                action: Action::ScaleRate(0.1 + 0.2 * step as f64),
            })
            .collect();
        assert_eq!(actions_from(&actions_state(&actions)).unwrap(), actions);
        assert_eq!(actions_from(&State::new()).unwrap(), []);
    }
}
