//! Products of low rank that learn in the place of kernels.

use firebrick_spec::{by_likeness, is_like};
use serde::{Deserialize, Serialize};

use super::inner::Inner;
use super::{Graph, GraphLayer};
use crate::error::ModelError;
use crate::initializer::Initializer;
use crate::layer::{Adapter, AnyLayer, WeightSpec};
use crate::shape::Shape;

/// What a kernel learns by instead of itself: `kernel + alpha / rank · a · b`, of which training moves `a` and `b` alone.
///
/// `a`, `lora_kernel_a`, has the kernel's axes but for the last, which is `rank`, and starts He-uniform; `b`,
/// `lora_kernel_b`, has the axes `[rank, outputs]` and starts at 0, so that nothing changes at first. Both are regularized as
/// the kernel is.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::Device;
/// use firebrick::layers::Dense;
/// use firebrick::models::{Lora, Sequential};
///
/// let network = Sequential::new([64]).add(Dense::new(64)).add(Dense::new(10));
/// let model = network.build(1, &Device::flex())?;
/// let model = model.enable_lora("dense", Lora::new(4).with_alpha(8.0))?;
/// let summary = model.summary();
/// assert_eq!(summary.num_params() - summary.num_trainable_params(), 64 * 64);
/// assert_eq!(model.weight("dense/lora_kernel_a")?.shape(), [64, 4]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Source
/// Hu et al., `LoRA`: Low-Rank Adaptation of Large Language Models, 2021; Keras' `enable_lora`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lora {
    rank: usize,
    alpha: Option<f64>,
    pub(crate) seed: u64,
}

impl Lora {
    /// Of this rank, with an alpha of the same size.
    pub fn new(rank: usize) -> Self {
        Self {
            rank,
            alpha: None,
            seed: 0,
        }
    }

    /// Sets Keras' `lora_alpha`: the product is multiplied by `alpha / rank`.
    #[must_use = "returns the changed settings"]
    pub fn with_alpha(mut self, alpha: f64) -> Self {
        self.alpha = Some(alpha);
        self
    }

    /// Sets the seed by which `a` is drawn where a network is there already, 0 by default; one that is yet to be built draws
    /// it by its own.
    #[must_use = "returns the changed settings"]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }
}

/// A weight of a layer that has such a product.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoraWeight {
    /// Its name within the layer.
    weight: String,
    rank: usize,
    alpha: f64,
}

/// The names of the two factors beside a weight, `query/lora_kernel_a` beside `query/kernel`.
fn lora_names(weight: &str) -> [String; 2] {
    let (part, name) = match weight.rsplit_once('/') {
        Some((part, name)) => (format!("{part}/"), name),
        None => (String::new(), weight),
    };
    ["a", "b"].map(|factor| format!("{part}lora_{name}_{factor}"))
}

impl LoraWeight {
    /// That of a part of the layer, if it is of that.
    pub(super) fn of_part(&self, part: &str) -> Option<Self> {
        let weight = self.weight.strip_prefix(part)?.strip_prefix('/')?;
        Some(Self {
            weight: weight.to_owned(),
            ..self.clone()
        })
    }

    fn factors(&self, kernel: &WeightSpec) -> [WeightSpec; 2] {
        let [a, b] = lora_names(&self.weight);
        let (outputs, inputs) = match kernel.shape.split_last() {
            Some((outputs, inputs)) => (*outputs, inputs.to_vec()),
            None => (1, Vec::new()),
        };
        let inputs: Vec<usize> = inputs.into_iter().chain([self.rank]).collect();
        let factor = |name, shape, initializer| {
            WeightSpec::new(name, shape, initializer).with_regularizer(kernel.regularizer)
        };
        [
            factor(a, inputs, Initializer::HeUniform),
            factor(b, vec![self.rank, outputs], Initializer::Zeros),
        ]
    }

    /// Why a weight cannot have it.
    fn problem(&self, kernel: Option<&WeightSpec>) -> Option<&'static str> {
        match kernel {
            None => Some("there is no such weight"),
            Some(kernel) if !kernel.takes_lora || kernel.shape.len() < 2 => Some(
                "it is not the kernel of a Dense, an EinsumDense, an Embedding or a projection of an attention",
            ),
            Some(kernel) if kernel.constraint.is_some() => {
                Some("it has a constraint, which a sum does not keep; take the constraint out")
            }
            _ if self.rank == 0 => Some("the rank is 0; expected at least 1"),
            _ if !self.alpha.is_finite() => Some("alpha is no number"),
            _ => None,
        }
    }
}

