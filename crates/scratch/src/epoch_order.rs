use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The order in which [`fit`](crate::Network::fit) sees the samples in an epoch, counted from 0: every row from 0 to
/// below `num_rows`, once.
///
/// A pure function of its arguments, by Fisher and Yates' method, and the order in which the framework's own loader
/// sees them.
pub fn epoch_order(seed: u64, epoch: u64, num_rows: usize) -> Vec<usize> {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    // What a key is for: 1 stands for the orders of epochs.
    key[8] = 1;
    let mut generator = ChaCha8Rng::from_seed(key);
    generator.set_stream(epoch);
    let mut order: Vec<usize> = (0..num_rows).collect();
    for last in (1..num_rows).rev() {
        order.swap(last, below(&mut generator, last + 1));
    }
    order
}

/// A uniform number below `bound`: draws from the incomplete last round of 64-bit numbers are rejected.
#[allow(
    clippy::cast_possible_truncation,
    reason = "the remainder is below a bound that is itself a usize"
)]
fn below(generator: &mut ChaCha8Rng, bound: usize) -> usize {
    let bound = bound as u64;
    let complete = u64::MAX - u64::MAX % bound;
    loop {
        let draw = generator.next_u64();
        if draw < complete {
            return (draw % bound) as usize;
        }
    }
}
