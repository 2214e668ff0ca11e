use firebrick_host::kernels::Recurrent;
use serde::{Deserialize, Serialize};

use super::recurrent::{Flow, OnHost, recurrent_layer};
use super::simple_rnn_cell::SimpleRNNCell;
use crate::activation::Activation;
use crate::constraint::Constraint;
use crate::initializer::Initializer;
use crate::layer::HostForm;
use crate::regularizer::Regularizer;
use crate::shape::Shape;

/// A layer whose output at one step goes into the next: `h' = activation(x · kernel + bias + h · recurrent_kernel)`, beginning
/// with zeros.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::SimpleRNN;
/// use firebrick::models::{Activation, Sequential};
///
/// let device = Device::flex();
/// // Kernel 1 and recurrent kernel 2: each step doubles what was there.
/// let layer = SimpleRNN::new(1).with_activation(Activation::Linear).with_return_sequences();
/// let model = Sequential::new([3, 1]).add(layer).build_with_weights([vec![1.0], vec![2.0], vec![0.0]], &device)?;
/// let x = Tensor::<3>::from_floats([[[1.0], [0.0], [3.0]]], &device);
/// assert_eq!(model.predict(x)?.into_vec()?, [1.0, 2.0, 7.0]);
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
/// <https://keras.io/api/layers/recurrent_layers/simple_rnn/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SimpleRNN {
    #[serde(flatten)]
    cell: SimpleRNNCell,
    #[serde(flatten)]
    flow: Flow,
}

impl SimpleRNN {
    /// A layer of `units` numbers, which gives the output of the last step.
    pub fn new(units: usize) -> Self {
        Self {
            cell: SimpleRNNCell::new(units),
            flow: Flow::default(),
        }
    }
}

recurrent_layer!(SimpleRNN: "SimpleRNN", SimpleRNNCell in "simple_rnn_cell" {
    /// As [`SimpleRNNCell::with_activation`].
    with_activation(activation: Activation),
    /// As [`SimpleRNNCell::without_bias`].
    without_bias(),
    /// As [`SimpleRNNCell::with_dropout`].
    with_dropout(rate: f64),
    /// As [`SimpleRNNCell::with_recurrent_dropout`].
    with_recurrent_dropout(rate: f64),
    /// As [`SimpleRNNCell::with_kernel_initializer`].
    with_kernel_initializer(initializer: Initializer),
    /// As [`SimpleRNNCell::with_kernel_regularizer`].
    with_kernel_regularizer(regularizer: Regularizer),
    /// As [`SimpleRNNCell::with_kernel_constraint`].
    with_kernel_constraint(constraint: Constraint),
    /// As [`SimpleRNNCell::with_recurrent_initializer`].
    with_recurrent_initializer(initializer: Initializer),
    /// As [`SimpleRNNCell::with_recurrent_regularizer`].
    with_recurrent_regularizer(regularizer: Regularizer),
    /// As [`SimpleRNNCell::with_recurrent_constraint`].
    with_recurrent_constraint(constraint: Constraint),
    /// As [`SimpleRNNCell::with_bias_initializer`].
    with_bias_initializer(initializer: Initializer),
    /// As [`SimpleRNNCell::with_bias_regularizer`].
    with_bias_regularizer(regularizer: Regularizer),
    /// As [`SimpleRNNCell::with_bias_constraint`].
    with_bias_constraint(constraint: Constraint),
}, on host on_host);

/// Its form over plain memory with one of the usual functions, without dropout within.
fn on_host(cell: &SimpleRNNCell, part: &str, flow: &Flow, inputs: &[Shape]) -> Option<HostForm> {
    let layer = OnHost {
        cell,
        part,
        flow,
        inputs,
    };
    let kernel = Recurrent::simple(layer.input()?, cell.units(), cell.host_function()?);
    layer.form(kernel, cell.has_bias())
}
