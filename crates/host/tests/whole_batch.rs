//! Kernels that take something from the whole batch, whose rows go through in pieces.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use firebrick_host::kernels::{BatchNormalization, Dense, Elementwise, ScaleAndShift, Sum};
use firebrick_host::{Batch, Inference, Pass, Place, Program};

const ROWS: [usize; 6] = [1, 31, 33, 64, 100, 1000];

/// Numbers that look drawn, from -1 to 1, but for what is added.
fn numbers(count: usize, seed: u32, shift: f32) -> Vec<f32> {
    let number = |index: u32| {
        let mixed = (index + 1).wrapping_mul(2_654_435_761) ^ seed.wrapping_mul(40_503);
        let mixed = mixed.wrapping_mul(0x85eb_ca6b).rotate_left(13) >> 8;
        mixed as f32 / (1 << 23) as f32 - 1.0 + shift
    };
    (0..u32::try_from(count).unwrap()).map(number).collect()
}

/// `[rows, 2, 3]`, twice normalized with others between, and a branch around the second.
fn program() -> Program {
    let mut program = Program::new([6], [9, 3, 3, 3, 3, 3, 3, 9]);
    let x = program.add(Dense::new(3, 3).with_steps(2), [Place::Input(0)], [0]);
    let normalized = BatchNormalization::new(6, 3, 1e-3);
    let x = program.add(normalized.clone(), [x], [1, 2, 3, 4]);
    let x = program.add(Elementwise::tanh(6), [x], []);
    let y = program.add(normalized.without_scale(), [x], [5, 3, 4]);
    let sum = program.add(Sum::new(6, [1.0, 0.5]), [x, y], []);
    let last = Dense::new(3, 3).with_steps(2);
    let y = program.add(last, [sum], [7]);
    let is_trained = [true, true, true, false, false, true, false, true];
    program.with_outputs([y], is_trained)
}

fn weights() -> Vec<Vec<f32>> {
    let lens = [9, 3, 3, 3, 3, 3, 3, 9].into_iter().zip(1..);
    lens.map(|(len, seed)| numbers(len, seed, if seed == 5 { 2.0 } else { 0.0 }))
        .collect()
}

/// What leaves and the gradients of the weights, with every node or none by the batch.
fn run(pass: &mut Pass, rows: usize, by_batch: &[bool]) -> Vec<Vec<f32>> {
    let (x, by, weights) = (
        numbers(rows * 6, 20, 0.5),
        numbers(rows * 6, 21, 0.0),
        weights(),
    );
    let weights: Vec<&[f32]> = weights.iter().map(Vec::as_slice).collect();
    let batch = Batch {
        rows,
        inputs: &[&x],
        weights: &weights,
        drawn: &[],
        by_batch,
    };
    let outputs = pass.forward(&batch);
    let statistics = [1, 3].map(|node| pass.statistics(node).unwrap_or_default());
    let gradients = pass.backward(&batch, &[&by]);
    [outputs, gradients, statistics.concat()].concat()
}

#[test]
fn the_bits_are_the_same_for_any_number_of_threads() {
    for rows in ROWS {
        let by = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            let mut pass = Pass::new(program());
            let run = || run(&mut pass, rows, &[true; 6]);
            pool.build().unwrap().install(run)
        };
        let alone = by(1);
        for threads in [2, 3, 8] {
            assert_eq!(by(threads), alone, "{threads} threads, {rows} rows");
        }
    }
}

#[test]
fn a_pass_forgets_the_batch_before() {
    let mut pass = Pass::new(program());
    for (rows, by_batch) in [
        (100, true),
        (33, true),
        (33, false),
        (0, true),
        (1000, true),
    ] {
        let by_batch = [by_batch; 6];
        let anew = run(&mut Pass::new(program()), rows, &by_batch);
        assert_eq!(run(&mut pass, rows, &by_batch), anew, "{rows} rows");
    }
}

#[test]
fn without_the_batch_a_pass_says_what_an_inference_says() {
    let rows = 100;
    let expected = run(&mut Pass::new(program()), rows, &[]);
    let mut output = vec![0.0; rows * 6];
    let weights = weights();
    let weights: Vec<&[f32]> = weights.iter().map(Vec::as_slice).collect();
    let inference = Inference::new(program(), &weights);
    inference.run(rows, &[&numbers(rows * 6, 20, 0.5)], &mut [&mut output]);
    for (received, expected) in output.iter().zip(&expected[0]) {
        assert!((received - expected).abs() < 1e-5, "{received}, {expected}");
    }
}

fn close(received: f64, expected: f64) -> bool {
    (received - expected).abs() < 1e-4 * expected.abs().max(1.0)
}

#[test]
fn channels_are_of_mean_0_and_deviation_1_and_gradients_do_not_change_that() {
    // Far from 0, where small differences of large squares are left.
    for (rows, shift) in [(1000, 0.0), (100, 300.0)] {
        let channels = 2;
        let mut program = Program::new([6], [2, 2, 2, 2, 2, 2]);
        let before = ScaleAndShift::new(6, channels);
        let x = program.add(before, [Place::Input(0)], [0, 1]);
        let kernel = BatchNormalization::new(6, channels, 0.0);
        let y = program.add(kernel, [x], [2, 3, 4, 5]);
        let is_trained = [true, true, true, true, false, false];
        let mut pass = Pass::new(program.with_outputs([y], is_trained));
        let (x, by) = (numbers(rows * 6, 1, shift), numbers(rows * 6, 2, 0.3));
        let (one, zero): ([f32; 2], [f32; 2]) = ([1.0; 2], [0.0; 2]);
        let batch = Batch {
            rows,
            inputs: &[&x],
            weights: &[&one, &zero, &one, &zero, &zero, &one],
            drawn: &[],
            by_batch: &[false, true],
        };
        let outputs = pass.forward(&batch).remove(0);
        let statistics = pass.statistics(1).unwrap();
        let gradients = pass.backward(&batch, &[&by]);
        let count = (rows * 3) as f64;
        for channel in 0..channels {
            let of = |values: &[f32]| -> Vec<f64> {
                let own = values.iter().skip(channel).step_by(channels);
                own.map(|value| f64::from(*value)).collect()
            };
            let (x, y, by) = (of(&x), of(&outputs), of(&by));
            let mean = x.iter().sum::<f64>() / count;
            let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count;
            assert!(close(f64::from(statistics[0][channel]), mean));
            assert!(close(f64::from(statistics[1][channel]), variance));
            let exact = x.iter().map(|x| (x - mean) / variance.sqrt());
            let exact: Vec<f64> = exact.collect();
            for (y, exact) in y.iter().zip(&exact) {
                assert!(close(*y, *exact), "{y}, {exact}");
            }
            let along: f64 = exact.iter().zip(&by).map(|(y, by)| y * by).sum();
            let gradient = |weight: usize| f64::from(gradients[weight][channel]);
            assert!(close(gradient(2), along), "{} {along}", gradient(2));
            assert!(close(gradient(3), by.iter().sum()));
            // What is shifted before, or scaled, leaves as it did.
            let small = 1e-3 * count.sqrt() * (1.0 + f64::from(shift));
            assert!(gradient(0).abs() < small && gradient(1).abs() < small);
        }
    }
}
