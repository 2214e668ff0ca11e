use super::up_sampling::up_sampling;

up_sampling! {
    /// A sequence with every step several times.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::UpSampling1D;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// let model = Sequential::new([2, 1]).add(UpSampling1D::new(2)).build(1, &device)?;
    /// let steps = Tensor::<3>::from_floats([[[1.0], [2.0]]], &device);
    /// assert_eq!(model.predict(steps)?.into_vec()?, [1.0, 1.0, 2.0, 2.0]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - input: `[batch_size, steps, channels]`
    /// - output: `[batch_size, steps · size, channels]`
    ///
    /// # Source
    /// <https://keras.io/api/layers/reshaping_layers/up_sampling1d/>
    pub struct UpSampling1D<1, 3>;
}
