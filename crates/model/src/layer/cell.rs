use burn::tensor::Tensor;

use super::call::Call;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::{Signal, Signals};
use firebrick_tensor::AnyTensor;

/// What an [`RNN`](crate::layers::RNN) does at each step: new states out of a step's values and the states before it.
///
/// One of your own is a [`Layer`](super::Layer) with weights whose [`as_cell`](super::Layer::as_cell) gives itself, and
/// whose other methods may be the two at the end of this trait.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::{Cell, CellSteps, Layer, LayerProblem, RNN};
/// use firebrick::models::{Call, Sequential, Shape, Signals};
/// use serde::{Deserialize, Serialize};
///
/// /// A running sum.
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
/// struct SumCell {}
///
/// struct SumSteps;
///
/// impl CellSteps for SumSteps {
///     fn step(&self, x: Tensor<2>, states: Vec<Tensor<2>>) -> Vec<Tensor<2>> {
///         states.into_iter().map(|sum| sum + x.clone()).collect()
///     }
/// }
///
/// impl Cell for SumCell {
///     fn state_shapes(&self, step: &Shape) -> Result<Vec<Shape>, LayerProblem> {
///         Ok(vec![step.clone()])
///     }
///
///     fn begin(&self, _: &Call, _: usize, _: &[usize]) -> Box<dyn CellSteps> {
///         Box::new(SumSteps)
///     }
/// }
///
/// impl Layer for SumCell {
///     const CLASS_NAME: &'static str = "SumCell";
///
///     fn output_shapes(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
///         self.shapes_of_step(inputs)
///     }
///
///     fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
///         self.call_step(inputs, call)
///     }
///
///     fn as_cell(&self) -> Option<&dyn Cell> {
///         Some(self)
///     }
/// }
///
/// let model = Sequential::new([3, 1]).add(RNN::new(SumCell {})).build(1, &Device::flex())?;
/// let x = Tensor::<3>::from_floats([[[1.0], [2.0], [4.0]]], &Device::flex());
/// assert_eq!(model.predict(x)?.into_vec()?, [7.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/layers/recurrent_layers/rnn/>
pub trait Cell: Send + Sync {
    /// The shapes of the states, for steps of this shape.
    ///
    /// # Errors
    /// Steps that do not fit, or an argument out of range.
    fn state_shapes(&self, step: &Shape) -> Result<Vec<Shape>, LayerProblem>;

    /// The cell with its weights, ready for the steps of a batch of as many samples; `step` has the sizes of a step's axes.
    fn begin(&self, call: &Call, samples: usize, step: &[usize]) -> Box<dyn CellSteps>;

    /// How many states there are; 1 by default.
    fn num_states(&self) -> usize {
        1
    }

    /// Which of the states is the output of a step, counted from 0; the first one by default.
    fn output_state(&self) -> usize {
        0
    }

    /// The shapes that leave a cell that is called as a layer, on a step and the states before it: those of the output and
    /// of the states after it.
    ///
    /// # Errors
    /// As [`state_shapes`](Self::state_shapes); another number of states, or others.
    fn shapes_of_step(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
        let Some((step, given)) = inputs.split_first() else {
            return Err(LayerProblem::NumInputs {
                expected: (1 + self.num_states()).to_string(),
                received: 0,
            });
        };
        let states = self.state_shapes(step)?;
        check_states(given, &states)?;
        let output = states[self.output_state()].clone();
        Ok([output].into_iter().chain(states).collect())
    }

    /// Calls the cell as a layer, on a step and the states before it.
    ///
    /// # Errors
    /// Another number of inputs; steps that do not fit.
    fn call_step(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let mut values = inputs.into_iter().map(Signal::into_values);
        let Some(x) = values.next() else {
            return Ok(Signals::default());
        };
        let shape = x.shape();
        let states: Vec<Tensor<2>> = values.map(flat).collect();
        let steps = self.begin(call, shape[0], &shape[1..]);
        let x = steps
            .project(flat(x).unsqueeze_dim::<3>(0))
            .squeeze_dim::<2>(0);
        let states = steps.step(x, steps.arranged(states)).into_iter();
        let states: Vec<Tensor<2>> = states.map(|state| steps.restored(state)).collect();
        let shapes = self.state_shapes(&shape[1..].into())?;
        let output = states[self.output_state()].clone();
        let output = shaped(output, &shapes[self.output_state()])?;
        let states = states.into_iter().zip(&shapes);
        let states = states.map(|(state, shape)| shaped(state, shape));
        [Ok(output)].into_iter().chain(states).collect()
    }
}

