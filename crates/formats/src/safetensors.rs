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

mod counterparts;
mod numbers;

use std::collections::BTreeMap;
use std::path::Path;

use ::safetensors::tensor::{SafeTensors, TensorView};
use ::safetensors::{Dtype, serialize};
use firebrick_model::{Model, Network, WeightValue};

use crate::error::{FormatError, FormatProblem};
use crate::weight_names::weight_names;
use crate::whole_file;
use counterparts::{Counterpart, counterparts};
use numbers::to_f32;

/// The ending of such files.
pub const EXTENSION: &str = ".safetensors";

/// The longest list of tensors that is read, in bytes.
const MAX_LIST: u64 = 8 << 20;

/// What the weights of a file are called, and how they lie in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Names {
    /// As the network has them: `fc1/kernel`, in Keras' layout.
    #[default]
    Own,
    /// As the modules of PyTorch have them: `fc1.weight`, turned where theirs are.
    PyTorch,
}

/// Saves the weights of a network.
///
/// # Errors
/// A layer that has no counterpart under these names; a file that cannot be written.
pub fn save(network: &Network, path: impl AsRef<Path>, names: Names) -> Result<(), FormatError> {
    whole_file::write(path, bytes_of(network, names))
}

/// Takes over the weights of a file, under whichever names it has them, and tells which these are.
///
/// Layers are found by their names. Where a file of PyTorch has none of the names, as that of a `nn.Sequential` whose
/// modules are numbered, they are taken in order. At an error all weights stay as they are; clones of the network keep
/// theirs.
///
/// # Errors
/// A file that cannot be read, is damaged or of something else; weights that are missing, left over or of another shape; a
/// layer that has no counterpart in PyTorch.
pub fn load_weights(network: &mut Network, path: impl AsRef<Path>) -> Result<Names, FormatError> {
    let path = path.as_ref();
    let failed = |problem| FormatError::new(path, problem);
    let bytes = whole_file::read(path).map_err(failed)?;
    let (weights, names) = weights_for(network, &bytes).map_err(failed)?;
    network
        .set_weights(weights)
        .map_err(|error| failed(error.into()))?;
    Ok(names)
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

/// The names and shapes of the tensors of a file.
pub(crate) fn tensors(path: impl AsRef<Path>) -> Result<Vec<(String, Vec<usize>)>, FormatError> {
    let path = path.as_ref();
    let failed = |problem| FormatError::new(path, problem);
    let bytes = whole_file::read(path).map_err(failed)?;
    let file = read(&bytes).map_err(failed)?;
    let mut listed: Vec<(String, Vec<usize>)> = file
        .iter()
        .map(|(name, view)| (name.to_owned(), view.shape().to_vec()))
        .collect();
    listed.sort();
    Ok(listed)
}

/// The weights of a file by its names.
pub(crate) fn read_weights(
    path: impl AsRef<Path>,
) -> Result<BTreeMap<String, WeightValue>, FormatError> {
    let path = path.as_ref();
    let weights = whole_file::read(path).and_then(|bytes| values_of(&read(&bytes)?));
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

/// The values of the tensors by their names.
fn values_of(file: &SafeTensors<'_>) -> Result<BTreeMap<String, WeightValue>, FormatProblem> {
    let mut found: BTreeMap<String, WeightValue> = BTreeMap::new();
    for (name, view) in file.iter() {
        // PyTorch counts the batches that moving statistics have seen.
        if name.ends_with("num_batches_tracked") {
            continue;
        }
        let unreadable = |reason| FormatProblem::Values {
            place: name.to_owned(),
            reason,
        };
        let values = to_f32(view.dtype(), view.data()).map_err(unreadable)?;
        let value = WeightValue::new(view.shape(), values)?;
        found.insert(name.to_owned(), value);
    }
    Ok(found)
}

/// The weights of a network as a file has them, in the network's order.
fn weights_for(
    network: &Network,
    bytes: &[u8],
) -> Result<(Vec<WeightValue>, Names), FormatProblem> {
    let mut found = values_of(&read(bytes)?)?;
    let own = weight_names(network.config())?;
    if own.iter().any(|name| found.contains_key(name)) {
        return Ok((by_own_names(network, &own, found)?, Names::Own));
    }
    let all = counterparts(network.config())?;
    let mut weights: Vec<Option<WeightValue>> = vec![None; own.len()];
    let prefixes = prefixes_of(&all, &found);
    for (one, prefix) in all.iter().zip(&prefixes) {
        for (index, value) in one.take(prefix, &mut found)? {
            weights[index] = Some(value);
        }
    }
    check_unused(found)?;
    let specs = network.config().weights()?;
    let weights = specs.into_iter().zip(weights);
    let weights = weights.map(|((_, spec), value)| match value {
        Some(value) => Ok(value),
        // Of states that are kept PyTorch's files say nothing.
        None => WeightValue::new(spec.shape.clone(), vec![0.0; spec.num_params()]),
    });
    Ok((weights.collect::<Result<_, _>>()?, Names::PyTorch))
}

fn by_own_names(
    network: &Network,
    own: &[String],
    mut found: BTreeMap<String, WeightValue>,
) -> Result<Vec<WeightValue>, FormatProblem> {
    let specs = network.config().weights()?;
    let weights = own.iter().zip(specs).map(|(name, (_, spec))| {
        let value = found
            .remove(name)
            .ok_or_else(|| FormatProblem::MissingWeight {
                weight: name.clone(),
                expected: spec.shape.clone(),
                place: name.clone(),
            })?;
        if value.shape() == spec.shape {
            return Ok(value);
        }
        Err(FormatProblem::WeightShape {
            weight: name.clone(),
            expected: spec.shape,
            received: value.shape().to_vec(),
            place: name.clone(),
        })
    });
    let weights = weights.collect::<Result<Vec<_>, _>>()?;
    check_unused(found)?;
    Ok(weights)
}

fn check_unused(left: BTreeMap<String, WeightValue>) -> Result<(), FormatProblem> {
    if left.is_empty() {
        return Ok(());
    }
    let places = left.into_keys().collect();
    Err(FormatProblem::Unused { places })
}

/// What the names of each layer's tensors begin with: its own name, or, where no layer's is there, those of the file in
/// order.
fn prefixes_of(all: &[Counterpart], found: &BTreeMap<String, WeightValue>) -> Vec<String> {
    let own: Vec<String> = all.iter().map(|one| one.prefix().to_owned()).collect();
    let is_there = |prefix: &String| {
        let start = format!("{prefix}.");
        found.keys().any(|name| name.starts_with(&start))
    };
    if own.iter().any(is_there) {
        return own;
    }
    let mut given: Vec<&str> = found
        .keys()
        .filter_map(|name| name.rsplit_once('.').map(|(prefix, _)| prefix))
        .collect();
    given.sort_by_key(|prefix| numbered(prefix));
    given.dedup();
    if given.len() == own.len() {
        given.into_iter().map(str::to_owned).collect()
    } else {
        own
    }
}

/// `layers.10` after `layers.9`.
fn numbered(prefix: &str) -> Vec<(Option<u64>, &str)> {
    let parts = prefix.split('.');
    parts.map(|part| (part.parse().ok(), part)).collect()
}

fn malformed(reason: String) -> FormatProblem {
    FormatProblem::Malformed {
        expected: "file of safetensors",
        reason,
    }
}
