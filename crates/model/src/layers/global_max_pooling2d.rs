use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::problem::image;
use super::{Apply, Describe, LayerProblem, Weightless, Weights};
use crate::{AnyTensor, Mode};

/// The largest value of each channel over the whole image.
///
/// # Shapes
/// - input: `[batch_size, height, width, channels]`
/// - output: `[batch_size, channels]`, or `[batch_size, 1, 1, channels]` with the axes kept
///
/// # Source
/// <https://keras.io/api/layers/pooling_layers/global_max_pooling2d/>
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GlobalMaxPooling2D {
    #[serde(default)]
    keepdims: bool,
}

impl GlobalMaxPooling2D {
    /// The largest value without the axes it was sought over.
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

impl Describe for GlobalMaxPooling2D {
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

impl Apply for Weightless<GlobalMaxPooling2D> {
    fn forward(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        let x = x.expect_channels_first::<4>();
        let [batch_size, channels, height, width] = x.dims();
        let flat: Tensor<3> = x.reshape([batch_size, channels, height * width]);
        let y = flat.max_dim(2);
        if self.layer.keepdims {
            y.reshape([batch_size, 1, 1, channels]).into()
        } else {
            y.reshape([batch_size, channels]).into()
        }
    }
}
