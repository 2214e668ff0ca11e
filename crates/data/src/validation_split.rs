//! Which rows are kept back for validation, or for a test.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::DataError;
use crate::shuffle::{Purpose, shuffle};

/// How to divide a data set into training and validation rows.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{ValidationSplit, mnist_sample};
///
/// let sample = mnist_sample()?.train;
/// let (train, validation) = sample.split(&ValidationSplit::Stratified { fraction: 0.1, seed: 42 })?;
/// assert_eq!((train.len(), validation.len()), (900, 100));
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum ValidationSplit {
    /// The last rows before any shuffling, by Keras' rule: training gets the first `floor(n * (1 - fraction))`.
    Tail {
        /// Share of the rows for validation, between 0 and 1, both excluded.
        fraction: f64,
    },
    /// The same share of every class, rounded to whole rows; which rows is decided by the seed. Rows stay in order
    /// on both sides.
    Stratified {
        /// Share of each class for validation, between 0 and 1, both excluded.
        fraction: f64,
        /// Decides which rows of a class.
        seed: u64,
    },
    /// Any rows, drawn by the seed. Rows stay in order on both sides.
    Random {
        /// Share of the rows for validation, between 0 and 1, both excluded.
        fraction: f64,
        /// Decides which rows.
        seed: u64,
    },
}

impl ValidationSplit {
    /// Positions for training and for validation, both ascending.
    pub(crate) fn rows(&self, labels: &[usize]) -> Result<(Vec<usize>, Vec<usize>), DataError> {
        let (Self::Tail { fraction }
        | Self::Stratified { fraction, .. }
        | Self::Random { fraction, .. }) = *self;
        if !(fraction > 0.0 && fraction < 1.0) {
            return Err(DataError::SplitFraction { fraction });
        }
        let (train, validation) = match *self {
            Self::Tail { fraction } => tail(labels.len(), fraction),
            Self::Stratified { fraction, seed } => stratified(labels, fraction, seed),
            Self::Random { fraction, seed } => stratified(&vec![0; labels.len()], fraction, seed),
        };
        for (side, rows) in [("training", &train), ("validation", &validation)] {
            if rows.is_empty() {
                return Err(DataError::SplitEmpty {
                    side,
                    fraction,
                    available: labels.len(),
                });
            }
        }
        Ok((train, validation))
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of the number of rows, from 0 to that number"
)]
fn tail(num_rows: usize, fraction: f64) -> (Vec<usize>, Vec<usize>) {
    let split_at = (num_rows as f64 * (1.0 - fraction)).floor() as usize;
    ((0..split_at).collect(), (split_at..num_rows).collect())
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of the number of rows, from 0 to that number"
)]
fn stratified(labels: &[usize], fraction: f64, seed: u64) -> (Vec<usize>, Vec<usize>) {
    let mut rows_of: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (row, &class) in labels.iter().enumerate() {
        rows_of.entry(class).or_default().push(row);
    }
    let mut kept_back = vec![false; labels.len()];
    for (class, mut rows) in rows_of {
        let share = (rows.len() as f64 * fraction).round() as usize;
        shuffle(&mut rows, seed, class as u64, Purpose::Stratified);
        for &row in &rows[..share] {
            kept_back[row] = true;
        }
    }
    (0..labels.len()).partition(|&row| !kept_back[row])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_is_cut_where_keras_cuts_it() {
        // int(math.floor(n * (1.0 - fraction))), computed with Python.
        for (num_rows, fraction, split_at) in [
            (10, 0.3, 7),
            (10, 0.25, 7),
            (10, 0.2, 8),
            (10, 0.01, 9),
            (7, 0.5, 3),
            (60_000, 0.1, 54_000),
            (60_000, 1.0 / 6.0, 50_000),
            (100, 0.29, 71),
            (1000, 0.999, 1),
        ] {
            let (train, validation) = ValidationSplit::Tail { fraction }
                .rows(&vec![0; num_rows])
                .unwrap();
            assert_eq!(
                train,
                (0..split_at).collect::<Vec<_>>(),
                "{num_rows} {fraction}"
            );
            assert_eq!(
                validation,
                (split_at..num_rows).collect::<Vec<_>>(),
                "{num_rows} {fraction}"
            );
        }
    }

    #[test]
    fn a_fraction_outside_of_zero_and_one_is_an_error() {
        for fraction in [0.0, 1.0, -0.1, 1.5, f64::NAN, f64::INFINITY] {
            for split in [
                ValidationSplit::Tail { fraction },
                ValidationSplit::Stratified { fraction, seed: 0 },
                ValidationSplit::Random { fraction, seed: 0 },
            ] {
                assert!(
                    matches!(split.rows(&[0; 10]), Err(DataError::SplitFraction { .. })),
                    "{split:?}"
                );
            }
        }
    }

    #[test]
    fn an_empty_side_is_an_error_that_names_it() {
        let side = |split: ValidationSplit, num_rows| match split.rows(&vec![0; num_rows]) {
            Err(DataError::SplitEmpty { side, .. }) => side,
            other => panic!("{other:?}"),
        };
        assert_eq!(side(ValidationSplit::Tail { fraction: 0.5 }, 1), "training");
        assert_eq!(
            side(ValidationSplit::Tail { fraction: 0.95 }, 10),
            "training"
        );
        assert_eq!(
            side(
                ValidationSplit::Stratified {
                    fraction: 0.01,
                    seed: 0
                },
                10
            ),
            "validation"
        );
        assert_eq!(
            side(
                ValidationSplit::Stratified {
                    fraction: 0.99,
                    seed: 0
                },
                10
            ),
            "training"
        );
    }

    #[test]
    fn random_rows_are_decided_by_the_seed_whatever_their_classes() {
        let rows = |seed| {
            let split = ValidationSplit::Random {
                fraction: 0.25,
                seed,
            };
            let (train, held_back) = split.rows(&[0, 0, 0, 0, 1, 1, 1, 1]).unwrap();
            let all = [train, held_back.clone()].concat();
            assert_eq!(
                (0..8).filter(|row| all.contains(row)).count(),
                8,
                "each row once"
            );
            assert!(held_back.is_sorted());
            held_back
        };
        assert_eq!(rows(3), rows(3));
        let different: std::collections::BTreeSet<_> = (0..20).map(rows).collect();
        assert!(different.len() > 5, "{different:?}");
        assert!(different.iter().all(|rows| rows.len() == 2));
    }
}
