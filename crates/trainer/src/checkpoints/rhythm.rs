use std::time::Duration;

use super::interval::CheckpointInterval;

/// The most time that goes by without a checkpoint, by default.
const LONGEST: Duration = Duration::from_mins(1);

/// How many times as long as it takes to write one it is to the next, by default.
const SPARING: u32 = 100;

/// When it is time for a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rhythm {
    /// Every minute and at the ends of epochs, as long as it costs next to nothing.
    Sparing,
    /// As was asked for.
    Every(CheckpointInterval),
}

/// A moment between two batches or after an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    /// Steps taken so far, over all epochs.
    pub(crate) step: u64,
    /// The epoch that has ended here, counted from 1.
    pub(crate) ended_epoch: Option<usize>,
    /// Since the last checkpoint, or since the training began.
    pub(crate) since: Duration,
    /// What the last checkpoint took.
    pub(crate) cost: Duration,
}

impl Rhythm {
    /// Whether one that is due waits until the one before is written; else it is left out.
    pub(crate) fn waits(self) -> bool {
        matches!(
            self,
            Self::Every(CheckpointInterval::Steps(_) | CheckpointInterval::Epochs(_))
        )
    }

    /// Whether a checkpoint is due.
    pub(crate) fn is_due(self, point: &Point) -> bool {
        match self {
            Self::Sparing => {
                let is_cheap = point.since >= point.cost.saturating_mul(SPARING);
                point.since >= LONGEST || (point.ended_epoch.is_some() && is_cheap)
            }
            // At the end of an epoch its last step is seen for the second time.
            Self::Every(CheckpointInterval::Steps(steps)) => {
                point.ended_epoch.is_none() && point.step.is_multiple_of(steps)
            }
            Self::Every(CheckpointInterval::Time(time)) => point.since >= time,
            Self::Every(CheckpointInterval::Epochs(epochs)) => point
                .ended_epoch
                .is_some_and(|epoch| epoch.is_multiple_of(epochs)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(step: u64, ended_epoch: Option<usize>, milliseconds: u64, cost: u64) -> Point {
        Point {
            step,
            ended_epoch,
            since: Duration::from_millis(milliseconds),
            cost: Duration::from_millis(cost),
        }
    }

    #[test]
    fn the_default_is_every_minute_and_at_the_ends_of_epochs_where_that_costs_little() {
        for (point, is_due) in [
            (at(5, None, 59_999, 0), false),
            (at(5, None, 60_000, 0), true),
            (at(5, Some(1), 5, 0), true),
            (at(5, Some(1), 999, 10), false),
            (at(5, Some(1), 1000, 10), true),
            // Where writing takes seconds it is once a minute nevertheless.
            (at(5, Some(1), 60_000, 5000), true),
        ] {
            assert_eq!(Rhythm::Sparing.is_due(&point), is_due, "{point:?}");
        }
    }

    #[test]
    fn what_was_asked_for_is_done_whatever_it_costs() {
        let steps = CheckpointInterval::Steps(3);
        let time = CheckpointInterval::Time(Duration::from_secs(2));
        let epochs = CheckpointInterval::Epochs(2);
        for (interval, point, is_due) in [
            (steps, at(2, None, 90_000, 0), false),
            (steps, at(3, None, 0, 500), true),
            (steps, at(3, Some(1), 0, 500), false),
            (steps, at(6, None, 0, 500), true),
            (time, at(1, None, 1999, 0), false),
            (time, at(1, None, 2000, 500), true),
            (epochs, at(8, None, 90_000, 0), false),
            (epochs, at(8, Some(1), 90_000, 0), false),
            (epochs, at(8, Some(2), 0, 500), true),
        ] {
            let rhythm = Rhythm::Every(interval);
            assert_eq!(rhythm.is_due(&point), is_due, "{interval} {point:?}");
        }
    }
}
