//! Networks as Keras' `get_config` has them.

use firebrick_spec::{Argument, Value};

use super::calls::{Signature, TENSOR};
use super::inputs::INPUT;
use super::json::{list, table, wrong};
use super::objects::{Written, as_graph, float32, kept_batch_size, object};
use crate::error::ModelError;
use crate::graph::layer_names::LayerNames;
use crate::graph::plan::PlannedNode;
use crate::graph::{Form, Graph, GraphLayer, Plan, Source};
use crate::layer::AnyLayer;
use crate::shape::Shape;

/// A network as an object of Keras'.
///
/// # Errors
/// A network that does not fit together, and what Keras has no word for.
pub(super) fn network(graph: &Graph, is_trainable: bool) -> Result<Value, ModelError> {
    let plan = graph.plan()?;
    let names = names(graph, &plan);
    let layers = graph.layers().iter().enumerate();
    let layers = layers.map(|(index, layer)| {
        let calls = graph.nodes().iter().zip(&plan.nodes);
        let mut own = calls.filter(|(node, _)| node.layer == index);
        let first = own.next().map(|(_, planned)| planned);
        WrittenLayer::of(layer, (&names[index], first), is_trainable)
    });
    let layers: Vec<WrittenLayer> = layers.collect::<Result<_, _>>()?;
    for node in graph.nodes() {
        if !node.arguments.is_plain() {
            let thing = format!("the layer `{}`", graph.layers()[node.layer].name);
            let reason = "a call differs from what the layer says, which is not written yet; give the call a layer of its own";
            return Err(wrong(&thing, "inbound_nodes", reason).into());
        }
    }
    let writing = Writing {
        graph,
        plan: &plan,
        names: &names,
        batch_size: graph
            .layers()
            .iter()
            .find_map(|layer| kept_batch_size(&layer.layer))
            .unwrap_or(Value::Null),
    };
    let is_line = graph.form() == Form::Sequential;
    // Keras calls the layers of a line with what the one before gives, and nothing else.
    let written = if is_line && layers.iter().all(WrittenLayer::is_plain) {
        writing.sequential(layers, is_trainable)
    } else {
        writing.functional(layers, is_trainable)
    };
    Ok(written)
}

/// The names that the layers have in Keras: their own, but for those that Keras gives to what makes a mask of several, so
/// that it would have two of them.
fn names(graph: &Graph, plan: &Plan) -> Vec<String> {
    const JOINED: &str = "concatenate";
    let mut names = LayerNames::of(graph.layers().iter().map(GraphLayer::name));
    let layers = graph.layers().iter().enumerate();
    layers
        .map(|(index, layer)| {
            let mut calls = graph.nodes().iter().zip(&plan.nodes);
            let has_mask =
                calls.any(|(node, planned)| node.layer == index && planned.masks.contains(&true));
            let is_numbered = layer.name.strip_prefix(JOINED).is_some_and(|rest| {
                rest.trim_start_matches('_')
                    .chars()
                    .all(|c| c.is_ascii_digit())
            });
            if has_mask && is_numbered && layer.layer.class_name() == "Concatenate" {
                return names.give(None, || format!("masked_{}", layer.name));
            }
            layer.name.clone()
        })
        .collect()
}

/// A layer that was written, without its calls.
struct WrittenLayer {
    object: Value,
    /// Its arguments that Keras has at its calls.
    switches: Vec<String>,
    signature: &'static Signature,
}

impl WrittenLayer {
    fn of(
        layer: &GraphLayer,
        (name, first): (&str, Option<&PlannedNode>),
        is_trainable: bool,
    ) -> Result<Self, ModelError> {
        let written = Written {
            layer: &layer.layer,
            name: Some(name),
            is_trainable: layer.trainable && is_trainable,
            input: first.and_then(|planned| planned.inputs.first()),
        };
        if !layer.lora.is_empty() {
            let thing = format!("the layer `{name}`");
            let reason =
                "products of low rank stand beside its weights, expected none; merge them first";
            return Err(wrong(&thing, "lora_rank", reason).into());
        }
        let (object, switches) = written.object()?;
        Ok(Self {
            object,
            switches,
            signature: Signature::of(layer.layer.class_name()),
        })
    }

    fn is_plain(&self) -> bool {
        self.signature.is_plain(&self.switches)
    }

