use burn::tensor::module::max_pool2d;
use burn::tensor::ops::MaxPoolOptions;
use firebrick_tensor::AnyTensor;

use super::extent::sizes;
use super::pooling::pooling;
use super::window::Window;

pooling! {
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
    pub struct MaxPooling2D<2>: pool, MaxPooling;
}

fn pool(x: AnyTensor, window: Window<2>) -> AnyTensor {
    let x = x.expect_channels_first::<4>();
    let options = MaxPoolOptions::new(window.size)
        .with_stride(window.strides)
        .with_padding_pairs(window.pads(sizes(&x)));
    AnyTensor::from_channels_first(max_pool2d(x, options))
}
