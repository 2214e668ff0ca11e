//! Networks as files of ONNX, for ONNX Runtime and whatever else reads them, and of whatever else writes them.
//!
//! ```
//! # mod firebrick { pub use firebrick_formats as formats; pub use firebrick_model::{burn, layers, self as models}; }
//! use firebrick::formats::onnx;
//! use firebrick::burn::tensor::Device;
//! use firebrick::models::{Activation, Sequential};
//! use firebrick::layers::{Conv2D, Dense, Flatten, MaxPooling2D};
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("digits.onnx");
//! let network = Sequential::new([28, 28, 1])
//!     .add(Conv2D::new(8, 3).with_activation(Activation::Relu))
//!     .add(MaxPooling2D::new(2))
//!     .add(Flatten::new())
//!     .add(Dense::new(10).with_activation(Activation::Softmax))
//!     .build(7, &Device::flex())?;
//! // `onnxruntime.InferenceSession("digits.onnx")` takes pictures as `input`, `[N, 28, 28, 1]`, and gives `dense`, `[N, 10]`.
//! onnx::save(&network, &path)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is in a file
//! The network as it predicts: dropouts, noises and regularizers are gone. Inputs and outputs have the network's names and
//! shapes, channels last, and a first axis `N` for as many samples as there are. Values are single floats; an input that only
//! embeddings take is whole numbers, `int64`. Weights have their names, `conv2d/kernel`, turned as the operators want them.
//! Values of convolutions and poolings have their channels first as long as nothing else needs them.
//!
//! A layer that ONNX' operators cannot say is an error with its name: text and lookups, `Lambda`, a `ConvLSTM`, states that are
//! kept between batches. Whether an index lies within its embedding is not looked at there.
//!
//! # What is read
//! Feed-forward graphs of opsets 7 to 28, as PyTorch, Keras, scikit-learn and we write them: [`load`], [`OnnxModel`]. Operators become
//! layers, channels come last, and weights are turned accordingly. What there is no layer for is an error with node, operator and
//! attribute.

mod attribute;
mod layer_call;
#[expect(
    clippy::similar_names,
    reason = "an operator has an axis or axes, and a cell is called"
)]
mod layers;
mod network;
mod proto;
#[expect(
    clippy::similar_names,
    reason = "an operator has an axis or axes, a cell is called, a node has notes"
)]
mod reading;
mod value;
mod wiring;
mod writer;

use std::path::Path;

pub use reading::{OnnxModel, load};
pub(crate) use reading::{load_weights, read_weights, tensors};

use firebrick_model::{Graph, Model, Network, Shape};
use prost::Message;

use crate::error::{FormatError, FormatProblem};
use crate::weight_names::weight_names;
use crate::whole_file;
use attribute::whole;
use layer_call::Weights;
use proto::{FLOAT, INT64};
use value::Value;
use writer::Writer;

/// The ending of such files.
pub const EXTENSION: &str = ".onnx";

/// The version of ONNX' operators that are used, which ONNX 1.15 and later know.
pub const OPSET: i64 = 20;

/// The version of the files' form that goes with them.
pub const IR_VERSION: i64 = 9;

/// The most bytes that a protocol buffer may have.
const MAX_BYTES: usize = 0x7fff_ffff;

/// Saves a network as a file of ONNX.
///
/// The file is whole or absent.
///
/// ```
/// # mod firebrick { pub use firebrick_formats as formats; pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::formats::onnx;
/// use firebrick::burn::tensor::Device;
/// use firebrick::models::Sequential;
/// use firebrick::layers::{Embedding, LSTM};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("words.onnx");
/// let network = Sequential::new([12]).add(Embedding::new(100, 8)).add(LSTM::new(4));
/// onnx::save(&network.build(7, &Device::flex())?, &path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A network with a layer that ONNX has no operators for, or with weights of 2 GiB or more; a file that cannot be written.
pub fn save(network: &Network, path: impl AsRef<Path>) -> Result<(), FormatError> {
    whole_file::write(path, bytes_of(network))
}

/// What [`save`] writes.
///
/// ```
/// # mod firebrick { pub use firebrick_formats as formats; pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::formats::onnx;
/// use firebrick::burn::tensor::Device;
/// use firebrick::models::Sequential;
/// use firebrick::layers::Dense;
///
/// let network = Sequential::new([4]).add(Dense::new(3)).build(7, &Device::flex())?;
/// assert!(onnx::to_bytes(&network)?.len() > 4 * (4 * 3 + 3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A network with a layer that ONNX has no operators for, or with weights of 2 GiB or more.
pub fn to_bytes(network: &Network) -> Result<Vec<u8>, FormatError> {
    let name = format!("{}{EXTENSION}", network.config().name());
    bytes_of(network).map_err(|problem| FormatError::new(Path::new(&name), problem))
}

