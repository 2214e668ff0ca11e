//! The weights of the best epoch, to go back to.

use crate::checkpoint_error::CheckpointError;
use crate::logs::Logs;
use crate::metrics::Direction;
use crate::state::State;

/// The weights of the best epoch so far, and what it is judged by.
pub(super) struct BestEpoch<W> {
    figure: String,
    direction: Direction,
    best: Option<Best<W>>,
}

struct Best<W> {
    value: f64,
    /// Counted from 1.
    epoch: usize,
    /// Steps that were done by its end.
    step: u64,
    weights: W,
}

/// Where an epoch has ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct EpochPlace {
    /// Counted from 1.
    pub(super) epoch: usize,
    /// Steps that were done.
    pub(super) step: u64,
}

impl<W: Clone> BestEpoch<W> {
    /// Judged by this figure.
    pub(super) fn by(figure: String, direction: Direction) -> Self {
        Self {
            figure,
            direction: match direction {
                Direction::Unknown => Direction::Down,
                known => known,
            },
            best: None,
        }
    }

    /// An epoch has ended with these figures and weights.
    pub(super) fn see(&mut self, place: EpochPlace, logs: &Logs, weights: &W) {
        let Some(value) = logs.get_defined(&self.figure) else {
            return;
        };
        let before = self.best.as_ref();
        let is_better = before.is_none_or(|best| self.direction.is_better(value, best.value));
        if value.is_finite() && is_better {
            self.best = Some(Best {
                value,
                epoch: place.epoch,
                step: place.step,
                weights: weights.clone(),
            });
        }
    }

    /// The weights of the best epoch, if one is over.
    pub(super) fn weights(&self) -> Option<W> {
        self.best.as_ref().map(|best| best.weights.clone())
    }

    /// What there is to keep of it; `weights` gives what is kept of weights. Where they are those that the training has now it is
    /// enough to say so.
    pub(super) fn state(&self, now: Option<u64>, weights: impl Fn(&W) -> State) -> Option<State> {
        let best = self.best.as_ref()?;
        let state = State::new()
            .with("figure", self.figure.clone())
            .with("value", best.value)
            .with("epoch", best.epoch)
            .with("step", best.step);
        if now == Some(best.step) {
            return Some(state);
        }
        let kept = weights(&best.weights);
        // A step of a program's own may have no way to keep them.
        (!kept.is_empty()).then(|| state.with("weights", kept))
    }

    /// Goes on where it was, if it was judged by the same; `now` are the weights that the training has.
    ///
    /// # Errors
    /// The state of something else.
    pub(super) fn restore<E: From<CheckpointError>>(
        &mut self,
        state: &State,
        now: W,
        weights: impl Fn(&State) -> Result<W, E>,
    ) -> Result<(), E> {
        if state.get::<String>("figure")? != self.figure {
            return Ok(());
        }
        let kept = state.find::<State>("weights")?;
        self.best = Some(Best {
            value: state.get("value")?,
            epoch: state.get("epoch")?,
            step: state.get("step")?,
            weights: kept.map_or(Ok(now), |kept| weights(&kept))?,
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logs(value: f64) -> Logs {
        [("val_accuracy", value)].into_iter().collect()
    }

    fn seen(values: &[f64]) -> BestEpoch<usize> {
        let mut best = BestEpoch::by("val_accuracy".to_owned(), Direction::Up);
        for (epoch, value) in (1..).zip(values) {
            let place = EpochPlace {
                epoch,
                step: 10 * epoch as u64,
            };
            best.see(place, &logs(*value), &epoch);
        }
        best
    }

    #[test]
    fn the_first_of_the_best_is_kept() {
        for (values, expected) in [
            (&[][..], None),
            (&[f64::NAN], None),
            (&[0.5, 0.25], Some(1)),
            (&[0.5, 0.75, 0.75, f64::INFINITY], Some(2)),
        ] {
            assert_eq!(seen(values).weights(), expected, "{values:?}");
        }
        let mut other = seen(&[0.5]);
        let place = EpochPlace { epoch: 2, step: 20 };
        other.see(place, &[("loss", 9.0)].into_iter().collect(), &2);
        assert_eq!(other.weights(), Some(1));
    }

    #[test]
    fn weights_that_are_those_of_the_training_are_not_kept_twice() {
        let best = seen(&[0.5, 0.75]);
        let weights = |weights: &usize| State::new().with("number", *weights);
        let number = |state: &State| state.get("number");
        for (now, expected) in [(Some(20), 7), (Some(21), 2), (None, 2)] {
            let state = best.state(now, weights).unwrap();
            let mut again = seen(&[]);
            let restored: Result<(), CheckpointError> = again.restore(&state, 7, number);
            restored.unwrap();
            assert_eq!(again.weights(), Some(expected), "{now:?}");
            // Another figure says nothing of this one.
            let mut other = BestEpoch::by("loss".to_owned(), Direction::Down);
            let restored: Result<(), CheckpointError> = other.restore(&state, 7, number);
            restored.unwrap();
            assert_eq!(other.weights(), None);
        }
        assert!(best.state(None, |_| State::new()).is_none());
    }
}
