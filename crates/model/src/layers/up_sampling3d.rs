use super::up_sampling::up_sampling;

up_sampling! {
    /// A volume made larger by whole factors: every place is repeated.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::UpSampling3D;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// let model = Sequential::new([1, 1, 2, 1]).add(UpSampling3D::new([1, 1, 2])).build(1, &device)?;
    /// let volume = Tensor::<5>::from_floats([[[[[1.0], [2.0]]]]], &device);
    /// assert_eq!(model.predict(volume)?.into_vec()?, [1.0, 1.0, 2.0, 2.0]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - input: `[batch_size, depth, height, width, channels]`
    /// - output: `[batch_size, depth · size[0], height · size[1], width · size[2], channels]`
    ///
    /// # Source
    /// <https://keras.io/api/layers/reshaping_layers/up_sampling3d/>
    pub struct UpSampling3D<3, 5>;
}
