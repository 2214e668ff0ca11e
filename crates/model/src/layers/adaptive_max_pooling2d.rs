use super::adaptive_pooling::adaptive_pooling;

adaptive_pooling! {
    /// The largest value of as many windows as are asked for, whatever the size of the image: the window of index `i` along an axis
    /// goes from `floor(i · size / output_size)` to `ceil((i + 1) · size / output_size)`.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::AdaptiveMaxPooling2D;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// let model = Sequential::new([1, 4, 1]).add(AdaptiveMaxPooling2D::new([1, 2])).build(1, &device)?;
    /// let image = Tensor::<4>::from_floats([[[[1.0], [2.0], [3.0], [4.0]]]], &device);
    /// assert_eq!(model.predict(image)?.into_vec()?, [2.0, 4.0]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - input: `[batch_size, height, width, channels]`
    /// - output: `[batch_size, output_size[0], output_size[1], channels]`
    ///
    /// # Source
    /// <https://keras.io/api/layers/pooling_layers/adaptive_max_pooling2d/>
    pub struct AdaptiveMaxPooling2D<2, 4>: maxima;
}
