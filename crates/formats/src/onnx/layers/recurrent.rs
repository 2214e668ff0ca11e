//! Layers that go through a sequence step by step.

use firebrick_model::layers::AnyLayer;
use serde::Deserialize;

use super::super::attribute::int;
use super::super::layer_call::LayerCall;
use super::super::value::Value;
use super::cell::{Around, Cell};
use super::recurrent_mask::Steps;
use crate::error::FormatProblem;

/// How a layer goes through the steps.
#[expect(
    clippy::struct_excessive_bools,
    reason = "these are Keras' arguments, each of which means something with every other"
)]
#[derive(Deserialize)]
struct Flow {
    #[serde(default)]
    return_sequences: bool,
    #[serde(default)]
    return_state: bool,
    #[serde(default)]
    go_backwards: bool,
    #[serde(default)]
    stateful: bool,
    #[serde(default)]
    zero_output_for_mask: bool,
}

#[derive(Deserialize)]
struct BothDirections {
    layer: AnyLayer,
    merge_mode: Option<String>,
    backward_layer: Option<AnyLayer>,
}

/// In which order the outputs of a layer that goes backwards come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    /// That in which it sees the steps.
    Seen,
    /// That of the steps.
    Steps,
}

/// What leaves a layer: its outputs, then its states.
struct Outputs {
    output: String,
    states: Vec<String>,
}

/// A layer of one direction.
pub(super) fn recurrent(
    call: &mut LayerCall<'_>,
    inputs: &[Value],
) -> Result<Vec<Value>, FormatProblem> {
    let outputs = run(call, inputs, Order::Seen)?;
    let names = [outputs.output].into_iter().chain(outputs.states);
    let shapes = call.outputs.clone();
    Ok(names
        .zip(shapes)
        .map(|(name, shape)| Value::new(name, shape))
        .collect())
}

/// A layer and another one that goes the other way.
pub(super) fn both_directions(
    call: &mut LayerCall<'_>,
    inputs: &[Value],
) -> Result<Vec<Value>, FormatProblem> {
    let arguments: BothDirections = call.arguments()?;
    let Some((backward_layer, (sequence, states))) =
        arguments.backward_layer.zip(inputs.split_first())
    else {
        return Err(call.refused("it has no layer for its other direction"));
    };
    let (first, second) = states.split_at(states.len() / 2);
    let mut direction = |name: &str, layer: &AnyLayer, states: &[Value]| {
        let path = format!("{}/{name}_{}", call.path, layer.default_name());
        let mut inner = LayerCall {
            writer: &mut *call.writer,
            weights: call.weights,
            layer,
            path: &path,
            outputs: Vec::new(),
        };
        let inputs = [std::slice::from_ref(sequence), states].concat();
        run(&mut inner, &inputs, Order::Steps)
    };
    let forward = direction("forward", &arguments.layer, first)?;
    let backward = direction("backward", &backward_layer, second)?;
    let both = [forward.output.as_str(), &backward.output];
    let merged = match arguments.merge_mode.as_deref() {
        None => both.map(str::to_owned).to_vec(),
        Some("concat") => vec![call.operator("Concat", &both, vec![int("axis", -1)])],
        Some("sum") => vec![call.plain("Add", &both)],
        Some("ave") => vec![call.plain("Mean", &both)],
        Some("mul") => vec![call.plain("Mul", &both)],
        Some(other) => return Err(call.refused(format!("its merge mode `{other}` is not known"))),
    };
    let names = merged.into_iter().chain(forward.states);
    let names = names.chain(backward.states);
    let shapes = call.outputs.clone();
    Ok(names
        .zip(shapes)
        .map(|(name, shape)| Value::new(name, shape))
        .collect())
}

/// The operators of a layer's cells, with what is around them.
fn run(call: &mut LayerCall<'_>, inputs: &[Value], order: Order) -> Result<Outputs, FormatProblem> {
    let cells = Cell::all(call)?;
    let flow: Flow = call.arguments()?;
    if flow.stateful {
        return Err(call.refused(
            "it keeps its state between batches, which a file of ONNX does not; build the network without `stateful`",
        ));
    }
    let Some((sequence, given)) = inputs.split_first() else {
        return Err(call.refused("it is called on nothing"));
    };
    if !given.is_empty() && sequence.mask.is_some() {
        return Err(call.refused(
            "it is given states and a mask at once, which is not written; leave out one of them",
        ));
    }
    let mut x = call.channels_last(sequence);
    let mask = sequence.mask.as_deref();
    let steps = mask.map(|mask| Steps::new(call, &x, mask));
    if let Some(steps) = &steps {
        x.clone_from(&steps.values);
    }
    let mut x = call.turned(&x, &[1, 0, 2]);
    let direction = call.writer.ints(&[0]);
    let mut given = given.iter();
    let mut states = Vec::new();
    for (place, cell) in cells.iter().enumerate() {
        let own: Vec<String> = given
            .by_ref()
            .take(cell.num_states())
            .map(|state| call.plain("Unsqueeze", &[&state.name, &direction]))
            .collect();
        let around = Around {
            lengths: steps.as_ref().map_or("", |steps| steps.lengths.as_str()),
            states: &own,
            goes_backwards: flow.go_backwards,
        };
        let left = cell.written(call, &x, &around)?;
        if place + 1 < cells.len() || flow.return_sequences {
            let axis = call.writer.ints(&[1]);
            x = call.plain("Squeeze", &[&left[0], &axis]);
        }
        states.push(left[1..].to_vec());
    }
    let output = if flow.return_sequences {
        let mut own = call.turned(&x, &[1, 0, 2]);
        if let Some(steps) = &steps {
            own = steps.restored(call, &own, flow.go_backwards);
            if flow.zero_output_for_mask {
                own = steps.between_zeros(call, &own);
            }
        }
        if flow.go_backwards && order == Order::Seen {
            own = reversed(call, &own);
        }
        own
    } else {
        let last = states.last().and_then(|states| states.first());
        let last = last.ok_or_else(|| call.refused("it has no cell"))?;
        call.plain("Squeeze", &[last, &direction])
    };
    let states = states.iter().flatten().filter(|_| flow.return_state);
    let states = states.map(|state| call.plain("Squeeze", &[state, &direction]));
    Ok(Outputs {
        states: states.collect(),
        output,
    })
}

/// Steps from the last to the first.
fn reversed(call: &mut LayerCall<'_>, steps: &str) -> String {
    let [start, end, axis, by] = [-1, i64::MIN, 1, -1].map(|number| call.writer.ints(&[number]));
    call.plain("Slice", &[steps, &start, &end, &axis, &by])
}
