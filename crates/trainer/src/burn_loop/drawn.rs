use crate::checkpoint_error::CheckpointError;
use crate::rerun::BatchPlace;
use crate::state::State;

/// What was drawn of the training data, to name a batch by its place.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Drawn {
    /// Passes that were begun.
    passes: u64,
    /// Batches of the latest pass.
    pub(super) batches: usize,
    /// Those of them that came before this epoch.
    before_epoch: usize,
}

impl Drawn {
    /// Whether a pass was begun.
    pub(super) fn has_begun(&self) -> bool {
        self.passes > 0
    }

    /// What there is to keep of it.
    pub(super) fn state(&self) -> State {
        State::new()
            .with("passes", self.passes)
            .with("batches", self.batches)
            .with("before_epoch", self.before_epoch)
    }

    /// Goes on where it was.
    ///
    /// # Errors
    /// A state of something else.
    pub(super) fn from_state(state: &State) -> Result<Self, CheckpointError> {
        Ok(Self {
            passes: state.get("passes")?,
            batches: state.get("batches")?,
            before_epoch: state.get("before_epoch")?,
        })
    }

    pub(super) fn begin_epoch(&mut self) {
        self.before_epoch = self.batches;
    }

    /// An epoch goes on in another pass at its begin only.
    pub(super) fn begin_pass(&mut self) {
        *self = Self {
            passes: self.passes + 1,
            ..Self::default()
        };
    }

    /// Where the batch of this number within the epoch stands, counted from 1.
    pub(super) fn place(&self, batch: usize) -> BatchPlace {
        BatchPlace::Training {
            pass: self.passes.saturating_sub(1),
            batch: self.before_epoch + batch.saturating_sub(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_found_in_the_pass_that_its_epoch_began_or_went_on_in() {
        let mut drawn = Drawn::default();
        let place = |pass, batch| BatchPlace::Training { pass, batch };
        drawn.begin_epoch();
        drawn.begin_pass();
        drawn.batches += 3;
        assert_eq!(drawn.place(2), place(0, 1));
        // Epochs of three batches, passes of five.
        drawn.begin_epoch();
        drawn.batches += 2;
        assert_eq!(drawn.place(1), place(0, 3));
        drawn.begin_epoch();
        drawn.begin_pass();
        drawn.batches += 3;
        assert_eq!(drawn.place(3), place(1, 2));
    }
}
