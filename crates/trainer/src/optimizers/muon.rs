use burn::optim::ModuleOptimizer;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::description::Description;
use super::quantity::Quantity;
use super::rule::{WholeRule, Work, norm};

/// Steps that are orthogonal matrices: the momentum `m = momentum · m + g` of a weight of two axes (with Nesterov
/// `g + momentum · m`) is taken to the nearest of them by `ns_steps` steps of Newton and Schulz,
/// `x ← a · x + (b · xxᵀ + c · (xxᵀ)²) x`, and `w -= rate · rms_rate · sqrt(max(rows, columns)) · x`.
///
/// Weights of other numbers of axes, and embeddings, go by [`AdamW`](super::AdamW)'s formula, with a rate of `adam_lr_ratio · rate` and a
/// weight decay of their own.
///
/// # Source
/// Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024; Liu et al., "Muon is Scalable for LLM
/// Training", 2025, for `rms_rate`; `keras.optimizers.Muon` of Keras 3.15
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[allow(clippy::struct_field_names, reason = "the names are Keras'")]
pub(crate) struct Muon {
    momentum: f64,
    nesterov: bool,
    ns_steps: u64,
    muon_a: f64,
    muon_b: f64,
    muon_c: f64,
    /// 0 where steps are taken as they are.
    rms_rate: f64,
    adam_lr_ratio: f64,
    adam_beta_1: f64,
    adam_beta_2: f64,
    adam_weight_decay: f64,
    epsilon: f64,
    exclude_embeddings: bool,
    /// Whether it is left to Adam altogether.
    #[serde(skip)]
    is_adam: bool,
}

impl Default for Muon {
    fn default() -> Self {
        Self {
            momentum: 0.95,
            nesterov: true,
            ns_steps: 5,
            muon_a: 3.4445,
            muon_b: -4.7750,
            muon_c: 2.0315,
            rms_rate: 0.2,
            adam_lr_ratio: 1.0,
            adam_beta_1: 0.9,
            adam_beta_2: 0.999,
            adam_weight_decay: 0.004,
            epsilon: 1e-7,
            exclude_embeddings: true,
            is_adam: false,
        }
    }
}

impl Description for Muon {
    const WEIGHT_DECAY: f64 = 0.004;

    /// What most weights, which are kernels of two axes, have.
    fn num_slots(&self) -> usize {
        1
    }

    fn slot_names(&self, num_axes: usize) -> &'static [&'static str] {
        if self.is_orthogonal(num_axes) {
            &["momentum"]
        } else {
            &["momentum", "velocity"]
        }
    }

    fn build(self, work: Work) -> ModuleOptimizer {
        work.by_whole(self)
    }
}

impl Muon {
    /// The same for a weight of this path: embeddings are left to Adam.
    pub(crate) fn for_weight(mut self, path: &str) -> Self {
        self.is_adam = self.exclude_embeddings && path.to_lowercase().contains("embedding");
        self
    }

    /// The same with this weight decay of what it leaves to Adam.
    pub(crate) fn with_weight_decay(mut self, weight_decay: f64) -> Self {
        self.adam_weight_decay = weight_decay;
        self
    }

    fn is_orthogonal(&self, num_axes: usize) -> bool {
        num_axes == 2 && !self.is_adam
    }

    /// The orthogonal matrix nearest to this one, nearly.
    fn orthogonal<const D: usize>(&self, matrix: Tensor<D>) -> Tensor<D> {
        let [rows, columns] = [0, 1].map(|axis| matrix.dims()[axis]);
        let is_tall = rows > columns;
        let wide = if is_tall {
            matrix.swap_dims(0, 1)
        } else {
            matrix
        };
        let length = norm(wide.clone()).add_scalar(1e-7);
        let mut x = wide / length;
        for _ in 0..self.ns_steps {
            let square = x.clone().matmul(x.clone().swap_dims(0, 1));
            let fourth = square.clone().matmul(square.clone());
            let factor = square.mul_scalar(self.muon_b) + fourth.mul_scalar(self.muon_c);
            x = x.clone().mul_scalar(self.muon_a) + factor.matmul(x);
        }
        if is_tall { x.swap_dims(0, 1) } else { x }
    }

    fn by_adam<const D: usize>(
        &self,
        (rate, time): (f64, u64),
        weights: Tensor<D>,
        gradient: Tensor<D>,
        [momentum, velocity]: [Tensor<D>; 2],
    ) -> (Tensor<D>, Vec<Tensor<D>>) {
        let time = time as f64;
        let rest = |beta: f64| 1.0 - beta.powf(time);
        let rate =
            rate * self.adam_lr_ratio * rest(self.adam_beta_2).sqrt() / rest(self.adam_beta_1);
        let momentum = momentum.towards(gradient.clone(), 1.0 - self.adam_beta_1);
        let velocity = velocity.towards(gradient.squared(), 1.0 - self.adam_beta_2);
        let root = velocity.clone().sqrt().add_scalar(self.epsilon);
        let weights = weights - momentum.clone().mul_scalar(rate) / root;
        (weights, vec![momentum, velocity])
    }
}

impl WholeRule for Muon {
    fn initial<const D: usize>(&self, weights: &Tensor<D>) -> Vec<Tensor<D>> {
        let zeros = weights.zeros_like();
        if self.is_orthogonal(D) {
            vec![zeros]
        } else {
            vec![zeros.clone(), zeros]
        }
    }

    fn update<const D: usize>(
        &self,
        (rate, time): (f64, u64),
        weights: Tensor<D>,
        gradient: Tensor<D>,
        slots: Vec<Tensor<D>>,
    ) -> (Tensor<D>, Vec<Tensor<D>>) {
        let slots = match <[Tensor<D>; 2]>::try_from(slots) {
            Ok(slots) => return self.by_adam((rate, time), weights, gradient, slots),
            Err(slots) => slots,
        };
        let old = slots.into_iter().next();
        let old = old.unwrap_or_else(|| gradient.zeros_like());
        let momentum = old.mul_scalar(self.momentum) + gradient.clone();
        let step = if self.nesterov {
            gradient + momentum.clone().mul_scalar(self.momentum)
        } else {
            momentum.clone()
        };
        let longest = step.dims().into_iter().max().unwrap_or(1) as f64;
        let size = match self.rms_rate {
            0.0 => 1.0,
            rms_rate => rms_rate * longest.sqrt(),
        };
        let step = self.orthogonal(step).mul_scalar(rate * size);
        (weights - step, vec![momentum])
    }

    fn weight_decay(&self, given: f64, num_axes: usize) -> f64 {
        if self.is_orthogonal(num_axes) {
            given
        } else {
            self.adam_weight_decay
        }
    }
}
