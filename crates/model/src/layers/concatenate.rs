use burn::tensor::{Bool, Tensor};
use firebrick_host::kernels;
use firebrick_tensor::AnyTensor;
use serde::{Deserialize, Serialize};

use super::merging::too_few;
use crate::layer::Call;
use crate::layer::HostForm;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::{Signal, Signals};

/// The inputs one after the other along an axis, the last one by default.
///
/// Whole numbers stay whole if all inputs are. Where some inputs have a mask, the steps of the others count; steps that are
/// joined with their like count where one of them does, as in Keras.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Concatenate, Layer};
/// use firebrick::models::{Graph, input};
///
/// let (a, b) = (input([7, 3]), input([7, 5]));
/// let both = Concatenate::new().on([&a, &b]);
/// assert_eq!(Graph::new([a, b], [both]).output_shapes()?, [[7, 8]]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - inputs: two or more, `[batch_size, ...]`, the same but along the axis
/// - output: `[batch_size, ...]`, along the axis as large as all together
///
/// # Source
/// <https://keras.io/api/layers/merging_layers/concatenate/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Concatenate {
    axis: i64,
}

impl Concatenate {
    /// Along the last axis.
    pub fn new() -> Self {
        Self { axis: -1 }
    }

    /// Along another axis; 0 is the batch, which it cannot be, negative ones are counted from the end.
    #[must_use = "returns the changed layer"]
    pub fn with_axis(mut self, axis: i64) -> Self {
        self.axis = axis;
        self
    }

    /// The axis among `rank`, the batch axis included.
    fn place(&self, rank: usize) -> Result<usize, LayerProblem> {
        firebrick_tensor::Axes::from(self.axis)
            .within(rank)
            .and_then(|axes| axes.first().copied())
            .filter(|&axis| axis > 0)
            .ok_or_else(|| {
                let expected = format!("one of the axes 1 to {} (0 is the batch)", rank - 1);
                LayerProblem::argument("axis", expected, &self.axis)
            })
    }
}

impl Default for Concatenate {
    fn default() -> Self {
        Self::new()
    }
}

impl Layer for Concatenate {
    const CLASS_NAME: &'static str = "Concatenate";

    fn output_shapes(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
        let [first, rest @ ..] = inputs else {
            return Err(too_few(0));
        };
        if rest.is_empty() {
            return Err(too_few(1));
        }
        let axis = self.place(first.rank() + 1)? - 1;
        let mut along = first.axes()[axis];
        let mut joined = first.clone();
        for other in rest {
            let unlike = || {
                LayerProblem::input(
                    format!("shapes that are the same but along axis {}", axis + 1),
                    "bring them into one shape, or choose another `axis`",
                )
            };
            let mut aligned = other.clone();
            let size = aligned.axes_mut().get_mut(axis).ok_or_else(unlike)?;
            along = along
                .zip(*size)
                .and_then(|(sum, size)| sum.checked_add(size));
            *size = joined.axes()[axis];
            joined = joined.merged(&aligned).ok_or_else(unlike)?;
        }
        joined.axes_mut()[axis] = along;
        Ok(vec![joined])
    }

    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        let axis = self.place(inputs[0].rank() + 1).ok()? - 1;
        let sizes: Vec<Vec<usize>> = inputs
            .iter()
            .map(|shape| shape.known().ok())
            .collect::<Option<_>>()?;
        let times = sizes[0][..axis].iter().product::<usize>();
        let lens = sizes.iter().map(|sizes| sizes[axis..].iter().product());
        let kernel = kernels::Concatenate::new(times, lens.collect::<Vec<usize>>());
        Some(HostForm::of(kernel, []))
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        let rank = inputs.iter().map(|signal| signal.values().rank()).max();
        let axis = self.place(rank.unwrap_or(2))?;
        let mask = joined_mask(&inputs, axis);
        let is_int = inputs.iter().all(|signal| signal.values().is_int());
        let values: Vec<AnyTensor> = inputs.into_iter().map(Signal::into_values).collect();
        /// One arm for each rank.
        macro_rules! of_rank {
            ($($rank:literal),+) => {
                match rank {
                    $(Some($rank) if is_int => {
                        let values = values.into_iter().map(AnyTensor::expect_int::<$rank>);
                        AnyTensor::from(Tensor::cat(values.collect(), axis))
                    }
                    Some($rank) => {
                        let values = values.into_iter().map(AnyTensor::expect_rank::<$rank>);
                        AnyTensor::from(Tensor::cat(values.collect(), axis))
                    })+
                    rank => unreachable!("a batch has 1 to 6 axes, checked before, not {rank:?}"),
                }
            };
        }
        Ok(Signal::from(of_rank!(1, 2, 3, 4, 5, 6))
            .with_mask(mask)
            .into())
    }

    fn masking(&self) -> Masking {
        Masking::Merges
    }
}

/// The masks along the steps one after the other, or, where steps are joined with their like, those that one of them has.
fn joined_mask(inputs: &Signals, axis: usize) -> Option<Tensor<2, Bool>> {
    inputs.iter().find_map(Signal::mask)?;
    let masks = inputs.iter().map(|signal| {
        signal.mask().cloned().unwrap_or_else(|| {
            let shape = signal.shape();
            Tensor::<2>::ones([shape[0], shape[1]], &signal.device()).bool()
        })
    });
    if axis == 1 {
        Some(Tensor::cat(masks.collect(), 1))
    } else {
        masks.reduce(Tensor::bool_or)
    }
}
