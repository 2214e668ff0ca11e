use burn::optim::ModuleOptimizer;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::description::Description;
use super::quantity::Quantity;
use super::rule::{WholeRule, Work};

/// Adam without a schedule: gradients move a second set of weights `z`, whose mean `x` so far is what is learned, and the
/// network trains at a point between both, `w = (1 - β₁) · z + β₁ · x`:
/// `v += (1 - β₂)(g² - v)`, `z -= rate · g / (sqrt(v / (1 - β₂ᵗ)) + ε)`, `x += (z - x) / t`.
///
/// The rate rises in a straight line for `warmup_steps`. As in Keras, the network keeps `w` when it is judged and saved.
///
/// # Source
/// Defazio et al., "The Road Less Scheduled", 2024; `keras.optimizers.ScheduleFreeAdamW` of Keras 3.15
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ScheduleFreeAdamW {
    beta_1: f64,
    beta_2: f64,
    epsilon: f64,
    warmup_steps: u64,
}

impl Default for ScheduleFreeAdamW {
    fn default() -> Self {
        Self {
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: 1e-8,
            warmup_steps: 0,
        }
    }
}

impl Description for ScheduleFreeAdamW {
    const LEARNING_RATE: f64 = 0.0025;

    fn num_slots(&self) -> usize {
        2
    }

    fn slot_names(&self, _num_axes: usize) -> &'static [&'static str] {
        &["momentum", "velocity"]
    }

    fn build(self, work: Work) -> ModuleOptimizer {
        work.by_whole(self)
    }
}

impl WholeRule for ScheduleFreeAdamW {
    fn initial<const D: usize>(&self, weights: &Tensor<D>) -> Vec<Tensor<D>> {
        vec![weights.clone(), weights.zeros_like()]
    }

    fn update<const D: usize>(
        &self,
        (rate, time): (f64, u64),
        weights: Tensor<D>,
        gradient: Tensor<D>,
        slots: Vec<Tensor<D>>,
    ) -> (Tensor<D>, Vec<Tensor<D>>) {
        let time = time as f64;
        let warmth = match self.warmup_steps {
            0 => 1.0,
            steps => (time / steps as f64).min(1.0),
        };
        let mut slots = slots.into_iter();
        let moved = slots.next().unwrap_or_else(|| weights.clone());
        let velocity = slots.next().unwrap_or_else(|| weights.zeros_like());
        let velocity = velocity.towards(gradient.clone().squared(), 1.0 - self.beta_2);
        let square = velocity.clone().div_scalar(1.0 - self.beta_2.powf(time));
        let step = gradient.mul_scalar(rate * warmth) / square.sqrt().add_scalar(self.epsilon);
        let mean = (weights - moved.clone().mul_scalar(1.0 - self.beta_1)).div_scalar(self.beta_1);
        let moved = moved - step;
        let mean = mean.mul_scalar(1.0 - 1.0 / time) + moved.clone().div_scalar(time);
        let weights = moved.clone().mul_scalar(1.0 - self.beta_1) + mean.mul_scalar(self.beta_1);
        (weights, vec![moved, velocity])
    }
}
