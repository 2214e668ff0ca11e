//! Kernels that move windows over pictures, against plain loops in 64 bits.

use firebrick_host::kernels::{
    AveragePooling, Convolution, DepthwiseConvolution, Elementwise, GroupedConvolution, MaxPooling,
};
use firebrick_host::{Backward, Batch, Fill, Forward, Kernel, Pass, Place, Program, Window};
use proptest::prelude::*;

/// Numbers from -1 to 1 that do not repeat soon.
fn numbers(len: usize, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(747_796_405).wrapping_add(1);
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 8_388_608.0 - 1.0
    };
    (0..len).map(|_| next()).collect()
}

/// Windows of all forms, and pictures on which they have at least one place.
fn windows(most_channels: usize) -> impl Strategy<Value = Window> {
    let axis = (
        1..=4_usize,
        1..=3_usize,
        1..=3_usize,
        0..=1_usize,
        0..=9_usize,
    );
    (axis.clone(), axis, 1..=most_channels, any::<bool>()).prop_map(
        |(height, width, channels, is_sequence)| {
            let of =
                |(size, stride, dilation, padding, more): (usize, usize, usize, usize, usize)| {
                    let span = (size - 1) * dilation + 1;
                    let input = span + more;
                    let padding = if padding == 0 {
                        [0; 2]
                    } else {
                        [span / 2, span - 1 - span / 2]
                    };
                    let output = (input + padding[0] + padding[1] - span) / stride + 1;
                    [input, size, stride, dilation, padding[0], output]
                };
            let rows = if is_sequence {
                [1, 1, 1, 1, 0, 1]
            } else {
                of(height)
            };
            let columns = of(width);
            let [input, size, strides, dilation, padding, output] =
                std::array::from_fn(|field| [rows[field], columns[field]]);
            Window {
                input,
                channels,
                size,
                strides,
                dilation,
                padding,
                output,
            }
        },
    )
}

/// Calls `met(place, tap, pixel)` for all that meet, by the definition.
fn each(window: &Window, mut met: impl FnMut(usize, usize, usize)) {
    for row in 0..window.output[0] {
        for column in 0..window.output[1] {
            for tap_row in 0..window.size[0] {
                for tap_column in 0..window.size[1] {
                    let y = row * window.strides[0] + tap_row * window.dilation[0];
                    let x = column * window.strides[1] + tap_column * window.dilation[1];
                    let [y, x] = [
                        y.wrapping_sub(window.padding[0]),
                        x.wrapping_sub(window.padding[1]),
                    ];
                    if y < window.input[0] && x < window.input[1] {
                        let place = row * window.output[1] + column;
                        let tap = tap_row * window.size[1] + tap_column;
                        met(place, tap, y * window.input[1] + x);
                    }
                }
            }
        }
    }
}

/// What a kernel leaves and its gradients, of the input and of each weight, all of them added to ones.
struct Ran {
    output: Vec<f32>,
    input: Vec<f32>,
    weights: Vec<Vec<f32>>,
}

fn run(kernel: &dyn Kernel, rows: usize, x: &[f32], weights: &[&[f32]], by: &[f32]) -> Ran {
    let mut output = vec![f32::NAN; rows * kernel.output_len()];
    let mut kept = vec![f32::NAN; rows * kernel.kept_len()];
    kernel.forward(Forward {
        rows,
        inputs: &[x],
        weights,
        drawn: None,
        output: &mut output,
        kept: &mut kept,
    });
    let call = Backward {
        rows,
        inputs: &[x],
        weights,
        drawn: None,
        output: &output,
        output_gradient: by,
        kept: &kept,
    };
    let both = |len: usize, fill: &dyn Fn(&mut [f32], Fill)| {
        let (mut set, mut added) = (vec![f32::NAN; len], vec![1.0; len]);
        fill(&mut set, Fill::Set);
        fill(&mut added, Fill::Add);
        for (set, added) in set.iter().zip(&added) {
            assert!((set + 1.0 - added).abs() < 1e-4, "{set} {added}");
        }
        set
    };
    Ran {
        input: both(x.len(), &|gradient, fill| {
            kernel.input_gradient(&call, 0, gradient, fill);
        }),
        weights: weights
            .iter()
            .enumerate()
            .map(|(weight, values)| {
                both(values.len(), &|gradient, fill| {
                    kernel.weight_gradient(&call, weight, gradient, fill);
                })
            })
            .collect(),
        output,
    }
}

fn assert_near(own: &[f32], exact: &[f64], what: &str) {
    assert_eq!(own.len(), exact.len(), "{what}");
    let scale = exact
        .iter()
        .fold(1.0_f64, |most, value| most.max(value.abs()));
    for (place, (own, exact)) in own.iter().zip(exact).enumerate() {
        let distance = (f64::from(*own) - exact).abs();
        assert!(
            distance < 2e-5 * scale,
            "{what} at {place}: {own} instead of {exact}"
        );
    }
}

fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|value| f64::from(*value)).collect()
}

