use burn::tensor::module::avg_pool1d;
use burn::tensor::ops::AvgPoolOptions;
use serde::{Deserialize, Serialize};

use super::checks::sequence;
use super::window::{Padding, Window, check_not_causal};
use super::{Apply, Describe, LayerProblem, Weightless, Weights, two};
use crate::mode::Mode;
use firebrick_tensor::AnyTensor;

/// The mean of each window; what lies beyond an edge does not count.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::AveragePooling1D;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// let model = Sequential::new([4, 1]).add(AveragePooling1D::new(2)).build(1, &device)?;
/// let steps = Tensor::<3>::from_floats([[[1.0], [3.0], [5.0], [7.0]]], &device);
/// assert_eq!(model.predict(steps)?.into_vec()?, [2.0, 6.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input: `[batch_size, steps, channels]`
/// - output: `[batch_size, new_steps, channels]`
///
/// # Source
/// <https://keras.io/api/layers/pooling_layers/average_pooling1d/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AveragePooling1D {
    #[serde(default = "two")]
    pool_size: usize,
    #[serde(default)]
    strides: Option<usize>,
    #[serde(default)]
    padding: Padding,
}

impl AveragePooling1D {
    /// Windows of `pool_size` (Keras' default is 2) side by side, without padding.
    pub fn new(pool_size: usize) -> Self {
        Self {
            pool_size,
            strides: None,
            padding: Padding::Valid,
        }
    }

    /// Sets how far the window moves; as far as it is wide by default.
    #[must_use = "returns the changed layer"]
    pub fn with_strides(mut self, strides: usize) -> Self {
        self.strides = Some(strides);
        self
    }

    /// Sets what lies beyond the edges.
    #[must_use = "returns the changed layer"]
    pub fn with_padding(mut self, padding: Padding) -> Self {
        self.padding = padding;
        self
    }

    fn window(&self) -> Window<1> {
        Window {
            size: [self.pool_size],
            strides: [self.strides.unwrap_or(self.pool_size)],
            dilation: [1],
            padding: self.padding,
        }
    }
}

impl Default for AveragePooling1D {
    /// Windows of 2.
    fn default() -> Self {
        Self::new(2)
    }
}

impl Describe for AveragePooling1D {
    type Built = Weightless<Self>;

    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        let [steps, channels] = sequence(input)?;
        check_not_causal(self.padding)?;
        let [steps] = self.window().positions([steps], "pool_size")?;
        Ok(vec![steps, channels])
    }

    fn build(&self, _: &[usize], _: &mut Weights) -> Weightless<Self> {
        Weightless {
            layer: self.clone(),
        }
    }
}

impl Apply for Weightless<AveragePooling1D> {
    fn forward(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        let x = x.expect_channels_first::<3>();
        let [_, _, steps] = x.dims();
        let window = self.layer.window();
        let options = AvgPoolOptions::new(window.size)
            .with_stride(window.strides)
            .with_padding_pairs(window.pads([steps]))
            .with_count_include_pad(false);
        AnyTensor::from_channels_first(avg_pool1d(x, options))
    }
}
