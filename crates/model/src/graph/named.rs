//! Graphs out of lists of layers that say by name what they take from, as files have them.

use firebrick_spec::nearest_name;

use super::layer_names::LayerNames;
use super::named_layer::{Called, NamedLayer, called_as};
use super::{Form, Given, Graph, GraphInput, GraphLayer, GraphNode, LayerKey, Source};
use crate::error::ModelError;
use crate::layer::{AnyLayer, CallArguments};
use crate::shape::Shape;

impl Graph {
    /// The names that these layers have in a network of them, those without a name of their own included.
    pub fn names_of<'a>(layers: impl IntoIterator<Item = &'a NamedLayer>) -> Vec<String> {
        let layers: Vec<&NamedLayer> = layers.into_iter().collect();
        let mut names = LayerNames::of(layers.iter().filter_map(|layer| layer.name()));
        let found = layers
            .iter()
            .map(|layer| names.give(layer.name(), || layer.default_name()));
        found.collect()
    }

    /// The names of what a layer takes from, as [`NamedLayer`] has them; `None` where it is called several times, or with
    /// arguments of its own.
    pub fn sources_of(&self, layer: usize) -> Option<Vec<String>> {
        let mut calls = self.nodes.iter().filter(|node| node.layer == layer);
        let call = calls.next().filter(|_| calls.next().is_none())?;
        if !call.arguments.is_plain() {
            return None;
        }
        Some(
            call.inputs
                .iter()
                .map(|source| self.source_name(*source))
                .collect(),
        )
    }

    /// The network with another layer in the place of this one, whose name and calls stay.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::layers::Dense;
    /// use firebrick::models::{Graph, Sequential};
    ///
    /// let network: Graph = Sequential::new([3]).add(Dense::new(2)).into();
    /// let network = network.with_layer("dense", Dense::new(5))?;
    /// assert_eq!(network.output_shapes()?[0], [5]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Errors
    /// A layer that it does not have.
    pub fn with_layer<'a>(
        mut self,
        key: impl Into<LayerKey<'a>>,
        layer: impl Into<AnyLayer>,
    ) -> Result<Self, ModelError> {
        let index = key.into().find(&self.layers)?;
        self.replace_layer(index, layer.into());
        Ok(self)
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
    /// A name that is neither an input nor a layer, with the nearest; another call of no layer, or with arguments that it has not; layers that take from each other in a circle; two
    /// layers of one name; a layer that no output depends on.
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
        let (listed, items) = named(&inputs, layers.into_iter().collect())?;
        let names = Names {
            inputs: &inputs,
            items: &items,
        };
        let mut sources = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let whose = format!("layer `{}`", item.name);
            let own = match item.takes.as_slice() {
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
            && let Some(last) = items.len().checked_sub(1)
        {
            leaving.push(Source::Node(last, 0));
        }
        let order = sorted(&sources).map_err(|circle| ModelError::Cycle {
            names: circle
                .into_iter()
                .map(|item| items[item].name.clone())
                .collect(),
        })?;
        let described = Described {
            inputs,
            layers: listed,
            items,
        };
        let graph = described.arranged(&sources, &leaving, &order);
        graph.check_layers_used()?;
        Ok(graph)
    }

    /// Whether every layer is there for something.
    fn check_layers_used(&self) -> Result<(), ModelError> {
        let is_needed = self.needed_for(&self.outputs);
        match is_needed.iter().position(|is_needed| !is_needed) {
            Some(node) => Err(ModelError::UnusedLayer {
                layer: self.layers[self.nodes[node].layer].name.clone(),
                outputs: self.output_names().into_iter().map(str::to_owned).collect(),
            }),
            None => Ok(()),
        }
    }
}

/// A call in a list.
struct Item {
    name: String,
    /// The place of the layer among the layers.
    layer: usize,
    takes: Vec<String>,
    arguments: CallArguments,
}

