use super::depthwise_convolution::depthwise_convolution;

depthwise_convolution! {
    /// Convolution of sequences, each channel by itself: `y = activation(x * kernel + bias)`, `depth_multiplier` windows a
    /// channel.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::DepthwiseConv1D;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// // The first channel adds two steps up, the second takes one from the other: the kernel, then the bias.
    /// let model = Sequential::new([2, 2])
    ///     .add(DepthwiseConv1D::new(2))
    ///     .build_with_weights([vec![1.0, 1.0, 1.0, -1.0], vec![0.0; 2]], &device)?;
    /// let steps = Tensor::<3>::from_floats([[[1.0, 10.0], [2.0, 20.0]]], &device);
    /// assert_eq!(model.predict(steps)?.into_vec()?, [3.0, -10.0]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - input: `[batch_size, steps, channels]`
    /// - output: `[batch_size, new_steps, channels · depth_multiplier]`
    ///
    /// # Source
    /// <https://keras.io/api/layers/convolution_layers/depthwise_convolution1d/>
    pub struct DepthwiseConv1D<1, 3>;
}
