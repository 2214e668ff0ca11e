//! Weights of PyTorch, as `torch.save` writes them: state dicts, whole checkpoints, whole modules.
//!
//! Nothing in such a file is ever run: what it is made of is read as data, and calls other than those that make tensors are
//! passed over. Files are read only; `formats::safetensors` writes what PyTorch reads.
//!
//! ```no_run
//! # mod firebrick { pub use firebrick_formats as formats; pub use firebrick_model::{burn, layers, self as models}; }
//! use firebrick::burn::tensor::Device;
//! use firebrick::formats::Mapping;
//! use firebrick::formats::pytorch::load_weights;
//! use firebrick::layers::{Dense, Layer};
//! use firebrick::models::Sequential;
//!
//! let network = Sequential::new([4]).add(Dense::new(3).named("fc1"));
//! let mut network = network.build(1, &Device::flex())?;
//! // Of a module with `fc1 = nn.Linear(4, 3)`.
//! load_weights(&mut network, "module.pt", &Mapping::by_name())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod checkpoint;
mod container;
mod file_order;
mod pickle_walk;

use std::collections::BTreeMap;
use std::path::Path;

use ::safetensors::Dtype;
use firebrick_model::{Network, WeightValue};
use pytorch_reader::{DType, PytorchReader, Tensor};

use crate::error::{FormatError, FormatProblem};
use crate::mapping::{Mapping, weights_for};
use crate::stored_tensor::{StoredTensor, TensorInfo, values_by_name};
use crate::weight_names::Names;

/// The endings of such files; a `.bin` is one if `torch.save` wrote it.
pub const EXTENSIONS: &[&str] = &[".pt", ".pth", ".ckpt", ".bin"];

/// The most letters of what the reader says that a message repeats.
const MAX_REASON: usize = 300;

/// Takes over the weights of a file, and tells whose names it has.
///
/// At an error all weights stay as they are; clones of the network keep theirs.
///
/// # Errors
/// A file that cannot be read, is damaged or of something else; weights that are missing, left over or of another shape; a
/// layer that has no counterpart in PyTorch.
pub fn load_weights(
    network: &mut Network,
    path: impl AsRef<Path>,
    mapping: &Mapping,
) -> Result<Names, FormatError> {
    let path = path.as_ref();
    let mut load = || -> Result<Names, FormatProblem> {
        let (weights, names) = weights_for(network.config(), read(path)?, mapping)?;
        network.set_weights(weights)?;
        Ok(names)
    };
    load().map_err(|problem| FormatError::new(path, problem))
}

/// The tensors of a file that are weights.
pub(crate) fn tensors(path: impl AsRef<Path>) -> Result<Vec<TensorInfo>, FormatError> {
    let path = path.as_ref();
    let tensors = read(path).map_err(|problem| FormatError::new(path, problem))?;
    Ok(tensors.iter().map(StoredTensor::info).collect())
}

/// The weights of a file by its names.
pub(crate) fn read_weights(
    path: impl AsRef<Path>,
) -> Result<BTreeMap<String, WeightValue>, FormatError> {
    let path = path.as_ref();
    let weights = read(path).and_then(|tensors| values_by_name(&tensors));
    weights.map_err(|problem| FormatError::new(path, problem))
}

/// The weights of a file in its order; their numbers are read later.
fn read(path: &Path) -> Result<Vec<StoredTensor<'static>>, FormatProblem> {
    let order = container::checked(path)?;
    let reader = PytorchReader::new(path).map_err(|error| malformed(error.to_string()))?;
    let mut tensors: Vec<(String, Tensor)> = reader.into_tensors().into_iter().collect();
    tensors.sort_by_cached_key(|(name, _)| (order.rank(name), name.clone()));
    let tensors = tensors.into_iter().map(|(name, tensor)| StoredTensor {
        name,
        shape: tensor.shape().to_vec(),
        dtype: dtype(tensor.dtype()),
        bytes: Box::new(move || tensor.read().map_err(|error| cut(&error.to_string()))),
    });
    Ok(checkpoint::weights_alone(tensors.collect()))
}

fn dtype(dtype: DType) -> Dtype {
    match dtype {
        DType::F64 => Dtype::F64,
        DType::F32 => Dtype::F32,
        DType::F16 => Dtype::F16,
        DType::BF16 => Dtype::BF16,
        DType::I64 => Dtype::I64,
        DType::I32 => Dtype::I32,
        DType::I16 => Dtype::I16,
        DType::I8 => Dtype::I8,
        DType::U64 => Dtype::U64,
        DType::U32 => Dtype::U32,
        DType::U16 => Dtype::U16,
        DType::U8 => Dtype::U8,
        DType::Bool => Dtype::BOOL,
    }
}

fn malformed(reason: impl AsRef<str>) -> FormatProblem {
    FormatProblem::Malformed {
        expected: "file of PyTorch",
        reason: cut(reason.as_ref()),
    }
}

/// What the reader says, without all that a file may have it repeat.
fn cut(reason: &str) -> String {
    let reason = firebrick_model::visible(reason);
    match reason.char_indices().nth(MAX_REASON) {
        None => reason.into_owned(),
        Some((end, _)) => format!("{}…", &reason[..end]),
    }
}
