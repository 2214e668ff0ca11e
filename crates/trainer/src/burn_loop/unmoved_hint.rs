use crate::checkpoint_error::CheckpointError;
use crate::logs::Logs;
use crate::state::State;

/// A loss that changes by less, as a share of it, does not move.
const UNMOVED: f64 = 1e-7;

/// A loss this small has nowhere to go: where outputs are clipped, the smallest one is as large.
const NOTHING: f64 = 1e-6;

/// Notices, once in a fit, that the loss stays where it is although weights were moved.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct UnmovedHint {
    is_given: bool,
    /// Of the epoch before.
    loss: Option<f64>,
    /// Updates made before this epoch, and before the one before it.
    updates: [u64; 2],
}

impl UnmovedHint {
    /// What there is to keep of it.
    pub(super) fn state(&self) -> State {
        let [here, earlier] = self.updates;
        State::new()
            .with("is_given", self.is_given)
            .with_some("loss", self.loss)
            .with("updates", here)
            .with("updates_before", earlier)
    }

    /// Goes on where it was.
    ///
    /// # Errors
    /// A state of something else.
    pub(super) fn from_state(state: &State) -> Result<Self, CheckpointError> {
        Ok(Self {
            is_given: state.get("is_given")?,
            loss: state.find("loss")?,
            updates: [state.get("updates")?, state.get("updates_before")?],
        })
    }

    /// An epoch begins after so many updates.
    pub(super) fn begin(&mut self, updates: u64) {
        self.updates = [updates, self.updates[0]];
    }

    /// What there is to say at the end of an epoch with these figures.
    pub(super) fn of_epoch(&mut self, logs: &Logs, learning_rate: f64) -> Option<String> {
        let now = logs.get("loss");
        let before = std::mem::replace(&mut self.loss, now);
        let (before, now) = (before?, now?);
        let [here, earlier] = self.updates;
        let is_unmoved = (now - before).abs() <= UNMOVED * before.abs();
        if self.is_given || !is_unmoved || before.abs() <= NOTHING || here == earlier {
            return None;
        }
        self.is_given = true;
        Some(format!(
            "hint: the loss has not moved since the epoch before; the learning rate is {learning_rate}, try ten times as \
             much or a tenth, and look whether the inputs differ from one another"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The epochs, counted from 0, in which something is said of losses with the updates before each.
    fn hinted(epochs: &[(f64, u64)]) -> Vec<usize> {
        let mut hint = UnmovedHint::default();
        let of_epoch = |(epoch, &(loss, updates)): (usize, &(f64, u64))| {
            hint.begin(updates);
            let logs = Logs::from_iter([("loss", loss)]);
            hint.of_epoch(&logs, 0.1).map(|_| epoch)
        };
        epochs.iter().enumerate().filter_map(of_epoch).collect()
    }

    #[test]
    fn it_is_said_once() {
        let stuck = [(0.7, 0), (0.7, 5), (0.7, 10), (0.7, 15)];
        assert_eq!(hinted(&stuck), [1]);
        let later = [(0.7, 0), (0.6, 5), (0.6, 10), (0.5, 15), (0.5, 20)];
        assert_eq!(hinted(&later), [2]);
    }

    #[test]
    fn it_is_not_said_where_nothing_was_updated_or_nothing_is_left() {
        assert!(hinted(&[(0.7, 0), (0.7, 0), (0.7, 0)]).is_empty());
        // The first update comes too late to be seen before the fourth epoch.
        assert_eq!(hinted(&[(0.7, 0), (0.7, 0), (0.7, 0), (0.7, 1)]), [3]);
        assert!(hinted(&[(0.0, 0), (0.0, 5)]).is_empty());
        assert!(hinted(&[(1.2e-7, 0), (1.2e-7, 5)]).is_empty());
    }
}
