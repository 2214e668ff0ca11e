use burn::optim::ModuleOptimizer;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::description::Description;
use super::quantity::Quantity;
use super::rule::{WholeRule, Work, norm};

/// Adam with a rate for each weight, by which the length of a step is that of the weight:
/// `u = (m / (1 - β₁ᵗ)) / (sqrt(v / (1 - β₂ᵗ)) + ε)`, `w -= rate · |w| / |u| · u`; where a length is 0, `w -= rate · u`.
///
/// # Source
/// You et al., "Large Batch Optimization for Deep Learning: Training BERT in 76 minutes", 2019;
/// <https://keras.io/api/optimizers/lamb/>
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Lamb {
    beta_1: f64,
    beta_2: f64,
    epsilon: f64,
}

impl Default for Lamb {
    fn default() -> Self {
        Self {
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: 1e-7,
        }
    }
}

impl Description for Lamb {
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

impl WholeRule for Lamb {
    fn initial<const D: usize>(&self, weights: &Tensor<D>) -> Vec<Tensor<D>> {
        vec![weights.zeros_like(), weights.zeros_like()]
    }

    fn update<const D: usize>(
        &self,
        (rate, time): (f64, u64),
        weights: Tensor<D>,
        gradient: Tensor<D>,
        slots: Vec<Tensor<D>>,
    ) -> (Tensor<D>, Vec<Tensor<D>>) {
        let time = time as f64;
        let mut slots = slots.into_iter();
        let old = || gradient.zeros_like();
        let momentum = slots.next().unwrap_or_else(old);
        let velocity = slots.next().unwrap_or_else(old);
        let momentum = momentum.towards(gradient.clone(), 1.0 - self.beta_1);
        let velocity = velocity.towards(gradient.squared(), 1.0 - self.beta_2);
        let mean = momentum.clone().div_scalar(1.0 - self.beta_1.powf(time));
        let square = velocity.clone().div_scalar(1.0 - self.beta_2.powf(time));
        let step = mean / square.sqrt().add_scalar(self.epsilon);
        let (length, of_step) = (norm(weights.clone()), norm(step.clone()));
        let is_zero = length
            .clone()
            .equal_elem(0.0)
            .bool_or(of_step.clone().equal_elem(0.0));
        let ratio = (length / of_step).mask_fill(is_zero, 1.0);
        let weights = weights - step.mul(ratio).mul_scalar(rate);
        (weights, vec![momentum, velocity])
    }
}