/// A convolution in groups, its gradients by the input, the kernel and the bias.
fn convolution(
    window: &Window,
    [filters, groups]: [usize; 2],
    [x, kernel, bias, by]: [&[f64]; 4],
) -> [Vec<f64>; 4] {
    let (channels, places) = (window.channels, window.output[0] * window.output[1]);
    let pixels = window.input[0] * window.input[1];
    let rows = x.len() / (pixels * channels);
    let mut y = bias.repeat(rows * places);
    let (mut to_x, mut to_kernel) = (vec![0.0; x.len()], vec![0.0; kernel.len()]);
    let mut to_bias = vec![0.0; filters];
    for row in 0..rows {
        each(window, |place, tap, pixel| {
            for filter in 0..filters {
                let group = filter * groups / filters;
                for seen in 0..channels / groups {
                    let channel = group * (channels / groups) + seen;
                    let own = (row * pixels + pixel) * channels + channel;
                    let weight = (tap * (channels / groups) + seen) * filters + filter;
                    let out = (row * places + place) * filters + filter;
                    y[out] += x[own] * kernel[weight];
                    to_x[own] += by[out] * kernel[weight];
                    to_kernel[weight] += by[out] * x[own];
                }
            }
        });
    }
    for (index, by) in by.iter().enumerate() {
        to_bias[index % filters] += by;
    }
    [y, to_x, to_kernel, to_bias]
}

/// Runs a convolution in groups and compares all that leaves it.
fn check(kernel: &dyn Kernel, window: &Window, sizes: [usize; 2], rows: usize, seed: u32) {
    let taps = window.size[0] * window.size[1];
    let x = numbers(
        rows * window.input[0] * window.input[1] * window.channels,
        seed,
    );
    let weights = numbers(taps * window.channels * sizes[0] / sizes[1], seed + 1);
    let bias = numbers(sizes[0], seed + 2);
    let by = numbers(rows * kernel.output_len(), seed + 3);
    let ran = run(kernel, rows, &x, &[&weights, &bias], &by);
    let values = [&x, &weights, &bias, &by].map(|values| wide(values));
    let [y, to_x, to_kernel, to_bias] =
        convolution(window, sizes, values.each_ref().map(Vec::as_slice));
    assert_near(&ran.output, &y, "output");
    assert_near(&ran.input, &to_x, "gradient of the input");
    assert_near(&ran.weights[0], &to_kernel, "gradient of the kernel");
    assert_near(&ran.weights[1], &to_bias, "gradient of the bias");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_convolution_is_that_of_plain_loops(
        window in windows(20),
        filters in 1..=40_usize,
        rows in 1..=3_usize,
        seed in 0..1000_u32,
    ) {
        check(&Convolution::new(window, filters), &window, [filters, 1], rows, seed);
    }

    #[test]
    fn groups_of_channels_are_those_of_plain_loops(
        window in windows(6),
        groups in 1..=3_usize,
        filters in 1..=5_usize,
        rows in 1..=3_usize,
        seed in 0..1000_u32,
    ) {
        let window = Window { channels: window.channels * groups, ..window };
        let grouped = GroupedConvolution::new(window, filters * groups, groups);
        check(&grouped, &window, [filters * groups, groups], rows, seed);
        let depthwise = DepthwiseConvolution::new(window, filters);
        check(&depthwise, &window, [filters * window.channels, window.channels], rows, seed);
    }

    #[test]
    fn pooling_is_that_of_plain_loops(
        window in windows(20),
        rows in 1..=3_usize,
        seed in 0..1000_u32,
    ) {
        let (channels, places) = (window.channels, window.output[0] * window.output[1]);
        let pixels = window.input[0] * window.input[1];
        let x = numbers(rows * pixels * channels, seed);
        let by = numbers(rows * places * channels, seed + 1);
        let largest = run(&MaxPooling::new(window), rows, &x, &[], &by);
        let mean = run(&AveragePooling::new(window), rows, &x, &[], &by);
        let mut seen = vec![Vec::new(); by.len()];
        for row in 0..rows {
            each(&window, |place, _, pixel| {
                for channel in 0..channels {
                    let own = (row * pixels + pixel) * channels + channel;
                    seen[(row * places + place) * channels + channel].push(own);
                }
            });
        }
        let (mut y, mut to_x) = (Vec::new(), vec![0.0; x.len()]);
        let (mut mean_y, mut mean_to_x) = (Vec::new(), vec![0.0; x.len()]);
        for (seen, by) in seen.iter().zip(&by) {
            let first = seen.iter().copied().reduce(|a, b| if x[b] > x[a] { b } else { a });
            let first = first.unwrap();
            y.push(f64::from(x[first]));
            to_x[first] += f64::from(*by);
            let count = seen.len() as f64;
            mean_y.push(seen.iter().map(|own| f64::from(x[*own])).sum::<f64>() / count);
            for own in seen {
                mean_to_x[*own] += f64::from(*by) / count;
            }
        }
        assert_near(&largest.output, &y, "largest");
        assert_near(&largest.input, &to_x, "gradient of the largest");
        assert_near(&mean.output, &mean_y, "mean");
        assert_near(&mean.input, &mean_to_x, "gradient of the mean");
    }

    /// Where somebody else reads what is between them, kernels are not joined.
    #[test]
    fn joined_kernels_do_what_each_does_alone(
        window in windows(18),
        filters in 1..=40_usize,
        size in 1..=3_usize,
        gap in 0..=1_usize,
        order in 0..4_usize,
        seed in 0..1000_u32,
    ) {
        let rows = 3;
        let output = window.output.map(|places| places.saturating_sub(size) / (size + gap) + 1);
        let size = window.output.map(|places| size.min(places));
        let pooling = Window {
            input: window.output,
            channels: filters,
            size,
            strides: size.map(|size| size + gap),
            dilation: [1; 2],
            padding: [0; 2],
            output,
        };
        prop_assume!((0..2).all(|axis| {
            (output[axis] - 1) * pooling.strides[axis] + size[axis] <= window.output[axis]
        }));
        let len = window.output[0] * window.output[1] * filters;
        let pooled_len = output[0] * output[1] * filters;
        let taps = window.size[0] * window.size[1];
        let weights = [taps * window.channels * filters, filters];
        let pass = |is_read: bool| {
            let input = window.input[0] * window.input[1] * window.channels;
            let mut program = Program::new([input], weights);
            let mut outputs = Vec::new();
            // A gradient gets to the input, too.
            let scale = program.add(Elementwise::leaky_relu(input, 0.5), [Place::Input(0)], []);
            let first = program.add(Convolution::new(window, filters), [scale], [0, 1]);
            let kernels: Vec<Box<dyn Kernel>> = match order {
                0 => vec![Elementwise::relu(len).into()],
                1 => vec![MaxPooling::new(pooling).into()],
                2 => vec![Elementwise::relu(len).into(), MaxPooling::new(pooling).into()],
                _ => vec![MaxPooling::new(pooling).into(), Elementwise::relu(pooled_len).into()],
            };
            let mut last = first;
            for kernel in kernels {
                outputs.push(last);
                last = program.add(kernel, [last], []);
            }
            let between = outputs.len();
            outputs.push(last);
            if !is_read {
                outputs = vec![last];
            }
            (Pass::new(program.with_outputs(outputs, [true; 2])), between)
        };
        let ((mut joined, _), (mut apart, between)) = (pass(false), pass(true));
        let x = numbers(rows * window.input[0] * window.input[1] * window.channels, seed);
        let weights = weights.map(|len| numbers(len, seed + 11 * u32::try_from(len).unwrap()));
        let weights: Vec<&[f32]> = weights.iter().map(Vec::as_slice).collect();
        let batch = Batch { rows, inputs: &[&x], weights: &weights, drawn: &[], by_batch: &[] };
        let left = joined.forward(&batch);
        let all = apart.forward(&batch);
        prop_assert_eq!(&left[0], &all[between]);
        let by = numbers(left[0].len(), seed + 7);
        let mut gradients: Vec<Vec<f32>> = all.iter().map(|own| vec![0.0; own.len()]).collect();
        gradients[between].clone_from(&by);
        let gradients: Vec<&[f32]> = gradients.iter().map(Vec::as_slice).collect();
        let own = joined.backward(&batch, &[&by]);
        let expected = apart.backward(&batch, &gradients);
        for (own, expected) in own.iter().zip(&expected) {
            assert_near(own, &wide(expected), "gradient");
        }
    }
}

