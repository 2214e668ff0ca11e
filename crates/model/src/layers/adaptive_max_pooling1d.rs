use super::adaptive_pooling::adaptive_pooling;

adaptive_pooling! {
    /// The largest value of as many windows as are asked for, whatever the size of the sequence: the window of index `i` along an axis
    /// goes from `floor(i · size / output_size)` to `ceil((i + 1) · size / output_size)`.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::AdaptiveMaxPooling1D;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// let model = Sequential::new([4, 1]).add(AdaptiveMaxPooling1D::new(2)).build(1, &device)?;
    /// let steps = Tensor::<3>::from_floats([[[1.0], [2.0], [3.0], [4.0]]], &device);
    /// assert_eq!(model.predict(steps)?.into_vec()?, [2.0, 4.0]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - input: `[batch_size, steps, channels]`
    /// - output: `[batch_size, output_size, channels]`
    ///
    /// # Source
    /// <https://keras.io/api/layers/pooling_layers/adaptive_max_pooling1d/>
    pub struct AdaptiveMaxPooling1D<1, 3>: maxima;
}
