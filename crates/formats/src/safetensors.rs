//! Weights in safetensors, under our names or under PyTorch's.
//!
//! ```
//! # mod firebrick { pub use firebrick_formats as formats; pub use firebrick_model::{burn, layers, self as models}; }
//! use firebrick::formats::safetensors::{self, Names};
//! use firebrick::burn::tensor::Device;
//! use firebrick::models::Sequential;
//! use firebrick::layers::{Dense, Layer};
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("model.safetensors");
//! let network = Sequential::new([4]).add(Dense::new(3).named("fc1"));
//! let saved = network.build(1, &Device::flex())?;
//! // As `fc1.weight`, of the shape `[3, 4]`, and `fc1.bias`: a PyTorch module with a `fc1 = nn.Linear(4, 3)` takes it.
//! safetensors::save(&saved, &path, Names::PyTorch)?;
//! let mut other = network.build(2, &Device::flex())?;
//! assert_eq!(safetensors::load_weights(&mut other, &path)?, Names::PyTorch);
//! assert_eq!(other.get_weights()?, saved.get_weights()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::BTreeMap;
use std::path::Path;

use ::safetensors::tensor::{SafeTensors, TensorView};
use ::safetensors::{Dtype, serialize};
use firebrick_model::{Model, Network, WeightValue};

use crate::counterparts::counterparts;
use crate::error::{FormatError, FormatProblem};
use crate::mapping::{Mapping, weights_for};
use crate::stored_tensor::{StoredTensor, TensorInfo, values_by_name};
use crate::weight_names::weight_names;
use crate::whole_file;

pub use crate::weight_names::Names;

/// The ending of such files.
pub const EXTENSION: &str = ".safetensors";

/// The longest list of tensors that is read, in bytes.
const MAX_LIST: u64 = 8 << 20;

/// Saves the weights of a network.
///
/// # Errors
/// A layer that has no counterpart under these names; a file that cannot be written.
pub fn save(network: &Network, path: impl AsRef<Path>, names: Names) -> Result<(), FormatError> {
    whole_file::write(path, bytes_of(network, names))
}

/// Takes over the weights of a file, under whichever names it has them, and tells which these are.
///
/// Layers are found by their names, as [`Mapping::by_name`] says. At an error all weights stay as they are; clones of the
/// network keep theirs.
///
/// # Errors
/// A file that cannot be read, is damaged or of something else; weights that are missing, left over or of another shape; a
/// layer that has no counterpart in PyTorch.
pub fn load_weights(network: &mut Network, path: impl AsRef<Path>) -> Result<Names, FormatError> {
    load_mapped(network, path, &Mapping::by_name())
}

/// The same by another mapping.
pub(crate) fn load_mapped(
    network: &mut Network,
    path: impl AsRef<Path>,
    mapping: &Mapping,
) -> Result<Names, FormatError> {
    let path = path.as_ref();
    let mut load = || -> Result<Names, FormatProblem> {
        let bytes = whole_file::read(path)?;
        let (weights, names) = weights_for(network.config(), stored(&bytes)?, mapping)?;
        network.set_weights(weights)?;
        Ok(names)
    };
    load().map_err(|problem| FormatError::new(path, problem))
}

pub(crate) fn bytes_of(network: &Network, names: Names) -> Result<Vec<u8>, FormatProblem> {
    let network = network.clone().merged();
    let values = network.get_weights()?;
    let entries: Vec<(String, WeightValue)> = match names {
        Names::Own => weight_names(network.config())?
            .into_iter()
            .zip(values)
            .collect(),
        Names::PyTorch => {
            let all = counterparts(network.config())?;
            all.iter()
                .map(|one| one.to_torch(&values))
                .collect::<Result<Vec<_>, _>>()?
                .concat()
        }
    };
    let stored: Vec<(String, Vec<usize>, Vec<u8>)> = entries
        .into_iter()
        .map(|(name, value)| {
            let bytes = value.values().iter().flat_map(|value| value.to_le_bytes());
            (name, value.shape().to_vec(), bytes.collect())
        })
        .collect();
    let views: Result<Vec<_>, _> = stored
        .iter()
        .map(|(name, shape, bytes)| {
            TensorView::new(Dtype::F32, shape.clone(), bytes).map(|view| (name, view))
        })
        .collect();
    views
        .and_then(|views| serialize(views, None))
        .map_err(|error| malformed(error.to_string()))
}

/// The tensors of a file.
pub(crate) fn tensors(path: impl AsRef<Path>) -> Result<Vec<TensorInfo>, FormatError> {
    let path = path.as_ref();
    let listed = || -> Result<Vec<TensorInfo>, FormatProblem> {
        let bytes = whole_file::read(path)?;
        Ok(stored(&bytes)?.iter().map(StoredTensor::info).collect())
    };
    listed().map_err(|problem| FormatError::new(path, problem))
}

/// The tensors of a file, `layers.10` after `layers.9`.
fn stored(bytes: &[u8]) -> Result<Vec<StoredTensor<'_>>, FormatProblem> {
    let file = read(bytes)?;
    let mut tensors: Vec<StoredTensor<'_>> = file
        .tensors()
        .into_iter()
        .map(|(name, view)| StoredTensor {
            name,
            shape: view.shape().to_vec(),
            dtype: view.dtype(),
            bytes: Box::new(move || Ok(view.data().to_vec())),
        })
        .collect();
    tensors.sort_by(|one, other| numbered(&one.name).cmp(&numbered(&other.name)));
    Ok(tensors)
}

/// The weights of a file by its names.
pub(crate) fn read_weights(
    path: impl AsRef<Path>,
) -> Result<BTreeMap<String, WeightValue>, FormatError> {
    let path = path.as_ref();
    let weights = whole_file::read(path).and_then(|bytes| values_by_name(&stored(&bytes)?));
    weights.map_err(|problem| FormatError::new(path, problem))
}

/// The tensors of a file, whose list is of a length that can be.
fn read(bytes: &[u8]) -> Result<SafeTensors<'_>, FormatProblem> {
    let list = bytes
        .first_chunk()
        .map(|length| u64::from_le_bytes(*length));
    if list.is_none_or(|length| length > MAX_LIST) {
        let reason =
            format!("its list of tensors should have at most {MAX_LIST} bytes, it says {list:?}");
        return Err(malformed(reason));
    }
    SafeTensors::deserialize(bytes).map_err(|error| malformed(error.to_string()))
}

/// `layers.10` after `layers.9`.
fn numbered(name: &str) -> Vec<(Option<u64>, &str)> {
    let parts = name.split('.');
    parts.map(|part| (part.parse().ok(), part)).collect()
}

fn malformed(reason: String) -> FormatProblem {
    FormatProblem::Malformed {
        expected: "file of safetensors",
        reason,
    }
}
