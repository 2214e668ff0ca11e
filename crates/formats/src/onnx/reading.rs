//! Networks of files of ONNX.

mod constant;
mod entering;
mod fields;
mod import;
mod layers;
mod layout;
mod needed;
mod node_call;
mod operators;
mod registry;
mod sizes;
mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use firebrick_model::burn::tensor::Device;
use firebrick_model::{Graph, Network, Node, Summary, WeightValue, shortened};
use prost::Message;

use super::OPSET;
use super::proto;
use crate::error::{FormatError, FormatProblem};
use crate::weight_names::weight_names;
use crate::whole_file;
use entering::Entering;
use import::{Import, malformed};
use needed::name_of;
use node_call::NodeCall;
use value::{Held, Kind, Value};

/// The oldest and the newest operators that are read.
const OPSETS: std::ops::RangeInclusive<i64> = 7..=28;

/// The most inputs of a network.
const MAX_INPUTS: usize = 64;

/// What a node does that no function takes over.
const UNKNOWN: &str = "there is no layer for this operator; simplify the graph, e.g. by onnxsim, export with opset 20, or take \
                       the part out of the model";

/// An `.onnx` file, read and checked, not yet on a device.
///
/// Nodes become layers with the names of their weights. Whatever the file has channels first is channels last here: inputs that go
/// into convolutions, and outputs that come out of them; [`notes`](Self::notes) says which. Nothing in the file is ever run, and no
/// other file is read.
///
/// ```
/// # mod firebrick { pub use firebrick_formats as formats; pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::formats::onnx::{self, OnnxModel};
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::models::Sequential;
/// use firebrick::layers::{Conv2D, Dense, Flatten};
///
/// let device = Device::flex();
/// let network = Sequential::new([8, 8, 3]).add(Conv2D::new(4, 3)).add(Flatten::new()).add(Dense::new(2));
/// let network = network.build(7, &device)?;
/// let model = OnnxModel::from_bytes(onnx::to_bytes(&network)?, "digits.onnx")?;
/// assert_eq!(model.graph().layers()[0].name(), "conv2d");
/// let again = model.into_network(&device)?;
/// let x = || Tensor::<4>::ones([1, 8, 8, 3], &device);
/// assert_eq!(again.predict(x())?.into_vec()?, network.predict(x())?.into_vec()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct OnnxModel {
    path: PathBuf,
    graph: Graph,
    weights: Vec<Vec<f32>>,
    producer: Option<String>,
    notes: Vec<String>,
}

