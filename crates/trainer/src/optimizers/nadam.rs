use burn::optim::ModuleOptimizer;
use serde::{Deserialize, Serialize};

use super::description::Description;
use super::quantity::Quantity;
use super::rule::{Rule, Work};

/// Adam with Nesterov's momentum: with `uₜ = β₁ · (1 - 0.96ᵗ / 2)`, `m` and `v` as Adam's,
/// `w -= rate · (uₜ₊₁ · m / (1 - u₁…uₜ₊₁) + (1 - uₜ) · g / (1 - u₁…uₜ)) / (sqrt(v / (1 - β₂ᵗ)) + ε)`.
///
/// # Source
/// Dozat, "Incorporating Nesterov Momentum into Adam", 2016
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Nadam {
    beta_1: f64,
    beta_2: f64,
    epsilon: f64,
}

/// What one update multiplies with.
#[derive(Clone, Copy)]
pub(crate) struct Rates {
    momentum: f64,
    gradient: f64,
    velocity: f64,
}

impl Default for Nadam {
    fn default() -> Self {
        Self {
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: 1e-7,
        }
    }
}

impl Description for Nadam {
    fn num_slots(&self) -> usize {
        2
    }

    fn slot_names(&self, _num_axes: usize) -> &'static [&'static str] {
        &["momentum", "velocity"]
    }

    fn build(self, work: Work) -> ModuleOptimizer {
        work.by_number::<_, 2>(self)
    }
}

impl Nadam {
    /// `uₜ`
    fn share(&self, time: u64) -> f64 {
        self.beta_1 * (1.0 - 0.5 * 0.96_f64.powf(time as f64))
    }

    /// `u₁ · … · uₜ`, or 0 where the rest of the product could not be told from it next to 1.
    fn product(&self, time: u64) -> f64 {
        let mut product = 1.0;
        let mut decay = 1.0;
        for _ in 0..time {
            decay *= 0.96;
            product *= self.beta_1 * (1.0 - 0.5 * decay);
            if product < 1e-20 {
                return 0.0;
            }
        }
        product
    }
}

impl Rule<2> for Nadam {
    type Rates = Rates;

    fn rates(&self, learning_rate: f64, time: u64) -> Rates {
        let next = self.share(time + 1);
        let product = self.product(time);
        Rates {
            momentum: learning_rate * next / (1.0 - product * next),
            gradient: learning_rate * (1.0 - self.share(time)) / (1.0 - product),
            velocity: 1.0 / (1.0 - self.beta_2.powf(time as f64)),
        }
    }

    #[inline(always)]
    fn step<Q: Quantity>(&self, rates: Rates, gradient: Q, slots: [Q; 2]) -> (Q, [Q; 2]) {
        let [momentum, velocity] = slots;
        let velocity = velocity.towards(gradient.clone().squared(), 1.0 - self.beta_2);
        let momentum = momentum.towards(gradient.clone(), 1.0 - self.beta_1);
        let ahead = momentum.clone().scale(rates.momentum) + gradient.scale(rates.gradient);
        let root = velocity.clone().scale(rates.velocity).root();
        (ahead / root.plus(self.epsilon), [momentum, velocity])
    }
}