#[test]
fn a_pass_is_the_same_bits_for_any_number_of_threads() {
    let square = |input: usize, channels: usize, size: usize, stride: usize| Window {
        input: [input; 2],
        channels,
        size: [size; 2],
        strides: [stride; 2],
        dilation: [1; 2],
        padding: [0; 2],
        output: [(input - size) / stride + 1; 2],
    };
    let run = |threads: usize| {
        let weights = [9 * 5, 5, 9 * 5 * 7, 7];
        let mut program = Program::new([100], weights);
        let x = program.add(
            Convolution::new(square(10, 1, 3, 1), 5),
            [Place::Input(0)],
            [0, 1],
        );
        let x = program.add(Elementwise::relu(8 * 8 * 5), [x], []);
        let x = program.add(MaxPooling::new(square(8, 5, 2, 2)), [x], []);
        let x = program.add(Convolution::new(square(4, 5, 3, 1), 7), [x], [2, 3]);
        let mut pass = Pass::new(program.with_outputs([x], [true; 4]));
        let rows = 150;
        let x = numbers(rows * 100, 1);
        let weights = weights.map(|len| numbers(len, u32::try_from(len).unwrap()));
        let weights: Vec<&[f32]> = weights.iter().map(Vec::as_slice).collect();
        let batch = Batch {
            rows,
            inputs: &[&x],
            weights: &weights,
            drawn: &[],
            by_batch: &[],
        };
        let by = numbers(rows * 28, 2);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().unwrap().install(|| {
            let output = pass.forward(&batch);
            (output, pass.backward(&batch, &[&by]))
        })
    };
    let alone = run(1);
    for threads in [2, 3, 8] {
        assert!(run(threads) == alone, "{threads} threads");
    }
}
