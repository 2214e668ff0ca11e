use super::convolution::convolution;

convolution! {
    /// Convolution of images, `y = activation(x * kernel + bias)`.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::Conv2D;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// // One filter that adds up all it sees, and a half: the kernel, then the bias.
    /// let model = Sequential::new([2, 2, 1])
    ///     .add(Conv2D::new(1, 2))
    ///     .build_with_weights([vec![1.0; 4], vec![0.5]], &device)?;
    /// let image = Tensor::<4>::from_floats([[[[1.0], [2.0]], [[3.0], [4.0]]]], &device);
    /// assert_eq!(model.predict(image)?.into_vec()?, [10.5]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - input: `[batch_size, height, width, channels]`
    /// - output: `[batch_size, new_height, new_width, filters]`
    ///
    /// # Source
    /// <https://keras.io/api/layers/convolution_layers/convolution2d/>
    pub struct Conv2D<2, 4>;
}
