use super::cropping::cropping;

cropping! {
    /// A volume without its outer planes.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::Cropping3D;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// let model = Sequential::new([1, 1, 3, 1]).add(Cropping3D::new([[0, 0], [0, 0], [0, 2]])).build(1, &device)?;
    /// let volume = Tensor::<5>::from_floats([[[[[1.0], [2.0], [3.0]]]]], &device);
    /// assert_eq!(model.predict(volume)?.into_vec()?, [1.0]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - input: `[batch_size, depth, height, width, channels]`
    /// - output: `[batch_size, new_depth, new_height, new_width, channels]`, each less by both sides
    ///
    /// # Source
    /// <https://keras.io/api/layers/reshaping_layers/cropping3d/>
    pub struct Cropping3D<3, 5>: 1;
}