impl GraphLayer {
    /// The weights with those that products of low rank bring along.
    ///
    /// # Errors
    /// A product for a weight that cannot have one.
    pub(super) fn weights_for(
        &self,
        called: &AnyLayer,
        inputs: &[Shape],
    ) -> Result<Vec<WeightSpec>, ModelError> {
        let mut weights = called.weights(inputs);
        for lora in &self.lora {
            let kernel = weights.iter_mut().find(|weight| weight.name == lora.weight);
            if let Some(reason) = lora.problem(kernel.as_deref()) {
                return Err(ModelError::Lora {
                    weight: format!("{}/{}", self.name, lora.weight),
                    reason,
                });
            }
            if let Some(kernel) = kernel {
                kernel.is_trainable = false;
                let factors = lora.factors(kernel);
                weights.extend(factors);
            }
        }
        Ok(weights)
    }

    /// What is added to which of the weights, those of a network that the layer is included.
    pub(crate) fn adapters(&self) -> Vec<Adapter> {
        let mut adapters: Vec<Adapter> = self.lora.iter().map(adapter).collect();
        if let Some(inner) = Inner::of(&self.layer) {
            for layer in &inner.graph.layers {
                let own = layer.adapters().into_iter();
                adapters.extend(own.map(|adapter| adapter.within(&layer.name)));
            }
        }
        adapters
    }

    fn forget_lora(&mut self) {
        self.lora.clear();
        if let Some(mut inner) = Inner::of(&self.layer) {
            inner.graph.layers.iter_mut().for_each(Self::forget_lora);
            self.layer = inner.into_layer();
        }
    }
}

fn adapter(lora: &LoraWeight) -> Adapter {
    let [a, b] = lora_names(&lora.weight);
    Adapter {
        weight: lora.weight.clone(),
        a,
        b,
        scale: lora.alpha / lora.rank as f64,
    }
}

impl Graph {
    /// Has the kernels of all layers whose names are like a pattern learn by a product of low rank: those of `Dense`,
    /// `EinsumDense`, `Embedding` and of the projections of attention layers, `*attention*` or `*/query`. Their biases
    /// learn as before.
    ///
    /// # Errors
    /// Those of [`build`](Self::build); a pattern that no such layer is like, with the nearest names; a layer that has it
    /// already, or whose kernel has a constraint; a rank of 0.
    pub fn enable_lora(mut self, pattern: &str, lora: Lora) -> Result<Self, ModelError> {
        let plan = self.plan()?;
        let mut known = Vec::new();
        let mut is_any = false;
        for (layer, weights) in self.layers.iter_mut().zip(plan.weights) {
            let has: Vec<String> = layer.adapters().into_iter().map(|own| own.weight).collect();
            for weight in weights.iter().filter(|weight| weight.takes_lora) {
                let path = format!("{}/{}", layer.name, weight.name);
                let places = path.match_indices('/').map(|(at, _)| &path[..at]);
                let owners: Vec<&str> = places.collect();
                if !owners.iter().any(|owner| is_like(owner, pattern)) {
                    known.extend(owners.last().map(|owner| (*owner).to_owned()));
                    continue;
                }
                if has.iter().any(|own| *own == *weight.name) {
                    return Err(ModelError::Lora {
                        weight: path,
                        reason: "it has one already, which can be given but once; `merge_lora` first",
                    });
                }
                is_any = true;
                layer.lora.push(LoraWeight {
                    weight: weight.name.to_string(),
                    rank: lora.rank,
                    alpha: lora.alpha.unwrap_or(lora.rank as f64),
                });
            }
        }
        if is_any {
            // Which says what cannot be.
            self.plan()?;
            return Ok(self);
        }
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let nearest = by_likeness(pattern, &known).into_iter().take(3);
        Err(ModelError::NoLayerLike {
            pattern: pattern.to_owned(),
            nearest: nearest.map(str::to_owned).collect(),
        })
    }

    /// The same network without products of low rank.
    pub(crate) fn without_lora(mut self) -> Self {
        self.layers.iter_mut().for_each(GraphLayer::forget_lora);
        self
    }

    pub(crate) fn has_lora(&self) -> bool {
        self.layers.iter().any(|layer| !layer.adapters().is_empty())
    }
}
