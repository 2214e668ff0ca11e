use burn::tensor::Tensor;
use firebrick_host::kernels::{self, Standardize};
use firebrick_tensor::{AnyTensor, Axes};
use serde::{Deserialize, Serialize};

use crate::layer::Call;
use crate::layer::HostForm;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::{Signal, Signals};
use crate::single::single;

/// The products of two inputs' elements, summed along one axis of each: dot products, sample by sample.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Dot, Layer};
/// use firebrick::models::{Graph, input};
///
/// // How much two vectors are alike: the cosine of the angle between them.
/// let (user, film) = (input([16]), input([16]));
/// let likeness = Dot::new(1).normalized().on([&user, &film]);
/// assert_eq!(Graph::new([user, film], [likeness]).output_shapes()?, [[1]]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - inputs: two, `[batch_size, ...]` of two or three axes, as long along the summed axes
/// - output: `[batch_size, ...]`, what is left of the first, then of the second; `[batch_size, 1]` if nothing is
///
/// # Source
/// <https://keras.io/api/layers/merging_layers/dot/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dot {
    axes: Axes,
    #[serde(default)]
    normalize: bool,
}

impl Dot {
    /// The axis of both inputs, or one for each, that is summed along; 0 is the batch.
    pub fn new(axes: impl Into<Axes>) -> Self {
        Self {
            axes: axes.into(),
            normalize: false,
        }
    }

    /// Divides by the lengths along the axes before, so that the result is the cosine of the angle.
    #[must_use = "returns the changed layer"]
    pub fn normalized(mut self) -> Self {
        self.normalize = true;
        self
    }

    /// The summed axis of an input of this rank, the batch axis included.
    fn axis(&self, input: usize, rank: usize) -> Result<usize, LayerProblem> {
        let given = match self.axes.as_slice() {
            [both] => Some(*both),
            [first, second] => Some([*first, *second][input]),
            _ => None,
        };
        given
            .and_then(|axis| Axes::from(axis).within(rank))
            .and_then(|axes| axes.first().copied())
            .filter(|&axis| axis > 0)
            .ok_or_else(|| {
                let expected = format!("one axis or two, from 1 to {} (0 is the batch)", rank - 1);
                LayerProblem::argument("axes", expected, &self.axes.as_slice())
            })
    }

    /// How many vectors an input has and how long they are, and how they come one after the other over plain memory.
    fn vectors_on_host(&self, input: usize, shape: &Shape) -> Option<([usize; 2], HostForm)> {
        let sizes = shape.known().ok()?;
        let axis = self.axis(input, sizes.len() + 1).ok()? - 1;
        let kept: Vec<usize> = (0..sizes.len()).filter(|own| *own != axis).collect();
        let (len, size) = (sizes.iter().product(), sizes[axis]);
        let order: Vec<usize> = kept.into_iter().chain([axis]).collect();
        let turned = HostForm::turning(&sizes, &order)?;
        let form = if self.normalize {
            turned.then(Standardize::by_length(len, size, single(LEAST)), [])
        } else {
            turned
        };
        Some(([len / size.max(1), size], form))
    }
}

impl Layer for Dot {
    const CLASS_NAME: &'static str = "Dot";

    fn output_shapes(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
        let [one, other] = inputs else {
            return Err(LayerProblem::NumInputs {
                expected: "2".to_owned(),
                received: inputs.len(),
            });
        };
        if inputs.iter().any(|shape| !(1..=2).contains(&shape.rank())) {
            return Err(LayerProblem::input(
                "[features] or [steps, features], twice",
                "put a Reshape or a Flatten in front of it",
            ));
        }
        let axes = [
            self.axis(0, one.rank() + 1)?,
            self.axis(1, other.rank() + 1)?,
        ];
        let sizes = (one.axes()[axes[0] - 1], other.axes()[axes[1] - 1]);
        if let (Some(one), Some(other)) = sizes
            && one != other
        {
            return Err(LayerProblem::input(
                format!(
                    "inputs that are as long along the summed axes, {} and {}",
                    axes[0], axes[1]
                ),
                "choose other `axes`, or bring one input to the length of the other",
            ));
        }
        let left = |shape: &Shape, axis: usize| {
            let mut axes = shape.axes().to_vec();
            axes.remove(axis - 1);
            axes
        };
        let mut shape = left(one, axes[0]);
        shape.extend(left(other, axes[1]));
        if shape.is_empty() {
            shape.push(Some(1));
        }
        Ok(vec![shape.into()])
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        let [one, other] = inputs.into_array()?.map(Signal::into_values);
        let (ranks, axes) = (
            [one.rank(), other.rank()],
            [self.axis(0, one.rank())?, self.axis(1, other.rank())?],
        );
        // `[batch_size, what is left, summed]` and `[batch_size, summed, what is left]`.
        let one = summed_last(one, axes[0]);
        let other = summed_last(other, axes[1]);
        let (one, other) = if self.normalize {
            (unit(one), unit(other))
        } else {
            (one, other)
        };
        let y = one.matmul(other.swap_dims(1, 2));
        let [batch_size, rows, columns] = y.dims();
        let y = match ranks {
            [2, 2] => y.reshape([batch_size, 1]).into(),
            [2, _] => y.reshape([batch_size, columns]).into(),
            [_, 2] => y.reshape([batch_size, rows]).into(),
            _ => AnyTensor::from(y),
        };
        Ok(y.into())
    }

    fn masking(&self) -> Masking {
        Masking::Ends
    }

    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        let [one, other] = inputs else {
            return None;
        };
        let ([rows, size], one) = self.vectors_on_host(0, one)?;
        let ([columns, _], other) = self.vectors_on_host(1, other)?;
        let kernel = kernels::Dot::new([rows, columns], size);
        Some(HostForm::joining(vec![one, other], kernel))
    }
}

/// `[batch_size, what is left, summed]`
fn summed_last(x: AnyTensor, axis: usize) -> Tensor<3> {
    match x.rank() {
        2 => x.expect_rank::<2>().unsqueeze_dim(1),
        _ if axis == 1 => x.expect_rank::<3>().swap_dims(1, 2),
        _ => x.expect_rank::<3>(),
    }
}

/// What squares add up to at least where a length is taken.
const LEAST: f64 = 1e-12;

/// Of length 1 along the last axis, as Keras has it: not longer where there is next to nothing.
fn unit(x: Tensor<3>) -> Tensor<3> {
    let squares = x.clone().square().sum_dim(2);
    x / squares.clamp_min(LEAST).sqrt()
}
