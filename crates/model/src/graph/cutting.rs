//! Parts of a network that end at other outputs: for features of a trained network.

use super::outline::inner;
use super::{Form, Given, Graph, GraphInput, GraphLayer, GraphNode, Source};
use crate::error::ModelError;
use crate::layer::CallArguments;

/// A part of a network, and where its layers come from.
pub(crate) struct Cut {
    pub(crate) graph: Graph,
    pub(crate) origins: Vec<LayerOrigin>,
}

/// Where a layer of a part stands in the whole.
#[derive(Clone, Debug)]
pub(crate) struct LayerOrigin {
    /// The layer of the whole.
    pub(crate) layer: usize,
    /// Where its weights lie within those of that layer, e.g. `conv2d/`; empty for all of them.
    pub(crate) path: String,
}

impl Graph {
    /// The part of the network that gives what these layers give, as Keras' `Model(model.inputs, [layer.output, …])`.
    ///
    /// A layer is meant by its name, one of a network within the network by its path: `encoder/conv2d`; then the layers of
    /// that network stand in the part, each under its path. `name:1` is the output with index 1 of a layer that gives
    /// several, `name[1][0]` the first output of the second call of a layer that is called several times, as summaries
    /// write it. Inputs that nothing depends on are left out. A built network has its
    /// own [`with_outputs`](crate::Network::with_outputs), which keeps the weights.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{layers, self as models}; }
    /// use firebrick::layers::{Dense, Layer};
    /// use firebrick::models::{Graph, Sequential};
    ///
    /// let network = Sequential::new([4]).add(Dense::new(8).named("features")).add(Dense::new(3));
    /// let part = Graph::from(network).with_outputs(["features"])?;
    /// assert_eq!(part.output_shapes()?, [[8]]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Errors
    /// A name that no layer has; the error lists those there are. A layer that is called several times, if it is not said
    /// which call is meant. Those of [`build`](Self::build).
    pub fn with_outputs<N: AsRef<str>>(
        &self,
        names: impl IntoIterator<Item = N>,
    ) -> Result<Self, ModelError> {
        self.plan()?;
        Ok(self.cut(names)?.graph)
    }

    /// The same of a graph that was checked.
    pub(crate) fn cut<N: AsRef<str>>(
        &self,
        names: impl IntoIterator<Item = N>,
    ) -> Result<Cut, ModelError> {
        let names: Vec<N> = names.into_iter().collect();
        let mut cut = Cut {
            graph: self.clone(),
            origins: (0..self.layers.len())
                .map(|layer| LayerOrigin {
                    layer,
                    path: String::new(),
                })
                .collect(),
        };
        for name in &names {
            while let Some(layer) = cut.graph.network_around(name.as_ref()) {
                cut = cut.inlined(layer);
            }
        }
        let outputs = names
            .iter()
            .map(|name| cut.graph.output_of(name.as_ref(), self))
            .collect::<Result<_, _>>()?;
        Ok(cut.up_to(outputs))
    }

    /// The network within this one in which a layer of this path lies.
    fn network_around(&self, path: &str) -> Option<usize> {
        if self.find_output(path).is_some() {
            return None;
        }
        self.layers.iter().position(|layer| {
            let rest = path.strip_prefix(layer.name.as_str());
            rest.is_some_and(|rest| rest.starts_with('/')) && inner(&layer.layer).is_some()
        })
    }

    /// The layer of a name, with the call and the output if the name says so, or an input.
    fn find_output(&self, name: &str) -> Option<(Found, Option<usize>, usize)> {
        let exact = |name: &str| {
            let layer = self.layers.iter().position(|layer| layer.name == name);
            let input = || self.inputs.iter().position(|input| input.name == name);
            layer
                .map(Found::Layer)
                .or_else(|| input().map(Found::Input))
        };
        if let Some(found) = exact(name) {
            return Some((found, None, 0));
        }
        if let Some((name, output)) = name.rsplit_once(':') {
            return Some((exact(name)?, None, output.parse().ok()?));
        }
        let (name, numbers) = name.split_once('[')?;
        let numbers = numbers.strip_suffix(']')?;
        let (call, output) = match numbers.split_once("][") {
            Some((call, output)) => (call, output.parse().ok()?),
            None => (numbers, 0),
        };
        Some((exact(name)?, Some(call.parse().ok()?), output))
    }

    /// Where what is asked for comes from; `whole` is what it was asked of.
    fn output_of(&self, name: &str, whole: &Self) -> Result<Source, ModelError> {
        let unknown = || ModelError::UnknownLayer {
            key: format!("`{}`", firebrick_spec::shortened(name)),
            known: whole.paths(),
        };
        let (layer, call, output) = match self.find_output(name).ok_or_else(unknown)? {
            (Found::Input(input), ..) => return Ok(Source::Input(input)),
            (Found::Layer(layer), call, output) => (layer, call, output),
        };
        let calls: Vec<usize> = (0..self.nodes.len())
            .filter(|&node| self.nodes[node].layer == layer)
            .collect();
        let node = match (call, calls.as_slice()) {
            (None, &[node]) => Some(node),
            (Some(call), calls) => calls.get(call).copied(),
            (None, _) => None,
        };
        node.map(|node| Source::Node(node, output))
            .ok_or_else(|| ModelError::SeveralCalls {
                layer: self.layers[layer].name.clone(),
                calls: calls.len(),
                asked: name.to_owned(),
            })
    }

