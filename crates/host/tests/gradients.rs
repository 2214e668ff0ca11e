//! Gradients of kernels, against differences of what leaves them.

#![expect(clippy::float_cmp, reason = "what is exact is compared exactly")]

#[path = "gradients/recurrent.rs"]
mod recurrent;

use firebrick_host::kernels::{
    Affine, ByDrawn, Concatenate, Dense, Dot, EachStep, Elementwise, Embedding, Extreme, Gather,
    Glu, LogSoftmax, PlusDrawn, Prelu, Product, ScaleAndShift, Softmax, Sparsemax, Standardize,
    Sum, TransposedConvolution,
};
use firebrick_host::{Backward, Fill, Forward, Kernel, Window};

/// Half the distance between two values whose outputs are compared.
const STEP: f32 = 1.0 / 256.0;

/// A kernel and what it meets.
struct Case {
    name: String,
    kernel: Box<dyn Kernel>,
    rows: usize,
    inputs: Vec<Vec<f32>>,
    weights: Vec<Vec<f32>>,
    drawn: Option<Vec<f32>>,
    /// The inputs from here on have no gradient: indices, masks.
    num_changing: usize,
}

impl Case {
    /// Three rows of inputs of these lengths, and weights of these lengths.
    fn new(
        name: impl Into<String>,
        kernel: impl Into<Box<dyn Kernel>>,
        inputs: &[usize],
        weights: &[usize],
    ) -> Self {
        let rows = 3;
        let numbered = |lens: &[usize], first: usize, rows: usize| {
            let lens = lens.iter().enumerate();
            lens.map(|(index, len)| spread(first + index, rows * len))
                .collect::<Vec<_>>()
        };
        Self {
            name: name.into(),
            kernel: kernel.into(),
            rows,
            inputs: numbered(inputs, 0, rows),
            weights: numbered(weights, 5, 1),
            drawn: None,
            num_changing: inputs.len(),
        }
    }

    /// With as many drawn numbers as the first input has.
    fn drawn(mut self) -> Self {
        self.drawn = Some(spread(9, self.inputs[0].len()));
        self
    }

    fn with_indices(mut self, indices: &[f32]) -> Self {
        self.inputs = vec![indices.to_vec()];
        self.num_changing = 0;
        self
    }

    /// With a further input that says which steps count.
    fn with_mask(mut self, mask: &[f32]) -> Self {
        self.inputs.push(mask.to_vec());
        self
    }
}

/// Numbers from -2 to 2 that repeat late and lie neither near a multiple of 1/16 nor near those of another index of the first
/// three.
fn spread(index: usize, len: usize) -> Vec<f32> {
    let offset = (index % 3 + 1) as f32 / 64.0;
    (0..len)
        .map(|place| ((place * 23 + index * 37 + 11) % 64) as f32 / 16.0 - 2.0 + offset)
        .collect()
}

fn slices(values: &[Vec<f32>]) -> Vec<&[f32]> {
    values.iter().map(Vec::as_slice).collect()
}

/// What leaves, and what is kept.
fn forward(case: &Case, inputs: &[Vec<f32>], weights: &[Vec<f32>]) -> (Vec<f32>, Vec<f32>) {
    let mut output = vec![f32::NAN; case.rows * case.kernel.output_len()];
    let mut kept = vec![f32::NAN; case.rows * case.kernel.kept_len()];
    case.kernel.forward(Forward {
        rows: case.rows,
        inputs: &slices(inputs),
        weights: &slices(weights),
        drawn: case.drawn.as_deref(),
        output: &mut output,
        kept: &mut kept,
    });
    (output, kept)
}

/// How the sum of what leaves, each times its factor, changes with each value of one of the inputs or the weights.
fn differences(values: &[Vec<f32>], index: usize, sum: impl Fn(&[Vec<f32>]) -> f64) -> Vec<f64> {
    let at = |place: usize, step: f32| {
        let mut values = values.to_vec();
        values[index][place] += step;
        sum(&values)
    };
    (0..values[index].len())
        .map(|place| (at(place, STEP) - at(place, -STEP)) / (2.0 * f64::from(STEP)))
        .collect()
}

