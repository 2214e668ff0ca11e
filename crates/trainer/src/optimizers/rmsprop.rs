use burn::optim::ModuleOptimizer;
use serde::{Deserialize, Serialize};

use super::description::Description;
use super::quantity::Quantity;
use super::rule::{Rule, Work};

/// Gradients over the root of their mean square: `v = ρ·v + (1 - ρ)·g²`, `w -= rate · g / sqrt(v + ε)`.
///
/// Centered, the square of the gradients' own mean is taken off `v`; with momentum,
/// `m = momentum · m + rate · g / sqrt(v + ε)` is what is subtracted.
///
/// # Source
/// Hinton, "Neural Networks for Machine Learning", 2012, lecture 6e
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct RmsProp {
    rho: f64,
    momentum: f64,
    epsilon: f64,
    centered: bool,
}

impl Default for RmsProp {
    fn default() -> Self {
        Self {
            rho: 0.9,
            momentum: 0.0,
            epsilon: 1e-7,
            centered: false,
        }
    }
}

impl Description for RmsProp {
    fn num_slots(&self) -> usize {
        if self.momentum == 0.0 && !self.centered {
            1
        } else {
            3
        }
    }

    fn slot_names(&self, _num_axes: usize) -> &'static [&'static str] {
        if self.momentum == 0.0 && !self.centered {
            &["velocity"]
        } else {
            &["velocity", "momentum", "average_gradient"]
        }
    }

    fn build(self, work: Work) -> ModuleOptimizer {
        if self.momentum == 0.0 && !self.centered {
            work.by_number::<_, 1>(self)
        } else {
            work.by_number::<_, 3>(self)
        }
    }
}

impl Rule<1> for RmsProp {
    type Rates = f64;

    fn rates(&self, learning_rate: f64, _: u64) -> f64 {
        learning_rate
    }

    #[inline(always)]
    fn step<Q: Quantity>(&self, rate: f64, gradient: Q, [velocity]: [Q; 1]) -> (Q, [Q; 1]) {
        let velocity = velocity.towards(gradient.clone().squared(), 1.0 - self.rho);
        let root = velocity.clone().plus(self.epsilon).root();
        (gradient.scale(rate) / root, [velocity])
    }
}

/// With momentum, centered, or both.
impl Rule<3> for RmsProp {
    type Rates = f64;

    fn rates(&self, learning_rate: f64, _: u64) -> f64 {
        learning_rate
    }

    #[inline(always)]
    fn step<Q: Quantity>(&self, rate: f64, gradient: Q, slots: [Q; 3]) -> (Q, [Q; 3]) {
        let [velocity, momentum, mean] = slots;
        let velocity = velocity.towards(gradient.clone().squared(), 1.0 - self.rho);
        let mean = mean.towards(gradient.clone(), 1.0 - self.rho);
        let square = if self.centered {
            velocity.clone() - mean.clone().squared()
        } else {
            velocity.clone()
        };
        let increment = gradient.scale(rate) / square.plus(self.epsilon).root();
        let momentum = momentum.scale(self.momentum) + increment;
        (momentum.clone(), [velocity, momentum, mean])
    }
}
