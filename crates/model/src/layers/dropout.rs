use burn::module::{Flag, Module, Param};
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::checks::check_number;
use super::{Apply, Describe, LayerProblem, Weights};
use crate::draws::Draws;
use crate::mode::Mode;
use firebrick_tensor::AnyTensor;
use firebrick_tensor::SameShape;

/// In training, zeroes every element with probability `rate` and scales the others by
/// `1 / (1 - rate)`; otherwise it does nothing.
///
/// The random numbers are a function of the training's seed, the step and the layer's name, see [`Draws`](crate::Draws).
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::Dropout;
/// use firebrick::models::{Draws, Mode, Sequential};
///
/// let device = Device::flex();
/// let model = Sequential::new([1000]).add(Dropout::new(0.5)).build(1, &device)?;
/// let ones = Tensor::<2>::ones([1, 1000], &device);
/// let in_training = model.forward(ones.clone(), Mode::Training(Draws::new(1, 0))).into_vec()?;
/// assert!(in_training.iter().all(|&x| x == 0.0 || x == 2.0));
/// assert!((450..550).contains(&in_training.iter().filter(|&&x| x == 0.0).count()));
/// assert_eq!(model.predict(ones)?.into_vec()?, [1.0; 1000]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input and output: any, the same
///
/// # Source
/// <https://keras.io/api/layers/regularization_layers/dropout/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dropout {
    rate: f64,
}

impl Dropout {
    /// The probability, from 0 to below 1.
    pub fn new(rate: f64) -> Self {
        Self { rate }
    }
}

/// A probability with which something is dropped.
pub(crate) fn check_rate(rate: f64) -> Result<(), LayerProblem> {
    check_number("rate", rate, "from 0 to below 1", |rate| {
        (0.0..1.0).contains(&rate)
    })
}

impl Describe for Dropout {
    type Built = BuiltDropout;

    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        check_rate(self.rate)?;
        Ok(input.to_vec())
    }

    fn build(&self, _: &[usize], _: &mut Weights) -> BuiltDropout {
        BuiltDropout {
            rate: self.rate,
            training: Param::from_bool(true),
        }
    }
}

/// A [`Dropout`] layer, which a frozen network switches off.
#[derive(Module, Debug)]
pub(crate) struct BuiltDropout {
    rate: f64,
    training: Param<Flag>,
}

/// Zeroes what these draws say.
struct Drops {
    rate: f64,
    draws: Draws,
}

impl SameShape for Drops {
    fn apply<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        let factors = self.draws.dropout(x.dims(), self.rate, &x.device());
        x * factors
    }
}

impl Apply for BuiltDropout {
    fn forward(&self, x: AnyTensor, mode: Mode) -> AnyTensor {
        match mode {
            Mode::Training(draws) if self.training.is_enabled() && self.rate > 0.0 => {
                let rate = self.rate;
                x.map_elements(&Drops { rate, draws })
            }
            _ => x,
        }
    }
}