/// A [`Cell`] with its weights, in the middle of a batch.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::CellSteps;
///
/// /// Half of what was there, and what comes.
/// struct Decay;
///
/// impl CellSteps for Decay {
///     fn step(&self, x: Tensor<2>, states: Vec<Tensor<2>>) -> Vec<Tensor<2>> {
///         states.into_iter().map(|state| state / 2.0 + x.clone()).collect()
///     }
/// }
///
/// let number = |x: f32| Tensor::<2>::from_floats([[x]], &Device::flex());
/// let after = Decay.step(number(1.0), vec![number(4.0)]);
/// let after: Vec<f32> = after[0].clone().into_data().iter().collect();
/// assert_eq!(after, [3.0]);
/// ```
pub trait CellSteps {
    /// What of all steps does not depend on the states, at once; by default they stay as they are.
    ///
    /// # Shapes
    /// - input: `[steps, batch_size, features]`
    /// - output: `[steps, batch_size, ...]`, of which [`step`](Self::step) gets one after the other
    fn project(&self, steps: Tensor<3>) -> Tensor<3> {
        steps
    }

    /// The states in the order of numbers in which [`step`](Self::step) has them; by default as they are.
    fn arranged(&self, states: Vec<Tensor<2>>) -> Vec<Tensor<2>> {
        states
    }

    /// A state in the order in which others know its numbers; by default as it is.
    fn restored(&self, state: Tensor<2>) -> Tensor<2> {
        state
    }

    /// The states after a step.
    ///
    /// # Shapes
    /// - `x`: `[batch_size, ...]`
    /// - states: `[batch_size, numbers of the state]`
    fn step(&self, x: Tensor<2>, states: Vec<Tensor<2>>) -> Vec<Tensor<2>>;
}

/// All numbers of a sample in one axis.
pub(crate) fn flat(x: AnyTensor) -> Tensor<2> {
    let shape = x.shape();
    let numbers = shape[1..].iter().product();
    x.reshaped(&[shape[0], numbers]).expect_rank()
}

/// The numbers of samples in their shape.
pub(crate) fn shaped(x: Tensor<2>, sample: &Shape) -> Result<AnyTensor, LayerProblem> {
    let [samples, _] = x.dims();
    let shape = [&[samples], &sample.known()?[..]].concat();
    Ok(AnyTensor::from(x).reshaped(&shape))
}

/// Initial states, of which there are all or none.
pub(crate) fn check_states(given: &[Shape], states: &[Shape]) -> Result<(), LayerProblem> {
    if given.len() != states.len() {
        return Err(LayerProblem::NumInputs {
            expected: (1 + states.len()).to_string(),
            received: 1 + given.len(),
        });
    }
    if given
        .iter()
        .zip(states)
        .any(|(given, state)| given.merged(state).is_none())
    {
        let shapes: Vec<String> = states.iter().map(Shape::to_string).collect();
        return Err(LayerProblem::input(
            format!(
                "a step or steps, then of states of the shapes {}",
                shapes.join(" and ")
            ),
            "give it the states of a layer of as many units",
        ));
    }
    Ok(())
}

/// The name of the weight in which a layer keeps its first state from one batch to the next.
const KEPT_STATE: &str = "rnn_state";

/// The name of the weight for the state of this index.
pub(crate) fn kept_state_name(index: usize) -> String {
    match index {
        0 => KEPT_STATE.to_owned(),
        _ => format!("{KEPT_STATE}_{index}"),
    }
}

/// Whether a weight of this path keeps a state.
pub(crate) fn is_kept_state(path: &str) -> bool {
    let (_, name) = path.rsplit_once('/').unwrap_or(("", path));
    let rest = name.strip_prefix(KEPT_STATE);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}
