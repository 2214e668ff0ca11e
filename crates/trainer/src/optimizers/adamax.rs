use burn::optim::ModuleOptimizer;
use serde::{Deserialize, Serialize};

use super::description::Description;
use super::quantity::Quantity;
use super::rule::{Rule, Work};

/// Adam by the largest gradient instead of the mean square: `m += (1 - β₁)(g - m)`, `u = max(β₂·u, |g|)`,
/// `w -= rate / (1 - β₁ᵗ) · m / (u + ε)`.
///
/// # Source
/// Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2014, section 7.1
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Adamax {
    beta_1: f64,
    beta_2: f64,
    epsilon: f64,
}

impl Default for Adamax {
    fn default() -> Self {
        Self {
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: 1e-7,
        }
    }
}

impl Description for Adamax {
    fn num_slots(&self) -> usize {
        2
    }

    fn slot_names(&self, _num_axes: usize) -> &'static [&'static str] {
        &["momentum", "norm"]
    }

    fn build(self, work: Work) -> ModuleOptimizer {
        work.by_number::<_, 2>(self)
    }
}

impl Rule<2> for Adamax {
    type Rates = f64;

    fn rates(&self, learning_rate: f64, time: u64) -> f64 {
        learning_rate / (1.0 - self.beta_1.powf(time as f64))
    }

    #[inline(always)]
    fn step<Q: Quantity>(&self, rate: f64, gradient: Q, slots: [Q; 2]) -> (Q, [Q; 2]) {
        let [momentum, norm] = slots;
        let norm = norm.scale(self.beta_2).larger(gradient.clone().magnitude());
        let momentum = momentum.towards(gradient, 1.0 - self.beta_1);
        let change = momentum.clone().scale(rate) / norm.clone().plus(self.epsilon);
        (change, [momentum, norm])
    }
}
