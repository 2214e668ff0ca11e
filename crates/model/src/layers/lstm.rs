use firebrick_host::kernels::Recurrent;
use serde::{Deserialize, Serialize};

use super::lstm_cell::LSTMCell;
use super::recurrent::{Flow, OnHost, recurrent_layer};
use crate::activation::Activation;
use crate::constraint::Constraint;
use crate::initializer::Initializer;
use crate::layer::HostForm;
use crate::regularizer::Regularizer;
use crate::shape::Shape;

/// Long short-term memory: a recurrent layer that learns what to keep, forget and give; the formulas are those of
/// [`LSTMCell`].
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Dense, Embedding, LSTM};
/// use firebrick::models::{Activation, Sequential};
///
/// // Whether a review of 80 words is a good one.
/// let network = Sequential::new([80])
///     .add(Embedding::new(20_000, 128).with_mask_zero())
///     .add(LSTM::new(64).with_dropout(0.2).with_recurrent_dropout(0.2))
///     .add(Dense::new(1).with_activation(Activation::Sigmoid));
/// assert_eq!(network.output_shape()?, [1]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input: `[batch_size, steps, features]`; initial states `[batch_size, units]` may follow as further inputs
/// - output: `[batch_size, units]`, or `[batch_size, steps, units]` with
///   [`with_return_sequences`](Self::with_return_sequences); then the last states, `[batch_size, units]` each, with
///   [`with_return_state`](Self::with_return_state)
///
/// Where a mask says that a step is padding, the states stay as they are and the output is that of the step before.
///
/// # Source
/// <https://keras.io/api/layers/recurrent_layers/lstm/>; Hochreiter and Schmidhuber, "Long short-term memory", Neural Computation 1997
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LSTM {
    #[serde(flatten)]
    cell: LSTMCell,
    #[serde(flatten)]
    flow: Flow,
}

impl LSTM {
    /// A layer of `units` numbers, which gives the output of the last step.
    pub fn new(units: usize) -> Self {
        Self {
            cell: LSTMCell::new(units),
            flow: Flow::default(),
        }
    }
}

recurrent_layer!(LSTM: "LSTM", LSTMCell in "lstm_cell" {
    /// As [`LSTMCell::with_activation`].
    with_activation(activation: Activation),
    /// As [`LSTMCell::with_recurrent_activation`].
    with_recurrent_activation(activation: Activation),
    /// As [`LSTMCell::without_unit_forget_bias`].
    without_unit_forget_bias(),
    /// As [`LSTMCell::without_bias`].
    without_bias(),
    /// As [`LSTMCell::with_dropout`].
    with_dropout(rate: f64),
    /// As [`LSTMCell::with_recurrent_dropout`].
    with_recurrent_dropout(rate: f64),
    /// As [`LSTMCell::with_kernel_initializer`].
    with_kernel_initializer(initializer: Initializer),
    /// As [`LSTMCell::with_kernel_regularizer`].
    with_kernel_regularizer(regularizer: Regularizer),
    /// As [`LSTMCell::with_kernel_constraint`].
    with_kernel_constraint(constraint: Constraint),
    /// As [`LSTMCell::with_recurrent_initializer`].
    with_recurrent_initializer(initializer: Initializer),
    /// As [`LSTMCell::with_recurrent_regularizer`].
    with_recurrent_regularizer(regularizer: Regularizer),
    /// As [`LSTMCell::with_recurrent_constraint`].
    with_recurrent_constraint(constraint: Constraint),
    /// As [`LSTMCell::with_bias_initializer`].
    with_bias_initializer(initializer: Initializer),
    /// As [`LSTMCell::with_bias_regularizer`].
    with_bias_regularizer(regularizer: Regularizer),
    /// As [`LSTMCell::with_bias_constraint`].
    with_bias_constraint(constraint: Constraint),
}, on host on_host);

/// Its usual form over plain memory, without dropout within.
fn on_host(cell: &LSTMCell, part: &str, flow: &Flow, inputs: &[Shape]) -> Option<HostForm> {
    let layer = OnHost {
        cell,
        part,
        flow,
        inputs,
    };
    let kernel = Recurrent::lstm(layer.input()?, cell.units());
    layer
        .form(kernel, cell.has_bias())
        .filter(|_| cell.is_plain())
}
