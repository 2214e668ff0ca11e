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
    /// The same share of every class, and of all rows together: what is left of each class's share when it is cut to
    /// whole rows goes, a row each, to the classes with the largest remainder. Which rows, and which classes where
    /// remainders are the same, is decided by the seed. No class gives its only row away unless there is no other to
    /// give. Rows stay in order on both sides.
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

fn stratified(labels: &[usize], fraction: f64, seed: u64) -> (Vec<usize>, Vec<usize>) {
    let mut rows_of: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (row, &class) in labels.iter().enumerate() {
        rows_of.entry(class).or_default().push(row);
    }
    let sizes: Vec<usize> = rows_of.values().map(Vec::len).collect();
    let counts = largest_remainders(&sizes, fraction, seed);
    let mut kept_back = vec![false; labels.len()];
    for ((class, mut rows), count) in rows_of.into_iter().zip(counts) {
        shuffle(&mut rows, seed, class as u64, Purpose::Stratified);
        for &row in &rows[..count] {
            kept_back[row] = true;
        }
    }
    (0..labels.len()).partition(|&row| !kept_back[row])
}

/// How many rows of each class make up a share of all of them.
///
/// # Source
/// Hare and Niemeyer's method of largest remainders
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of the number of rows, from 0 to that number"
)]
fn largest_remainders(sizes: &[usize], fraction: f64, seed: u64) -> Vec<usize> {
    // A share that is a whole number but for the rounding of the fraction is that number.
    let share = |size: usize| (size as f64 * fraction * 1e9).round() / 1e9;
    let mut counts: Vec<usize> = sizes.iter().map(|&size| share(size) as usize).collect();
    let total = share(sizes.iter().sum()).round() as usize;
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    shuffle(&mut order, seed, 0, Purpose::Remainders);
    let remainder = |class: usize| share(sizes[class]) - counts[class] as f64;
    let gives_all = |class: usize| counts[class] + 1 >= sizes[class];
    order.sort_by(|&one, &other| {
        let by_rest = gives_all(one).cmp(&gives_all(other));
        by_rest.then(remainder(other).total_cmp(&remainder(one)))
    });
    let left = total.saturating_sub(counts.iter().sum());
    for class in order.into_iter().take(left) {
        counts[class] += 1;
    }
    counts
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

    /// How many rows of each class are kept back.
    fn kept_back(sizes: &[usize], fraction: f64, seed: u64) -> Vec<usize> {
        let labels: Vec<usize> = sizes
            .iter()
            .enumerate()
            .flat_map(|(class, &size)| std::iter::repeat_n(class, size))
            .collect();
        let split = ValidationSplit::Stratified { fraction, seed };
        let (train, held_back) = split.rows(&labels).unwrap();
        assert_eq!(train.len() + held_back.len(), labels.len());
        let mut counts = vec![0; sizes.len()];
        for row in held_back {
            counts[labels[row]] += 1;
        }
        counts
    }

    #[test]
    fn the_classes_together_keep_back_the_share_that_was_asked_for() {
        for (sizes, fraction, total) in [
            (vec![3; 100], 0.2, 60),
            (vec![6; 20], 0.2, 24),
            (vec![24; 3], 0.1, 7),
            (vec![2; 50], 0.1, 10),
            (
                vec![5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
                0.1,
                6000,
            ),
            (vec![10; 7], 0.5, 35),
            (vec![1, 1, 1, 97], 0.2, 20),
        ] {
            for seed in 0..5 {
                let counts = kept_back(&sizes, fraction, seed);
                assert_eq!(counts.iter().sum::<usize>(), total, "{sizes:?}");
                for (count, size) in counts.into_iter().zip(&sizes) {
                    let share = *size as f64 * fraction;
                    assert!((count as f64 - share).abs() < 1.0, "{count} of {size}");
                }
            }
        }
    }

    #[test]
    fn the_largest_remainders_come_first() {
        // Shares of 0.6, 1.2, 2.4, 4.8, of which 9 rows are to be given.
        assert_eq!(
            kept_back(&[1, 2, 4, 8], 0.6, 0),
            [0, 1, 3, 5],
            "the single row stays"
        );
        assert_eq!(kept_back(&[3, 6, 12, 24], 0.2, 0), [1, 1, 2, 5]);
        let different: std::collections::BTreeSet<_> =
            (0..20).map(|seed| kept_back(&[3; 5], 0.2, seed)).collect();
        assert!(
            different.len() > 3,
            "equal remainders are drawn: {different:?}"
        );
    }

    #[test]
    fn a_class_keeps_its_only_row_while_others_have_rows_to_give() {
        for seed in 0..20 {
            assert_eq!(kept_back(&[1, 1, 1, 2], 0.2, seed), [0, 0, 0, 1]);
            let counts = kept_back(&[1; 10], 0.2, seed);
            assert_eq!(counts.iter().sum::<usize>(), 2, "there is no other to give");
        }
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
