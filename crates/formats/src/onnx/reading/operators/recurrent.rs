//! `LSTM`, `GRU` and `RNN`: layers that go through a sequence step by step, in one direction or both.

use firebrick_model::{Node, Shape};
use serde_json::json;

use super::recurrence::Cell;
use crate::error::FormatProblem;
use crate::onnx::reading::constant::Numbers;
use crate::onnx::reading::layers::Described;
use crate::onnx::reading::node_call::{Given, NodeCall};
use crate::onnx::reading::value::{Held, Value};

/// Which outputs somebody takes.
#[derive(Clone, Copy)]
struct Taken {
    steps: bool,
    states: bool,
}

pub(in super::super) fn recurrent(call: &mut NodeCall<'_, '_>) -> Given {
    let cell = Cell::of(call.operator());
    let is_batch_first = call.int("layout", 0)? != 0;
    check(call)?;
    let num_directions = match call.text("direction", "forward")?.as_str() {
        "bidirectional" => 2,
        "forward" | "reverse" => 1,
        other => {
            return Err(
                call.refused_attribute("direction", format!("is `{other}`, which is not known"))
            );
        }
    };
    let goes_backwards = call.text("direction", "forward")? == "reverse";
    let is_taken = |place: usize| {
        call.node
            .output
            .get(place)
            .is_some_and(|name| call.import.uses(name) > 0)
    };
    let taken = Taken {
        steps: is_taken(0),
        states: is_taken(2) || is_taken(1) && (is_taken(0) || num_directions == 2),
    };
    if goes_backwards && taken.steps {
        return Err(call.refused_attribute(
            "direction",
            "is reverse and all steps are taken, which a layer gives in the other order; take both directions or the last state",
        ));
    }
    let x = call.value(0)?;
    let x = call.unfolded(&x)?;
    let order = if is_batch_first { [0, 1, 2] } else { [1, 0, 2] };
    if x.rank() != 3 {
        return Err(call.refused(format!("its input has {} axes, expected 3", x.rank())));
    }
    let x = call.ordered(&x, &order)?;
    let (node, shapes) = called(call, &cell, &x, taken, num_directions)?;
    let units = call.int("hidden_size", 0)?;
    let units = usize::try_from(units).unwrap_or_default();
    let (steps, directions) = (x.shape.axes()[0], Some(num_directions));
    let mut given = Vec::new();
    if taken.steps {
        let y = Value::new(node.clone(), shapes[0].clone(), vec![0, 1, 2]);
        let y = call.reshaped(&y, vec![steps, directions, Some(units)])?;
        let order = if is_batch_first {
            vec![0, 1, 2, 3]
        } else {
            vec![2, 0, 1, 3]
        };
        given.push(Value { order, ..y }.into());
    } else {
        given.push(Held::Filled(0.0));
    }
    let order = if is_batch_first {
        vec![0, 1, 2]
    } else {
        vec![1, 0, 2]
    };
    let num_states = if cell.is_lstm() { 2 } else { 1 };
    for state in 0..num_states {
        if !is_taken_by(call, state + 1) {
            given.push(Held::Filled(0.0));
            continue;
        }
        let parts = if taken.states {
            (0..num_directions)
                .map(|direction| node.output(1 + direction * num_states + state))
                .collect()
        } else {
            vec![node.clone()]
        };
        let last = joined(call, parts, units)?;
        let last = call.reshaped(&last, vec![directions, Some(units)])?;
        given.push(
            Value {
                order: order.clone(),
                ..last
            }
            .into(),
        );
    }
    Ok(given)
}

fn is_taken_by(call: &NodeCall<'_, '_>, place: usize) -> bool {
    call.node
        .output
        .get(place)
        .is_some_and(|name| call.import.uses(name) > 0)
}

