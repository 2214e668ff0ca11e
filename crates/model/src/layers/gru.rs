use firebrick_host::kernels::Recurrent;
use serde::{Deserialize, Serialize};

use super::gru_cell::GRUCell;
use super::recurrent::{Flow, OnHost, recurrent_layer};
use crate::activation::Activation;
use crate::constraint::Constraint;
use crate::initializer::Initializer;
use crate::layer::HostForm;
use crate::regularizer::Regularizer;
use crate::shape::Shape;

/// Gated recurrent unit: a recurrent layer that learns how much of its state to replace; the formulas are those of
/// [`GRUCell`].
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::GRU;
/// use firebrick::models::Sequential;
///
/// // Series of any length.
/// let network = Sequential::new([None, Some(8)])
///     .add(GRU::new(32).with_return_sequences())
///     .add(GRU::new(16));
/// assert_eq!(network.output_shape()?, [16]);
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
/// <https://keras.io/api/layers/recurrent_layers/gru/>; Cho et al., "Learning phrase
/// representations using RNN encoder-decoder for statistical machine translation", EMNLP 2014
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GRU {
    #[serde(flatten)]
    cell: GRUCell,
    #[serde(flatten)]
    flow: Flow,
}

impl GRU {
    /// A layer of `units` numbers, which gives the output of the last step.
    pub fn new(units: usize) -> Self {
        Self {
            cell: GRUCell::new(units),
            flow: Flow::default(),
        }
    }
}

recurrent_layer!(GRU: "GRU", GRUCell in "gru_cell" {
    /// As [`GRUCell::with_activation`].
    with_activation(activation: Activation),
    /// As [`GRUCell::with_recurrent_activation`].
    with_recurrent_activation(activation: Activation),
    /// As [`GRUCell::with_reset_before`].
    with_reset_before(),
    /// As [`GRUCell::without_bias`].
    without_bias(),
    /// As [`GRUCell::with_dropout`].
    with_dropout(rate: f64),
    /// As [`GRUCell::with_recurrent_dropout`].
    with_recurrent_dropout(rate: f64),
    /// As [`GRUCell::with_kernel_initializer`].
    with_kernel_initializer(initializer: Initializer),
    /// As [`GRUCell::with_kernel_regularizer`].
    with_kernel_regularizer(regularizer: Regularizer),
    /// As [`GRUCell::with_kernel_constraint`].
    with_kernel_constraint(constraint: Constraint),
    /// As [`GRUCell::with_recurrent_initializer`].
    with_recurrent_initializer(initializer: Initializer),
    /// As [`GRUCell::with_recurrent_regularizer`].
    with_recurrent_regularizer(regularizer: Regularizer),
    /// As [`GRUCell::with_recurrent_constraint`].
    with_recurrent_constraint(constraint: Constraint),
    /// As [`GRUCell::with_bias_initializer`].
    with_bias_initializer(initializer: Initializer),
    /// As [`GRUCell::with_bias_regularizer`].
    with_bias_regularizer(regularizer: Regularizer),
    /// As [`GRUCell::with_bias_constraint`].
    with_bias_constraint(constraint: Constraint),
}, on host on_host);

/// Its usual form over plain memory, without dropout within.
fn on_host(cell: &GRUCell, part: &str, flow: &Flow, inputs: &[Shape]) -> Option<HostForm> {
    let layer = OnHost {
        cell,
        part,
        flow,
        inputs,
    };
    let input = layer.input()?;
    let kernel = if cell.resets_after() {
        Recurrent::gru(input, cell.units())
    } else {
        Recurrent::gru_with_reset_before(input, cell.units())
    };
    layer
        .form(kernel, cell.has_bias())
        .filter(|_| cell.is_plain())
}
