use burn::optim::ModuleOptimizer;
use serde::{Deserialize, Serialize};

use super::description::Description;
use super::quantity::Quantity;
use super::rule::{Rule, Work};

/// Steps of one size: `w -= rate · sign(β₁·m + (1 - β₁)·g)`, `m = β₂·m + (1 - β₂)·g`; the sign of 0 is 0.
///
/// # Source
/// Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Lion {
    beta_1: f64,
    beta_2: f64,
}

impl Default for Lion {
    fn default() -> Self {
        Self {
            beta_1: 0.9,
            beta_2: 0.99,
        }
    }
}

impl Description for Lion {
    fn num_slots(&self) -> usize {
        1
    }

    fn slot_names(&self, _num_axes: usize) -> &'static [&'static str] {
        &["momentum"]
    }

    fn build(self, work: Work) -> ModuleOptimizer {
        work.by_number::<_, 1>(self)
    }
}

impl Rule<1> for Lion {
    type Rates = f64;

    fn rates(&self, learning_rate: f64, _: u64) -> f64 {
        learning_rate
    }

    #[inline(always)]
    fn step<Q: Quantity>(&self, rate: f64, gradient: Q, [momentum]: [Q; 1]) -> (Q, [Q; 1]) {
        let mixed = momentum.clone().scale(self.beta_1) + gradient.clone().scale(1.0 - self.beta_1);
        let momentum = momentum.scale(self.beta_2) + gradient.scale(1.0 - self.beta_2);
        (mixed.sign().scale(rate), [momentum])
    }
}
