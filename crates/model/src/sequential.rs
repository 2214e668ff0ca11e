mod freezing;
mod layer_names;
mod plan;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::ModelError;
use crate::layers::{Layer, NewLayer, WeightSpec};
use crate::summary::{LayerSummary, Summary};
use firebrick_spec::shortened;
use firebrick_tensor::AnyTensor;
use layer_names::LayerNames;

pub(crate) use plan::PlannedLayer;

/// The description of a network whose layers follow one another: the shape of a sample and a list of
/// layers.
///
/// Describe, check, build: [`build`](Self::build) infers every shape and either gives a network or
/// an error that names the layer, before anything is allocated.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::Device;
/// use firebrick::layers::{Conv2D, Dense, Flatten, MaxPooling2D};
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sequential {
    name: String,
    input_shape: Vec<usize>,
    layers: Vec<SequentialLayer>,
}

/// A layer in its place, with its name.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{layers, self as models}; }
/// use firebrick::layers::{Dense, Dropout};
/// use firebrick::models::Sequential;
///
/// let network = Sequential::new([4]).add(Dense::new(3).frozen()).add(Dropout::new(0.5));
/// let names: Vec<&str> = network.layers().iter().map(|layer| layer.name()).collect();
/// assert_eq!(names, ["dense", "dropout"]);
/// assert!(!network.layers()[0].is_trainable());
/// assert_eq!(network.layers()[1].layer().class_name(), "Dropout");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SequentialLayer {
    name: String,
    layer: Layer,
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    trainable: bool,
}

impl SequentialLayer {
    /// Its name within the network.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its description.
    pub fn layer(&self) -> &Layer {
        &self.layer
    }

    /// Whether training moves its weights.
    pub fn is_trainable(&self) -> bool {
        self.trainable
    }
}

fn yes() -> bool {
    true
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature is serde's"
)]
fn is_yes(flag: &bool) -> bool {
    *flag
}

/// How a layer is asked for: by its name, or by its index counted from 0.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{layers, self as models}; }
/// use firebrick::layers::Dense;
/// use firebrick::models::Sequential;
///
/// let network = Sequential::new([4]).add(Dense::new(3)).add(Dense::new(2).named("answers"));
/// assert_eq!(network.get_layer("answers")?, network.get_layer(1)?);
/// assert!(network.get_layer(2).is_err());
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayerKey<'a> {
    /// By name.
    Name(&'a str),
    /// By index.
    Index(usize),
}

impl<'a> From<&'a str> for LayerKey<'a> {
    fn from(name: &'a str) -> Self {
        Self::Name(name)
    }
}

impl From<usize> for LayerKey<'_> {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

impl fmt::Display for LayerKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "`{}`", shortened(name)),
            Self::Index(index) => write!(f, "of index {index}"),
        }
    }
}

impl Sequential {
    /// A network without layers yet; the shape is that of one sample, channels last, without the
    /// batch axis, e.g. `[28, 28, 1]` or `[784]`.
    pub fn new(input_shape: impl Into<Vec<usize>>) -> Self {
        Self {
            name: "sequential".to_owned(),
            input_shape: input_shape.into(),
            layers: Vec::new(),
        }
    }

    /// A network of a list of layers.
    pub fn from_layers(
        input_shape: impl Into<Vec<usize>>,
        layers: impl IntoIterator<Item = impl Into<NewLayer>>,
    ) -> Self {
        Self::new(input_shape).with_layers(layers)
    }

