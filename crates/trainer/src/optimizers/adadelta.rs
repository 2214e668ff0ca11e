use burn::optim::ModuleOptimizer;
use serde::{Deserialize, Serialize};

use super::description::Description;
use super::quantity::Quantity;
use super::rule::{Rule, Work};

/// Steps in the unit of the weights: `a = ρ·a + (1 - ρ)·g²`, `d = sqrt(b + ε) / sqrt(a + ε) · g`,
/// `b = ρ·b + (1 - ρ)·d²`, `w -= rate · d`.
///
/// The paper has a rate of 1, Keras one of 0.001.
///
/// # Source
/// Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Adadelta {
    rho: f64,
    epsilon: f64,
}

impl Default for Adadelta {
    fn default() -> Self {
        Self {
            rho: 0.95,
            epsilon: 1e-7,
        }
    }
}

impl Description for Adadelta {
    const DIVERGES_FROM: f64 = f64::INFINITY;

    fn num_slots(&self) -> usize {
        2
    }

    fn slot_names(&self, _num_axes: usize) -> &'static [&'static str] {
        &["accumulated_grad", "accumulated_delta_var"]
    }

    fn build(self, work: Work) -> ModuleOptimizer {
        work.by_number::<_, 2>(self)
    }
}

impl Rule<2> for Adadelta {
    type Rates = f64;

    fn rates(&self, learning_rate: f64, _: u64) -> f64 {
        learning_rate
    }

    #[inline(always)]
    fn step<Q: Quantity>(&self, rate: f64, gradient: Q, slots: [Q; 2]) -> (Q, [Q; 2]) {
        let [squares, deltas] = slots;
        let squares = squares.towards(gradient.clone().squared(), 1.0 - self.rho);
        let root = deltas.clone().plus(self.epsilon).root();
        let delta = root * gradient / squares.clone().plus(self.epsilon).root();
        let deltas = deltas.towards(delta.clone().squared(), 1.0 - self.rho);
        (delta.scale(rate), [squares, deltas])
    }
}
