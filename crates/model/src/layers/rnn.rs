use firebrick_spec::{Spec, SpecError};
use serde::{Deserialize, Serialize};

use super::nested;
use super::recurrent::{self, Flow, flow_setters};
use crate::layer::AnyLayer;
use crate::layer::Call;
use crate::layer::Cell;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer::WeightSpec;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;

/// A recurrent layer of any cell, one of your own or several one after the other; see [`Cell`].
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{GRUCell, LSTMCell, RNN, StackedRNNCells};
/// use firebrick::models::Sequential;
///
/// let cells = StackedRNNCells::new([LSTMCell::new(32).into(), GRUCell::new(16).into()]);
/// let network = Sequential::new([None, Some(8)]).add(RNN::new(cells));
/// assert_eq!(network.output_shape()?, [16]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input: `[batch_size, steps, ...]`; initial states may follow as further inputs
/// - output: that of the last step, `[batch_size, ...]`, or `[batch_size, steps, ...]` with
///   [`with_return_sequences`](Self::with_return_sequences); then the last states with
///   [`with_return_state`](Self::with_return_state)
///
/// Where a mask says that a step is padding, the states stay as they are and the output is that of the step before.
///
/// # Source
/// <https://keras.io/api/layers/recurrent_layers/rnn/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RNN {
    #[serde(deserialize_with = "nested::layer")]
    cell: AnyLayer,
    #[serde(flatten)]
    flow: Flow,
}

/// The arguments of an [`RNN`] that say nothing of its flow.
#[derive(Deserialize)]
struct Own {
    #[serde(deserialize_with = "nested::layer")]
    cell: AnyLayer,
}

impl RNN {
    /// A layer of this cell, which gives the output of the last step.
    pub fn new(cell: impl Into<AnyLayer>) -> Self {
        Self {
            cell: cell.into(),
            flow: Flow::default(),
        }
    }

    fn cell(&self) -> Result<&dyn Cell, LayerProblem> {
        let cell = self.cell.as_cell();
        cell.ok_or_else(|| no_cell("cell", &self.cell))
    }
}

flow_setters!(RNN);

/// A layer that is no cell.
pub(super) fn no_cell(argument: &'static str, layer: &AnyLayer) -> LayerProblem {
    let expected = "a cell: SimpleRNNCell, LSTMCell, GRUCell, StackedRNNCells or one of your own";
    LayerProblem::argument(argument, expected, &layer.class_name())
}

impl Layer for RNN {
    const CLASS_NAME: &'static str = "RNN";

    fn from_spec(spec: &Spec, thing: &str) -> Result<Self, SpecError> {
        let names = Self::argument_names();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        spec.check_arguments(thing, &names)?;
        let mut spec = spec.clone();
        let flow = Flow::take(&mut spec, thing)?;
        let own: Own = spec.read(thing).map_err(|error| error.takes(&names))?;
        Ok(Self {
            cell: own.cell,
            flow,
        })
    }

    fn argument_names() -> Vec<String> {
        let own = firebrick_spec::argument_names::<Own>().into_iter();
        let flow = firebrick_spec::argument_names::<Flow>();
        own.chain(flow).map(str::to_owned).collect()
    }

    fn output_shapes(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
        recurrent::output_shapes(self.cell()?, &self.flow, inputs)
    }

    fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
        let Ok(cell) = self.cell() else {
            return Vec::new();
        };
        let part = self.cell.default_name();
        let of_cell = self
            .cell
            .weights(&[recurrent::step_of(&inputs[0]).unwrap_or_default()]);
        let of_cell = of_cell.into_iter().map(|weight| weight.within(&part));
        recurrent::weights(cell, &self.flow, of_cell, &inputs[0])
    }

    fn masking(&self) -> Masking {
        recurrent::masking(&self.flow)
    }

    fn output_masks(&self, inputs: &[bool]) -> Vec<bool> {
        match self.cell() {
            Ok(cell) => recurrent::output_masks(cell, &self.flow, inputs),
            Err(_) => vec![self.masking().leaves(inputs)],
        }
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let part = self.cell.default_name();
        recurrent::run(self.cell()?, &part, &self.flow, inputs, call)
    }
}
