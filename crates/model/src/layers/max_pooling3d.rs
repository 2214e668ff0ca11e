use burn::tensor::module::max_pool2d;
use burn::tensor::ops::MaxPoolOptions;
use firebrick_tensor::AnyTensor;

use super::pooling::{by_planes, pooling};
use super::window::Window;

pooling! {
    /// The largest value of each window; what lies beyond an edge is never the largest.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::MaxPooling3D;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// let model = Sequential::new([2, 1, 2, 1]).add(MaxPooling3D::new([2, 1, 2])).build(1, &device)?;
    /// let volume = Tensor::<5>::from_floats([[[[[1.0], [2.0]]], [[[3.0], [6.0]]]]], &device);
    /// assert_eq!(model.predict(volume)?.into_vec()?, [6.0]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - input: `[batch_size, depth, height, width, channels]`
    /// - output: `[batch_size, new_depth, new_height, new_width, channels]`
    ///
    /// # Source
    /// <https://keras.io/api/layers/pooling_layers/max_pooling3d/>
    pub struct MaxPooling3D<3>: pool, MaxPooling;
}

/// The largest of the largest: first of each plane, then along the depth.
fn pool(x: AnyTensor, window: Window<3>) -> AnyTensor {
    by_planes(x, window, |x, size, strides, pads| {
        let options = MaxPoolOptions::new(size)
            .with_stride(strides)
            .with_padding_pairs(pads);
        max_pool2d(x, options)
    })
}