pub(crate) fn bytes_of(network: &Network) -> Result<Vec<u8>, FormatProblem> {
    let model = model_of(network)?;
    let size = model.encoded_len();
    if size > MAX_BYTES {
        return Err(FormatProblem::TooMuch {
            size,
            limit: MAX_BYTES,
        });
    }
    Ok(model.encode_to_vec())
}

fn model_of(network: &Network) -> Result<proto::Model, FormatProblem> {
    let network = network.clone().merged();
    let graph = network.config();
    let names = weight_names(graph)?.into_iter();
    let weights: Weights = names.zip(network.get_weights()?).collect();
    Ok(proto::Model {
        ir_version: Some(IR_VERSION),
        producer_name: Some("firebrick".to_owned()),
        producer_version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        graph: Some(graph_of(graph, &weights)?),
        opset_import: vec![proto::OperatorSet {
            domain: Some(String::new()),
            version: Some(OPSET),
        }],
    })
}

fn graph_of(graph: &Graph, weights: &Weights) -> Result<proto::Graph, FormatProblem> {
    let mut writer = Writer::default();
    let mut inputs = Vec::new();
    for (place, input) in graph.inputs().iter().enumerate() {
        inputs.push(Value {
            is_int: wiring::are_indices(graph, place, "")?,
            ..Value::new(writer.fresh(input.name()), input.shape().clone())
        });
    }
    let names: Vec<String> = graph
        .output_names()
        .into_iter()
        .map(|name| writer.fresh(name))
        .collect();
    let given = network::written(graph, "", &inputs, weights, &mut writer)?;
    let mut outputs = Vec::new();
    for (value, name) in given.iter().zip(names) {
        let rank = value.shape.rank();
        let own = match value.layout {
            value::Layout::ChannelsLast => value.name.clone(),
            value::Layout::ChannelsFirst => {
                let order: Vec<usize> = [0].into_iter().chain(2..=rank).chain([1]).collect();
                writer.turned(&name, &value.name, &order)
            }
        };
        writer.leaving(&own, &name);
        outputs.push(Value {
            name,
            ..value.clone()
        });
    }
    Ok(proto::Graph {
        name: Some(graph.name().to_owned()),
        input: inputs.iter().map(described).collect(),
        output: outputs.iter().map(described).collect(),
        node: writer.nodes,
        initializer: writer.initializers,
    })
}

/// The name, the type and the shape of what enters or leaves.
fn described(value: &Value) -> proto::ValueInfo {
    let element = if value.is_int { INT64 } else { FLOAT };
    proto::ValueInfo {
        name: Some(value.name.clone()),
        kind: Some(proto::Type {
            tensor_type: Some(proto::TensorType {
                elem_type: Some(element),
                shape: Some(batch_of(&value.shape, &value.name)),
            }),
        }),
    }
}

/// The shape of a batch; sizes that are not known have names.
fn batch_of(sample: &Shape, name: &str) -> proto::TensorShape {
    let batch = proto::Dimension {
        dim_param: Some("N".to_owned()),
        ..proto::Dimension::default()
    };
    let axes = sample.axes().iter().enumerate();
    let axes = axes.map(|(axis, size)| match size {
        Some(size) => proto::Dimension {
            dim_value: Some(whole(*size)),
            ..proto::Dimension::default()
        },
        None => proto::Dimension {
            dim_param: Some(format!("{name}_{}", axis + 1)),
            ..proto::Dimension::default()
        },
    });
    proto::TensorShape {
        dim: [batch].into_iter().chain(axes).collect(),
    }
}

#[cfg(test)]
mod tests {
    use firebrick_model::burn::tensor::Device;
    use firebrick_model::layers::{
        BatchNormalization, Conv2D, Dense, Embedding, Flatten, LSTM, Lambda, Layer, MaxPooling2D,
        Multiply, StringLookup,
    };
    use firebrick_model::{Activation, Sequential, input};

    use super::*;

    fn written(network: impl Into<Graph>) -> proto::Model {
        let network = network.into().build(7, &Device::flex()).unwrap();
        proto::Model::decode(&*to_bytes(&network).unwrap()).unwrap()
    }

    fn refused(network: impl Into<Graph>) -> String {
        let network = network.into().build(7, &Device::flex()).unwrap();
        to_bytes(&network).unwrap_err().to_string()
    }

