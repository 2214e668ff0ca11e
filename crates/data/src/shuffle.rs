//! Permutations as pure functions of a seed and an epoch.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

/// Keeps orders of epochs and choices of validation rows apart when both are drawn from the same seed.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    Epoch = 1,
    Stratified = 2,
    Remainders = 3,
}

/// Where a shuffled loader stands: enough to continue the same sequence of orders after a restart.
///
/// The order of an epoch is a pure function of `seed` and `epoch`, the same on every platform and in every
/// version of this crate.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::ShuffleState;
///
/// let first = ShuffleState::new(42);
/// let mut rows = first.permutation(100);
/// assert_eq!(rows, ShuffleState::new(42).permutation(100));
/// assert_ne!(rows, first.next().permutation(100));
/// rows.sort_unstable();
/// assert!(rows.into_iter().eq(0..100));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ShuffleState {
    /// The seed of all epochs.
    pub seed: u64,
    /// The epoch that comes next, counted from 0.
    pub epoch: u64,
}

impl ShuffleState {
    /// The state before the first epoch.
    pub fn new(seed: u64) -> Self {
        Self { seed, epoch: 0 }
    }

    /// The order of this epoch: every row from 0 to below `num_rows`, once.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
    /// use firebrick::datasets::ShuffleState;
    ///
    /// let order = ShuffleState::new(42).permutation(5);
    /// assert_eq!(order, ShuffleState { seed: 42, epoch: 0 }.permutation(5));
    /// ```
    pub fn permutation(&self, num_rows: usize) -> Vec<usize> {
        let mut rows: Vec<usize> = (0..num_rows).collect();
        shuffle(&mut rows, self.seed, self.epoch, Purpose::Epoch);
        rows
    }

    /// The state of the epoch after this one.
    #[must_use = "returns the next state"]
    pub fn next(self) -> Self {
        Self {
            epoch: self.epoch.wrapping_add(1),
            ..self
        }
    }
}

/// Shuffles by Fisher and Yates' method, from the last element down.
pub(crate) fn shuffle<T>(items: &mut [T], seed: u64, stream: u64, purpose: Purpose) {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8] = purpose as u8;
    let mut generator = ChaCha8Rng::from_seed(key);
    generator.set_stream(stream);
    for last in (1..items.len()).rev() {
        items.swap(last, below(&mut generator, last + 1));
    }
}

/// A uniform number below `bound`: draws from the incomplete last round of 64-bit numbers are rejected.
#[allow(
    clippy::cast_possible_truncation,
    reason = "the remainder is below a bound that is itself a usize"
)]
fn below(generator: &mut ChaCha8Rng, bound: usize) -> usize {
    let bound = bound as u64;
    loop {
        let draw = generator.next_u64();
        let rest = draw % bound;
        // The round that the draw is in has all its numbers.
        if draw - rest < u64::MAX - (bound - 1) {
            return rest as usize;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permutation_holds_every_row_once() {
        for num_rows in [0, 1, 2, 7, 1000] {
            let mut rows = ShuffleState::new(3).permutation(num_rows);
            rows.sort_unstable();
            assert_eq!(rows, (0..num_rows).collect::<Vec<_>>());
        }
    }

    #[test]
    fn seeds_and_epochs_give_different_orders() {
        let orders = [(1, 0), (1, 1), (2, 0), (0, 1)]
            .map(|(seed, epoch)| ShuffleState { seed, epoch }.permutation(50));
        for (first, order) in orders.iter().enumerate() {
            for other in &orders[first + 1..] {
                assert_ne!(order, other);
            }
        }
    }

    #[test]
    fn the_order_of_a_seed_never_changes() {
        assert_eq!(ShuffleState::new(42).permutation(10), GOLDEN_FIRST);
        assert_eq!(ShuffleState::new(42).next().permutation(10), GOLDEN_SECOND);
    }

    /// Made by `tests/data/make_permutations.py`.
    const GOLDEN_FIRST: [usize; 10] = [2, 6, 1, 5, 4, 3, 0, 9, 8, 7];
    const GOLDEN_SECOND: [usize; 10] = [4, 3, 0, 1, 6, 7, 5, 8, 9, 2];

    #[test]
    fn every_position_is_equally_likely() {
        // 6,000 draws of 6 rows: 1,000 expected in each cell, standard deviation 29.
        let mut counts = [[0_u32; 6]; 6];
        for epoch in 0..6000 {
            for (position, row) in (ShuffleState { seed: 9, epoch })
                .permutation(6)
                .into_iter()
                .enumerate()
            {
                counts[position][row] += 1;
            }
        }
        assert!(
            counts
                .iter()
                .flatten()
                .all(|count| (850..1150).contains(count)),
            "{counts:?}"
        );
    }
}