impl OnnxModel {
    /// Reads a file that an exporter wrote, or [`save`](super::save).
    ///
    /// # Errors
    /// A file that cannot be read, is damaged or of something else; an operator, an attribute or a shape that there is no layer
    /// for; weights in another file.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, FormatError> {
        let path = path.as_ref();
        let bytes = whole_file::read(path).map_err(|problem| FormatError::new(path, problem))?;
        Self::from_bytes(&bytes, path)
    }

    /// Reads a file that is already in memory; errors call it `name`.
    ///
    /// # Errors
    /// As those of [`read`](Self::read).
    pub fn from_bytes(
        bytes: impl AsRef<[u8]>,
        name: impl AsRef<Path>,
    ) -> Result<Self, FormatError> {
        let path = name.as_ref();
        let read = Self::of(bytes.as_ref(), path);
        read.map_err(|problem| FormatError::new(path, problem))
    }

    fn of(bytes: &[u8], path: &Path) -> Result<Self, FormatProblem> {
        let model = decoded(bytes)?;
        let opset = opset_of(&model)?;
        let producer = model
            .producer_name
            .as_deref()
            .filter(|name| !name.is_empty());
        let producer = producer.map(|name| {
            let version = model.producer_version.as_deref().unwrap_or_default();
            shortened(format!("{name} {version}").trim())
        });
        let graph = model
            .graph
            .ok_or_else(|| malformed("it has no graph; is it an .onnx file?".to_owned()))?;
        let (outputs, others) = needed::outputs(&graph);
        if outputs.is_empty() {
            return Err(malformed(
                "none of its outputs is floats; export what the network gives before it is decided"
                    .to_owned(),
            ));
        }
        let needed = needed::nodes(&graph, &outputs)?;
        let mut import = Import::new(&graph, &needed, opset, bytes.len())?;
        let mut notes: Vec<String> = others
            .iter()
            .map(|place| {
                format!(
                    "output `{}` is left out: it is no tensor of floats",
                    shortened(name_of(&graph.output[*place]))
                )
            })
            .collect();
        let inputs = entered(&graph, &needed, &mut import, &mut notes)?;
        // Constants stand anywhere.
        let is_constant =
            |place: &&usize| graph.node[**place].op_type.as_deref() == Some("Constant");
        for place in needed.iter().filter(is_constant) {
            taken_over(&mut import, *place)?;
        }
        for place in needed.iter().filter(|place| !is_constant(place)) {
            taken_over(&mut import, *place)?;
        }
        let left = left(&graph, &outputs, &mut import, &mut notes)?;
        let name = shortened(graph.name.as_deref().unwrap_or("onnx"));
        let network = Graph::new(inputs, left).named(name);
        let weights = import.layers.weights_of(&network)?;
        Ok(Self {
            path: path.to_owned(),
            graph: network,
            weights,
            producer,
            notes,
        })
    }

    /// The description of the network.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The network layer by layer.
    ///
    /// # Errors
    /// Layers that do not fit together.
    pub fn summary(&self) -> Result<Summary, FormatError> {
        let summary = self.graph.summary();
        summary.map_err(|error| FormatError::new(&self.path, error.into()))
    }

    /// What wrote the file, if it says so: `pytorch 2.15.0`.
    pub fn producer(&self) -> Option<&str> {
        self.producer.as_deref()
    }

    /// In which the network differs from the file, a line each: inputs and outputs whose axes are in another order, and outputs
    /// that were left out.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// All weights, in the network's order.
    fn values(&self) -> Result<Vec<WeightValue>, FormatProblem> {
        let specs = self.graph.weights()?.into_iter().zip(&self.weights);
        let values = specs.map(|((_, spec), values)| WeightValue::new(spec.shape, values.clone()));
        Ok(values.collect::<Result<_, _>>()?)
    }

    /// Builds the network with its weights.
    ///
    /// # Errors
    /// Layers that do not fit together.
    pub fn into_network(self, device: &Device) -> Result<Network, FormatError> {
        let network = self.graph.build_with_weights(self.weights, device);
        network.map_err(|error| FormatError::new(&self.path, error.into()))
    }
}

/// Builds the network of an `.onnx` file; see [`OnnxModel::read`].
///
/// ```no_run
/// # mod firebrick { pub use firebrick_formats as formats; pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::formats::onnx;
/// use firebrick::burn::tensor::Device;
///
/// let model = onnx::load("resnet18.onnx", &Device::flex())?;
/// println!("{}", model.summary());
/// # Ok::<(), firebrick::formats::FormatError>(())
/// ```
///
/// # Errors
/// Those of [`OnnxModel::read`].
pub fn load(path: impl AsRef<Path>, device: &Device) -> Result<Network, FormatError> {
    OnnxModel::read(path)?.into_network(device)
}

/// Takes over the weights of a file whose network has the same layers; clones of the network keep theirs.
///
/// # Errors
/// Those of [`OnnxModel::read`], and weights of another number or of other shapes.
pub(crate) fn load_weights(network: &mut Network, path: &Path) -> Result<(), FormatError> {
    let values = OnnxModel::read(path)?.values();
    values
        .and_then(|values| Ok(network.set_weights(values)?))
        .map_err(|problem| FormatError::new(path, problem))
}

/// The weights of a file by the names that they have in its network.
///
/// # Errors
/// Those of [`OnnxModel::read`].
pub(crate) fn read_weights(path: &Path) -> Result<BTreeMap<String, WeightValue>, FormatError> {
    let model = OnnxModel::read(path)?;
    let named = || -> Result<_, FormatProblem> {
        let names = weight_names(&model.graph)?;
        Ok(names.into_iter().zip(model.values()?).collect())
    };
    named().map_err(|problem| FormatError::new(path, problem))
}

/// The names and shapes of the tensors of a file.
pub(crate) fn tensors(path: &Path) -> Result<Vec<(String, Vec<usize>)>, FormatError> {
    let failed = |problem| FormatError::new(path, problem);
    let bytes = whole_file::read(path).map_err(failed)?;
    let graph = decoded(&bytes).map_err(failed)?.graph.unwrap_or_default();
    let listed = graph.initializer.into_iter().map(|tensor| {
        let shape = tensor
            .dims
            .iter()
            .map(|size| usize::try_from(*size).unwrap_or_default());
        (tensor.name.unwrap_or_default(), shape.collect())
    });
    Ok(listed.collect())
}

fn decoded(bytes: &[u8]) -> Result<proto::Model, FormatProblem> {
    fields::check(bytes).map_err(malformed)?;
    proto::Model::decode(bytes).map_err(|error| malformed(error.to_string()))
}

