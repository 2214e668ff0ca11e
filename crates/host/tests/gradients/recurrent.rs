//! Steps of recurrent layers.

use firebrick_host::kernels::{Recurrent, StateFunction};
use firebrick_host::{Backward, Fill, Forward, Kernel};

use super::{Case, check, spread};

/// Two features, and weights of so many gates.
fn recurrent(name: &str, kernel: Recurrent, steps: usize, sizes: [usize; 3]) -> Case {
    let [units, gates, biases] = sizes;
    let width = gates * units;
    let weights = [2 * width, units * width, biases * width];
    let num_weights = if biases > 0 { 3 } else { 2 };
    Case::new(name, kernel, &[steps * 2], &weights[..num_weights])
}

/// Each kind, with its numbers of gates and of biases.
fn recurrent_kinds(input: [usize; 2], units: usize) -> Vec<(&'static str, Recurrent, [usize; 2])> {
    let simple = |function| Recurrent::simple(input, units, function);
    let before = Recurrent::gru_with_reset_before(input, units);
    vec![
        ("lstm", Recurrent::lstm(input, units), [4, 1]),
        ("lstm without bias", Recurrent::lstm(input, units), [4, 0]),
        ("gru", Recurrent::gru(input, units), [3, 2]),
        ("gru without bias", Recurrent::gru(input, units), [3, 0]),
        ("gru, reset before", before.clone(), [3, 1]),
        ("gru, reset before, without bias", before, [3, 0]),
        ("tanh", simple(StateFunction::Tanh), [1, 1]),
        ("sigmoid", simple(StateFunction::Sigmoid), [1, 1]),
        ("linear", simple(StateFunction::Linear), [1, 0]),
    ]
}

#[test]
fn recurrent_steps_have_the_gradients_of_their_differences() {
    for (steps, units) in [(1, 1), (1, 3), (3, 1), (4, 3)] {
        for (name, kernel, [gates, biases]) in recurrent_kinds([steps, 2], units) {
            let sizes = [units, gates, biases];
            let every = kernel.clone().with_every_step();
            let backwards = every.clone().backwards();
            for (flow, kernel) in [("last", kernel), ("every", every), ("backwards", backwards)] {
                let name = format!("{name}, {steps} steps of {units}, {flow}");
                check(&recurrent(&name, kernel, steps, sizes));
            }
        }
    }
}

#[test]
fn steps_that_do_not_count_have_the_gradients_of_their_differences() {
    let mask = [0.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    for (name, kernel, [gates, biases]) in recurrent_kinds([4, 2], 2) {
        let sizes = [2, gates, biases];
        let every = kernel.clone().with_every_step();
        let zeros = every.clone().with_zero_output_for_mask().backwards();
        for (flow, kernel) in [("last", kernel), ("every", every), ("zeros", zeros)] {
            let name = format!("{name}, masked, {flow}");
            check(&recurrent(&name, kernel, 4, sizes).with_mask(&mask));
        }
    }
}

#[test]
fn states_before_and_after_all_steps_have_the_gradients_of_their_differences() {
    for (name, kernel, [gates, biases]) in recurrent_kinds([3, 2], 2) {
        let num_states = if gates == 4 { 2 } else { 1 };
        let with_states = kernel.with_given_states().with_last_states();
        let every = with_states.clone().with_every_step().backwards();
        for kernel in [with_states, every] {
            let mut case = recurrent(name, kernel, 3, [2, gates, biases]);
            case.inputs
                .extend((0..num_states).map(|_| spread(1, 3 * 2)));
            case.num_changing += num_states;
            check(&case);
            let mask = [1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0];
            check(&case.with_mask(&mask));
        }
    }
}

#[test]
fn a_relu_of_states_passes_gradients_where_it_is_positive() {
    let kernel = Recurrent::simple([2, 1], 1, StateFunction::Relu);
    let run = |x: [f32; 2]| {
        let weights: [&[f32]; 2] = [&[2.0], &[3.0]];
        let (mut output, mut kept) = ([f32::NAN], vec![f32::NAN; kernel.kept_len()]);
        kernel.forward(Forward {
            rows: 1,
            inputs: &[&x],
            weights: &weights,
            drawn: None,
            output: &mut output,
            kept: &mut kept,
        });
        let call = Backward {
            rows: 1,
            inputs: &[&x],
            weights: &weights,
            drawn: None,
            output: &output,
            output_gradient: &[1.0],
            kept: &kept,
        };
        let mut gradient = [f32::NAN; 2];
        kernel.input_gradient(&call, 0, &mut gradient, Fill::Set);
        (output[0], gradient)
    };
    assert_eq!(run([1.0, 5.0]), (16.0, [6.0, 2.0]));
    assert_eq!(run([-1.0, 5.0]), (10.0, [0.0, 2.0]));
    assert_eq!(run([1.0, -5.0]), (0.0, [0.0, 0.0]));
}
