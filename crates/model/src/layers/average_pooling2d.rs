use burn::tensor::module::avg_pool2d;
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
    /// use firebrick::layers::AveragePooling2D;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// let model = Sequential::new([2, 2, 1]).add(AveragePooling2D::new(2)).build(1, &device)?;
    /// let image = Tensor::<4>::from_floats([[[[1.0], [2.0]], [[3.0], [6.0]]]], &device);
    /// assert_eq!(model.predict(image)?.into_vec()?, [3.0]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - input: `[batch_size, height, width, channels]`
    /// - output: `[batch_size, new_height, new_width, channels]`
    ///
    /// # Source
    /// <https://keras.io/api/layers/pooling_layers/average_pooling2d/>
    pub struct AveragePooling2D<2>: pool, AveragePooling;
}

fn pool(x: AnyTensor, window: Window<2>) -> AnyTensor {
    let x = x.expect_channels_first::<4>();
    let options = AvgPoolOptions::new(window.size)
        .with_stride(window.strides)
        .with_padding_pairs(window.pads(sizes(&x)))
        .with_count_include_pad(false);
    AnyTensor::from_channels_first(avg_pool2d(x, options))
}
