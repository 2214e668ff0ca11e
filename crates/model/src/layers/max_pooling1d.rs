use burn::tensor::module::max_pool1d;
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
    /// use firebrick::layers::MaxPooling1D;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// let model = Sequential::new([4, 1]).add(MaxPooling1D::new(2)).build(1, &device)?;
    /// let steps = Tensor::<3>::from_floats([[[1.0], [4.0], [3.0], [2.0]]], &device);
    /// assert_eq!(model.predict(steps)?.into_vec()?, [4.0, 3.0]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - input: `[batch_size, steps, channels]`
    /// - output: `[batch_size, new_steps, channels]`
    ///
    /// # Source
    /// <https://keras.io/api/layers/pooling_layers/max_pooling1d/>
    pub struct MaxPooling1D<1>: pool, MaxPooling;
}

fn pool(x: AnyTensor, window: Window<1>) -> AnyTensor {
    let x = x.expect_channels_first::<3>();
    let options = MaxPoolOptions::new(window.size)
        .with_stride(window.strides)
        .with_padding_pairs(window.pads(sizes(&x)));
    AnyTensor::from_channels_first(max_pool1d(x, options))
}
