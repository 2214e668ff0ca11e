//! Tensors as files have them.

use std::collections::BTreeMap;

use ::safetensors::Dtype;
use firebrick_model::WeightValue;

use crate::error::FormatProblem;
use crate::numbers::to_f32;

/// A tensor of a file: its name, its shape, and what its numbers are where the file says it.
///
/// ```no_run
/// # mod firebrick { pub use firebrick_formats as formats; }
/// use firebrick::formats::Format;
///
/// for tensor in Format::PyTorch.tensors("resnet18.pth")? {
///     println!("{} {:?} {}", tensor.name, tensor.shape, tensor.dtype.unwrap_or_default());
/// }
/// # Ok::<(), firebrick::formats::FormatError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TensorInfo {
    /// What it is called.
    pub name: String,
    /// Its sizes, outermost first.
    pub shape: Vec<usize>,
    /// `F32`, `BF16`, `I64`.
    pub dtype: Option<String>,
}

impl From<(String, Vec<usize>)> for TensorInfo {
    fn from((name, shape): (String, Vec<usize>)) -> Self {
        Self {
            name,
            shape,
            dtype: None,
        }
    }
}

/// A tensor of a file whose numbers are not read yet.
pub(crate) struct StoredTensor<'a> {
    pub(crate) name: String,
    pub(crate) shape: Vec<usize>,
    pub(crate) dtype: Dtype,
    /// Its bytes, row by row, or why they cannot be read.
    pub(crate) bytes: Box<dyn Fn() -> Result<Vec<u8>, String> + 'a>,
}

impl StoredTensor<'_> {
    /// Its numbers, which are read now: only once their shape is known to be one that is wanted.
    ///
    /// # Errors
    /// Numbers that are no floats or cannot be read.
    pub(crate) fn value(&self) -> Result<WeightValue, FormatProblem> {
        let unreadable = |reason| FormatProblem::Values {
            place: self.name.clone(),
            reason,
        };
        // Before the bytes, so that nothing is read in vain.
        to_f32(self.dtype, &[]).map_err(unreadable)?;
        let bytes = (self.bytes)().map_err(unreadable)?;
        let values = to_f32(self.dtype, &bytes).map_err(unreadable)?;
        Ok(WeightValue::new(self.shape.clone(), values)?)
    }

    /// PyTorch counts the batches that moving statistics have seen: a tensor that is none.
    pub(crate) fn is_weight(&self) -> bool {
        let last = self.name.rsplit('.').next();
        last != Some("num_batches_tracked")
    }

    pub(crate) fn info(&self) -> TensorInfo {
        TensorInfo {
            name: self.name.clone(),
            shape: self.shape.clone(),
            dtype: Some(format!("{:?}", self.dtype)),
        }
    }
}

/// The numbers of all tensors that are weights, by the names of the file.
///
/// # Errors
/// Those of [`StoredTensor::value`].
pub(crate) fn values_by_name(
    tensors: &[StoredTensor<'_>],
) -> Result<BTreeMap<String, WeightValue>, FormatProblem> {
    let weights = tensors.iter().filter(|tensor| tensor.is_weight());
    let values = weights.map(|tensor| Ok((tensor.name.clone(), tensor.value()?)));
    values.collect()
}
