use serde::{Deserialize, Serialize};

use super::checks::sequence;
use super::{Apply, Describe, LayerProblem, Weightless, Weights};
use crate::mode::Mode;
use firebrick_tensor::AnyTensor;

/// The mean of each channel over all steps.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::GlobalAveragePooling1D;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// let model = Sequential::new([2, 2]).add(GlobalAveragePooling1D::new()).build(1, &device)?;
/// let steps = Tensor::<3>::from_floats([[[1.0, 10.0], [3.0, 20.0]]], &device);
/// assert_eq!(model.predict(steps)?.into_vec()?, [2.0, 15.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input: `[batch_size, steps, channels]`
/// - output: `[batch_size, channels]`, or `[batch_size, 1, channels]` with the axes kept
///
/// # Source
/// <https://keras.io/api/layers/pooling_layers/global_average_pooling1d/>
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GlobalAveragePooling1D {
    #[serde(default)]
    keepdims: bool,
}

impl GlobalAveragePooling1D {
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

impl Describe for GlobalAveragePooling1D {
    type Built = Weightless<Self>;

    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        let [_, channels] = sequence(input)?;
        Ok(if self.keepdims {
            vec![1, channels]
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

impl Apply for Weightless<GlobalAveragePooling1D> {
    fn forward(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        let x = x.expect_channels_first::<3>();
        let [batch_size, channels, _] = x.dims();
        let y = x.mean_dim(2);
        if self.layer.keepdims {
            y.reshape([batch_size, 1, channels]).into()
        } else {
            y.reshape([batch_size, channels]).into()
        }
    }
}
