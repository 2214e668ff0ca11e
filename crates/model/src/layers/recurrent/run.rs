use burn::tensor::{Bool, Device, Tensor};

use super::flow::Flow;
use super::unstacked::unstacked;
use crate::layer::Call;
use crate::layer::{Cell, flat, kept_state_name, shaped};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::{Signal, Signals};

/// Runs the steps of a batch through a cell whose weights are within `part`.
#[expect(clippy::similar_names, reason = "a cell is called")]
pub(crate) fn run(
    cell: &dyn Cell,
    part: &str,
    flow: &Flow,
    inputs: Signals,
    call: &Call,
) -> Result<Signals, LayerProblem> {
    let mut inputs = inputs.into_iter();
    let Some(sequence) = inputs.next() else {
        return Ok(Signals::default());
    };
    let (x, mask) = sequence.into_parts();
    let shape = x.shape();
    let (samples, num_steps) = (shape[0], shape[1]);
    if num_steps == 0 {
        return Err(LayerProblem::input(
            "[steps, ...] with at least one step",
            "leave out the samples that have none",
        ));
    }
    let step = Shape::from(&shape[2..]);
    let features: usize = shape[2..].iter().product();
    let shapes = cell.state_shapes(&step)?;

    let given: Vec<Tensor<2>> = inputs.map(|state| flat(state.into_values())).collect();
    let initial = if given.is_empty() {
        initial_states(flow, samples, &shapes, &x.device(), call)?
    } else {
        given
    };

    let steps = cell.begin(&call.within(part), samples, &shape[2..]);
    let x = x
        .reshaped(&[samples, num_steps, features])
        .expect_rank::<3>();
    let mut xs = unstacked(steps.project(x.swap_dims(0, 1)));
    let mut are_steps: Vec<Option<Tensor<2, Bool>>> = (0..num_steps)
        .map(|step| Some(mask.clone()?.slice_dim(1, step..step + 1)))
        .collect();
    if flow.go_backwards {
        xs.reverse();
        are_steps.reverse();
    }

    let mut states = steps.arranged(initial);
    let mut outputs = Vec::new();
    for (x, is_step) in xs.into_iter().zip(are_steps) {
        states = match &is_step {
            None => steps.step(x, states),
            Some(is_step) => {
                let after = steps.step(x, states.clone());
                let pairs = states.into_iter().zip(after);
                pairs
                    .map(|(before, after)| chosen(is_step, after, before))
                    .collect()
            }
        };
        if !flow.return_sequences {
            outputs.clear();
        }
        let output = states[cell.output_state()].clone();
        outputs.push(match is_step {
            Some(is_step) if flow.zero_output_for_mask => {
                let zeros = output.zeros_like();
                chosen(&is_step, steps.restored(output), zeros)
            }
            _ => steps.restored(output),
        });
    }
    let states = states.into_iter().map(|state| steps.restored(state));
    let states: Vec<Tensor<2>> = states.collect();

    if flow.kept_batch_size().is_some() {
        for (index, state) in states.iter().enumerate() {
            call.update(&kept_state_name(index), state.clone().detach());
        }
    }
    let mut sample = shapes[cell.output_state()].clone();
    if flow.return_sequences {
        sample.axes_mut().insert(0, Some(num_steps));
    }
    let output = shaped(Tensor::cat(outputs, 1), &sample)?;
    let output = Signal::from(output).with_mask(mask.filter(|_| flow.return_sequences));
    let states = states
        .into_iter()
        .zip(&shapes)
        .filter(|_| flow.return_state);
    let states = states.map(|(state, shape)| shaped(state, shape).map(Signal::from));
    [Ok(output)].into_iter().chain(states).collect()
}

/// The states before the first step: those that the batch before has left, or zeros.
fn initial_states(
    flow: &Flow,
    samples: usize,
    shapes: &[Shape],
    device: &Device,
    call: &Call,
) -> Result<Vec<Tensor<2>>, LayerProblem> {
    match flow.kept_batch_size() {
        Some(batch_size) if batch_size != samples => {
            let expected = format!("{samples}, the samples of this batch");
            Err(LayerProblem::argument("batch_size", expected, &batch_size))
        }
        Some(_) => {
            let states = (0..shapes.len()).map(|index| call.weight(&kept_state_name(index)));
            Ok(states.collect())
        }
        None => {
            let sizes = shapes
                .iter()
                .map(|shape| shape.num_elements().unwrap_or_default());
            Ok(sizes
                .map(|size| Tensor::zeros([samples, size], device))
                .collect())
        }
    }
}

/// The first values where a sample has a step, the others where it is padding.
fn chosen(is_step: &Tensor<2, Bool>, values: Tensor<2>, others: Tensor<2>) -> Tensor<2> {
    let is_step = is_step.clone().expand(values.dims());
    others.mask_where(is_step, values)
}