    /// The name of the network.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Gives the network a name for its summary; `sequential` by default.
    #[must_use = "returns the changed description"]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Adds a layer at the end.
    ///
    /// Without a name of its own it gets Keras' (`dense`, `dense_1`, …), counted within the network. Thousands of layers
    /// are added faster together, by [`from_layers`](Self::from_layers).
    #[must_use = "returns the changed description"]
    #[allow(
        clippy::should_implement_trait,
        reason = "the name is Keras'; adding a layer is no sum"
    )]
    pub fn add(self, layer: impl Into<NewLayer>) -> Self {
        self.with_layers([layer])
    }

    fn with_layers(mut self, layers: impl IntoIterator<Item = impl Into<NewLayer>>) -> Self {
        let mut names = LayerNames::of(self.layers.iter().map(SequentialLayer::name));
        for layer in layers {
            let NewLayer {
                name,
                layer,
                trainable,
            } = layer.into();
            let name = name.unwrap_or_else(|| names.free(&layer.default_name()));
            names.take(&name);
            self.layers.push(SequentialLayer {
                name,
                layer,
                trainable,
            });
        }
        self
    }

    /// The shape of a sample, without the batch axis.
    pub fn input_shape(&self) -> &[usize] {
        &self.input_shape
    }

    /// Brings rows of features into the input shape.
    pub(crate) fn fitted(&self, inputs: AnyTensor) -> Result<AnyTensor, ModelError> {
        let expected = &self.input_shape;
        let mut received = inputs.shape();
        if received[1..] == **expected {
            return Ok(inputs);
        }
        match received[..] {
            [batch_size, features] if features == expected.iter().product::<usize>() => {
                received.truncate(0);
                received.push(batch_size);
                received.extend(expected);
                Ok(inputs.reshaped(&received))
            }
            _ => Err(ModelError::InputShape {
                expected: expected.clone(),
                received,
            }),
        }
    }

    /// The layers from the input on.
    pub fn layers(&self) -> &[SequentialLayer] {
        &self.layers
    }

    /// Puts another layer in the place of one.
    pub(crate) fn replace_layer(&mut self, index: usize, layer: Layer) {
        self.layers[index].layer = layer;
    }

    /// The layers before one of them, as a network.
    pub(crate) fn before(&self, index: usize) -> Self {
        Self {
            layers: self.layers[..index].to_vec(),
            ..self.clone()
        }
    }

    /// A layer by its name or its index.
    ///
    /// # Errors
    /// A name or an index that no layer has; the error lists the names.
    pub fn get_layer<'a>(
        &self,
        key: impl Into<LayerKey<'a>>,
    ) -> Result<&SequentialLayer, ModelError> {
        Ok(&self.layers[self.layer_index(key.into())?])
    }

    pub(crate) fn layer_index(&self, key: LayerKey) -> Result<usize, ModelError> {
        let found = match key {
            LayerKey::Name(name) => self.layers.iter().position(|layer| layer.name == name),
            LayerKey::Index(index) => Some(index).filter(|&index| index < self.layers.len()),
        };
        found.ok_or_else(|| ModelError::UnknownLayer {
            key: key.to_string(),
            known: self.layers.iter().map(|layer| layer.name.clone()).collect(),
        })
    }

    /// What leaves the network for one sample.
    ///
    /// # Errors
    /// Those of [`build`](Self::build).
    pub fn output_shape(&self) -> Result<Vec<usize>, ModelError> {
        let plan = self.plan()?;
        Ok(plan
            .into_iter()
            .next_back()
            .map(|last| last.output)
            .unwrap_or_default())
    }

    /// All weights with their layers' names, in Keras' order.
    ///
    /// # Errors
    /// Those of [`build`](Self::build).
    pub fn weights(&self) -> Result<Vec<(String, WeightSpec)>, ModelError> {
        let name = |layer: &PlannedLayer| layer.described.name.clone();
        Ok(self
            .plan()?
            .into_iter()
            .flat_map(|layer| {
                let name = name(&layer);
                layer
                    .weights
                    .into_iter()
                    .map(move |weight| (name.clone(), weight))
            })
            .collect())
    }

    /// The network layer by layer, without building it.
    ///
    /// # Errors
    /// Those of [`build`](Self::build).
    pub fn summary(&self) -> Result<Summary, ModelError> {
        let row = |layer: PlannedLayer| {
            let count = |is_trainable: bool| -> usize {
                layer
                    .weights
                    .iter()
                    .filter(|weight| weight.is_trainable == is_trainable)
                    .map(WeightSpec::num_params)
                    .sum()
            };
            LayerSummary {
                name: layer.described.name.clone(),
                kind: layer.described.layer.class_name().to_owned(),
                num_params: count(true) + count(false),
                num_trainable_params: count(true),
                output_shape: layer.output,
            }
        };
        let rows = self.plan()?.into_iter().map(row).collect();
        Ok(Summary::new(&self.name, self.input_shape.clone(), rows))
    }
}