/// The version of the operators.
fn opset_of(model: &proto::Model) -> Result<i64, FormatProblem> {
    let mut sets = model.opset_import.iter();
    let own = sets.find(|set| matches!(set.domain.as_deref(), None | Some("" | "ai.onnx")));
    let version = own.and_then(|set| set.version).unwrap_or_default();
    if OPSETS.contains(&version) {
        return Ok(version);
    }
    Err(malformed(format!(
        "its operators are of opset {version}, expected one from {} to {}; export it with opset {OPSET}",
        OPSETS.start(),
        OPSETS.end()
    )))
}

/// The inputs of the network, which nodes take.
fn entered<'a>(
    graph: &'a proto::Graph,
    needed: &BTreeSet<usize>,
    import: &mut Import<'a>,
    notes: &mut Vec<String>,
) -> Result<Vec<Node>, FormatProblem> {
    let mut inputs = Vec::new();
    for info in &graph.input {
        let name = name_of(info);
        if import.is_initializer(name) {
            continue;
        }
        if import.uses(name) == 0 {
            notes.push(format!(
                "input `{}` is left out: nothing takes it",
                shortened(name)
            ));
            continue;
        }
        if inputs.len() == MAX_INPUTS {
            return Err(malformed(format!(
                "it has more than {MAX_INPUTS} inputs, expected fewer"
            )));
        }
        let entering = Entering::of(info, graph, needed)?;
        import.batch_size = import.batch_size.or(entering.batch_size);
        notes.extend(entering.note);
        import
            .give(name, Held::Value(entering.value))
            .map_err(malformed)?;
        inputs.push(entering.node);
    }
    Ok(inputs)
}

/// Makes layers of a node.
fn taken_over(import: &mut Import<'_>, place: usize) -> Result<(), FormatProblem> {
    let mut call = NodeCall::new(import, place);
    let domain = call.node.domain.as_deref().unwrap_or_default();
    let function = registry::find(call.operator()).filter(|_| matches!(domain, "" | "ai.onnx"));
    let function = function.ok_or_else(|| call.refused(UNKNOWN))?;
    let given = function(&mut call)?;
    call.check_seen()?;
    let node = call.node;
    for (name, held) in node.output.iter().zip(given) {
        if !name.is_empty() {
            let given = call.import.give(name, held);
            given.map_err(|reason| call.refused(reason))?;
        }
    }
    Ok(())
}

/// What leaves the network, the channels last.
fn left(
    graph: &proto::Graph,
    outputs: &[usize],
    import: &mut Import<'_>,
    notes: &mut Vec<String>,
) -> Result<Vec<Node>, FormatProblem> {
    let mut nodes = Vec::new();
    for place in outputs {
        let name = name_of(&graph.output[*place]);
        let refused =
            |reason: &str| malformed(format!("its output `{}` {reason}", shortened(name)));
        let held = import.find(name).map_err(|reason| refused(&reason))?;
        let Some(Held::Value(value)) = held else {
            return Err(refused(
                "does not depend on its inputs; take it out of the model",
            ));
        };
        let mut all = graph.node.iter();
        let giver = all.position(|node| node.output.iter().any(|output| output == name));
        let value = match giver {
            Some(giver) => leaving(&mut NodeCall::new(import, giver), &value)?,
            None => value,
        };
        if value.order[0] != 0 || value.order != value::in_order(0, value.rank()) {
            let how = if value.order[0] == 0 {
                "channels last"
            } else {
                "samples first"
            };
            notes.push(format!(
                "output `{}`: here samples of {}, {how}",
                shortened(name),
                value.shape
            ));
        }
        let node = if import.layers.are_none() {
            // Everything in the file was for training alone.
            let identity = layers::Described::plain("Identity", serde_json::json!({}));
            let called = import.layers.call(identity, &[(&value.node, &value.shape)]);
            called.map_err(malformed)?.0
        } else {
            value.node
        };
        nodes.push(node);
    }
    Ok(nodes)
}

/// A value as it leaves the network.
fn leaving(call: &mut NodeCall<'_, '_>, x: &Value) -> Result<Value, FormatProblem> {
    if x.kind == Kind::Truncated {
        return Err(
            call.refused("it gives floats made whole, which no layer does; leave out the Cast")
        );
    }
    let x = call.unfolded(x)?;
    if x.order == value::channels_last(x.rank()) {
        return Ok(x);
    }
    call.in_order(&x)
}
