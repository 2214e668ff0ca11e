//! Networks as graphs: named layers, and which of them takes from which.

mod as_layer;
mod cutting;
mod form;
mod freezing;
mod host_forms;
mod inner;
mod keras_json;
mod layer_names;
mod lora;
mod named;
mod named_layer;
mod ordering;
mod outline;
mod plan;
mod running;
mod sequential;
mod summary;

use serde::{Deserialize, Serialize};

use crate::error::ModelError;
use crate::layer::{AnyLayer, CallArguments, IntoNodes, WeightSpec};
use crate::shape::Shape;
use crate::summary::Summary;

pub use lora::Lora;
use lora::LoraWeight;
pub use named_layer::NamedLayer;
pub use outline::{Outline, OutlineNode};
pub(crate) use plan::Plan;
pub(crate) use running::called;
pub use sequential::Sequential;
pub(crate) use summary::summary_of;

/// The description of a network: layers, what each takes, and what leaves the whole.
///
/// Keras' functional form. Layers are called on what others give, from the [`input`](crate::input)s on; the graph is what lies between
/// inputs and outputs. Nothing is checked before [`build`](Self::build), or whoever else needs the shapes.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::Device;
/// use firebrick::layers::{Add, Conv2D, Dense, GlobalAveragePooling2D, Layer, Padding};
/// use firebrick::models::{Activation, Graph, input};
///
/// let convolution = || Conv2D::new(16, 3).with_padding(Padding::Same).with_activation(Activation::Relu);
/// // A residual block, for images of any size.
/// let image = input([None, None, Some(3)]);
/// let x = convolution().on(&image);
/// let y = convolution().on(convolution().on(&x));
/// let sum = Add::new().on([&x, &y]);
/// let classes = Dense::new(10).with_activation(Activation::Softmax);
/// let answers = classes.on(GlobalAveragePooling2D::new().on(sum));
///
/// let network = Graph::new([image], [answers]);
/// println!("{}", network.summary()?);
/// let model = network.build(42, &Device::flex())?;
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "form::GraphForm", into = "form::GraphForm")]
pub struct Graph {
    name: String,
    form: Form,
    inputs: Vec<GraphInput>,
    layers: Vec<GraphLayer>,
    /// The calls of the layers, each after those it takes from.
    nodes: Vec<GraphNode>,
    outputs: Vec<Source>,
}

/// In which form a graph was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Layer after layer.
    Sequential,
    /// Layers called on what others give.
    Functional,
}

/// What enters a graph.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Dense, Layer};
/// use firebrick::models::{Graph, named_input};
///
/// let x = named_input("pixels", [784]);
/// let network = Graph::new([&x], [Dense::new(10).on(&x)]);
/// assert_eq!((network.inputs()[0].name(), network.inputs()[0].shape().to_string()), ("pixels", "[784]".to_owned()));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GraphInput {
    name: String,
    shape: Shape,
    /// How many layers stand before it in summaries, in Keras' order.
    #[serde(default)]
    place: usize,
    #[serde(skip)]
    given: Given,
}

/// Whether something is rightly an input of a graph; if not, planning says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Given {
    /// It was given as one.
    #[default]
    Yes,
    /// It is taken from, but was not given.
    Missing,
    /// It was given, but is what a layer gives.
    Call,
    /// It is one of a larger graph, and nothing of this part need take from it.
    Spare,
}

impl GraphInput {
    /// Its name within the network.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The shape of a sample, without the batch axis.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    pub(crate) fn place(&self) -> usize {
        self.place
    }
}

/// A layer in its place, with its name.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{layers, self as models}; }
/// use firebrick::layers::{Dense, Dropout, Layer};
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
pub struct GraphLayer {
    pub(crate) name: String,
    pub(crate) layer: AnyLayer,
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub(crate) trainable: bool,
    /// Which of its weights stay and learn by a product of low rank.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) lora: Vec<LoraWeight>,
}

impl GraphLayer {
    /// Its name within the network.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its description.
    pub fn layer(&self) -> &AnyLayer {
        &self.layer
    }

    /// Whether training moves its weights.
    pub fn is_trainable(&self) -> bool {
        self.trainable
    }
}

/// A call of a layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GraphNode {
    /// Its place among the layers.
    pub(crate) layer: usize,
    /// How often the layer was called before.
    #[serde(default, skip_serializing_if = "is_first")]
    pub(crate) call: usize,
    pub(crate) inputs: Vec<Source>,
    /// How this call differs from what the layer says.
    #[serde(default, skip_serializing_if = "CallArguments::is_plain")]
    pub(crate) arguments: CallArguments,
}

/// Where a signal comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Source {
    /// The input of this place.
    Input(usize),
    /// The node of this place, and which of its outputs.
    Node(usize, usize),
}