    /// Says what entered where the layer was built.
    fn with_build_config(self, shape: Option<Value>) -> Value {
        let shape = shape.map(|shape| table([("input_shape", shape)]));
        with(self.object, "build_config", shape)
    }
}

struct Writing<'a> {
    graph: &'a Graph,
    plan: &'a Plan,
    /// Those of the layers.
    names: &'a [String],
    /// The samples of every batch, where layers keep states.
    batch_size: Value,
}

impl Writing<'_> {
    fn sequential(&self, layers: Vec<WrittenLayer>, is_trainable: bool) -> Value {
        let input = &self.graph.inputs()[0];
        let mut names = LayerNames::of(self.graph.layers().iter().map(GraphLayer::name));
        let name = names.give(None, || "input_layer".to_owned());
        let shape = self.batch_shape(input.shape());
        let mut entries = vec![self.input_layer(&name, 0)];
        for (index, layer) in layers.into_iter().enumerate() {
            let built = self.built(index);
            entries.push(layer.with_build_config(built));
        }
        let config = vec![
            Argument::new("name", self.graph.name()),
            Argument::new("trainable", is_trainable),
            Argument::new("dtype", float32()),
            Argument::new("layers", list(entries)),
            Argument::new("build_input_shape", shape.clone()),
        ];
        let written = object("keras", "Sequential", config);
        with(
            written,
            "build_config",
            Some(table([("input_shape", shape)])),
        )
    }

    fn functional(&self, layers: Vec<WrittenLayer>, is_trainable: bool) -> Value {
        let mut entries = Vec::new();
        for (index, layer) in layers.into_iter().enumerate() {
            entries.extend(self.inputs_before(|place| place == index));
            let nodes = self.calls_of(index, &layer);
            let written = layer.with_build_config(self.built(index));
            let written = with(written, "name", Some(self.names[index].as_str().into()));
            entries.push(with(written, "inbound_nodes", Some(list(nodes))));
        }
        entries.extend(self.inputs_before(|place| place >= self.graph.layers().len()));
        let inputs = (0..self.graph.inputs().len()).map(Source::Input);
        let outputs = self.graph.outputs().iter().copied();
        let config = vec![
            Argument::new("name", self.graph.name()),
            Argument::new("trainable", is_trainable),
            Argument::new("layers", list(entries)),
            Argument::new("input_layers", self.leaves(inputs)),
            Argument::new("output_layers", self.leaves(outputs)),
        ];
        table([
            ("module", "keras.src.models.functional".into()),
            ("class_name", "Functional".into()),
            ("config", Value::Table(config)),
            ("registered_name", "Functional".into()),
        ])
    }

    /// The inputs that stand before a layer in Keras' order.
    fn inputs_before(&self, is_there: impl Fn(usize) -> bool) -> Vec<Value> {
        let inputs = self.graph.inputs().iter().enumerate();
        let inputs = inputs.filter(|(_, input)| is_there(input.place()));
        inputs
            .map(|(index, input)| {
                let written = self.input_layer(input.name(), index);
                let written = with(written, "name", Some(input.name().into()));
                with(written, "inbound_nodes", Some(list([])))
            })
            .collect()
    }

    fn input_layer(&self, name: &str, input: usize) -> Value {
        let config = vec![
            Argument::new(
                "batch_shape",
                self.batch_shape(self.graph.inputs()[input].shape()),
            ),
            Argument::new("dtype", self.dtype(Source::Input(input))),
            Argument::new("sparse", false),
            Argument::new("ragged", false),
            Argument::new("name", name),
            Argument::new("optional", false),
        ];
        object("keras.layers", INPUT, config)
    }

    /// What a layer was built with: the shape that entered its first call, if there was one alone.
    fn built(&self, layer: usize) -> Option<Value> {
        if as_graph(&self.graph.layers()[layer].layer).is_some() {
            return None;
        }
        let mut calls = self.graph.nodes().iter().zip(&self.plan.nodes);
        let (_, first) = calls.find(|(node, _)| node.layer == layer)?;
        match first.inputs.as_slice() {
            [shape] => Some(self.batch_shape(shape)),
            _ => None,
        }
    }

    fn calls_of(&self, index: usize, layer: &WrittenLayer) -> Vec<Value> {
        let nodes = self.graph.nodes().iter();
        let nodes = nodes.filter(|node| node.layer == index);
        nodes
            .map(|node| {
                let inputs = node.inputs.iter().map(|source| self.tensor(*source));
                layer.signature.written(inputs.collect(), &layer.switches)
            })
            .collect()
    }

    /// What stands for a tensor in the arguments of a call.
    fn tensor(&self, source: Source) -> Value {
        let shape = match source {
            Source::Input(input) => Some(self.graph.inputs()[input].shape()),
            Source::Node(node, output) => self.plan.nodes[node].outputs.get(output),
        };
        let config = table([
            (
                "shape",
                shape.map_or(Value::Null, |shape| self.batch_shape(shape)),
            ),
            ("dtype", self.dtype(source).into()),
            ("keras_history", self.history(source, 0)),
        ]);
        table([("class_name", TENSOR.into()), ("config", config)])
    }

    /// `["dense", 0, 0]`: the layer, which of its calls and which output.
    fn history(&self, source: Source, calls_before: usize) -> Value {
        let (name, call, output) = match source {
            Source::Input(input) => (self.graph.inputs()[input].name(), 0, 0),
            Source::Node(node, output) => {
                let node = &self.graph.nodes()[node];
                (
                    self.names[node.layer].as_str(),
                    node.call + calls_before,
                    output,
                )
            }
        };
        list([name.into(), whole(call), whole(output)])
    }

    /// The histories of what enters or leaves: a single one by itself.
    fn leaves(&self, sources: impl Iterator<Item = Source>) -> Value {
        let mut histories: Vec<Value> = sources
            .map(|source| {
                // Keras counts the call that a network is made by before those on it, here alone.
                let is_graph = |node: usize| {
                    let layer = &self.graph.layers()[self.graph.nodes()[node].layer].layer;
                    as_graph(layer).is_some_and(|graph| graph.form() == Form::Functional)
                };
                let is_graph = matches!(source, Source::Node(node, _) if is_graph(node));
                self.history(source, usize::from(is_graph))
            })
            .collect();
        if histories.len() == 1 {
            return histories.remove(0);
        }
        list(histories)
    }

    /// A shape with the batch axis in front.
    fn batch_shape(&self, sample: &Shape) -> Value {
        let sizes = sample.axes().iter();
        let sizes = sizes.map(|size| size.map_or(Value::Null, whole));
        list([self.batch_size.clone()].into_iter().chain(sizes))
    }

    /// The type of what comes from somewhere.
    fn dtype(&self, source: Source) -> &'static str {
        match source {
            Source::Input(input) => dtype_of(self.graph, input).unwrap_or(NUMBERS),
            Source::Node(..) => NUMBERS,
        }
    }
}

