//! How long passes and single kernels take: processor time of one thread, the least of several runs.
//!
//! `cargo bench -p firebrick-host` runs all, `cargo bench -p firebrick-host -- conv` those with such a name.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for the shell, which may stop"
)]

use std::hint::black_box;
use std::time::Instant;

use firebrick_host::kernels::{
    AveragePooling, ByDrawn, Convolution, Dense, Elementwise, MaxPooling, Recurrent,
};
use firebrick_host::{Backward, Batch, Fill, Forward, Kernel, Pass, Place, Program, Window};

/// Rows of an epoch.
const ROWS: usize = 10_000;
/// Runs of which the fastest counts.
const RUNS: usize = 7;

fn main() {
    let names: Vec<String> = std::env::args().skip(1).collect();
    let wanted: Vec<&String> = names.iter().filter(|name| !name.starts_with('-')).collect();
    let is_wanted =
        |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(*part));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1);
    pool.build().unwrap().install(|| {
        for passing in [
            mlp(),
            wide("W7: width 512", 512),
            wide("W7: width 2048", 2048),
            convolutions(),
            memory(),
        ] {
            if is_wanted(passing.name) {
                pass(passing);
            }
        }
        for (name, kernel, input, weights) in kernels() {
            if is_wanted(name) {
                single(name, &*kernel, input, &weights);
            }
        }
    });
}

/// A program, and how rows go through it.
struct Passing {
    name: &'static str,
    program: Program,
    /// Floats of each weight.
    weights: Vec<usize>,
    batch: usize,
    /// Of an epoch.
    rows: usize,
    /// Floats of a row that enter and that leave.
    lens: [usize; 2],
}

/// 784-128-64-10 with sigmoids.
fn mlp() -> Passing {
    let weights = vec![784 * 128, 128, 128 * 64, 64, 640, 10];
    let mut program = Program::new([784], weights.clone());
    let x = program.add(Dense::new(784, 128), [Place::Input(0)], [0, 1]);
    let x = program.add(Elementwise::sigmoid(128), [x], []);
    let x = program.add(Dense::new(128, 64), [x], [2, 3]);
    let x = program.add(Elementwise::sigmoid(64), [x], []);
    let x = program.add(Dense::new(64, 10), [x], [4, 5]);
    let program = program.with_outputs([x], [true; 6]);
    Passing {
        name: "W1: 784-128-64-10",
        program,
        weights,
        batch: 128,
        rows: ROWS,
        lens: [784, 10],
    }
}

/// Two wide layers with rectifiers, 784-width-width-10.
fn wide(name: &'static str, width: usize) -> Passing {
    let weights = vec![784 * width, width, width * width, width, width * 10, 10];
    let mut program = Program::new([784], weights.clone());
    let x = program.add(Dense::new(784, width), [Place::Input(0)], [0, 1]);
    let x = program.add(Elementwise::relu(width), [x], []);
    let x = program.add(Dense::new(width, width), [x], [2, 3]);
    let x = program.add(Elementwise::relu(width), [x], []);
    let x = program.add(Dense::new(width, 10), [x], [4, 5]);
    let program = program.with_outputs([x], [true; 6]);
    Passing {
        name,
        program,
        weights,
        batch: 128,
        rows: 1_000_000 / width,
        lens: [784, 10],
    }
}

/// Two convolutions, each with its pooling, and a dense layer.
fn convolutions() -> Passing {
    let weights = vec![9 * 16, 16, 9 * 16 * 32, 32, 800 * 10, 10];
    let mut program = Program::new([784], weights.clone());
    let first = Convolution::new(window(28, 1, 3, 1), 16);
    let x = program.add(first, [Place::Input(0)], [0, 1]);
    let x = program.add(Elementwise::relu(26 * 26 * 16), [x], []);
    let x = program.add(MaxPooling::new(window(26, 16, 2, 2)), [x], []);
    let second = Convolution::new(window(13, 16, 3, 1), 32);
    let x = program.add(second, [x], [2, 3]);
    let x = program.add(Elementwise::relu(11 * 11 * 32), [x], []);
    let x = program.add(MaxPooling::new(window(11, 32, 2, 2)), [x], []);
    let x = program.add(ByDrawn::new(800), [x], []);
    let x = program.add(Dense::new(800, 10), [x], [4, 5]);
    let program = program.with_outputs([x], [true; 6]);
    Passing {
        name: "W4: conv 16, conv 32, dense 10",
        program,
        weights,
        batch: 64,
        rows: ROWS,
        lens: [784, 10],
    }
}

