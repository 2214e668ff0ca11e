use super::zero_padding::zero_padding;

zero_padding! {
    /// Steps of zeros before and after a sequence.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::ZeroPadding1D;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// let model = Sequential::new([1, 1]).add(ZeroPadding1D::new([0, 2])).build(1, &device)?;
    /// let steps = Tensor::<3>::from_floats([[[5.0]]], &device);
    /// assert_eq!(model.predict(steps)?.into_vec()?, [5.0, 0.0, 0.0]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - input: `[batch_size, steps, channels]`
    /// - output: `[batch_size, start + steps + end, channels]`
    ///
    /// # Source
    /// <https://keras.io/api/layers/reshaping_layers/zero_padding1d/>
    pub struct ZeroPadding1D<1, 3>;
}