/// How a layer is asked for: by its name, or by its index counted from 0.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{layers, self as models}; }
/// use firebrick::layers::{Dense, Layer};
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

impl LayerKey<'_> {
    /// The place of the layer among these.
    ///
    /// # Errors
    /// A name or an index that no layer has; the error lists the names.
    pub(crate) fn find(self, layers: &[GraphLayer]) -> Result<usize, ModelError> {
        let found = match self {
            Self::Name(name) => layers.iter().position(|layer| layer.name == name),
            Self::Index(index) => Some(index).filter(|&index| index < layers.len()),
        };
        found.ok_or_else(|| ModelError::UnknownLayer {
            key: self.to_string(),
            known: layers.iter().map(|layer| layer.name.clone()).collect(),
        })
    }
}

impl std::fmt::Display for LayerKey<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(name) => write!(f, "`{}`", firebrick_spec::shortened(name)),
            Self::Index(index) => write!(f, "of index {index}"),
        }
    }
}

fn yes() -> bool {
    true
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature is serde's"
)]
fn is_yes(flag: &bool) -> bool {
    *flag
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature is serde's"
)]
fn is_first(call: &usize) -> bool {
    *call == 0
}

impl Graph {
    /// What lies between these inputs and these outputs.
    ///
    /// Layers without a name get Keras' (`dense`, `dense_1`, …), in the order in which they were called.
    pub fn new(inputs: impl IntoNodes, outputs: impl IntoNodes) -> Self {
        ordering::between(&inputs.into_nodes(), &outputs.into_nodes())
    }

    /// A line without layers yet.
    pub(crate) fn line(name: &str, input_shape: Shape) -> Self {
        Self {
            name: name.to_owned(),
            form: Form::Sequential,
            inputs: vec![GraphInput {
                name: "input".to_owned(),
                shape: input_shape,
                place: 0,
                given: Given::Yes,
            }],
            layers: Vec::new(),
            nodes: Vec::new(),
            outputs: Vec::new(),
        }
    }

    /// The name of the network.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Gives the network a name for its summary; `functional` by default.
    #[must_use = "returns the changed description"]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// What enters.
    pub fn inputs(&self) -> &[GraphInput] {
        &self.inputs
    }

    /// All layers, in Keras' order: those before others first.
    pub fn layers(&self) -> &[GraphLayer] {
        &self.layers
    }

