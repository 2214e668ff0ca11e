use super::transposed_convolution::transposed_convolution;

transposed_convolution! {
    /// Transposed convolution of images: every place of the input lays down a window, `activation` of their sum and the bias.
    /// It brings back the size that a convolution of the same arguments took away.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::Conv2DTranspose;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// // Every pixel becomes two, itself and ten times itself: the kernel, then the bias.
    /// let model = Sequential::new([1, 2, 1])
    ///     .add(Conv2DTranspose::new(1, [1, 2]).with_strides([1, 2]))
    ///     .build_with_weights([vec![1.0, 10.0], vec![0.0]], &device)?;
    /// let image = Tensor::<4>::from_floats([[[[1.0], [2.0]]]], &device);
    /// assert_eq!(model.predict(image)?.into_vec()?, [1.0, 10.0, 2.0, 20.0]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - input: `[batch_size, height, width, channels]`
    /// - output: `[batch_size, new_height, new_width, filters]`; each new size is `size · strides` with `same` padding
    ///
    /// # Source
    /// <https://keras.io/api/layers/convolution_layers/convolution2d_transpose/>
    pub struct Conv2DTranspose<2, 4>;
}
