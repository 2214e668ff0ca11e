use std::sync::atomic::{AtomicU64, Ordering};

use burn::tensor::{Device, Distribution, Tensor, TensorData};
use firebrick_tensor::is_host_cpu;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::ziggurat::normal_numbers;

/// Where the random numbers of a training step come from: a pure function of a seed, the step and the path of the part
/// of the network that draws. Nothing is counted on, so that there is nothing to save.
///
/// Where tensors lie in the host's memory, the numbers are drawn by a generator of fixed algorithm (`ChaCha8`) and mean
/// the same on every machine. On another device, where drawing on the host and carrying the numbers over would take
/// longer than the step, its own generator is seeded from the same three before each draw: the same step gives the same
/// numbers there too, but other ones than elsewhere.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::Device;
/// use firebrick::models::Draws;
///
/// let noise = |draws: Draws| draws.at("noise").normal([2, 3], 0.1, &Device::flex()).into_data();
/// assert_eq!(noise(Draws::new(42, 7)), noise(Draws::new(42, 7)));
/// assert_ne!(noise(Draws::new(42, 7)), noise(Draws::new(42, 8)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Draws {
    seed: u64,
    step: u64,
    /// A hash of the path.
    path: u64,
}

/// How often [`Draws::anew`] was called.
static ANEW: AtomicU64 = AtomicU64::new(0);

impl Draws {
    /// FNV-1a of no bytes.
    const ROOT: u64 = 0xcbf2_9ce4_8422_2325;

    /// Those of a whole network in one step of a training: the batches learned before it.
    pub fn new(seed: u64, step: u64) -> Self {
        Self {
            seed,
            step,
            path: Self::ROOT,
        }
    }

    /// Others at every call in a process, for whoever has no seed and no step: a program of one thread draws the same
    /// in every run.
    pub fn anew() -> Self {
        Self::new(u64::MAX, ANEW.fetch_add(1, Ordering::Relaxed))
    }

