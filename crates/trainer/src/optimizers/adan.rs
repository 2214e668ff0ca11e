use burn::optim::ModuleOptimizer;
use serde::{Deserialize, Serialize};

use super::description::Description;
use super::quantity::Quantity;
use super::rule::{Rule, Work};

/// Adam with Nesterov's momentum by the change `d` of the gradient since the last step, which is 0 in the first:
/// `m += (1 - β₁)(g - m)`, `v += (1 - β₂)(d - v)`, `n += (1 - β₃)((g + β₂ · d)² - n)`, and with each divided by
/// `1 - βᵗ`, `w -= rate · (m + β₂ · v) / (sqrt(n) + ε)`.
///
/// Keras has none; names and defaults are those of the authors' program, but that the weight decay is the one of all others,
/// `w -= rate · decay · w`, in place of a division by `1 + rate · decay`.
///
/// # Source
/// Xie et al., "Adan: Adaptive Nesterov Momentum Algorithm for Faster Optimizing Deep Models", 2022
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Adan {
    beta_1: f64,
    beta_2: f64,
    beta_3: f64,
    epsilon: f64,
}

/// What depends on the time.
#[derive(Clone, Copy)]
pub(crate) struct Rates {
    /// 0 in the first step, whose gradient has none before it.
    change: f64,
    momentum: f64,
    ahead: f64,
    square: f64,
}

impl Default for Adan {
    fn default() -> Self {
        Self {
            beta_1: 0.98,
            beta_2: 0.92,
            beta_3: 0.99,
            epsilon: 1e-8,
        }
    }
}

impl Description for Adan {
    fn num_slots(&self) -> usize {
        4
    }

    fn slot_names(&self, _num_axes: usize) -> &'static [&'static str] {
        &["momentum", "ahead", "square", "gradient"]
    }

    fn build(self, work: Work) -> ModuleOptimizer {
        work.by_number::<_, 4>(self)
    }
}

impl Rule<4> for Adan {
    type Rates = Rates;

    fn rates(&self, learning_rate: f64, time: u64) -> Rates {
        let rest = |beta: f64| 1.0 - beta.powf(time as f64);
        Rates {
            change: if time > 1 { 1.0 } else { 0.0 },
            momentum: learning_rate / rest(self.beta_1),
            ahead: learning_rate * self.beta_2 / rest(self.beta_2),
            square: 1.0 / rest(self.beta_3),
        }
    }

    #[inline(always)]
    fn step<Q: Quantity>(&self, rates: Rates, gradient: Q, slots: [Q; 4]) -> (Q, [Q; 4]) {
        let [momentum, ahead, square, before] = slots;
        let change = (gradient.clone() - before).scale(rates.change);
        let momentum = momentum.towards(gradient.clone(), 1.0 - self.beta_1);
        let ahead = ahead.towards(change.clone(), 1.0 - self.beta_2);
        let looked = gradient.clone() + change.scale(self.beta_2);
        let square = square.towards(looked.squared(), 1.0 - self.beta_3);
        let root = square.clone().scale(rates.square).root();
        let step = momentum.clone().scale(rates.momentum) + ahead.clone().scale(rates.ahead);
        let step = step / root.plus(self.epsilon);
        (step, [momentum, ahead, square, gradient])
    }
}
