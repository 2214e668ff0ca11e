//! Kernels that learn by products of low rank.

use std::sync::Arc;

use burn::module::Module;

use super::Network;
use crate::error::ModelError;
use crate::graph::Lora;
use crate::layer::HeldWeights;

impl Network {
    /// Has the kernels of all layers whose names are like a pattern, in which `*` stands for any text, learn by a product of
    /// low rank, as Keras' `enable_lora`: those of `Dense`, `EinsumDense`, `Embedding` and of the projections of attention
    /// layers. The kernels themselves stay, and the network answers as before until it is trained.
    ///
    /// [`weight`](Self::weight) gives the kernel without the product. A saved model has their sum, as
    /// [`merge_lora`](Self::merge_lora) makes it; a checkpoint has both. A trainer takes it over when it is compiled with the
    /// network.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::Device;
    /// use firebrick::layers::{Dense, Flatten, MultiHeadAttention};
    /// use firebrick::models::{Lora, Sequential};
    ///
    /// let network = Sequential::new([6, 32])
    ///     .add(MultiHeadAttention::new(4, 8))
    ///     .add(Flatten::new())
    ///     .add(Dense::new(2));
    /// let model = network.build(1, &Device::flex())?;
    /// // Those of queries, keys, values and outputs; or "*/query" for one of them.
    /// let model = model.enable_lora("*attention*", Lora::new(2))?;
    /// assert_eq!(model.weight("multi_head_attention/query/lora_kernel_b")?.shape(), [2, 8]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Errors
    /// A pattern that no such layer is like, with the nearest names; a layer that has it already, or whose kernel has a
    /// constraint; a rank of 0.
    pub fn enable_lora(self, pattern: &str, lora: Lora) -> Result<Self, ModelError> {
        let description = self.config().clone().enable_lora(pattern, lora)?;
        let plan = description.plan()?;
        let device = self.devices().into_iter().next().unwrap_or_default();
        let mut layers = Vec::with_capacity(self.layers.len());
        for (index, held) in self.layers.into_iter().enumerate() {
            let mut new = Vec::new();
            for (place, weight) in plan.weights[index].iter().enumerate() {
                if !held.has(&weight.name) {
                    let stream = index as u64 | (place as u64) << 32;
                    new.push((weight, weight.initial_values(lora.seed, stream)?));
                }
            }
            let adapters = description.layers()[index].adapters();
            layers.push(held.with_weights(new, &device).adapted_by(adapters));
        }
        let network = Self {
            layers,
            description: Arc::new(description),
            plan: Arc::new(plan),
        };
        Ok(network.with_planned_gradients())
    }

    /// The network whose kernels are what they were with their products of low rank, which are there no more: it answers the
    /// same, and training moves the kernels again.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::Device;
    /// use firebrick::layers::Dense;
    /// use firebrick::models::{Lora, Sequential};
    ///
    /// let model = Sequential::new([8]).add(Dense::new(8)).build(1, &Device::flex())?;
    /// let adapted = model.clone().enable_lora("*", Lora::new(2))?;
    /// assert_eq!(adapted.merge_lora().config(), model.config());
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    #[must_use = "returns the changed network"]
    pub fn merge_lora(self) -> Self {
        if !self.config().has_lora() {
            return self;
        }
        let description = self.config().clone().without_lora();
        // What was planned with products can be planned without.
        let Ok(plan) = description.plan() else {
            return self;
        };
        let network = Self {
            layers: self.layers.into_iter().map(HeldWeights::merged).collect(),
            description: Arc::new(description),
            plan: Arc::new(plan),
        };
        network.with_planned_gradients()
    }
}