    /// A layer by its name or its index.
    ///
    /// # Errors
    /// A name or an index that no layer has; the error lists the names.
    pub fn get_layer<'a>(&self, key: impl Into<LayerKey<'a>>) -> Result<&GraphLayer, ModelError> {
        Ok(&self.layers[key.into().find(&self.layers)?])
    }

    /// The same with other layers in the place of these, under the same names, as by the `clone_function` of Keras'
    /// `clone_model`; a layer that is frozen stays so. A network within is handed over as a whole.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::layers::{Dense, Dropout, Identity};
    /// use firebrick::models::{Graph, Sequential};
    ///
    /// let network = Sequential::new([4]).add(Dense::new(8)).add(Dropout::new(0.5)).add(Dense::new(2));
    /// let without_dropout = Graph::from(network).map_layers(|layer| match layer.layer().downcast_ref::<Dropout>() {
    ///     Some(_) => Identity::new().into(),
    ///     None => layer.layer().clone(),
    /// });
    /// assert_eq!(without_dropout.get_layer("dropout")?.layer().class_name(), "Identity");
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    #[must_use = "returns the changed description"]
    pub fn map_layers(mut self, mut map: impl FnMut(&GraphLayer) -> AnyLayer) -> Self {
        for node in &mut self.nodes {
            if let Some(called_as) = &mut node.arguments.called_as {
                let layer = called_as.clone();
                *called_as = map(&GraphLayer {
                    layer,
                    ..self.layers[node.layer].clone()
                });
            }
        }
        for layer in &mut self.layers {
            layer.layer = map(layer);
        }
        self
    }

    /// Adds layers to the end of a line.
    pub(crate) fn push(&mut self, layers: impl IntoIterator<Item = GraphLayer>) {
        for layer in layers {
            let index = self.layers.len();
            let source = index
                .checked_sub(1)
                .map_or(Source::Input(0), |node| Source::Node(node, 0));
            self.layers.push(layer);
            self.nodes.push(GraphNode {
                layer: index,
                call: 0,
                inputs: vec![source],
                arguments: CallArguments::default(),
            });
            self.outputs = vec![Source::Node(index, 0)];
        }
    }

    /// Takes the last layer off a line.
    pub(crate) fn pop(&mut self) -> Option<GraphLayer> {
        self.nodes.pop();
        let last = self.nodes.len().checked_sub(1);
        self.outputs = last.map(|node| Source::Node(node, 0)).into_iter().collect();
        self.layers.pop()
    }

    /// Puts another layer in the place of one.
    pub(crate) fn replace_layer(&mut self, index: usize, layer: AnyLayer) {
        self.layers[index].layer = layer;
    }

    /// What a call says of its layer.
    pub(crate) fn called(&self, node: usize) -> &AnyLayer {
        let node = &self.nodes[node];
        let layer = &self.layers[node.layer].layer;
        node.arguments.called_as.as_ref().unwrap_or(layer)
    }

    pub(crate) fn nodes(&self) -> &[GraphNode] {
        &self.nodes
    }

    pub(crate) fn outputs(&self) -> &[Source] {
        &self.outputs
    }

    pub(crate) fn form(&self) -> Form {
        self.form
    }

    /// The names of what leaves: those of the layers that give it, and of inputs that leave as they are.
    pub fn output_names(&self) -> Vec<&str> {
        let name = |source: &Source| match *source {
            Source::Input(input) => self.inputs[input].name.as_str(),
            Source::Node(node, _) => self.layers[self.nodes[node].layer].name.as_str(),
        };
        self.outputs.iter().map(name).collect()
    }

    /// The shapes of what leaves, without the batch axis.
    ///
    /// # Errors
    /// Those of [`build`](Self::build).
    pub fn output_shapes(&self) -> Result<Vec<Shape>, ModelError> {
        Ok(self.plan()?.outputs)
    }

    /// The network layer by layer, without building it.
    ///
    /// # Errors
    /// Those of [`build`](Self::build).
    pub fn summary(&self) -> Result<Summary, ModelError> {
        Ok(summary_of(self, &self.plan()?))
    }

    /// All weights with their layers' names, in Keras' order.
    ///
    /// # Errors
    /// Those of [`build`](Self::build).
    pub fn weights(&self) -> Result<Vec<(String, WeightSpec)>, ModelError> {
        let plan = self.plan()?;
        let named = self.layers.iter().zip(plan.weights);
        Ok(named
            .flat_map(|(layer, weights)| {
                let name = layer.name.clone();
                weights
                    .into_iter()
                    .map(move |weight| (name.clone(), weight))
            })
            .collect())
    }

    /// Which calls these sources depend on, themselves included.
    fn needed_for(&self, sources: &[Source]) -> Vec<bool> {
        let mut is_needed = vec![false; self.nodes.len()];
        let mut waiting = sources.to_vec();
        while let Some(source) = waiting.pop() {
            if let Source::Node(node, _) = source
                && !std::mem::replace(&mut is_needed[node], true)
            {
                waiting.extend(&self.nodes[node].inputs);
            }
        }
        is_needed
    }

    /// The layers that a call depends on, its own not included.
    pub(crate) fn layers_before(&self, node: usize) -> Vec<usize> {
        let is_needed = self.needed_for(&self.nodes[node].inputs);
        let needed = self
            .nodes
            .iter()
            .zip(is_needed)
            .filter(|(_, is_needed)| *is_needed);
        needed.map(|(node, _)| node.layer).collect()
    }

    /// A part of the graph with the same inputs: all that these sources depend on.
    pub(crate) fn up_to(&self, outputs: Vec<Source>) -> Self {
        let is_needed = self.needed_for(&outputs);
        let mut part = Self {
            name: self.name.clone(),
            form: Form::Functional,
            inputs: self.inputs.clone(),
            layers: Vec::new(),
            nodes: Vec::new(),
            outputs: Vec::new(),
        };
        for input in &mut part.inputs {
            input.given = Given::Spare;
        }
        let mut layers = vec![None; self.layers.len()];
        let needed_layers = self.nodes.iter().zip(&is_needed);
        for (node, _) in needed_layers.filter(|(_, is_needed)| **is_needed) {
            layers[node.layer] = Some(0);
        }
        for (index, place) in layers.iter_mut().enumerate() {
            if let Some(place) = place {
                *place = part.layers.len();
                part.layers.push(self.layers[index].clone());
            }
        }
        let mut nodes = vec![0; self.nodes.len()];
        let mut calls = vec![0; part.layers.len()];
        let moved = |source: Source, nodes: &[usize]| match source {
            Source::Node(node, output) => Source::Node(nodes[node], output),
            input @ Source::Input(_) => input,
        };
        for (index, node) in self.nodes.iter().enumerate() {
            let Some(layer) = layers[node.layer].filter(|_| is_needed[index]) else {
                continue;
            };
            nodes[index] = part.nodes.len();
            let inputs = node.inputs.iter().map(|&source| moved(source, &nodes));
            let inputs = inputs.collect();
            part.nodes.push(GraphNode {
                layer,
                call: calls[layer],
                inputs,
                arguments: node.arguments.clone(),
            });
            calls[layer] += 1;
        }
        part.outputs = outputs
            .into_iter()
            .map(|source| moved(source, &nodes))
            .collect();
        part
    }
}
