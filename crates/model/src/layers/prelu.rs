use burn::module::{Module, Param};
use burn::tensor::{Tensor, activation::relu};
use firebrick_spec::{Spec, SpecError};
use serde::{Deserialize, Serialize};

use super::layer_weights::{LayerWeights, WeightArguments, layer_weights};
use super::weights::Storage;
use super::{Apply, Describe, LayerProblem, WeightSpec, Weights};
use crate::initializer::Initializer;
use crate::mode::Mode;
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
    #[serde(flatten)]
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

impl Describe for PReLU {
    type Built = BuiltPReLU;

    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        Ok(input.to_vec())
    }

    fn weights(&self, input: &[usize]) -> Vec<WeightSpec> {
        let alpha = self.weights.spec("alpha", input.to_vec());
        vec![alpha.stored(Storage::Flat)]
    }

    fn from_spec(spec: &Spec, thing: &str) -> Result<Self, SpecError> {
        LayerWeights::read(spec, thing, |layer: &mut Self| &mut layer.weights)
    }

    fn argument_names() -> Vec<String> {
        LayerWeights::<Self>::argument_names(&[])
    }

    fn weight_arguments(&self) -> &[WeightArguments] {
        self.weights.arguments()
    }

    fn build(&self, _: &[usize], weights: &mut Weights) -> BuiltPReLU {
        BuiltPReLU {
            alpha: weights.next(),
        }
    }
}

/// A [`PReLU`] layer with its weights.
#[derive(Module, Debug)]
pub(crate) struct BuiltPReLU {
    /// One number for each element of a sample, channels last.
    alpha: Param<Tensor<1>>,
}

impl Apply for BuiltPReLU {
    fn forward(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        let shape = x.shape();
        let alpha = self.alpha.val().unsqueeze::<2>();
        let [_, elements] = alpha.dims();
        let x = x.reshaped(&[shape[0], elements]).expect_rank::<2>();
        let y = relu(x.clone()) - relu(-x) * alpha;
        AnyTensor::from(y).reshaped(&shape)
    }
}
