use super::separable_convolution::separable_convolution;

separable_convolution! {
    /// Convolution of sequences in two parts, with far fewer weights than in one: each channel by itself, then a mix of the
    /// channels at every step, `y = activation((x * depthwise_kernel) · pointwise_kernel + bias)`.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::SeparableConv1D;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// // One channel after the other, 3 and -10; then 3 · 1 - 10 · 2 + 0.5.
    /// let model = Sequential::new([2, 2])
    ///     .add(SeparableConv1D::new(1, 2))
    ///     .build_with_weights([vec![1.0, 1.0, 1.0, -1.0], vec![1.0, 2.0], vec![0.5]], &device)?;
    /// let steps = Tensor::<3>::from_floats([[[1.0, 10.0], [2.0, 20.0]]], &device);
    /// assert_eq!(model.predict(steps)?.into_vec()?, [-16.5]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - input: `[batch_size, steps, channels]`
    /// - output: `[batch_size, new_steps, filters]`
    ///
    /// # Source
    /// <https://keras.io/api/layers/convolution_layers/separable_convolution1d/>
    pub struct SeparableConv1D<1, 3>;
}
