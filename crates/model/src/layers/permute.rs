use burn::tensor::{Int, Tensor};
use serde::{Deserialize, Serialize};

use crate::layer::Call;
use crate::layer::HostForm;
use crate::layer::Layer;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;
use firebrick_tensor::AnyTensor;

/// The axes of a sample in another order.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::Permute;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// // Axes are counted from 1, the batch is 0.
/// let model = Sequential::new([2, 3]).add(Permute::new([2, 1])).build(1, &device)?;
/// let x = Tensor::<3>::from_floats([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]], &device);
/// assert_eq!(model.predict(x)?.into_vec()?, [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input: `[batch_size, ...]`
/// - output: `[batch_size, ...]`, axis `i` is the input's axis `dims[i]`
///
/// # Source
/// <https://keras.io/api/layers/reshaping_layers/permute/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Permute {
    dims: Vec<usize>,
}

impl Permute {
    /// The order of the axes, counted from 1, without the batch axis.
    pub fn new(dims: impl Into<Vec<usize>>) -> Self {
        Self { dims: dims.into() }
    }

    fn turned<const D: usize>(&self, x: AnyTensor) -> AnyTensor
    where
        AnyTensor: From<Tensor<D>> + From<Tensor<D, Int>>,
    {
        let axes: [usize; D] =
            std::array::from_fn(|axis| if axis == 0 { 0 } else { self.dims[axis - 1] });
        if x.is_int() {
            x.expect_int::<D>().permute(axes).into()
        } else {
            x.expect_rank::<D>().permute(axes).into()
        }
    }
}

impl Layer for Permute {
    const CLASS_NAME: &'static str = "Permute";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        let axes = input.axes();
        let mut sorted = self.dims.clone();
        sorted.sort_unstable();
        if sorted.into_iter().ne(1..=axes.len()) {
            let expected = format!("the axes 1 to {}, each once", axes.len());
            return Err(LayerProblem::argument("dims", expected, &self.dims));
        }
        Ok(self.dims.iter().map(|&axis| axes[axis - 1]).collect())
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        let x = inputs.into_values()?;
        let y = match x.rank() {
            3 => self.turned::<3>(x),
            4 => self.turned::<4>(x),
            5 => self.turned::<5>(x),
            6 => self.turned::<6>(x),
            // One axis has one order.
            _ => x,
        };
        Ok(y.into())
    }

    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        let sizes = inputs[0].known().ok()?;
        let order: Vec<usize> = self.dims.iter().map(|dim| dim - 1).collect();
        HostForm::turning(&sizes, &order)
    }
}
