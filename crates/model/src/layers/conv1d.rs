use super::convolution::convolution;

convolution! {
    /// Convolution of sequences, `y = activation(x * kernel + bias)`.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::Conv1D;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// // One filter, a step minus the next one: the kernel, then the bias.
    /// let model = Sequential::new([3, 1])
    ///     .add(Conv1D::new(1, 2))
    ///     .build_with_weights([vec![1.0, -1.0], vec![0.0]], &device)?;
    /// let steps = Tensor::<3>::from_floats([[[1.0], [4.0], [9.0]]], &device);
    /// assert_eq!(model.predict(steps)?.into_vec()?, [-3.0, -5.0]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - input: `[batch_size, steps, channels]`
    /// - output: `[batch_size, new_steps, filters]`
    ///
    /// # Source
    /// <https://keras.io/api/layers/convolution_layers/convolution1d/>
    pub struct Conv1D<1, 3>;
}