/// Makes sure of what no layer does.
fn check(call: &mut NodeCall<'_, '_>) -> Result<(), FormatProblem> {
    if call.float("clip", 0.0)? != 0.0 {
        return Err(call.refused_attribute("clip", "is not taken over; export without it"));
    }
    if call.int("input_forget", 0)? != 0 {
        return Err(call.refused_attribute("input_forget", "is 1, for which there is no layer"));
    }
    let inputs = [
        (4, "lengths of sequences"),
        (5, "a first state"),
        (6, "a first state of the cell"),
        (7, "peepholes"),
    ];
    for (place, what) in inputs {
        if !call.has_input(place) {
            continue;
        }
        let are_zeros = match call.held(place)? {
            Held::Constant(constant) => match &constant.numbers {
                Numbers::Floats(values) => values.iter().all(|value| *value == 0.0),
                Numbers::Ints(_) => false,
            },
            Held::Filled(number) => number == 0.0,
            Held::Value(_)
            | Held::Sizes(_)
            | Held::Erf { .. }
            | Held::ErfPlusOne { .. }
            | Held::Above { .. } => false,
        };
        if !are_zeros || place == 4 {
            return Err(call.refused(format!(
                "its input {place} is {what}, which is not taken over; export without it"
            )));
        }
    }
    Ok(())
}

/// The layer with what somebody takes of it.
fn called(
    call: &mut NodeCall<'_, '_>,
    cell: &Cell,
    x: &Value,
    taken: Taken,
    num_directions: usize,
) -> Result<(Node, Vec<Shape>), FormatProblem> {
    let resets_after = (call.operator() == "GRU")
        .then(|| call.int("linear_before_reset", 0))
        .transpose()?
        .map(|after| after != 0);
    let mut config = cell.functions(call, 0)?;
    if num_directions == 2 && cell.functions(call, 1)? != config {
        return Err(call.refused_attribute(
            "activations",
            "are others for the other direction, expected the same",
        ));
    }
    config["units"] = json!(call.int("hidden_size", 0)?);
    config["use_bias"] = json!(call.has_input(3));
    config["return_sequences"] = json!(taken.steps);
    config["return_state"] = json!(taken.states);
    if let Some(after) = resets_after {
        config["reset_after"] = json!(after);
    }
    let mut weights = cell.weights(call, 0, resets_after)?;
    let (class_name, config) = if num_directions == 2 {
        let inner = json!({"class_name": cell.class_name, "config": config});
        let name = cell.class_name.to_lowercase();
        let name = if name == "simplernn" {
            "simple_rnn".to_owned()
        } else {
            name
        };
        let backward = cell.weights(call, 1, resets_after)?;
        let path =
            |direction: &str, (weight, value)| (format!("{direction}_{name}/{weight}"), value);
        weights = weights
            .into_iter()
            .map(|weight| path("forward", weight))
            .chain(backward.into_iter().map(|weight| path("backward", weight)))
            .collect();
        (
            "Bidirectional",
            json!({"layer": inner, "merge_mode": "concat"}),
        )
    } else {
        config["go_backwards"] = json!(call.text("direction", "forward")? == "reverse");
        (cell.class_name, config)
    };
    let described = Described {
        class_name: class_name.to_owned(),
        config,
        weights,
        name: call.name_after(call.input_name(1)),
        source: call.node.input[1..].join(" "),
    };
    call.layer(described, &[x])
}

/// The last states of all directions in a row.
fn joined(
    call: &mut NodeCall<'_, '_>,
    parts: Vec<Node>,
    units: usize,
) -> Result<Value, FormatProblem> {
    let parts: Vec<Value> = parts
        .into_iter()
        .map(|node| Value::new(node, Shape::from([units]), vec![0, 1]))
        .collect();
    if let [single] = &parts[..] {
        return Ok(single.clone());
    }
    let all: Vec<&Value> = parts.iter().collect();
    let (node, shapes) = call.layer(Described::plain("Concatenate", json!({"axis": 1})), &all)?;
    Ok(Value::new(
        node,
        shapes.into_iter().next().unwrap_or_default(),
        vec![0, 1],
    ))
}
