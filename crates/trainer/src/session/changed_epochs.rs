use crate::checkpoint_error::CheckpointError;
use crate::state::State;

/// A number of epochs that somebody changed while a training went on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ChangedEpochs {
    /// The last epoch that the fit asked for, counted from 1.
    pub(crate) asked: usize,
    /// The last one to be done now.
    pub(crate) now: usize,
}

impl ChangedEpochs {
    /// Where it stands in the state of a training.
    const NAME: &str = "changed_epochs";

    /// Adds it to the state of a training, if it says anything.
    pub(crate) fn kept_in(self, state: State) -> State {
        if self.asked == self.now {
            return state;
        }
        let own = State::new().with("asked", self.asked).with("now", self.now);
        state.with(Self::NAME, own)
    }

    /// What the state of a training says of it, if anything.
    ///
    /// # Errors
    /// The state of something else.
    pub(crate) fn of(state: &State) -> Result<Option<Self>, CheckpointError> {
        let Some(own) = state.find::<State>(Self::NAME)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            asked: own.get("asked")?,
            now: own.get("now")?,
        }))
    }

    /// The last epoch of a training that goes on: another number than before is a wish of its own.
    pub(crate) fn of_fit(self, asked: usize) -> usize {
        if asked == self.asked { self.now } else { asked }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_holds_until_the_fit_asks_for_something_else() {
        let changed = ChangedEpochs { asked: 10, now: 5 };
        let state = changed.kept_in(State::new());
        let found = ChangedEpochs::of(&state).unwrap().unwrap();
        assert_eq!(found, changed);
        assert_eq!((found.of_fit(10), found.of_fit(12)), (5, 12));
        let same = ChangedEpochs { asked: 5, now: 5 };
        assert!(same.kept_in(State::new()).is_empty());
        assert_eq!(ChangedEpochs::of(&State::new()).unwrap(), None);
    }
}
