use burn::optim::ModuleOptimizer;
use serde::{Deserialize, Serialize};

use super::description::Description;
use super::quantity::Quantity;
use super::rule::{Rule, Work};

/// Adaptive moment estimation: `m += (1 - β₁)(g - m)`, `v += (1 - β₂)(g² - v)`,
/// `w -= rate · sqrt(1 - β₂ᵗ) / (1 - β₁ᵗ) · m / (sqrt(v) + ε)`; with amsgrad by the largest `v` so far.
///
/// Burn's own scales ε by `sqrt(1 - β₂ᵗ)` and has 1e-5 for it by default.
///
/// # Source
/// Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2014, section 2 (the efficient
/// form before its section 2.1)
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Adam {
    beta_1: f64,
    beta_2: f64,
    epsilon: f64,
    amsgrad: bool,
}

impl Default for Adam {
    fn default() -> Self {
        Self {
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: 1e-7,
            amsgrad: false,
        }
    }
}

impl Description for Adam {
    fn num_slots(&self) -> usize {
        if self.amsgrad { 3 } else { 2 }
    }

    fn slot_names(&self, _num_axes: usize) -> &'static [&'static str] {
        if self.amsgrad {
            &["momentum", "velocity", "velocity_hat"]
        } else {
            &["momentum", "velocity"]
        }
    }

    fn build(self, work: Work) -> ModuleOptimizer {
        if self.amsgrad {
            work.by_number::<_, 3>(self)
        } else {
            work.by_number::<_, 2>(self)
        }
    }
}

impl Adam {
    fn rate(&self, learning_rate: f64, time: u64) -> f64 {
        let time = time as f64;
        learning_rate * (1.0 - self.beta_2.powf(time)).sqrt() / (1.0 - self.beta_1.powf(time))
    }

    #[inline(always)]
    fn moments<Q: Quantity>(&self, gradient: Q, momentum: Q, velocity: Q) -> (Q, Q) {
        let square = gradient.clone().squared();
        (
            momentum.towards(gradient, 1.0 - self.beta_1),
            velocity.towards(square, 1.0 - self.beta_2),
        )
    }

    #[inline(always)]
    fn change<Q: Quantity>(&self, rate: f64, momentum: Q, velocity: Q) -> Q {
        momentum.scale(rate) / velocity.root().plus(self.epsilon)
    }
}

impl Rule<2> for Adam {
    type Rates = f64;

    fn rates(&self, learning_rate: f64, time: u64) -> f64 {
        self.rate(learning_rate, time)
    }

    #[inline(always)]
    fn step<Q: Quantity>(&self, rate: f64, gradient: Q, slots: [Q; 2]) -> (Q, [Q; 2]) {
        let [momentum, velocity] = slots;
        let (momentum, velocity) = self.moments(gradient, momentum, velocity);
        let change = self.change(rate, momentum.clone(), velocity.clone());
        (change, [momentum, velocity])
    }
}

/// With amsgrad.
impl Rule<3> for Adam {
    type Rates = f64;

    fn rates(&self, learning_rate: f64, time: u64) -> f64 {
        self.rate(learning_rate, time)
    }

    #[inline(always)]
    fn step<Q: Quantity>(&self, rate: f64, gradient: Q, slots: [Q; 3]) -> (Q, [Q; 3]) {
        let [momentum, velocity, largest] = slots;
        let (momentum, velocity) = self.moments(gradient, momentum, velocity);
        let largest = largest.larger(velocity.clone());
        let change = self.change(rate, momentum.clone(), largest.clone());
        (change, [momentum, velocity, largest])
    }
}