    fn operators(graph: &proto::Graph) -> Vec<&str> {
        let kinds = graph.node.iter().map(|node| node.op_type.as_deref());
        kinds.map(Option::unwrap).collect()
    }

    /// The name, the type and the sizes of a value.
    fn told(value: &proto::ValueInfo) -> (String, i32, Vec<String>) {
        let tensor = value.kind.clone().unwrap().tensor_type.unwrap();
        let sizes = tensor.shape.unwrap().dim.into_iter();
        let sizes = sizes.map(|size| {
            size.dim_param
                .unwrap_or_else(|| size.dim_value.unwrap().to_string())
        });
        let name = value.name.clone().unwrap();
        (name, tensor.elem_type.unwrap(), sizes.collect())
    }

    fn sizes(sizes: &[&str]) -> Vec<String> {
        sizes.iter().map(|&size| size.to_owned()).collect()
    }

    #[test]
    fn a_file_says_its_versions_and_what_enters_and_leaves() {
        let network = Sequential::new([Some(4), None])
            .add(Flatten::new())
            .named("flat");
        let model = written(network);
        assert_eq!(model.ir_version, Some(IR_VERSION));
        assert_eq!(model.opset_import[0].version, Some(OPSET));
        let graph = model.graph.unwrap();
        assert_eq!(graph.name.as_deref(), Some("flat"));
        let expected = ("input".to_owned(), FLOAT, sizes(&["N", "4", "input_2"]));
        assert_eq!(told(&graph.input[0]), expected);
        let expected = ("flatten".to_owned(), FLOAT, sizes(&["N", "flatten_1"]));
        assert_eq!(told(&graph.output[0]), expected);
    }

    #[test]
    fn pictures_are_turned_once_on_their_way_in_and_once_before_they_are_flat() {
        let network = Sequential::new([8, 8, 3])
            .add(Conv2D::new(4, 3).with_activation(Activation::Relu))
            .add(BatchNormalization::new())
            .add(MaxPooling2D::new(2))
            .add(Flatten::new())
            .add(Dense::new(2));
        let graph = written(network).graph.unwrap();
        let expected = [
            "Transpose",
            "Conv",
            "Relu",
            "BatchNormalization",
            "MaxPool",
            "Transpose",
            "Flatten",
            "Gemm",
            "Identity",
        ];
        assert_eq!(operators(&graph), expected);
        let kernel = graph.initializer.iter();
        let mut kernel = kernel.filter(|tensor| tensor.name.as_deref() == Some("conv2d/kernel"));
        assert_eq!(kernel.next().unwrap().dims, [4, 3, 3, 3]);
    }

    #[test]
    fn a_shared_layer_has_its_weights_once() {
        let (a, b) = (input([4]), input([4]));
        let dense = Dense::new(4).shared();
        let y = Multiply::new().on([dense.on(&a), dense.on(&b)]);
        let graph = written(Graph::new([a, b], [y])).graph.unwrap();
        let names: Vec<_> = graph
            .initializer
            .iter()
            .map(|tensor| tensor.name.as_deref())
            .collect();
        assert_eq!(names, [Some("dense/kernel"), Some("dense/bias")]);
        assert_eq!(operators(&graph), ["Gemm", "Gemm", "Mul", "Identity"]);
    }

    #[test]
    fn what_only_embeddings_take_is_whole_numbers() {
        let words = Sequential::new([5]).add(Embedding::new(9, 2));
        let graph = written(words.clone()).graph.unwrap();
        assert_eq!(told(&graph.input[0]).1, INT64);
        // A network within takes it.
        let x = input([5]);
        let outer = Graph::new([&x], [Graph::from(words).on(&x)]);
        assert_eq!(told(&written(outer).graph.unwrap().input[0]).1, INT64);
        let x = input([5]);
        let both = [Embedding::new(9, 2).on(&x), Dense::new(2).on(&x)];
        let graph = written(Graph::new([x], both)).graph.unwrap();
        assert_eq!(told(&graph.input[0]).1, FLOAT);
    }

    #[test]
    fn what_has_no_operators_is_refused_by_name() {
        let text = Sequential::new([None]).add(StringLookup::new().with_vocabulary(["a", "b"]));
        let message = refused(text);
        assert!(
            message.contains("`string_lookup` (StringLookup)"),
            "{message}"
        );
        let code = Lambda::new("still", Ok);
        let message = refused(Sequential::new([3]).add(code));
        assert!(message.contains("`lambda` (Lambda)"), "{message}");
        let kept = Sequential::new([3, 2]).add(LSTM::new(2).with_stateful(2));
        assert!(refused(kept).contains("without `stateful`"));
    }
}