    /// The paths of all layers, those of networks within included.
    fn paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        for layer in &self.layers {
            paths.push(layer.name.clone());
            let within = inner(&layer.layer).map(Self::paths).unwrap_or_default();
            paths.extend(within.iter().map(|path| format!("{}/{path}", layer.name)));
        }
        paths
    }
}

/// What a name means.
enum Found {
    Layer(usize),
    Input(usize),
}

/// What stands for a call.
enum Moved {
    /// The same call in another place.
    To(usize),
    /// Each of its outputs comes from somewhere else.
    Within(Vec<Source>),
}

fn to_part(source: Source, moved: &[Moved]) -> Source {
    match source {
        Source::Input(_) => source,
        Source::Node(node, output) => match &moved[node] {
            Moved::To(node) => Source::Node(*node, output),
            Moved::Within(sources) => sources[output],
        },
    }
}

impl Cut {
    /// The same with the layers of a network within in its place.
    fn inlined(self, outer: usize) -> Self {
        let Self {
            graph,
            origins: whole,
        } = self;
        let Some(part) = inner(&graph.layers[outer].layer).cloned() else {
            unreachable!("it was looked for");
        };
        let (mut layers, mut origins) = (Vec::new(), Vec::new());
        // The places of the layers that stay.
        let mut places = vec![0; graph.layers.len()];
        let mut begins = 0;
        for (index, layer) in graph.layers.iter().enumerate() {
            places[index] = layers.len();
            if index != outer {
                layers.push(layer.clone());
                origins.push(whole[index].clone());
                continue;
            }
            begins = layers.len();
            for inside in &part.layers {
                let of_layer = layer.lora.iter();
                let of_layer = of_layer.filter_map(|lora| lora.of_part(&inside.name));
                layers.push(GraphLayer {
                    name: format!("{}/{}", layer.name, inside.name),
                    layer: inside.layer.clone(),
                    trainable: inside.trainable && layer.trainable,
                    lora: inside.lora.iter().cloned().chain(of_layer).collect(),
                });
                origins.push(LayerOrigin {
                    layer: whole[index].layer,
                    path: format!("{}{}/", whole[index].path, inside.name),
                });
            }
        }
        let mut nodes: Vec<GraphNode> = Vec::new();
        let mut calls = vec![0; layers.len()];
        let mut call_of = |layer: usize| {
            calls[layer] += 1;
            calls[layer] - 1
        };
        let mut moved: Vec<Moved> = Vec::new();
        for node in &graph.nodes {
            let inputs: Vec<Source> = node
                .inputs
                .iter()
                .map(|source| to_part(*source, &moved))
                .collect();
            if node.layer != outer {
                let layer = places[node.layer];
                moved.push(Moved::To(nodes.len()));
                nodes.push(GraphNode {
                    layer,
                    call: call_of(layer),
                    inputs,
                    arguments: node.arguments.clone(),
                });
                continue;
            }
            let first = nodes.len();
            let within = |source: &Source| match *source {
                Source::Input(input) => inputs[input],
                Source::Node(node, output) => Source::Node(first + node, output),
            };
            for inside in &part.nodes {
                let layer = begins + inside.layer;
                nodes.push(GraphNode {
                    layer,
                    call: call_of(layer),
                    inputs: inside.inputs.iter().map(within).collect(),
                    arguments: CallArguments {
                        in_inference: inside.arguments.in_inference || node.arguments.in_inference,
                        ..inside.arguments.clone()
                    },
                });
            }
            moved.push(Moved::Within(part.outputs.iter().map(within).collect()));
        }
        let outputs = graph.outputs.iter();
        let outputs = outputs.map(|source| to_part(*source, &moved)).collect();
        Self {
            graph: Graph {
                form: Form::Functional,
                layers,
                nodes,
                outputs,
                ..graph
            },
            origins,
        }
    }

    /// What these outputs depend on.
    fn up_to(self, outputs: Vec<Source>) -> Self {
        let is_needed = self.graph.needed_for(&outputs);
        let has_call = |layer: usize| {
            let mut nodes = self.graph.nodes.iter().zip(&is_needed);
            nodes.any(|(node, is_needed)| *is_needed && node.layer == layer)
        };
        let origins = self.origins.iter().enumerate();
        let origins = origins
            .filter(|(layer, _)| has_call(*layer))
            .map(|(_, origin)| origin.clone())
            .collect();
        let graph = self.graph.up_to(outputs).without_spare_inputs();
        Self { graph, origins }
    }
}

impl Graph {
    /// The same without the inputs that nothing takes from.
    fn without_spare_inputs(mut self) -> Self {
        let is_used = self.used_inputs();
        let mut places = vec![0; self.inputs.len()];
        let mut kept: Vec<GraphInput> = Vec::new();
        for (index, input) in std::mem::take(&mut self.inputs).into_iter().enumerate() {
            places[index] = kept.len();
            if is_used[index] {
                let given = Given::Yes;
                kept.push(GraphInput { given, ..input });
            }
        }
        self.inputs = kept;
        let nodes = self.nodes.iter_mut().flat_map(|node| &mut node.inputs);
        for source in nodes.chain(&mut self.outputs) {
            if let Source::Input(input) = source {
                *input = places[*input];
            }
        }
        self
    }
}
