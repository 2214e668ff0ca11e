use burn::optim::ModuleOptimizer;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::description::Description;
use super::rule::{WholeRule, Work};

/// Steps in the unit of the weight, divided by mean squares of the gradient that are kept by row and by column alone:
/// with `β = 1 - t^decay`, `r` the moving mean of `g² + ε₁` along a row and `c` along a column,
/// `v = r / mean(r) · c` (for a weight of one axis the moving mean itself), `u = g / sqrt(v)`, scaled down to a root mean
/// square of at most `clip_threshold`, and `w -= max(ε₂, rms(w)) · min(rate, 1 / sqrt(t)) · u`.
///
/// The rate is never above `1 / sqrt(t)`, so that `relative_step`, which asks for that too, changes nothing, as in Keras.
///
/// # Source
/// Shazeer and Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost", 2018;
/// <https://keras.io/api/optimizers/adafactor/>
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Adafactor {
    beta_2_decay: f64,
    epsilon_1: f64,
    epsilon_2: f64,
    clip_threshold: f64,
    relative_step: bool,
}

impl Default for Adafactor {
    fn default() -> Self {
        Self {
            beta_2_decay: -0.8,
            epsilon_1: 1e-30,
            epsilon_2: 1e-3,
            clip_threshold: 1.0,
            relative_step: true,
        }
    }
}

impl Description for Adafactor {
    const DIVERGES_FROM: f64 = f64::INFINITY;

    /// A kernel has rows and columns of them only, which is next to none.
    fn num_slots(&self) -> usize {
        0
    }

    fn slot_names(&self, num_axes: usize) -> &'static [&'static str] {
        if num_axes < 2 {
            &["velocity"]
        } else {
            &["r", "c"]
        }
    }

    fn build(self, work: Work) -> ModuleOptimizer {
        work.by_whole(self)
    }
}

impl WholeRule for Adafactor {
    /// The means of rows and columns, each with an axis of one; of a weight of one axis the mean squares.
    fn initial<const D: usize>(&self, weights: &Tensor<D>) -> Vec<Tensor<D>> {
        let zeros = weights.zeros_like();
        if D < 2 {
            return vec![zeros];
        }
        vec![zeros.clone().mean_dim(D - 1), zeros.mean_dim(D - 2)]
    }

    fn update<const D: usize>(
        &self,
        (rate, time): (f64, u64),
        weights: Tensor<D>,
        gradient: Tensor<D>,
        slots: Vec<Tensor<D>>,
    ) -> (Tensor<D>, Vec<Tensor<D>>) {
        let time = time as f64;
        let new = time.powf(self.beta_2_decay);
        let squares = gradient.clone().square().add_scalar(self.epsilon_1);
        let follow =
            |old: Tensor<D>, mean: Tensor<D>| old.mul_scalar(1.0 - new) + mean.mul_scalar(new);
        let (mean_square, slots) = match <[Tensor<D>; 2]>::try_from(slots) {
            Ok([rows, columns]) => {
                let rows = follow(rows, squares.clone().mean_dim(D - 1));
                let columns = follow(columns, squares.mean_dim(D - 2));
                let shares = rows.clone() / rows.clone().mean_dim(D - 2);
                (shares * columns.clone(), vec![rows, columns])
            }
            Err(slots) => {
                let old = slots.into_iter().next();
                let old = old.unwrap_or_else(|| gradient.zeros_like());
                let mean = follow(old, squares);
                (mean.clone(), vec![mean])
            }
        };
        let step = gradient / mean_square.sqrt();
        let excess = rms(step.clone()).div_scalar(self.clip_threshold);
        let step = step / excess.clamp_min(1.0);
        let rate = rate.min(1.0 / time.sqrt());
        let size = rms(weights.clone()).clamp_min(self.epsilon_2);
        (weights - step * size.mul_scalar(rate), slots)
    }
}

/// The root of the mean square, as a tensor of one number.
fn rms<const D: usize>(tensor: Tensor<D>) -> Tensor<D> {
    tensor.square().mean().sqrt().reshape([1; D])
}
