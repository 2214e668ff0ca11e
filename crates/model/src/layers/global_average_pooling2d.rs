use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::checks::image;
use super::{Apply, Describe, LayerProblem, Weightless, Weights};
use crate::mode::Mode;
use firebrick_tensor::AnyTensor;

/// The mean of each channel over the whole image.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::GlobalAveragePooling2D;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// let model = Sequential::new([2, 1, 2]).add(GlobalAveragePooling2D::new()).build(1, &device)?;
/// let image = Tensor::<4>::from_floats([[[[1.0, 10.0]], [[3.0, 20.0]]]], &device);
/// assert_eq!(model.predict(image)?.into_vec()?, [2.0, 15.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input: `[batch_size, height, width, channels]`
/// - output: `[batch_size, channels]`, or `[batch_size, 1, 1, channels]` with the axes kept
///
/// # Source
/// <https://keras.io/api/layers/pooling_layers/global_average_pooling2d/>
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GlobalAveragePooling2D {
    #[serde(default)]
    keepdims: bool,
}

impl GlobalAveragePooling2D {
    /// The mean without the axes it was taken over.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps the axes, with a size of 1.
    #[must_use = "returns the changed layer"]
    pub fn keep_dims(mut self) -> Self {
        self.keepdims = true;
        self
    }
}

impl Describe for GlobalAveragePooling2D {
    type Built = Weightless<Self>;

    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        let [_, _, channels] = image(input)?;
        Ok(if self.keepdims {
            vec![1, 1, channels]
        } else {
            vec![channels]
        })
    }

    fn build(&self, _: &[usize], _: &mut Weights) -> Weightless<Self> {
        Weightless {
            layer: self.clone(),
        }
    }
}

impl Apply for Weightless<GlobalAveragePooling2D> {
    fn forward(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        let x = x.expect_channels_first::<4>();
        let [batch_size, channels, height, width] = x.dims();
        let flat: Tensor<3> = x.reshape([batch_size, channels, height * width]);
        let y = flat.mean_dim(2);
        if self.layer.keepdims {
            y.reshape([batch_size, 1, 1, channels]).into()
        } else {
            y.reshape([batch_size, channels]).into()
        }
    }
}
