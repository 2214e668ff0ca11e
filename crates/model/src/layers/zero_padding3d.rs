use super::zero_padding::zero_padding;

zero_padding! {
    /// Planes of zeros around a volume.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::ZeroPadding3D;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// let model = Sequential::new([1, 1, 1, 1]).add(ZeroPadding3D::new([0, 0, 1])).build(1, &device)?;
    /// let volume = Tensor::<5>::from_floats([[[[[5.0]]]]], &device);
    /// assert_eq!(model.predict(volume)?.into_vec()?, [0.0, 5.0, 0.0]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - input: `[batch_size, depth, height, width, channels]`
    /// - output: `[batch_size, new_depth, new_height, new_width, channels]`, each more by both sides
    ///
    /// # Source
    /// <https://keras.io/api/layers/reshaping_layers/zero_padding3d/>
    pub struct ZeroPadding3D<3, 5>;
}