/// Compares a gradient that replaces what is there, and one that is added to it, with differences.
fn compare(name: &str, expected: &[f64], gradient: impl Fn(&mut [f32], Fill)) {
    for (before, fill) in [(f32::NAN, Fill::Set), (0.25, Fill::Add)] {
        let mut received = vec![before; expected.len()];
        gradient(&mut received, fill);
        let base = if fill == Fill::Add { 0.25 } else { 0.0 };
        for (place, (received, expected)) in received.iter().zip(expected).enumerate() {
            let distance = (f64::from(*received) - base - expected).abs();
            assert!(
                distance < 1e-3 * (1.0 + expected.abs()),
                "{name}, {fill:?} at {place}: {received} is not {expected} and {base}"
            );
        }
    }
}

fn check(case: &Case) {
    let (output, kept) = forward(case, &case.inputs, &case.weights);
    assert!(output.iter().all(|y| y.is_finite()), "{}", case.name);
    let factors = spread(7, output.len());
    let sum = |inputs: &[Vec<f32>], weights: &[Vec<f32>]| {
        let (output, _) = forward(case, inputs, weights);
        let products = output.iter().zip(&factors);
        products
            .map(|(y, factor)| f64::from(*y) * f64::from(*factor))
            .sum::<f64>()
    };
    let (inputs, weights) = (slices(&case.inputs), slices(&case.weights));
    let call = Backward {
        rows: case.rows,
        inputs: &inputs,
        weights: &weights,
        drawn: case.drawn.as_deref(),
        output: &output,
        output_gradient: &factors,
        kept: &kept,
    };
    for index in 0..case.inputs.len() {
        let expected = if index >= case.num_changing {
            vec![0.0; case.inputs[index].len()]
        } else {
            differences(&case.inputs, index, |inputs| sum(inputs, &case.weights))
        };
        let name = format!("{}, input {index}", case.name);
        compare(&name, &expected, |gradient, fill| {
            case.kernel.input_gradient(&call, index, gradient, fill);
        });
    }
    for index in 0..case.weights.len() {
        let expected = differences(&case.weights, index, |weights| sum(&case.inputs, weights));
        let name = format!("{}, weight {index}", case.name);
        compare(&name, &expected, |gradient, fill| {
            case.kernel.weight_gradient(&call, index, gradient, fill);
        });
    }
}

#[test]
fn products_have_the_gradients_of_their_differences() {
    for (inputs, units) in [(1, 1), (3, 5), (20, 17), (40, 1)] {
        let plain = Dense::new(inputs, units);
        let stepped = plain.clone().with_steps(4);
        let kernel = inputs * units;
        check(&Case::new("plain", plain.clone(), &[inputs], &[kernel]));
        check(&Case::new("bias", plain, &[inputs], &[kernel, units]));
        let steps = [4 * inputs];
        check(&Case::new("steps", stepped, &steps, &[kernel, units]));
    }
}

#[test]
fn products_of_vectors_have_the_gradients_of_their_differences() {
    for (vectors, size) in [([1, 1], 5), ([2, 3], 4), ([3, 1], 1)] {
        let inputs = vectors.map(|vectors| vectors * size);
        check(&Case::new("dot", Dot::new(vectors, size), &inputs, &[]));
    }
}

#[test]
fn steps_have_the_gradients_of_their_differences() {
    let dense = EachStep::new(Dense::new(3, 2), 4);
    check(&Case::new("steps of dense", dense, &[12], &[6, 2]));
    let normalized = EachStep::new(Standardize::by_deviation(4, 4, 1e-3), 3);
    check(&Case::new("steps with kept", normalized, &[12], &[]));
}