    /// Those of a part of the network by its name, such as the name of a layer; the parts of a part may go on:
    /// `at("encoder").at("dropout")` is `at("encoder/dropout")`. Whoever draws twice names both draws.
    #[must_use = "returns the draws of the part"]
    pub fn at(self, path: &str) -> Self {
        const PRIME: u64 = 0x0000_0100_0000_01b3;
        let separator = if self.path == Self::ROOT { "" } else { "/" };
        let bytes = separator.bytes().chain(path.bytes());
        let path = bytes.fold(self.path, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(PRIME)
        });
        Self { path, ..self }
    }

    /// The same with a seed of a part's own, where there is one, instead of the training's.
    #[must_use = "returns the draws with that seed"]
    pub fn with_seed(self, seed: impl Into<Option<u64>>) -> Self {
        Self {
            seed: seed.into().unwrap_or(self.seed),
            ..self
        }
    }

    /// What a dropout multiplies with: 0 with probability `rate`, else `1 / (1 - rate)`.
    ///
    /// # Shapes
    /// - output: `shape`
    ///
    /// # Panics
    /// When the rate is not from 0 to below 1.
    pub fn dropout<const D: usize>(
        self,
        shape: [usize; D],
        rate: f64,
        device: &Device,
    ) -> Tensor<D> {
        if self.is_on_host(device) {
            let factors = self.dropout_factors(shape.iter().product(), rate);
            Tensor::from_data(TensorData::new(factors, shape), device)
        } else {
            let kept = 1.0 - checked_rate(rate);
            Tensor::random(shape, Distribution::Bernoulli(kept), device) / kept
        }
    }

    /// The same factors where they are drawn on the host, so many of them.
    pub(crate) fn dropout_factors(self, count: usize, rate: f64) -> Vec<f32> {
        let scale = 1.0 / (1.0 - checked_rate(rate));
        self.factors(count, rate, scale)
    }

    /// Normal numbers as [`normal`](Self::normal) has them where they are drawn on the host, so many of them.
    pub(crate) fn normal_numbers(self, count: usize, stddev: f64) -> Vec<f32> {
        normal_numbers(&mut self.generator(), count, stddev)
    }

    /// Normal numbers of mean 0 and this standard deviation.
    ///
    /// # Shapes
    /// - output: `shape`
    pub fn normal<const D: usize>(
        self,
        shape: [usize; D],
        stddev: f64,
        device: &Device,
    ) -> Tensor<D> {
        if self.is_on_host(device) {
            let numbers = normal_numbers(&mut self.generator(), shape.iter().product(), stddev);
            Tensor::from_data(TensorData::new(numbers, shape), device)
        } else {
            Tensor::random(shape, Distribution::Normal(0.0, stddev), device)
        }
    }

    /// Whether the numbers are drawn here; if not, the device's generator is ready to.
    fn is_on_host(self, device: &Device) -> bool {
        let is_on_host = is_host_cpu(&device.clone().inner());
        if !is_on_host {
            device.seed(self.generator().next_u64());
        }
        is_on_host
    }

    fn generator(self) -> ChaCha8Rng {
        let mut key = <ChaCha8Rng as SeedableRng>::Seed::default();
        let parts = [self.seed, self.step, self.path];
        for (place, part) in key.chunks_exact_mut(8).zip(parts) {
            place.copy_from_slice(&part.to_le_bytes());
        }
        ChaCha8Rng::from_seed(key)
    }

    /// A byte decides most elements, four more those that it leaves open.
    fn factors(self, count: usize, rate: f64, scale: f64) -> Vec<f32> {
        let mut generator = self.generator();
        let mut bytes = vec![0; count];
        generator.fill_bytes(&mut bytes);
        let bound = rate * 256.0;
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rate is from 0 to below 1"
        )]
        let (dropped, open) = (bound as u8, (bound.fract() * 2.0_f64.powi(32)) as u32);
        #[allow(
            clippy::cast_possible_truncation,
            reason = "a factor is as precise as what it multiplies"
        )]
        let scale = scale as f32;
        let factor = |is_dropped| if is_dropped { 0.0 } else { scale };
        let mut factors: Vec<f32> = bytes.iter().map(|&byte| factor(byte < dropped)).collect();
        if open > 0 {
            for (place, _) in factors
                .iter_mut()
                .zip(bytes)
                .filter(|(_, byte)| *byte == dropped)
            {
                *place = factor(generator.next_u32() < open);
            }
        }
        factors
    }
}

fn checked_rate(rate: f64) -> f64 {
    assert!(
        (0.0..1.0).contains(&rate),
        "a dropout's rate is from 0 to below 1, received {rate}"
    );
    rate
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_that_no_byte_can_say_is_kept_to() {
        const COUNT: u32 = 1 << 22;
        for rate in [0.0, 0.001, 0.1, 0.25, 0.5, 0.7, 0.999] {
            let factors = Draws::new(3, 9).factors(COUNT as usize, rate, 1.0);
            let dropped = factors.iter().filter(|&&factor| factor == 0.0).count() as f64;
            let (mean, variance) = (
                f64::from(COUNT) * rate,
                f64::from(COUNT) * rate * (1.0 - rate),
            );
            // Five standard deviations: one in two million samples is beyond.
            let allowed = 5.0 * variance.sqrt();
            assert!(
                (dropped - mean).abs() <= allowed,
                "{rate}: {dropped} for {mean}"
            );
        }
    }

    #[test]
    fn a_path_is_its_parts_in_order() {
        let draws = Draws::new(1, 2);
        assert_eq!(draws.at("a").at("b"), draws.at("a/b"));
        assert_ne!(draws.at("a").at("b"), draws.at("b").at("a"));
        assert_ne!(draws.at("ab"), draws.at("a/b"));
    }

    #[test]
    fn neighbouring_elements_go_their_own_ways() {
        let factors = Draws::new(5, 0).factors(1 << 20, 0.5, 2.0);
        let dropped: Vec<bool> = factors.iter().map(|&factor| factor < 1.0).collect();
        let alike = dropped.windows(2).filter(|pair| pair[0] == pair[1]).count() as f64;
        assert!((alike - f64::from(1 << 19)).abs() < 5.0 * 512.0, "{alike}");
    }
}