const NUMBERS: &str = "float32";

/// The type of an input, by the layers that take it: texts or whole numbers where all of them want these.
fn dtype_of(graph: &Graph, input: usize) -> Option<&'static str> {
    let mut takers = graph.nodes().iter().filter_map(|node| {
        let is_it = |source: &Source| *source == Source::Input(input);
        let place = node.inputs.iter().position(is_it)?;
        let layer = &graph.layers()[node.layer].layer;
        Some(match as_graph(layer) {
            Some(inner) => dtype_of(inner, place).unwrap_or(NUMBERS),
            None => dtype_for(layer),
        })
    });
    let first = takers.next()?;
    takers.all(|other| other == first).then_some(first)
}

/// What a layer wants to take.
fn dtype_for(layer: &AnyLayer) -> &'static str {
    let is_on = |argument: &str| {
        let spec = layer.to_spec().ok();
        spec.is_some_and(|spec| spec.get(argument) == Some(&Value::Bool(true)))
    };
    match layer.class_name() {
        "ReversibleEmbedding" if is_on("reverse") => NUMBERS,
        "CategoryEncoding" | "Embedding" | "ReversibleEmbedding" => "int32",
        "IntegerLookup" => "int64",
        "StringLookup" if is_on("invert") => "int64",
        "StringLookup" | "TextVectorization" => "string",
        _ => NUMBERS,
    }
}

fn whole(number: usize) -> Value {
    u64::try_from(number).unwrap_or(u64::MAX).into()
}

/// A table with one more value, if there is one.
fn with(table: Value, name: &str, value: Option<Value>) -> Value {
    match (table, value) {
        (Value::Table(mut arguments), Some(value)) => {
            arguments.push(Argument::new(name, value));
            Value::Table(arguments)
        }
        (table, _) => table,
    }
}
