use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::{Apply, Describe, LayerProblem, Weightless, Weights};
use crate::mode::Mode;
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
#[serde(deny_unknown_fields)]
pub struct Permute {
    dims: Vec<usize>,
}

impl Permute {
    /// The order of the axes, counted from 1, without the batch axis.
    pub fn new(dims: impl Into<Vec<usize>>) -> Self {
        Self { dims: dims.into() }
    }

    fn axes<const D: usize>(&self) -> [usize; D] {
        std::array::from_fn(|axis| if axis == 0 { 0 } else { self.dims[axis - 1] })
    }
}

impl Describe for Permute {
    type Built = Weightless<Self>;

    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        let mut sorted = self.dims.clone();
        sorted.sort_unstable();
        if sorted.into_iter().ne(1..=input.len()) {
            let expected = format!("the axes 1 to {}, each once", input.len());
            return Err(LayerProblem::argument("dims", expected, &self.dims));
        }
        Ok(self.dims.iter().map(|&axis| input[axis - 1]).collect())
    }

    fn build(&self, _: &[usize], _: &mut Weights) -> Weightless<Self> {
        Weightless {
            layer: self.clone(),
        }
    }
}

impl Apply for Weightless<Permute> {
    fn forward(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        let layer = &self.layer;
        match x.rank() {
            3 => turned::<3>(x, layer),
            4 => turned::<4>(x, layer),
            5 => turned::<5>(x, layer),
            // One axis has one order.
            _ => x,
        }
    }
}

fn turned<const D: usize>(x: AnyTensor, layer: &Permute) -> AnyTensor
where
    AnyTensor: From<Tensor<D>>,
{
    x.expect_rank::<D>().permute(layer.axes()).into()
}
