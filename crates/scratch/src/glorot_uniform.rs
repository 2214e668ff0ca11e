use ndarray::Array2;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::element::Element;

/// Initial weights `[inputs, units]`, uniform in `±sqrt(6 / (inputs + units))`, drawn row by row.
///
/// A layer takes the stream of its number. The draws are those of the framework's own initializer, so that a seed gives
/// the same start there and here.
///
/// # Source
/// Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010
pub(crate) fn glorot_uniform<T: Element>(
    inputs: usize,
    units: usize,
    seed: u64,
    stream: u64,
) -> Array2<T> {
    let limit = (6.0 / (inputs as f64 + units as f64)).sqrt();
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    generator.set_stream(stream);
    Array2::from_shape_simple_fn((inputs, units), || {
        // 24 bits, the middle of their interval: in (-1, 1) without the limits.
        let unit = (f64::from(generator.next_u32() >> 8) + 0.5) / f64::from(1_u32 << 24);
        T::from_f64(limit * (2.0 * unit - 1.0))
    })
}
