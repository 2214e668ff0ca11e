//! What layers give for the categories that they find.

use burn::tensor::{IndexingUpdateOp, Int, Tensor, TensorData};
use firebrick_tensor::AnyTensor;
use firebrick_vocabulary::Encoded;
use serde::{Deserialize, Serialize};

use crate::layer::Masking;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;

/// What a layer gives for categories: their indices, or ones, zeros and counts.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{OutputMode, StringLookup};
///
/// let colors = StringLookup::new().with_vocabulary(["red", "blue"]).with_output_mode(OutputMode::OneHot);
/// assert_eq!(colors.apply(&["blue", "mauve"])?.values(), Some(&[0.0, 0.0, 1.0, 1.0, 0.0, 0.0][..]));
/// # Ok::<(), firebrick::layers::LayerProblem>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputMode {
    /// The index of each.
    #[default]
    Int,
    /// For each a one at its index among zeros: in the place of a last axis of one, else along a new one.
    OneHot,
    /// For all along the last axis together a one at each of their indices.
    #[serde(alias = "binary")]
    MultiHot,
    /// For all along the last axis together how often each index is there.
    Count,
    /// The same times the weights of the tokens, `idf_weights`.
    #[serde(alias = "tf-idf")]
    TfIdf,
}

impl OutputMode {
    /// Those of layers that put values into bins.
    pub(super) const OF_BINS: [Self; 4] = [Self::Int, Self::OneHot, Self::MultiHot, Self::Count];

    /// Keras' name.
    fn name(self) -> &'static str {
        match self {
            Self::Int => "int",
            Self::OneHot => "one_hot",
            Self::MultiHot => "multi_hot",
            Self::Count => "count",
            Self::TfIdf => "tf_idf",
        }
    }

    /// Makes sure that it is one of those that a layer has.
    pub(super) fn check_among(self, known: &[Self]) -> Result<(), LayerProblem> {
        if known.contains(&self) {
            return Ok(());
        }
        let mut names: Vec<String> = known
            .iter()
            .map(|mode| format!("`{}`", mode.name()))
            .collect();
        let last = names.pop().unwrap_or_default();
        let expected = format!("{} or {last}", names.join(", "));
        Err(LayerProblem::argument("output_mode", expected, &self))
    }

    /// What happens to a mask: indices are of the steps that they came from, what stands for several is of none.
    pub(super) fn masking(self) -> Masking {
        match self {
            Self::Int => Masking::Passes,
            _ => Masking::Refuses,
        }
    }

    /// The shape of what stands for indices of this shape, of which there are `depth`, if that is known.
    pub(super) fn shape(
        self,
        indices: &Shape,
        depth: Option<usize>,
    ) -> Result<Shape, LayerProblem> {
        let mut shape = indices.clone();
        let axes = shape.axes_mut();
        match (self, axes.last_mut()) {
            (Self::Int, _) => {}
            (Self::OneHot, Some(None)) => {
                return Err(LayerProblem::input(
                    "a known number of categories in a sample for `output_mode` \"one_hot\"",
                    "give the input the size of its last axis, or choose \"multi_hot\"",
                ));
            }
            (Self::OneHot, Some(Some(size))) if *size != 1 => axes.push(depth),
            (_, Some(last)) => *last = depth,
            (_, None) => axes.push(depth),
        }
        Ok(shape)
    }

    /// What stands for indices below `depth`; others stand for nothing.
    pub(super) fn encoded(self, indices: Vec<i64>, shape: Vec<usize>, depth: usize) -> Encoded {
        if self == Self::Int {
            return Encoded::Indices { indices, shape };
        }
        let Rows {
            count,
            width,
            shape,
        } = Rows::of(self, &shape, depth);
        let mut values = vec![0.0; count * depth];
        for (place, index) in indices.into_iter().enumerate() {
            let index = usize::try_from(index).ok().filter(|&index| index < depth);
            if let Some(index) = index {
                let own = &mut values[place / width * depth + index];
                *own = if self == Self::MultiHot {
                    1.0
                } else {
                    *own + 1.0
                };
            }
        }
        Encoded::Values { values, shape }
    }

    /// The same on the device; each index counts as much as its weight, if there are any.
    pub(super) fn encoded_there(
        self,
        indices: AnyTensor,
        weights: Option<AnyTensor>,
        depth: usize,
    ) -> AnyTensor {
        if self == Self::Int {
            return indices;
        }
        let Rows {
            count,
            width,
            shape,
        } = Rows::of(self, &indices.shape(), depth);
        let indices = indices.reshaped(&[count, width]).expect_int::<2>();
        let (device, below) = (indices.device(), i64::try_from(depth).unwrap_or(i64::MAX));
        let is_outside = indices.clone().lower_elem(0);
        let is_outside = is_outside.bool_or(indices.clone().greater_equal_elem(below));
        let ones = match weights {
            Some(weights) => weights.reshaped(&[count, width]).expect_rank::<2>(),
            None => Tensor::ones([count, width], &device),
        };
        let ones = ones.mask_fill(is_outside.clone(), 0.0);
        let indices = indices.mask_fill(is_outside, 0);
        let zeros = Tensor::<2>::zeros([count, depth], &device);
        let counts = zeros.scatter(1, indices, ones, IndexingUpdateOp::Add);
        let encoded = match self {
            Self::MultiHot => counts.clamp_max(1.0),
            _ => counts,
        };
        AnyTensor::from(encoded).reshaped(&shape)
    }
}

/// Indices as rows, each of which has a row of numbers that stands for it.
struct Rows {
    count: usize,
    /// Indices a row.
    width: usize,
    /// Of the numbers, the batch axis included.
    shape: Vec<usize>,
}

impl Rows {
    /// Those of indices of this shape, the batch axis included.
    fn of(mode: OutputMode, shape: &[usize], depth: usize) -> Self {
        let last = shape.last().copied().unwrap_or(1);
        let is_each = mode == OutputMode::OneHot;
        let width = if is_each { 1 } else { last.max(1) };
        let mut encoded = shape.to_vec();
        if shape.len() > 1 && (!is_each || last == 1) {
            encoded.pop();
        }
        encoded.push(depth);
        Self {
            count: shape.iter().product::<usize>() / width,
            width,
            shape: encoded,
        }
    }
}

/// What was encoded, on a device.
pub(super) fn on_device(encoded: Encoded, device: &burn::tensor::Device) -> AnyTensor {
    let (shape, flat): (_, AnyTensor) = match encoded {
        Encoded::Indices { indices, shape } => {
            let data = TensorData::new(indices, [shape.iter().product::<usize>()]);
            (shape, Tensor::<1, Int>::from_data(data, device).into())
        }
        Encoded::Values { values, shape } => {
            let data = TensorData::new(values, [shape.iter().product::<usize>()]);
            (shape, Tensor::<1>::from_data(data, device).into())
        }
    };
    flat.reshaped(&shape)
}
