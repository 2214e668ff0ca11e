use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::nested;
use super::rnn::no_cell;
use crate::layer::AnyLayer;
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer::WeightSpec;
use crate::layer::{Cell, CellSteps};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;

/// Cells one after the other as a single one for an [`RNN`](super::RNN): the output of each is the input of the next at the
/// same step.
///
/// The states are those of the first cell, then those of the second one, and so on.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{LSTMCell, Layer, RNN, StackedRNNCells};
///
/// let cells = StackedRNNCells::new([LSTMCell::new(8).into(), LSTMCell::new(4).into()]);
/// let layer = RNN::new(cells).with_return_state();
/// assert_eq!(layer.output_shapes(&[[10, 3].into()])?, [[4], [8], [8], [4], [4]]);
/// # Ok::<(), firebrick::layers::LayerProblem>(())
/// ```
///
/// # Shapes
/// - inputs: `[batch_size, features]`, then the states before the step
/// - outputs: that of the last cell, then the states after the step
///
/// # Source
/// <https://keras.io/api/layers/recurrent_layers/stacked_rnn_cells/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StackedRNNCells {
    #[serde(deserialize_with = "nested::layers")]
    cells: Vec<AnyLayer>,
}

impl StackedRNNCells {
    /// These cells, the first one first.
    pub fn new(cells: impl Into<Vec<AnyLayer>>) -> Self {
        Self {
            cells: cells.into(),
        }
    }

    /// The cells with the names of their weights, the steps that enter them and the shapes of their states.
    fn placed(&self, step: &Shape) -> Result<Vec<Placed<'_>>, LayerProblem> {
        let mut step = step.clone();
        let mut placed: Vec<Placed> = Vec::new();
        for layer in &self.cells {
            let cell = layer.as_cell().ok_or_else(|| no_cell("cells", layer))?;
            let states = cell.state_shapes(&step)?;
            let next = states[cell.output_state()].clone();
            let kind = layer.default_name();
            let same = self.cells[..placed.len()].iter();
            let name = match same.filter(|other| other.default_name() == kind).count() {
                0 => kind,
                count => format!("{kind}_{count}"),
            };
            placed.push(Placed {
                name,
                layer,
                cell,
                step,
                states,
            });
            step = next;
        }
        if placed.is_empty() {
            return Err(LayerProblem::argument(
                "cells",
                "at least one cell",
                &"none",
            ));
        }
        Ok(placed)
    }
}

struct Placed<'a> {
    name: String,
    layer: &'a AnyLayer,
    cell: &'a dyn Cell,
    step: Shape,
    states: Vec<Shape>,
}

impl Cell for StackedRNNCells {
    fn state_shapes(&self, step: &Shape) -> Result<Vec<Shape>, LayerProblem> {
        let placed = self.placed(step)?.into_iter();
        Ok(placed.flat_map(|placed| placed.states).collect())
    }

    fn begin(&self, call: &Call, samples: usize, step: &[usize]) -> Box<dyn CellSteps> {
        let placed = self.placed(&step.into()).unwrap_or_default();
        let cells = placed.into_iter().map(|placed| {
            let step = placed.step.known().unwrap_or_default();
            StartedCell {
                steps: placed
                    .cell
                    .begin(&call.within(&placed.name), samples, &step),
                num_states: placed.cell.num_states(),
                output_state: placed.cell.output_state(),
            }
        });
        Box::new(Steps {
            cells: cells.collect(),
        })
    }

    fn num_states(&self) -> usize {
        let cells = self.cells.iter().filter_map(AnyLayer::as_cell);
        cells.map(Cell::num_states).sum()
    }

    fn output_state(&self) -> usize {
        let Some(last) = self.cells.last().and_then(AnyLayer::as_cell) else {
            return 0;
        };
        self.num_states() - last.num_states() + last.output_state()
    }
}

struct Steps {
    cells: Vec<StartedCell>,
}

struct StartedCell {
    steps: Box<dyn CellSteps>,
    num_states: usize,
    output_state: usize,
}

impl CellSteps for Steps {
    fn project(&self, steps: Tensor<3>) -> Tensor<3> {
        match self.cells.first() {
            Some(first) => first.steps.project(steps),
            None => steps,
        }
    }

    fn step(&self, x: Tensor<2>, states: Vec<Tensor<2>>) -> Vec<Tensor<2>> {
        let mut before = states.into_iter();
        let mut after = Vec::new();
        let mut x = x;
        for (index, cell) in self.cells.iter().enumerate() {
            // The first one has seen all steps at once.
            if index > 0 {
                x = cell
                    .steps
                    .project(x.unsqueeze_dim::<3>(0))
                    .squeeze_dim::<2>(0);
            }
            let own = before.by_ref().take(cell.num_states).collect();
            let own = cell.steps.step(x, cell.steps.arranged(own)).into_iter();
            let own: Vec<Tensor<2>> = own.map(|state| cell.steps.restored(state)).collect();
            x = own[cell.output_state].clone();
            after.extend(own);
        }
        after
    }
}

impl Layer for StackedRNNCells {
    const CLASS_NAME: &'static str = "StackedRNNCells";

    fn output_shapes(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
        self.shapes_of_step(inputs)
    }

    fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
        let placed = self.placed(&inputs[0]).unwrap_or_default().into_iter();
        let weights = placed.flat_map(|placed| {
            let weights = placed.layer.weights(&[placed.step]).into_iter();
            weights.map(move |weight| weight.within(&placed.name))
        });
        weights.collect()
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        self.call_step(inputs, call)
    }

    fn as_cell(&self) -> Option<&dyn Cell> {
        Some(self)
    }
}
