use super::convolution::convolution;

convolution! {
    /// Convolution of volumes, such as scans or videos, `y = activation(x * kernel + bias)`.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::Conv3D;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// // One filter that adds up all it sees, and a half: the kernel, then the bias.
    /// let model = Sequential::new([1, 2, 2, 1])
    ///     .add(Conv3D::new(1, [1, 2, 2]))
    ///     .build_with_weights([vec![1.0; 4], vec![0.5]], &device)?;
    /// let volume = Tensor::<5>::from_floats([[[[[1.0], [2.0]], [[3.0], [4.0]]]]], &device);
    /// assert_eq!(model.predict(volume)?.into_vec()?, [10.5]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - input: `[batch_size, depth, height, width, channels]`
    /// - output: `[batch_size, new_depth, new_height, new_width, filters]`
    ///
    /// # Source
    /// <https://keras.io/api/layers/convolution_layers/convolution3d/>
    pub struct Conv3D<3, 5>;
}
