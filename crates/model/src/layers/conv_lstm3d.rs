#![expect(
    unreachable_pub,
    reason = "the setters of the cell, which nobody sees, are written by the macros of those that are seen"
)]

use super::conv_lstm::conv_lstm;

conv_lstm! {
    /// An [`LSTM`](super::LSTM) of volumes: its products are convolutions, its states have places and filters.
    ///
    /// A mask of steps works as in the other recurrent layers; Keras on JAX cannot take one here. The same numbers are dropped
    /// for all gates, for each of which Keras draws.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::layers::ConvLSTM3D;
    /// use firebrick::models::Sequential;
    ///
    /// // Ten scans, one after the other.
    /// let network = Sequential::new([10, 8, 28, 28, 1]).add(ConvLSTM3D::new(8, 3));
    /// assert_eq!(network.output_shape()?, [6, 26, 26, 8]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Shapes
    /// - input: `[batch_size, steps, depth, height, width, channels]`, of known sizes but for the steps; initial states may follow as further inputs
    /// - output: `[batch_size, new_depth, new_height, new_width, filters]`, or all steps of it with
    ///   [`with_return_sequences`](Self::with_return_sequences); then the last two states with
    ///   [`with_return_state`](Self::with_return_state)
    ///
    /// # Source
    /// <https://keras.io/api/layers/recurrent_layers/conv_lstm3d/>; Shi et al., "Convolutional LSTM network: a machine learning
    /// approach for precipitation nowcasting", NIPS 2015
    pub struct ConvLSTM3D<3, 5> of ConvLSTM3DCell;
}
