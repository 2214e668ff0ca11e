use burn::tensor::module::max_pool2d;
use burn::tensor::ops::MaxPoolOptions;
use serde::{Deserialize, Serialize};

use super::checks::image;
use super::window::{Padding, Window, check_not_causal};
use super::{Apply, Describe, LayerProblem, Size2D, Weightless, Weights};
use crate::mode::Mode;
use firebrick_tensor::AnyTensor;

/// The largest value of each window; what lies beyond an edge is never the largest.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::MaxPooling2D;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// let model = Sequential::new([2, 2, 1]).add(MaxPooling2D::new(2)).build(1, &device)?;
/// let image = Tensor::<4>::from_floats([[[[1.0], [2.0]], [[3.0], [6.0]]]], &device);
/// assert_eq!(model.predict(image)?.into_vec()?, [6.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input: `[batch_size, height, width, channels]`
/// - output: `[batch_size, new_height, new_width, channels]`
///
/// # Source
/// <https://keras.io/api/layers/pooling_layers/max_pooling2d/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaxPooling2D {
    #[serde(default = "Size2D::two")]
    pool_size: Size2D,
    #[serde(default)]
    strides: Option<Size2D>,
    #[serde(default)]
    padding: Padding,
}

impl MaxPooling2D {
    /// Windows of `pool_size` (Keras' default is 2) side by side, without padding.
    pub fn new(pool_size: impl Into<Size2D>) -> Self {
        Self {
            pool_size: pool_size.into(),
            strides: None,
            padding: Padding::Valid,
        }
    }

    /// Sets how far the window moves; as far as it is wide by default.
    #[must_use = "returns the changed layer"]
    pub fn with_strides(mut self, strides: impl Into<Size2D>) -> Self {
        self.strides = Some(strides.into());
        self
    }

    /// Sets what lies beyond the edges.
    #[must_use = "returns the changed layer"]
    pub fn with_padding(mut self, padding: Padding) -> Self {
        self.padding = padding;
        self
    }

    fn window(&self) -> Window<2> {
        Window {
            size: self.pool_size.axes(),
            strides: self.strides.unwrap_or(self.pool_size).axes(),
            dilation: [1; 2],
            padding: self.padding,
        }
    }
}

impl Default for MaxPooling2D {
    /// Windows of 2 × 2.
    fn default() -> Self {
        Self::new(2)
    }
}

impl Describe for MaxPooling2D {
    type Built = Weightless<Self>;

    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        let [height, width, channels] = image(input)?;
        check_not_causal(self.padding)?;
        let [height, width] = self.window().positions([height, width], "pool_size")?;
        Ok(vec![height, width, channels])
    }

    fn build(&self, _: &[usize], _: &mut Weights) -> Weightless<Self> {
        Weightless {
            layer: self.clone(),
        }
    }
}

impl Apply for Weightless<MaxPooling2D> {
    fn forward(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        let x = x.expect_channels_first::<4>();
        let [_, _, height, width] = x.dims();
        let window = self.layer.window();
        let options = MaxPoolOptions::new(window.size)
            .with_stride(window.strides)
            .with_padding_pairs(window.pads([height, width]));
        AnyTensor::from_channels_first(max_pool2d(x, options))
    }
}