/// Layers with names of their own, and the calls of them.
fn named(
    inputs: &[GraphInput],
    layers: Vec<NamedLayer>,
) -> Result<(Vec<GraphLayer>, Vec<Item>), ModelError> {
    let given = layers.iter().filter_map(NamedLayer::name);
    let mut names = LayerNames::of(given.chain(inputs.iter().map(GraphInput::name)));
    let mut listed: Vec<GraphLayer> = Vec::with_capacity(layers.len());
    let mut items: Vec<Item> = Vec::with_capacity(layers.len());
    let mut again = Vec::new();
    for named in layers {
        let name = names.give(named.name(), || named.default_name());
        let second = items.len();
        if let Some(first) = items.iter().position(|other| other.name == name) {
            return Err(ModelError::DuplicateName {
                name,
                first,
                second,
            });
        }
        let arguments = CallArguments {
            called_as: None,
            in_inference: named.in_inference,
        };
        items.push(Item {
            name: name.clone(),
            layer: listed.len(),
            takes: named.inputs,
            arguments,
        });
        match named.called {
            Called::New(layer) => listed.push(GraphLayer {
                name,
                layer: layer.layer,
                trainable: layer.trainable,
                lora: Vec::new(),
            }),
            Called::Again {
                layer, arguments, ..
            } => again.push((second, layer, arguments)),
        }
    }
    for (item, name, arguments) in again {
        let found = listed.iter().position(|layer| layer.name == name);
        let Some(layer) = found else {
            let known: Vec<&str> = listed.iter().map(GraphLayer::name).collect();
            return Err(ModelError::UnknownShared {
                call: items[item].name.clone(),
                nearest: nearest_name(&name, &known).map(str::to_owned),
                known: known.into_iter().map(str::to_owned).collect(),
                layer: name,
            });
        };
        items[item].layer = layer;
        if !arguments.is_empty() {
            let called_as = called_as(&listed[layer].layer, &arguments)?;
            items[item].arguments.called_as = Some(called_as);
        }
    }
    Ok((listed, items))
}

/// What can be taken from.
struct Names<'a> {
    inputs: &'a [GraphInput],
    items: &'a [Item],
}

impl Names<'_> {
    fn find(&self, name: &str, taker: &str) -> Result<Source, ModelError> {
        let exact = |name: &str, output| {
            let item = self.items.iter().position(|item| item.name == name);
            item.map(|item| Source::Node(item, output))
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
                    .chain(self.items.iter().map(|item| item.name.as_str()))
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

/// What a list says.
struct Described {
    inputs: Vec<GraphInput>,
    layers: Vec<GraphLayer>,
    items: Vec<Item>,
}

impl Described {
    /// The graph with its calls in this order, and its layers in that of their first calls.
    fn arranged(mut self, sources: &[Vec<Source>], outputs: &[Source], order: &[usize]) -> Graph {
        let mut places = vec![0; order.len()];
        for (place, &item) in order.iter().enumerate() {
            places[item] = place;
        }
        let moved = |source: &Source| match *source {
            Source::Node(item, output) => Source::Node(places[item], output),
            input @ Source::Input(_) => input,
        };
        let mut layer_places: Vec<Option<usize>> = vec![None; self.layers.len()];
        let mut calls = vec![0; self.layers.len()];
        let mut layers = Vec::with_capacity(self.layers.len());
        let mut nodes: Vec<GraphNode> = Vec::with_capacity(order.len());
        for &index in order {
            let item = &mut self.items[index];
            let layer = *layer_places[item.layer].get_or_insert_with(|| {
                layers.push(self.layers[item.layer].clone());
                layers.len() - 1
            });
            nodes.push(GraphNode {
                layer,
                call: calls[layer],
                inputs: sources[index].iter().map(moved).collect(),
                arguments: std::mem::take(&mut item.arguments),
            });
            calls[layer] += 1;
        }
        for (index, input) in self.inputs.iter_mut().enumerate() {
            let takes = |node: &&GraphNode| node.inputs.contains(&Source::Input(index));
            let first = nodes.iter().find(takes);
            input.place = first.map(|node| node.layer).unwrap_or_default();
        }
        Graph {
            name: "functional".to_owned(),
            form: Form::Functional,
            inputs: self.inputs,
            layers,
            outputs: outputs.iter().map(moved).collect(),
            nodes,
        }
    }
}
