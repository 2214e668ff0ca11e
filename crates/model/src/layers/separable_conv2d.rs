use super::separable_convolution::separable_convolution;

separable_convolution! {
    /// Convolution of images in two parts, with far fewer weights than in one: each channel by itself, then a mix of the
    /// channels at every place, `y = activation((x * depthwise_kernel) · pointwise_kernel + bias)`.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::SeparableConv2D;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// // One channel after the other, 3 and -10; then 3 · 1 - 10 · 2 + 0.5.
    /// let model = Sequential::new([1, 2, 2])
    ///     .add(SeparableConv2D::new(1, [1, 2]))
    ///     .build_with_weights([vec![1.0, 1.0, 1.0, -1.0], vec![1.0, 2.0], vec![0.5]], &device)?;
    /// let image = Tensor::<4>::from_floats([[[[1.0, 10.0], [2.0, 20.0]]]], &device);
    /// assert_eq!(model.predict(image)?.into_vec()?, [-16.5]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - input: `[batch_size, height, width, channels]`
    /// - output: `[batch_size, new_height, new_width, filters]`
    ///
    /// # Source
    /// <https://keras.io/api/layers/convolution_layers/separable_convolution2d/>
    pub struct SeparableConv2D<2, 4>;
}
