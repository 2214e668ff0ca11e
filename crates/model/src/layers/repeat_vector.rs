use serde::{Deserialize, Serialize};

use super::checks::check_positive;
use super::{Apply, Describe, LayerProblem, Weightless, Weights};
use crate::mode::Mode;
use firebrick_tensor::AnyTensor;

/// The same vector at each of `n` steps.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::RepeatVector;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// let model = Sequential::new([2]).add(RepeatVector::new(3)).build(1, &device)?;
/// let x = Tensor::<2>::from_floats([[1.0, 2.0]], &device);
/// assert_eq!(model.predict(x)?.into_vec()?, [1.0, 2.0, 1.0, 2.0, 1.0, 2.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input: `[batch_size, features]`
/// - output: `[batch_size, n, features]`
///
/// # Source
/// <https://keras.io/api/layers/reshaping_layers/repeat_vector/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepeatVector {
    n: usize,
}

impl RepeatVector {
    /// The number of steps.
    pub fn new(n: usize) -> Self {
        Self { n }
    }
}

impl Describe for RepeatVector {
    type Built = Weightless<Self>;

    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        check_positive("n", self.n)?;
        match *input {
            [features] => Ok(vec![self.n, features]),
            _ => Err(LayerProblem::input(
                "[features]",
                "put a Flatten in front of it",
            )),
        }
    }

    fn build(&self, _: &[usize], _: &mut Weights) -> Weightless<Self> {
        Weightless {
            layer: self.clone(),
        }
    }
}

impl Apply for Weightless<RepeatVector> {
    fn forward(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        let x = x.expect_rank::<2>().unsqueeze_dim::<3>(1);
        x.repeat_dim(1, self.layer.n).into()
    }
}
