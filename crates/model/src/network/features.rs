//! Networks made of a trained one: what its layers give, and the same with weights of their own.

use std::sync::Arc;

use burn::tensor::Device;

use super::Network;
use crate::error::ModelError;

impl Network {
    /// The part of this network that gives what these layers give, with copies of its weights: features of what it has
    /// learned, for a network of another kind, a picture or a comparison. As Keras' `Model(model.inputs, [layer.output, …])`.
    ///
    /// Outputs have the order that is asked for and the names of their layers; see [`Graph::with_outputs`](crate::Graph::with_outputs) for
    /// layers of networks within, and those that give several outputs or are called several times.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::{Conv2D, Dense, GlobalAveragePooling2D, Layer};
    /// use firebrick::models::{Graph, Model, input};
    ///
    /// let image = input([None, None, Some(1)]);
    /// let x = Conv2D::new(4, 3).named("edges").on(&image);
    /// let pooled = GlobalAveragePooling2D::new().named("features").on(&x);
    /// let network = Graph::new([image], [Dense::new(10).on(pooled)]).build(1, &Device::flex())?;
    ///
    /// let features = network.with_outputs(["edges", "features"])?;
    /// assert_eq!(features.output_names(), ["edges", "features"]);
    /// let images = Tensor::<4>::ones([2, 8, 8, 1], &Device::flex());
    /// let answers = features.predict_all(images.into())?;
    /// assert_eq!((answers[0].shape(), answers[1].shape()), (vec![2, 6, 6, 4], vec![2, 4]));
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Errors
    /// A name that no layer has; the error lists those there are. A layer that is called several times, if it is not said
    /// which call is meant.
    pub fn with_outputs<N: AsRef<str>>(
        &self,
        names: impl IntoIterator<Item = N>,
    ) -> Result<Self, ModelError> {
        let cut = self.description.cut(names)?;
        let plan = cut.graph.plan()?;
        let layers = cut.origins.iter().zip(cut.graph.layers());
        let layers = layers.map(|(origin, layer)| {
            let class_name = layer.layer().class_name();
            let part = self.layers[origin.layer].part(&origin.path, class_name);
            part.adapted_by(layer.adapters())
        });
        let network = Self {
            layers: layers.collect(),
            description: Arc::new(cut.graph),
            plan: Arc::new(plan),
        };
        Ok(network.with_planned_gradients())
    }

    /// A network of the same description with initial weights of its own, by a seed, as Keras' `clone_model`.
    ///
    /// With other layers in the place of some, as by Keras' `clone_function`, it is
    /// `network.config().clone().map_layers(…)`; see [`Graph::map_layers`](crate::Graph::map_layers).
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::Device;
    /// use firebrick::layers::Dense;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// let one = Sequential::new([4]).add(Dense::new(3)).build(1, &device)?;
    /// let other = one.clone_model(2, &device)?;
    /// assert_eq!(other.config(), one.config());
    /// assert_ne!(other.weight("dense/kernel")?, one.weight("dense/kernel")?);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Errors
    /// A device that fails.
    pub fn clone_model(&self, seed: u64, device: &Device) -> Result<Self, ModelError> {
        self.description.build(seed, device)
    }
}
