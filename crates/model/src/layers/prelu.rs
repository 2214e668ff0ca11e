use burn::tensor::activation::relu;
use serde::{Deserialize, Serialize};

use super::layer_weights::{LayerWeights, layer_weights, weights_in_spec};
use crate::initializer::Initializer;
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer::{Storage, WeightSpec};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;
use firebrick_tensor::AnyTensor;

/// `x` where positive, else `alpha · x` with a learned `alpha` for every element of a sample.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::PReLU;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// // A slope for each of the two elements of a sample.
/// let model = Sequential::new([2])
///     .add(PReLU::new())
///     .build_with_weights([vec![0.5, 0.25]], &device)?;
/// let x = Tensor::<2>::from_floats([[-1.0, -1.0], [2.0, 2.0]], &device);
/// assert_eq!(model.predict(x)?.into_vec()?, [-0.5, -0.25, 2.0, 2.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input and output: any, the same
///
/// # Source
/// He et al., "Delving Deep into Rectifiers", ICCV 2015;
/// <https://keras.io/api/layers/activation_layers/prelu/>
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PReLU {
    #[serde(skip)]
    weights: LayerWeights<Self>,
}

layer_weights!(PReLU {
    alpha: Initializer::Zeros,
        with_alpha_initializer, with_alpha_regularizer, with_alpha_constraint;
});

impl PReLU {
    /// Starts with an `alpha` of 0.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Layer for PReLU {
    const CLASS_NAME: &'static str = "PReLU";

    weights_in_spec!();

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        input.known()?;
        Ok(input.clone())
    }

    fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
        let shape = inputs[0].known().unwrap_or_default();
        // One number for each element of a sample, channels last.
        vec![self.weights.spec("alpha", shape).stored(Storage::Flat)]
    }

    fn masking(&self) -> Masking {
        Masking::Passes
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let x = inputs.into_values()?;
        let shape = x.shape();
        let alpha = call.weight::<1>("alpha").unsqueeze::<2>();
        let [_, elements] = alpha.dims();
        let x = x.reshaped(&[shape[0], elements]).expect_rank::<2>();
        let y = relu(x.clone()) - relu(-x) * alpha;
        Ok(AnyTensor::from(y).reshaped(&shape).into())
    }
}
