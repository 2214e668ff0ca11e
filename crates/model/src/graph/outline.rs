use super::{Graph, GraphNode, Plan, Sequential, Source};
use crate::error::ModelError;
use crate::layer::{AnyLayer, WeightSpec};
use crate::shape::Shape;
use firebrick_spec::Value;

/// A network as a picture needs it: every input, every call of a layer, and what each takes from.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Add, Dense, Layer};
/// use firebrick::models::{Graph, input};
///
/// let x = input([8]);
/// let y = Add::new().on([&x, &Dense::new(8).on(&x)]);
/// let outline = Graph::new([x], [y]).outline()?;
/// let names: Vec<&str> = outline.nodes.iter().map(|node| node.name.as_str()).collect();
/// assert_eq!(names, ["input", "dense", "add"]);
/// // Indices of nodes that stand before.
/// assert_eq!(outline.nodes[2].takes_from, [0, 1]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// The network's name.
    pub name: String,
    /// Inputs first, then the calls, each after those it takes from.
    pub nodes: Vec<OutlineNode>,
}

/// An input of a network, or a call of one of its layers.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::Dense;
/// use firebrick::models::{Activation, Sequential};
///
/// let network = Sequential::new([8]).add(Dense::new(3).with_activation(Activation::Relu));
/// let node = &network.as_line().outline()?.nodes[1];
/// assert_eq!((node.class_name.as_str(), node.activation.as_deref()), ("Dense", Some("relu")));
/// assert_eq!((&node.input_shapes[..], node.num_params), (&[[8].into()][..], 27));
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutlineNode {
    /// The name of the input or the layer.
    pub name: String,
    /// What kind of layer it is; `InputLayer` of an input.
    pub class_name: String,
    /// The layer's activation, if it has one that does something.
    pub activation: Option<String>,
    /// Which call of the layer it is, counted from 1, and how many there are.
    pub call: (usize, usize),
    /// What this call says otherwise than the layer, as Keras' arguments of a call, e.g. `reverse=true`.
    pub arguments: Vec<String>,
    /// The shapes that enter, without the batch axis.
    pub input_shapes: Vec<Shape>,
    /// The shapes that leave.
    pub output_shapes: Vec<Shape>,
    /// The weights of the layer.
    pub num_params: usize,
    /// Whether training moves any of them; true where there are none and nobody has frozen it.
    pub is_trainable: bool,
    /// The nodes that it takes from, by their indices.
    pub takes_from: Vec<usize>,
    /// The network that it is, if it is one.
    pub inside: Option<Outline>,
}

impl Graph {
    /// Every input and every call of a layer, with the shapes that were inferred.
    ///
    /// # Errors
    /// Those of [`build`](Self::build).
    pub fn outline(&self) -> Result<Outline, ModelError> {
        Ok(self.outline_of(&self.plan()?))
    }

    pub(crate) fn outline_of(&self, plan: &Plan) -> Outline {
        let inputs = self.inputs.iter().map(|input| OutlineNode {
            name: input.name.clone(),
            class_name: "InputLayer".to_owned(),
            activation: None,
            call: (1, 1),
            arguments: Vec::new(),
            input_shapes: Vec::new(),
            output_shapes: vec![input.shape.clone()],
            num_params: 0,
            is_trainable: true,
            takes_from: Vec::new(),
            inside: None,
        });
        let calls = (0..self.nodes.len()).map(|node| self.outline_node(node, plan));
        Outline {
            name: self.name.clone(),
            nodes: inputs.chain(calls).collect(),
        }
    }

    fn outline_node(&self, index: usize, plan: &Plan) -> OutlineNode {
        let node = &self.nodes[index];
        let described = &self.layers[node.layer];
        let calls = |other: &&GraphNode| other.layer == node.layer;
        let planned = &plan.nodes[index];
        let place = |source: &Source| match *source {
            Source::Input(input) => input,
            Source::Node(node, _) => self.inputs.len() + node,
        };
        let weights = &plan.weights[node.layer];
        OutlineNode {
            name: described.name.clone(),
            class_name: described.layer.class_name().to_owned(),
            activation: activation_of(self.called(index)),
            call: (node.call + 1, self.nodes.iter().filter(calls).count()),
            arguments: node.arguments.texts(&described.layer),
            input_shapes: planned.inputs.clone(),
            output_shapes: planned.outputs.clone(),
            num_params: weights.iter().map(WeightSpec::num_params).sum(),
            is_trainable: described.trainable
                && (weights.is_empty() || weights.iter().any(|weight| weight.is_trainable)),
            takes_from: node.inputs.iter().map(place).collect(),
            inside: inner(&described.layer).and_then(|inner| {
                let inner = inner.taking(&planned.inputs).ok()?;
                inner.outline().ok()
            }),
        }
    }
}

/// The network that a layer is, if it is one.
pub(super) fn inner(layer: &AnyLayer) -> Option<&Graph> {
    let line = layer.downcast_ref::<Sequential>().map(Sequential::as_line);
    layer.downcast_ref::<Graph>().or(line)
}

/// What a layer says of its activation, but for the one that does nothing.
fn activation_of(layer: &AnyLayer) -> Option<String> {
    let spec = layer.to_spec().ok()?;
    match spec.get("activation")? {
        Value::Text(name) if name != "linear" => Some(name.clone()),
        Value::Table(arguments) => {
            let mut arguments = arguments.iter();
            let name = arguments.find(|argument| argument.name == "class_name")?;
            match &name.value {
                Value::Text(name) => Some(name.clone()),
                _ => None,
            }
        }
        _ => None,
    }
}
