//! Graphs out of lists of layers that say by name what they take from, as files have them.

use firebrick_spec::nearest_name;

use super::layer_names::LayerNames;
use super::{Form, Given, Graph, GraphInput, GraphLayer, GraphNode, Source};
use crate::error::ModelError;
use crate::layer::NewLayer;
use crate::shape::Shape;

/// A layer in a list, and the names of what it takes from.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Add, Dense, Layer};
/// use firebrick::models::{Graph, NamedLayer};
///
/// let layers = [
///     NamedLayer::new(Dense::new(8).named("a")),
///     // Without names it takes from the layer before it.
///     NamedLayer::new(Dense::new(8).named("b")),
///     NamedLayer::new(Add::new()).taking_from(["a", "b"]),
/// ];
/// let network = Graph::from_named([("x", [4].into())], layers, ["add"])?;
/// assert_eq!(network.output_shapes()?, [[8]]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct NamedLayer {
    layer: NewLayer,
    inputs: Vec<String>,
}

impl NamedLayer {
    /// One that takes from the layer before it, or, if it is the first, from the first input.
    pub fn new(layer: impl Into<NewLayer>) -> Self {
        Self {
            layer: layer.into(),
            inputs: Vec::new(),
        }
    }

    /// Says what it takes from: inputs and layers by their names, `name:1` for the output with index 1 of a layer.
    #[must_use = "returns the changed layer"]
    pub fn taking_from<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.inputs = names.into_iter().map(Into::into).collect();
        self
    }
}

impl Graph {
    /// The names that these layers have in a network of them, those without a name of their own included.
    pub fn names_of<'a>(layers: impl IntoIterator<Item = &'a NewLayer>) -> Vec<String> {
        let layers: Vec<&NewLayer> = layers.into_iter().collect();
        let mut names = LayerNames::of(layers.iter().filter_map(|layer| layer.name()));
        let found = layers
            .iter()
            .map(|layer| names.give(layer.name(), || layer.layer.default_name()));
        found.collect()
    }

    /// The names of what a layer takes from, as [`NamedLayer`] has them; `None` where it is called several times.
    pub fn sources_of(&self, layer: usize) -> Option<Vec<String>> {
        let mut calls = self.nodes.iter().filter(|node| node.layer == layer);
        let call = calls.next().filter(|_| calls.next().is_none())?;
        Some(
            call.inputs
                .iter()
                .map(|source| self.source_name(*source))
                .collect(),
        )
    }

    /// The names of what leaves the graph, as [`NamedLayer`] has them.
    pub fn output_sources(&self) -> Vec<String> {
        let outputs = self.outputs.iter();
        outputs.map(|source| self.source_name(*source)).collect()
    }

    fn source_name(&self, source: Source) -> String {
        match source {
            Source::Input(input) => self.inputs[input].name.clone(),
            Source::Node(node, output) => {
                let name = &self.layers[self.nodes[node].layer].name;
                match output {
                    0 => name.clone(),
                    output => format!("{name}:{output}"),
                }
            }
        }
    }

    /// Whether it is a line of layers.
    pub fn is_sequential(&self) -> bool {
        self.form == Form::Sequential
    }

    /// A graph out of named inputs and layers in any order. Without outputs, what the last layer gives leaves it.
    ///
    /// # Errors
    /// A name that is neither an input nor a layer, with the nearest; layers that take from each other in a circle; two
    /// layers of one name.
    pub fn from_named<I: Into<String>, O: Into<String>>(
        inputs: impl IntoIterator<Item = (I, Shape)>,
        layers: impl IntoIterator<Item = NamedLayer>,
        outputs: impl IntoIterator<Item = O>,
    ) -> Result<Self, ModelError> {
        let inputs: Vec<GraphInput> = inputs
            .into_iter()
            .map(|(name, shape)| GraphInput {
                name: name.into(),
                shape,
                place: 0,
                given: Given::Yes,
            })
            .collect();
        let (listed, takes) = named(&inputs, layers.into_iter().collect())?;
        let names = Names {
            inputs: &inputs,
            layers: &listed,
        };
        let mut sources = Vec::with_capacity(listed.len());
        for (index, takes) in takes.iter().enumerate() {
            let whose = format!("layer `{}`", listed[index].name);
            let own = match takes.as_slice() {
                [] => vec![match index.checked_sub(1) {
                    Some(before) => Source::Node(before, 0),
                    None if inputs.is_empty() => return Err(ModelError::ZeroInputs),
                    None => Source::Input(0),
                }],
                takes => takes
                    .iter()
                    .map(|name| names.find(name, &whose))
                    .collect::<Result<_, _>>()?,
            };
            sources.push(own);
        }
        let mut leaving: Vec<Source> = outputs
            .into_iter()
            .map(|name| names.find(&name.into(), "an output"))
            .collect::<Result<_, _>>()?;
        if leaving.is_empty()
            && let Some(last) = listed.len().checked_sub(1)
        {
            leaving.push(Source::Node(last, 0));
        }
        let order = sorted(&sources).map_err(|circle| ModelError::Cycle {
            names: circle
                .into_iter()
                .map(|layer| listed[layer].name.clone())
                .collect(),
        })?;
        Ok(arranged(inputs, listed, &sources, &leaving, &order))
    }
}