#[test]
fn transposed_convolutions_have_the_gradients_of_their_differences() {
    for (strides, padding, output) in [([1, 1], [0, 0], [2, 3]), ([2, 1], [1, 0], [2, 3])] {
        let window = Window {
            input: [4, 5],
            channels: 2,
            size: [3, 2],
            strides,
            dilation: [1, 1],
            padding,
            output,
        };
        let kernel = TransposedConvolution::new(window, 3);
        let weights = [3 * 2 * 2 * 3, 2];
        check(&Case::new("transposed", kernel.clone(), &[18], &weights));
        check(&Case::new("without bias", kernel, &[18], &weights[..1]));
    }
}

#[test]
fn functions_have_the_gradients_of_their_differences() {
    for (name, kernel) in [
        ("sigmoid", Elementwise::sigmoid(40)),
        ("relu", Elementwise::relu(40)),
        ("gelu", Elementwise::gelu(40)),
        ("mish", Elementwise::mish(40)),
        ("sparse_plus", Elementwise::sparse_plus(40)),
    ] {
        check(&Case::new(name, kernel, &[40], &[]));
    }
}

#[test]
fn functions_of_the_last_axis_have_the_gradients_of_their_differences() {
    check(&Case::new("softmax", Softmax::new(10, 5), &[10], &[]));
    check(&Case::new(
        "log_softmax",
        LogSoftmax::new(10, 5),
        &[10],
        &[],
    ));
    check(&Case::new("sparsemax", Sparsemax::new(10, 5), &[10], &[]));
    check(&Case::new("glu", Glu::new(6, 3), &[12], &[]));
}

#[test]
fn merged_inputs_have_the_gradients_of_their_differences() {
    let three = [6, 6, 6];
    let sum = Sum::new(6, [1.0, -2.0, 0.5]);
    check(&Case::new("sum", sum, &three, &[]));
    check(&Case::new("product", Product::new(6), &three, &[]));
    check(&Case::new("product of one", Product::new(6), &[6], &[]));
    check(&Case::new("largest", Extreme::largest(6), &three, &[]));
    check(&Case::new("smallest", Extreme::smallest(6), &three, &[]));
    let joined = Concatenate::new(2, [3, 1, 2]);
    check(&Case::new("concatenate", joined, &[6, 2, 4], &[]));
}

#[test]
fn moved_values_have_the_gradients_of_their_differences() {
    let turned = Gather::new([3, 0, 1, 2].map(Some));
    check(&Case::new("turned", turned, &[4], &[]));
    let repeated = Gather::new([Some(1), None, Some(1), Some(0), Some(1)]);
    check(&Case::new("repeated", repeated, &[3], &[]));
    check(&Case::new("nothing left", Gather::new([]), &[3], &[]));
}

#[test]
fn drawn_and_constant_numbers_have_the_gradients_of_their_differences() {
    check(&Case::new("factors", ByDrawn::new(4), &[4], &[]).drawn());
    check(&Case::new("no factors", ByDrawn::new(4), &[4], &[]));
    check(&Case::new("noise", PlusDrawn::new(4), &[4], &[]).drawn());
    check(&Case::new("no noise", PlusDrawn::new(4), &[4], &[]));
    let affine = Affine::new(6, [1.0, -2.0, 0.5], [0.0, 1.0, 2.0]);
    check(&Case::new("affine", affine, &[6], &[]));
}

#[test]
fn normalized_values_have_the_gradients_of_their_differences() {
    for size in [3, 6, 12] {
        for (name, kernel) in [
            ("deviation", Standardize::by_deviation(12, size, 1e-3)),
            ("mean square", Standardize::by_mean_square(12, size, 1e-3)),
            ("length", Standardize::by_length(12, size, 1e-24)),
            ("least length", Standardize::by_length(12, size, 1e3)),
        ] {
            let name = format!("{name} of {size}");
            check(&Case::new(name, kernel, &[12], &[]));
        }
    }
}

