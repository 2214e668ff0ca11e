use super::adaptive_pooling::adaptive_pooling;

adaptive_pooling! {
    /// The mean of as many windows as are asked for, whatever the size of the volume: the window of index `i` along an axis
    /// goes from `floor(i · size / output_size)` to `ceil((i + 1) · size / output_size)`.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::AdaptiveAveragePooling3D;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// let model = Sequential::new([1, 1, 4, 1]).add(AdaptiveAveragePooling3D::new([1, 1, 2])).build(1, &device)?;
    /// let volume = Tensor::<5>::from_floats([[[[[1.0], [2.0], [3.0], [4.0]]]]], &device);
    /// assert_eq!(model.predict(volume)?.into_vec()?, [1.5, 3.5]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - input: `[batch_size, depth, height, width, channels]`
    /// - output: `[batch_size, output_size[0], output_size[1], output_size[2], channels]`
    ///
    /// # Source
    /// <https://keras.io/api/layers/pooling_layers/adaptive_average_pooling3d/>
    pub struct AdaptiveAveragePooling3D<3, 5>: averages;
}
