use std::path::{Path, PathBuf};

use crate::metrics::Direction;
use crate::run_directory::RunDirectory;

/// Which checkpoints are kept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Retention {
    /// So many of the newest, at least one.
    pub(crate) newest: usize,
    /// The best by a figure beside them.
    pub(crate) best: Option<Best>,
}

/// What is best.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Best {
    pub(crate) figure: String,
    pub(crate) direction: Direction,
}

/// A checkpoint that is there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Saved {
    /// Steps taken before it, over all epochs.
    pub(crate) step: u64,
    /// The watched figure, where an epoch with one ended there.
    pub(crate) value: Option<f64>,
}

impl Saved {
    /// Its file in a folder: `state-0000001200.bpk`.
    pub(crate) fn path(&self, folder: &Path) -> PathBuf {
        folder.join(RunDirectory::state_file(self.step))
    }
}

impl Retention {
    /// Those that are to go, of all that are there.
    pub(crate) fn outdated(&self, there: &[Saved]) -> Vec<Saved> {
        let mut there = there.to_vec();
        there.sort_by_key(|saved| std::cmp::Reverse(saved.step));
        let best = self.best(&there);
        let rest = there.into_iter().skip(self.newest.max(1));
        rest.filter(|saved| Some(saved.step) != best).collect()
    }

    /// Whether this figure is better than any of those that are there.
    pub(crate) fn is_best(&self, value: f64, there: &[Saved]) -> bool {
        let Some(best) = &self.best else {
            return false;
        };
        let mut others = there.iter().filter_map(|saved| saved.value);
        value.is_finite() && others.all(|other| best.direction.is_better(value, other))
    }

    /// The step of the best one, of several the first.
    fn best(&self, there: &[Saved]) -> Option<u64> {
        let direction = self.best.as_ref()?.direction;
        let mut best: Option<(u64, f64)> = None;
        for saved in there.iter().rev() {
            let Some(value) = saved.value.filter(|value| value.is_finite()) else {
                continue;
            };
            if best.is_none_or(|(_, best)| direction.is_better(value, best)) {
                best = Some((saved.step, value));
            }
        }
        best.map(|(step, _)| step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outdated(
        newest: usize,
        direction: Option<Direction>,
        there: &[(u64, Option<f64>)],
    ) -> Vec<u64> {
        let best = direction.map(|direction| Best {
            figure: "val_loss".to_owned(),
            direction,
        });
        let there: Vec<Saved> = there
            .iter()
            .map(|&(step, value)| Saved { step, value })
            .collect();
        let gone = Retention { newest, best }.outdated(&there);
        gone.into_iter().map(|saved| saved.step).collect()
    }

    #[test]
    fn the_newest_and_the_best_are_kept() {
        let there = [
            (10, Some(0.5)),
            (40, None),
            (20, Some(0.25)),
            (30, Some(0.25)),
        ];
        for (newest, direction, gone) in [
            (2, None, vec![20, 10]),
            (1, None, vec![30, 20, 10]),
            (0, None, vec![30, 20, 10]),
            (9, None, vec![]),
            (1, Some(Direction::Down), vec![30, 10]),
            (1, Some(Direction::Up), vec![30, 20]),
            (3, Some(Direction::Up), vec![]),
        ] {
            assert_eq!(
                outdated(newest, direction, &there),
                gone,
                "{newest} {direction:?}"
            );
        }
        let undefined = [(10, Some(f64::NAN)), (20, None)];
        assert_eq!(outdated(1, Some(Direction::Down), &undefined), [10]);
    }

    #[test]
    fn only_what_beats_all_others_is_the_best() {
        let there = [0.5, 0.25].map(|value| Saved {
            step: 1,
            value: Some(value),
        });
        let retention = |best| Retention { newest: 1, best };
        let best = |direction| {
            retention(Some(Best {
                figure: "loss".to_owned(),
                direction,
            }))
        };
        assert!(best(Direction::Down).is_best(0.125, &there));
        assert!(!best(Direction::Down).is_best(0.25, &there));
        assert!(best(Direction::Up).is_best(0.75, &there));
        assert!(!best(Direction::Up).is_best(f64::NAN, &[]));
        assert!(!retention(None).is_best(0.1, &[]));
    }
}
