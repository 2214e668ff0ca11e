use super::zero_padding::zero_padding;

zero_padding! {
    /// Rows and columns of zeros around an image.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::ZeroPadding2D;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// let model = Sequential::new([1, 1, 1]).add(ZeroPadding2D::new(1)).build(1, &device)?;
    /// let image = Tensor::<4>::from_floats([[[[5.0]]]], &device);
    /// assert_eq!(model.predict(image)?.into_vec()?, [0.0, 0.0, 0.0, 0.0, 5.0, 0.0, 0.0, 0.0, 0.0]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - input: `[batch_size, height, width, channels]`
    /// - output: `[batch_size, top + height + bottom, left + width + right, channels]`
    ///
    /// # Source
    /// <https://keras.io/api/layers/reshaping_layers/zero_padding2d/>
    pub struct ZeroPadding2D<2, 4>;
}
