use super::cropping::cropping;

cropping! {
    /// An image without its outer rows and columns.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::Cropping2D;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// let model = Sequential::new([3, 3, 1]).add(Cropping2D::new(1)).build(1, &device)?;
    /// let image = Tensor::<2>::from_floats([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]], &device);
    /// assert_eq!(model.predict(image)?.into_vec()?, [5.0]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - input: `[batch_size, height, width, channels]`
    /// - output: `[batch_size, height - top - bottom, width - left - right, channels]`
    ///
    /// # Source
    /// <https://keras.io/api/layers/reshaping_layers/cropping2d/>
    pub struct Cropping2D<2, 4>: 0;
}
