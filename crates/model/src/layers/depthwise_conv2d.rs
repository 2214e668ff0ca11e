use super::depthwise_convolution::depthwise_convolution;

depthwise_convolution! {
    /// Convolution of images, each channel by itself: `y = activation(x * kernel + bias)`, `depth_multiplier` windows a
    /// channel.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::DepthwiseConv2D;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// // The first channel adds two pixels up, the second takes one from the other: the kernel, then the bias.
    /// let model = Sequential::new([1, 2, 2])
    ///     .add(DepthwiseConv2D::new([1, 2]))
    ///     .build_with_weights([vec![1.0, 1.0, 1.0, -1.0], vec![0.0; 2]], &device)?;
    /// let image = Tensor::<4>::from_floats([[[[1.0, 10.0], [2.0, 20.0]]]], &device);
    /// assert_eq!(model.predict(image)?.into_vec()?, [3.0, -10.0]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - input: `[batch_size, height, width, channels]`
    /// - output: `[batch_size, new_height, new_width, channels · depth_multiplier]`
    ///
    /// # Source
    /// <https://keras.io/api/layers/convolution_layers/depthwise_convolution2d/>
    pub struct DepthwiseConv2D<2, 4>;
}
