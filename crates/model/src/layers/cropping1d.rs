use super::cropping::cropping;

cropping! {
    /// A sequence without its first and last steps.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::Cropping1D;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// let model = Sequential::new([3, 1]).add(Cropping1D::new([0, 2])).build(1, &device)?;
    /// let steps = Tensor::<3>::from_floats([[[1.0], [2.0], [3.0]]], &device);
    /// assert_eq!(model.predict(steps)?.into_vec()?, [1.0]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - input: `[batch_size, steps, channels]`
    /// - output: `[batch_size, steps - start - end, channels]`
    ///
    /// # Source
    /// <https://keras.io/api/layers/reshaping_layers/cropping1d/>
    pub struct Cropping1D<1, 3>: 1;
}
