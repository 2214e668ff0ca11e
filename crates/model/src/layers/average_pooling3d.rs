use burn::tensor::module::avg_pool2d;
use burn::tensor::ops::AvgPoolOptions;
use firebrick_tensor::AnyTensor;

use super::pooling::{by_planes, pooling};
use super::window::Window;

pooling! {
    /// The mean of each window; what lies beyond an edge does not count.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::AveragePooling3D;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// let model = Sequential::new([2, 1, 2, 1]).add(AveragePooling3D::new([2, 1, 2])).build(1, &device)?;
    /// let volume = Tensor::<5>::from_floats([[[[[1.0], [2.0]]], [[[3.0], [6.0]]]]], &device);
    /// assert_eq!(model.predict(volume)?.into_vec()?, [3.0]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - input: `[batch_size, depth, height, width, channels]`
    /// - output: `[batch_size, new_depth, new_height, new_width, channels]`
    ///
    /// # Source
    /// <https://keras.io/api/layers/pooling_layers/average_pooling3d/>
    pub struct AveragePooling3D<3>: pool, AveragePooling;
}

/// The mean of means: first of each plane, then along the depth. What counts of a window is a product of its axes.
fn pool(x: AnyTensor, window: Window<3>) -> AnyTensor {
    by_planes(x, window, |x, size, strides, pads| {
        let options = AvgPoolOptions::new(size)
            .with_stride(strides)
            .with_padding_pairs(pads)
            .with_count_include_pad(false);
        avg_pool2d(x, options)
    })
}
