use serde::{Deserialize, Deserializer, Serialize, de};

use super::layer_names::LayerNames;
use super::{Form, Graph, GraphLayer, LayerKey};
use crate::error::ModelError;
use crate::layer::{NewLayer, WeightSpec};
use crate::shape::Shape;
use crate::summary::Summary;

/// The description of a network whose layers follow one another: the shape of a sample and a list of
/// layers. It is a [`Graph`] that is a line.
///
/// Describe, check, build: [`build`](Self::build) infers every shape and either gives a network or
/// an error that names the layer, before anything is allocated.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::Device;
/// use firebrick::layers::{Conv2D, Dense, Flatten, Layer, MaxPooling2D};
/// use firebrick::models::{Activation, Sequential};
///
/// let network = Sequential::new([28, 28, 1])
///     .add(Conv2D::new(8, 3).with_activation(Activation::Relu))
///     .add(MaxPooling2D::new(2))
///     .add(Flatten::new())
///     .add(Dense::new(10).with_activation(Activation::Softmax).named("digits"));
/// assert_eq!(network.output_shape()?, [10]);
/// println!("{}", network.summary()?);
/// let model = network.build(42, &Device::flex())?;
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Sequential(pub(super) Graph);

impl Sequential {
    /// A network without layers yet; the shape is that of one sample, channels last, without the
    /// batch axis, e.g. `[28, 28, 1]` or `[784]`.
    pub fn new(input_shape: impl Into<Shape>) -> Self {
        Self(Graph::line("sequential", input_shape.into()))
    }

    /// A network of a list of layers.
    pub fn from_layers(
        input_shape: impl Into<Shape>,
        layers: impl IntoIterator<Item = impl Into<NewLayer>>,
    ) -> Self {
        Self::new(input_shape).with_layers(layers)
    }

    /// The same as a graph.
    pub fn as_line(&self) -> &Graph {
        &self.0
    }

    /// What is known to be a line.
    pub(crate) fn of_line(graph: Graph) -> Self {
        Self(graph)
    }

    /// The name of the network.
    pub fn name(&self) -> &str {
        self.0.name()
    }

    /// Gives the network a name for its summary; `sequential` by default.
    #[must_use = "returns the changed description"]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self(self.0.named(name))
    }

    /// Adds a layer at the end.
    ///
    /// Without a name of its own it gets Keras' (`dense`, `dense_1`, …), counted within the network. Thousands of layers
    /// are added faster together, by [`from_layers`](Self::from_layers).
    #[must_use = "returns the changed description"]
    #[expect(
        clippy::should_implement_trait,
        reason = "the name is Keras'; adding a layer is no sum"
    )]
    pub fn add(self, layer: impl Into<NewLayer>) -> Self {
        self.with_layers([layer])
    }

    /// Takes the last layer off, if there is one.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{layers, self as models}; }
    /// use firebrick::layers::Dense;
    /// use firebrick::models::Sequential;
    ///
    /// let mut network = Sequential::new([4]).add(Dense::new(8)).add(Dense::new(2));
    /// assert_eq!(network.pop().map(|layer| layer.name().to_owned()), Some("dense_1".to_owned()));
    /// assert_eq!(network.output_shape()?, [8]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    pub fn pop(&mut self) -> Option<GraphLayer> {
        self.0.pop()
    }

    fn with_layers(mut self, layers: impl IntoIterator<Item = impl Into<NewLayer>>) -> Self {
        let mut names = LayerNames::of(self.layers().iter().map(GraphLayer::name));
        let added = layers.into_iter().map(|layer| {
            let NewLayer {
                name,
                layer,
                trainable,
            } = layer.into();
            GraphLayer {
                name: names.give(name.as_deref(), || layer.default_name()),
                layer,
                trainable,
                lora: Vec::new(),
            }
        });
        self.0.push(added);
        self
    }

    /// The shape of a sample, without the batch axis.
    pub fn input_shape(&self) -> &Shape {
        self.0.inputs()[0].shape()
    }

    /// The layers from the input on.
    pub fn layers(&self) -> &[GraphLayer] {
        self.0.layers()
    }

    /// A layer by its name or its index.
    ///
    /// # Errors
    /// A name or an index that no layer has; the error lists the names.
    pub fn get_layer<'a>(&self, key: impl Into<LayerKey<'a>>) -> Result<&GraphLayer, ModelError> {
        self.0.get_layer(key)
    }

    /// What leaves the network for one sample.
    ///
    /// # Errors
    /// Those of [`build`](Self::build).
    pub fn output_shape(&self) -> Result<Shape, ModelError> {
        let shapes = self.0.output_shapes()?;
        Ok(shapes.into_iter().next().unwrap_or_default())
    }

    /// All weights with their layers' names, in Keras' order.
    ///
    /// # Errors
    /// Those of [`build`](Self::build).
    pub fn weights(&self) -> Result<Vec<(String, WeightSpec)>, ModelError> {
        self.0.weights()
    }

    /// The network layer by layer, without building it.
    ///
    /// # Errors
    /// Those of [`build`](Self::build).
    pub fn summary(&self) -> Result<Summary, ModelError> {
        self.0.summary()
    }
}

impl From<Sequential> for Graph {
    fn from(network: Sequential) -> Self {
        network.0
    }
}

impl<'de> Deserialize<'de> for Sequential {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let graph = Graph::deserialize(deserializer)?;
        match graph.form() {
            Form::Sequential => Ok(Self(graph)),
            Form::Functional => Err(de::Error::custom(
                "the network is a graph, expected layers that follow one another and the `input_shape` before them",
            )),
        }
    }
}

impl PartialEq<Sequential> for Graph {
    fn eq(&self, network: &Sequential) -> bool {
        *self == network.0
    }
}
