use super::global_pooling::{global_pooling, mean_of_steps};
use crate::layer::Masking;

global_pooling! {
    /// The mean of each channel over all steps; with a mask, over those that count.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::GlobalAveragePooling1D;
    /// use firebrick::models::Sequential;
    ///
    /// let device = Device::flex();
    /// let model = Sequential::new([2, 2]).add(GlobalAveragePooling1D::new()).build(1, &device)?;
    /// let steps = Tensor::<3>::from_floats([[[1.0, 10.0], [3.0, 20.0]]], &device);
    /// assert_eq!(model.predict(steps)?.into_vec()?, [2.0, 15.0]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - input: `[batch_size, steps, channels]`
    /// - output: `[batch_size, channels]`, or `[batch_size, 1, channels]` with the axes kept
    ///
    /// # Source
    /// <https://keras.io/api/layers/pooling_layers/global_average_pooling1d/>
    pub struct GlobalAveragePooling1D<1>: mean_of_steps, AveragePooling, Masking::Ends;

    /// The mean without the axes it was taken over.
    pub fn new() -> Self;
}
