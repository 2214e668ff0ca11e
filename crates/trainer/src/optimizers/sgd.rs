use burn::optim::ModuleOptimizer;
use serde::{Deserialize, Serialize};

use super::description::Description;
use super::quantity::Quantity;
use super::rule::{Rule, Work};

/// Gradient descent: `w -= rate · g`; with momentum `v = momentum · v + rate · g`, `w -= v`, with Nesterov's
/// `w -= momentum · v + rate · g`.
///
/// Burn's own differs: its rate multiplies the velocity when it is applied, not when it is
/// gathered, and a dampening of 0.1 is its default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Sgd {
    momentum: f64,
    nesterov: bool,
}

impl Description for Sgd {
    const LEARNING_RATE: f64 = 0.01;
    const DIVERGES_FROM: f64 = f64::INFINITY;
    /// Keras adds its velocity, which is taken off here.
    const SLOT_SIGN: f32 = -1.0;

    fn num_slots(&self) -> usize {
        usize::from(self.momentum != 0.0)
    }

    fn slot_names(&self, _num_axes: usize) -> &'static [&'static str] {
        if self.momentum == 0.0 {
            &[]
        } else {
            &["momentum"]
        }
    }

    fn build(self, work: Work) -> ModuleOptimizer {
        if self.momentum == 0.0 {
            work.by_number::<_, 0>(self)
        } else {
            work.by_number::<_, 1>(self)
        }
    }
}

impl Rule<0> for Sgd {
    type Rates = f64;

    fn rates(&self, learning_rate: f64, _: u64) -> f64 {
        learning_rate
    }

    #[inline(always)]
    fn step<Q: Quantity>(&self, rate: f64, gradient: Q, []: [Q; 0]) -> (Q, [Q; 0]) {
        (gradient.scale(rate), [])
    }
}

impl Rule<1> for Sgd {
    type Rates = f64;

    fn rates(&self, learning_rate: f64, _: u64) -> f64 {
        learning_rate
    }

    #[inline(always)]
    fn step<Q: Quantity>(&self, rate: f64, gradient: Q, [velocity]: [Q; 1]) -> (Q, [Q; 1]) {
        let step = gradient.scale(rate);
        let velocity = velocity.scale(self.momentum) + step.clone();
        let change = if self.nesterov {
            velocity.clone().scale(self.momentum) + step
        } else {
            velocity.clone()
        };
        (change, [velocity])
    }
}
