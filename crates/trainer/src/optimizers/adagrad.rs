use burn::optim::ModuleOptimizer;
use serde::{Deserialize, Serialize};

use super::description::Description;
use super::quantity::Quantity;
use super::rule::{Rule, Work};

/// Rates that fall with the squares gathered: `a += g²`, `w -= rate · g / sqrt(a + ε)`.
///
/// # Source
/// Duchi, Hazan and Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic
/// Optimization", 2011
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Adagrad {
    initial_accumulator_value: f64,
    epsilon: f64,
}

impl Default for Adagrad {
    fn default() -> Self {
        Self {
            initial_accumulator_value: 0.1,
            epsilon: 1e-7,
        }
    }
}

impl Description for Adagrad {
    fn num_slots(&self) -> usize {
        1
    }

    fn slot_names(&self, _num_axes: usize) -> &'static [&'static str] {
        &["accumulator"]
    }

    fn build(self, work: Work) -> ModuleOptimizer {
        work.by_number::<_, 1>(self)
    }
}

impl Rule<1> for Adagrad {
    type Rates = f64;

    fn rates(&self, learning_rate: f64, _: u64) -> f64 {
        learning_rate
    }

    #[inline(always)]
    fn step<Q: Quantity>(&self, rate: f64, gradient: Q, [gathered]: [Q; 1]) -> (Q, [Q; 1]) {
        let gathered = gathered + gradient.clone().squared();
        let root = gathered.clone().plus(self.epsilon).root();
        (gradient.scale(rate) / root, [gathered])
    }

    fn initial(&self) -> f64 {
        self.initial_accumulator_value
    }
}