/// Layers with names of their own, and what each takes from.
fn named(
    inputs: &[GraphInput],
    layers: Vec<NamedLayer>,
) -> Result<(Vec<GraphLayer>, Vec<Vec<String>>), ModelError> {
    let given = layers
        .iter()
        .filter_map(|named| named.layer.name.as_deref());
    let mut names = LayerNames::of(given.chain(inputs.iter().map(GraphInput::name)));
    let mut listed: Vec<GraphLayer> = Vec::with_capacity(layers.len());
    let mut takes = Vec::with_capacity(layers.len());
    for NamedLayer { layer, inputs } in layers {
        let name = names.give(layer.name(), || layer.layer.default_name());
        if let Some(first) = listed.iter().position(|other| other.name == name) {
            let second = listed.len();
            return Err(ModelError::DuplicateName {
                name,
                first,
                second,
            });
        }
        listed.push(GraphLayer {
            name,
            layer: layer.layer,
            trainable: layer.trainable,
            lora: Vec::new(),
        });
        takes.push(inputs);
    }
    Ok((listed, takes))
}

/// What can be taken from.
struct Names<'a> {
    inputs: &'a [GraphInput],
    layers: &'a [GraphLayer],
}

impl Names<'_> {
    fn find(&self, name: &str, taker: &str) -> Result<Source, ModelError> {
        let exact = |name: &str, output| {
            let layer = self.layers.iter().position(|layer| layer.name == name);
            layer.map(|layer| Source::Node(layer, output))
        };
        let input = self.inputs.iter().position(|input| input.name == name);
        let numbered = || {
            let (name, output) = name.rsplit_once(':')?;
            exact(name, output.parse().ok()?)
        };
        input
            .map(Source::Input)
            .or_else(|| exact(name, 0))
            .or_else(numbered)
            .ok_or_else(|| {
                let inputs = self.inputs.iter().map(GraphInput::name);
                let known: Vec<&str> = inputs
                    .chain(self.layers.iter().map(GraphLayer::name))
                    .collect();
                ModelError::UnknownSource {
                    taker: taker.to_owned(),
                    name: name.to_owned(),
                    nearest: nearest_name(name, &known).map(str::to_owned),
                    known: known.into_iter().map(str::to_owned).collect(),
                }
            })
    }
}

/// The layers, each after those it takes from and otherwise as they stand; or those that go in a circle.
fn sorted(sources: &[Vec<Source>]) -> Result<Vec<usize>, Vec<usize>> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut states = vec![State::New; sources.len()];
    let mut order = Vec::with_capacity(sources.len());
    for start in 0..sources.len() {
        let mut path: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some((layer, next)) = path.pop() {
            if next == 0 {
                match states[layer] {
                    State::Done => continue,
                    State::Open => {
                        let begins = path.iter().position(|(open, _)| *open == layer);
                        let circle = path.split_off(begins.unwrap_or_default());
                        return Err(circle.into_iter().map(|(layer, _)| layer).rev().collect());
                    }
                    State::New => states[layer] = State::Open,
                }
            }
            let Some(source) = sources[layer].get(next) else {
                states[layer] = State::Done;
                order.push(layer);
                continue;
            };
            path.push((layer, next + 1));
            if let Source::Node(before, _) = source {
                path.push((*before, 0));
            }
        }
    }
    Ok(order)
}

/// The graph with its layers in this order.
fn arranged(
    mut inputs: Vec<GraphInput>,
    layers: Vec<GraphLayer>,
    sources: &[Vec<Source>],
    outputs: &[Source],
    order: &[usize],
) -> Graph {
    let mut places = vec![0; order.len()];
    for (place, &layer) in order.iter().enumerate() {
        places[layer] = place;
    }
    let moved = |source: &Source| match *source {
        Source::Node(layer, output) => Source::Node(places[layer], output),
        input @ Source::Input(_) => input,
    };
    let nodes: Vec<GraphNode> = order
        .iter()
        .enumerate()
        .map(|(place, &layer)| GraphNode {
            layer: place,
            call: 0,
            inputs: sources[layer].iter().map(moved).collect(),
        })
        .collect();
    for (index, input) in inputs.iter_mut().enumerate() {
        let takes = |node: &GraphNode| node.inputs.contains(&Source::Input(index));
        input.place = nodes.iter().position(takes).unwrap_or_default();
    }
    let mut slots: Vec<Option<GraphLayer>> = layers.into_iter().map(Some).collect();
    Graph {
        name: "functional".to_owned(),
        form: Form::Functional,
        inputs,
        layers: order
            .iter()
            .filter_map(|&layer| slots[layer].take())
            .collect(),
        outputs: outputs.iter().map(moved).collect(),
        nodes,
    }
}
