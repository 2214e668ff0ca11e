use super::global_pooling::global_pooling;

global_pooling! {
    /// The mean of each channel over the whole image.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::GlobalAveragePooling2D;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// let model = Sequential::new([2, 1, 2]).add(GlobalAveragePooling2D::new()).build(1, &device)?;
    /// let image = Tensor::<4>::from_floats([[[[1.0, 10.0]], [[3.0, 20.0]]]], &device);
    /// assert_eq!(model.predict(image)?.into_vec()?, [2.0, 15.0]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - input: `[batch_size, height, width, channels]`
    /// - output: `[batch_size, channels]`, or `[batch_size, 1, 1, channels]` with the axes kept
    ///
    /// # Source
    /// <https://keras.io/api/layers/pooling_layers/global_average_pooling2d/>
    pub struct GlobalAveragePooling2D<2>: |x: burn::tensor::Tensor<3>, _| x.mean_dim(2), AveragePooling;

    /// The mean without the axes it was taken over.
    pub fn new() -> Self;
}
