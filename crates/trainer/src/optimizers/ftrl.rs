use burn::optim::ModuleOptimizer;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::description::Description;
use super::rule::{WholeRule, Work};

/// Follow the regularized leader: with the squares gathered so far, `n` before and `n' = n + g²` after this gradient, and
/// `z += g + 2 · shrinkage · w - (n'^-p - n^-p) / rate · w`, the weight is
/// `w = (clip(z, -l1, l1) - z) / (n'^-p / rate + 2 · l2 + β / rate)`: exactly 0 while `z` is within `l1`.
///
/// # Source
/// McMahan et al., "Ad Click Prediction: a View from the Trenches", 2013; <https://keras.io/api/optimizers/ftrl/>
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Ftrl {
    learning_rate_power: f64,
    initial_accumulator_value: f64,
    l1_regularization_strength: f64,
    l2_regularization_strength: f64,
    l2_shrinkage_regularization_strength: f64,
    beta: f64,
}

impl Default for Ftrl {
    fn default() -> Self {
        Self {
            learning_rate_power: -0.5,
            initial_accumulator_value: 0.1,
            l1_regularization_strength: 0.0,
            l2_regularization_strength: 0.0,
            l2_shrinkage_regularization_strength: 0.0,
            beta: 0.0,
        }
    }
}

impl Description for Ftrl {
    const DIVERGES_FROM: f64 = f64::INFINITY;

    fn num_slots(&self) -> usize {
        2
    }

    fn slot_names(&self, _num_axes: usize) -> &'static [&'static str] {
        &["accumulator", "linear"]
    }

    fn build(self, work: Work) -> ModuleOptimizer {
        work.by_whole(self)
    }
}

impl WholeRule for Ftrl {
    fn initial<const D: usize>(&self, weights: &Tensor<D>) -> Vec<Tensor<D>> {
        let gathered = weights.full_like(self.initial_accumulator_value);
        vec![gathered, weights.zeros_like()]
    }

    fn update<const D: usize>(
        &self,
        (rate, _): (f64, u64),
        weights: Tensor<D>,
        gradient: Tensor<D>,
        slots: Vec<Tensor<D>>,
    ) -> (Tensor<D>, Vec<Tensor<D>>) {
        let mut slots = slots.into_iter();
        let gathered = slots.next().unwrap_or_else(|| gradient.zeros_like());
        let linear = slots.next().unwrap_or_else(|| gradient.zeros_like());
        let power = |squares: Tensor<D>| squares.powf_scalar(-self.learning_rate_power);
        let more = gathered.clone() + gradient.clone().square();
        let shrunk = weights.clone() * (2.0 * self.l2_shrinkage_regularization_strength);
        let grown = (power(more.clone()) - power(gathered)).div_scalar(rate);
        let linear = linear + (gradient + shrunk - grown * weights);
        let l2 = self.l2_regularization_strength + self.beta / (2.0 * rate);
        let quadratic = power(more.clone()).div_scalar(rate).add_scalar(2.0 * l2);
        let l1 = self.l1_regularization_strength;
        let weights = (linear.clone().clamp(-l1, l1) - linear.clone()) / quadratic;
        (weights, vec![more, linear])
    }
}