#[test]
fn weights_of_channels_have_the_gradients_of_their_differences() {
    let both = ScaleAndShift::new(12, 4);
    check(&Case::new("both", both.clone(), &[12], &[4, 4]));
    check(&Case::new(
        "scale",
        both.clone().without_shift(),
        &[12],
        &[4],
    ));
    check(&Case::new("shift", both.without_scale(), &[12], &[4]));
    let own = Prelu::new([0, 1, 2, 3]);
    check(&Case::new("own slopes", own, &[4], &[4]));
    let shared = Prelu::new([0, 1, 0, 1]);
    check(&Case::new("shared slopes", shared, &[4], &[2]));
}

#[test]
fn tables_have_the_gradients_of_their_differences() {
    let indices = [0.0, 2.0, 2.0, 1.9, 3.0, 2.0];
    let case = Case::new("embedding", Embedding::new(2, 4, 3), &[2], &[12]);
    check(&case.with_indices(&indices));
}

#[test]
fn what_is_no_index_gives_what_is_no_number_and_no_gradient() {
    let indices = [-0.5, 2.0, -1.0, f32::NAN, 1e9, 1.0];
    let case = Case::new("outside", Embedding::new(2, 2, 1), &[2], &[2]).with_indices(&indices);
    let (output, _) = forward(&case, &case.inputs, &case.weights);
    let is_row: Vec<bool> = output.iter().map(|y| y.is_finite()).collect();
    assert_eq!(is_row, [true, false, false, false, false, true]);
    let call = Backward {
        rows: 3,
        inputs: &[&indices],
        weights: &[&case.weights[0]],
        drawn: None,
        output: &output,
        output_gradient: &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0],
        kept: &[],
    };
    let mut gradient = [f32::NAN; 2];
    case.kernel
        .weight_gradient(&call, 0, &mut gradient, Fill::Set);
    assert_eq!(gradient, [1.0, 32.0]);
}

#[test]
fn of_equal_values_the_first_has_the_gradient() {
    for kernel in [Extreme::largest(3), Extreme::smallest(3)] {
        let inputs: [&[f32]; 2] = [&[1.0, f32::NAN, 0.0], &[1.0, 2.0, f32::NAN]];
        let mut output = [0.0; 3];
        kernel.forward(Forward {
            rows: 1,
            inputs: &inputs,
            weights: &[],
            drawn: None,
            output: &mut output,
            kept: &mut [],
        });
        assert!(output[0] == 1.0 && output[1].is_nan() && output[2].is_nan());
        let gradients = [0, 1].map(|input| {
            let mut gradient = [f32::NAN; 3];
            let call = Backward {
                rows: 1,
                inputs: &inputs,
                weights: &[],
                drawn: None,
                output: &output,
                output_gradient: &[1.0, 2.0, 3.0],
                kept: &[],
            };
            kernel.input_gradient(&call, input, &mut gradient, Fill::Set);
            gradient
        });
        assert_eq!(gradients, [[1.0, 2.0, 0.0], [0.0, 0.0, 3.0]]);
    }
}

#[test]
fn sums_over_the_last_axis_are_1_also_where_values_are_far_apart() {
    let x = [1e4, -1e4, 0.0, f32::NEG_INFINITY, 1.0, 2.0];
    let kernels: [(Box<dyn Kernel>, [f32; 6]); 2] = [
        (
            Softmax::new(6, 3).into(),
            [1.0, 0.0, 0.0, 0.0, 0.268_941_43, 0.731_058_6],
        ),
        (Sparsemax::new(6, 3).into(), [1.0, 0.0, 0.0, 0.0, 0.0, 1.0]),
    ];
    for (kernel, expected) in kernels {
        let mut output = [f32::NAN; 6];
        kernel.forward(Forward {
            rows: 1,
            inputs: &[&x],
            weights: &[],
            drawn: None,
            output: &mut output,
            kept: &mut [],
        });
        for (received, expected) in output.iter().zip(expected) {
            assert!((received - expected).abs() < 1e-6, "{output:?}");
        }
    }
}
