use burn::tensor::module::avg_pool1d;
use burn::tensor::ops::AvgPoolOptions;
use firebrick_tensor::AnyTensor;

use super::extent::sizes;
use super::pooling::pooling;
use super::window::Window;

pooling! {
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
    pub struct AveragePooling1D<1>: pool, AveragePooling;
}

fn pool(x: AnyTensor, window: Window<1>) -> AnyTensor {
    let x = x.expect_channels_first::<3>();
    let options = AvgPoolOptions::new(window.size)
        .with_stride(window.strides)
        .with_padding_pairs(window.pads(sizes(&x)))
        .with_count_include_pad(false);
    AnyTensor::from_channels_first(avg_pool1d(x, options))
}