/// A long short-term memory of 50 steps, and a dense layer.
fn memory() -> Passing {
    let weights = vec![8 * 256, 64 * 256, 256, 64 * 4, 4];
    let mut program = Program::new([400], weights.clone());
    let recurrent = Recurrent::lstm([50, 8], 64);
    let x = program.add(recurrent, [Place::Input(0)], [0, 1, 2]);
    let x = program.add(Dense::new(64, 4), [x], [3, 4]);
    let program = program.with_outputs([x], [true; 5]);
    Passing {
        name: "W9: lstm 64, dense 4",
        program,
        weights,
        batch: 32,
        rows: 1_000,
        lens: [400, 4],
    }
}

/// A kernel, floats of a row of its input, and floats of its weights.
type Single = (&'static str, Box<dyn Kernel>, usize, Vec<usize>);

fn kernels() -> Vec<Single> {
    let padded = Window {
        padding: [1, 1],
        output: [13, 13],
        ..window(13, 16, 3, 1)
    };
    vec![
        (
            "conv 3x3, 28x28x1 to 16",
            Convolution::new(window(28, 1, 3, 1), 16).into(),
            784,
            vec![144, 16],
        ),
        (
            "conv 3x3, 13x13x16 to 32",
            Convolution::new(window(13, 16, 3, 1), 32).into(),
            13 * 13 * 16,
            vec![9 * 16 * 32, 32],
        ),
        (
            "conv 3x3 same, 13x13x16 to 64",
            Convolution::new(padded, 64).into(),
            13 * 13 * 16,
            vec![9 * 16 * 64, 64],
        ),
        (
            "max pooling 2x2, 26x26x16",
            MaxPooling::new(window(26, 16, 2, 2)).into(),
            26 * 26 * 16,
            vec![],
        ),
        (
            "average pooling 2x2, 26x26x16",
            AveragePooling::new(window(26, 16, 2, 2)).into(),
            26 * 26 * 16,
            vec![],
        ),
        (
            "relu, 26x26x16",
            Elementwise::relu(26 * 26 * 16).into(),
            26 * 26 * 16,
            vec![],
        ),
        dense("dense 2048 to 2048", 2048, 2048),
        dense("dense 512 to 512", 512, 512),
        dense("dense 784 to 128", 784, 128),
        dense("dense 128 to 64", 128, 64),
        dense("dense 800 to 10", 800, 10),
    ]
}

fn dense(name: &'static str, inputs: usize, units: usize) -> Single {
    let kernel = Dense::new(inputs, units).into();
    (name, kernel, inputs, vec![inputs * units, units])
}

/// A square window over a square picture, without padding.
fn window(input: usize, channels: usize, size: usize, stride: usize) -> Window {
    let output = (input - size) / stride + 1;
    Window {
        input: [input; 2],
        channels,
        size: [size; 2],
        strides: [stride; 2],
        dilation: [1; 2],
        padding: [0; 2],
        output: [output; 2],
    }
}

/// Forward and backward, batch by batch.
fn pass(passing: Passing) {
    let (name, rows, [input, output]) = (passing.name, passing.batch, passing.lens);
    let batches = passing.rows / rows;
    let mut pass = Pass::new(passing.program);
    let x = numbers(rows * input, 1.0);
    let weights = passing.weights.iter();
    let weights: Vec<Vec<f32>> = weights.map(|len| numbers(*len, 0.1)).collect();
    let weights: Vec<&[f32]> = weights.iter().map(Vec::as_slice).collect();
    let gradient = numbers(rows * output, 1.0);
    let batch = Batch {
        rows,
        inputs: &[&x],
        weights: &weights,
        drawn: &[],
        by_batch: &[],
    };
    let forward = least(|| {
        for _ in 0..batches {
            black_box(pass.forward(&batch));
        }
    });
    let both = least(|| {
        for _ in 0..batches {
            pass.forward(&batch);
            black_box(pass.backward(&batch, &[&gradient]));
        }
    });
    println!("{name:<32} forward {forward:>7.4} s, with backward {both:>7.4} s");
}

/// Each way through one kernel, a piece of a batch at once.
fn single(name: &str, kernel: &dyn Kernel, input: usize, weights: &[usize]) {
    const PIECE: usize = 32;
    let x = numbers(PIECE * input, 1.0);
    let weights: Vec<Vec<f32>> = weights.iter().map(|len| numbers(*len, 0.1)).collect();
    let weights: Vec<&[f32]> = weights.iter().map(Vec::as_slice).collect();
    let mut output = vec![0.0; PIECE * kernel.output_len()];
    let mut kept = vec![0.0; PIECE * kernel.kept_len()];
    // What is fast is done more often, so that the clock can tell.
    let times = (1 << 31) / (PIECE * kernel.work()).max(1 << 20);
    let ran = |seconds: f64| seconds * (ROWS / PIECE) as f64 / times as f64;
    let forward = least(|| {
        for _ in 0..times {
            kernel.forward(Forward {
                rows: PIECE,
                inputs: &[&x],
                weights: &weights,
                drawn: None,
                output: black_box(&mut output),
                kept: &mut kept,
            });
        }
    });
    let call = Backward {
        rows: PIECE,
        inputs: &[&x],
        weights: &weights,
        drawn: None,
        output: &output,
        output_gradient: &numbers(output.len(), 1.0),
        kept: &kept,
    };
    let mut gradient = vec![0.0; x.len()];
    let to_input = least(|| {
        for _ in 0..times {
            kernel.input_gradient(&call, 0, black_box(&mut gradient), Fill::Set);
        }
    });
    let mut gradients: Vec<Vec<f32>> = weights.iter().map(|w| vec![0.0; w.len()]).collect();
    let to_weights = least(|| {
        for _ in 0..times {
            for (weight, gradient) in gradients.iter_mut().enumerate() {
                kernel.weight_gradient(&call, weight, black_box(gradient), Fill::Set);
            }
        }
    });
    println!(
        "{name:<32} forward {:>7.4} s, to the input {:>7.4} s, to the weights {:>7.4} s",
        ran(forward),
        ran(to_input),
        ran(to_weights),
    );
}

/// Numbers that differ, around 0.
fn numbers(len: usize, scale: f32) -> Vec<f32> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 8) as f32 / 16_777_216.0 - 0.5) * scale
    };
    (0..len).map(|_| next()).collect()
}

/// The least seconds of several runs.
fn least(mut run: impl FnMut()) -> f64 {
    let seconds = (0..RUNS).map(|_| {
        let clock = Clock::start();
        run();
        clock.seconds()
    });
    seconds.fold(f64::INFINITY, f64::min)
}

/// What the processor spends on this thread, where the system says so, else what passes.
struct Clock {
    on_processor: Option<u64>,
    started: Instant,
}

impl Clock {
    fn start() -> Self {
        Self {
            on_processor: Self::nanoseconds(),
            started: Instant::now(),
        }
    }

    fn seconds(&self) -> f64 {
        match (self.on_processor, Self::nanoseconds()) {
            (Some(start), Some(now)) => (now - start) as f64 * 1e-9,
            _ => self.started.elapsed().as_secs_f64(),
        }
    }

    fn nanoseconds() -> Option<u64> {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        text.split_whitespace().next()?.parse().ok()
    }
}
