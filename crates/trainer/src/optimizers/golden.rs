//! Ten steps of every optimizer against Keras' own, by both paths; see `tests/data/make_optimizers.py`.

use std::collections::BTreeMap;
use std::path::Path as FilePath;

use burn::module::{Module, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor};
use serde::Deserialize;
use serde_json::Value;

use super::Path;
use crate::error::TrainError;
use crate::optimizers::Optimizer;

/// The two variables, or their gradients.
#[derive(Clone, Copy, Deserialize)]
struct Pair {
    a: [f32; 4],
    b: [[f32; 2]; 2],
}

#[derive(Deserialize)]
struct Golden {
    initial: Pair,
    gradients: Vec<Pair>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    optimizer: String,
    config: BTreeMap<String, Value>,
    schedule: Option<Schedule>,
    trajectory: Vec<Pair>,
    /// The average of the weights in the end.
    after_finalize: Option<Pair>,
}

#[derive(Deserialize)]
struct Schedule {
    class: String,
    config: BTreeMap<String, f64>,
}

#[derive(Module, Debug)]
struct Variables {
    a: Param<Tensor<1>>,
    b: Param<Tensor<2>>,
}

/// Optimizer and rate of each step; `None` for what is not there.
fn described(case: &Case) -> Option<(Optimizer, Vec<f64>)> {
    let mut optimizer: Optimizer = case.optimizer.parse().ok()?;
    let mut rate = optimizer.default_learning_rate();
    let mut config: Vec<_> = case.config.iter().collect();
    // Before what belongs to it.
    config.sort_by_key(|(key, _)| *key != "use_ema");
    for (key, value) in config {
        let number = value.as_f64();
        let set = |with: fn(Optimizer, f64) -> Result<Optimizer, TrainError>| {
            with(optimizer, number.unwrap()).unwrap()
        };
        let switch = |with: fn(Optimizer) -> Result<Optimizer, TrainError>| {
            assert_eq!(value, &Value::Bool(true), "{}", case.name);
            with(optimizer).unwrap()
        };
        let whole = |with: fn(Optimizer, usize) -> Result<Optimizer, TrainError>| {
            with(optimizer, value.as_u64().unwrap().try_into().unwrap()).unwrap()
        };
        optimizer = match key.as_str() {
            "learning_rate" => {
                rate = number.unwrap();
                optimizer
            }
            "momentum" => set(Optimizer::with_momentum),
            "beta_1" => set(Optimizer::with_beta_1),
            "beta_2" => set(Optimizer::with_beta_2),
            "rho" => set(Optimizer::with_rho),
            "epsilon" => set(Optimizer::with_epsilon),
            "initial_accumulator_value" => set(Optimizer::with_initial_accumulator_value),
            "weight_decay" => set(Optimizer::with_weight_decay),
            "clipnorm" => set(Optimizer::with_clipnorm),
            "clipvalue" => set(Optimizer::with_clipvalue),
            "global_clipnorm" => set(Optimizer::with_global_clipnorm),
            "use_ema" => {
                let momentum = case.config.get("ema_momentum").and_then(Value::as_f64);
                optimizer.with_ema(momentum.unwrap_or(0.99)).unwrap()
            }
            "ema_momentum" => optimizer,
            "ema_overwrite_frequency" => whole(Optimizer::with_ema_overwrite_frequency),
            "gradient_accumulation_steps" => whole(Optimizer::with_gradient_accumulation_steps),
            "nesterov" => switch(Optimizer::with_nesterov),
            "amsgrad" => switch(Optimizer::with_amsgrad),
            "centered" => switch(Optimizer::with_centered),
            _ => return None,
        };
    }
    let rate_of = |step: usize| match &case.schedule {
        None => Some(rate),
        Some(schedule) => scheduled(schedule, step as f64),
    };
    let rates = (0..case.trajectory.len()).map(rate_of);
    Some((optimizer, rates.collect::<Option<_>>()?))
}

/// Keras' formulas of the two schedules in the file.
fn scheduled(schedule: &Schedule, step: f64) -> Option<f64> {
    let value = |key: &str| schedule.config[key];
    let start = value("initial_learning_rate");
    let share = step / value("decay_steps");
    match schedule.class.as_str() {
        "ExponentialDecay" => Some(start * value("decay_rate").powf(share)),
        "CosineDecay" => {
            let angle = std::f64::consts::PI * share.min(1.0);
            Some(start * 0.5 * (1.0 + angle.cos()))
        }
        _ => None,
    }
}

fn assert_close(case: &str, step: usize, values: &[f32], expected: &[f32]) {
    for (value, expected) in values.iter().zip(expected) {
        assert!(
            // Keras takes the powers of the betas in 32 bits, which costs the first steps some digits.
            (value - expected).abs() <= 1e-5 + 1e-4 * expected.abs(),
            "{case}, step {step}: {values:?} instead of {expected}"
        );
    }
}

fn run(golden: &Golden, case: &Case, path: Path) -> Option<Vec<f32>> {
    let (optimizer, rates) = described(case)?;
    let device = Device::flex().autodiff();
    let plain = Device::flex();
    let mut variables = Variables {
        a: Param::from_data(golden.initial.a, &device),
        b: Param::from_data(golden.initial.b, &device),
    };
    let mut updates = optimizer.build(path);
    let mut accumulation = optimizer.accumulation();
    let mut average = optimizer.average();
    let mut all = Vec::new();
    let mut check = |step: usize, variables: &Variables, expected: &Pair| {
        let a: Vec<f32> = variables.a.val().into_data().iter().collect();
        let b: Vec<f32> = variables.b.val().into_data().iter().collect();
        assert_close(&case.name, step, &a, &expected.a);
        assert_close(&case.name, step, &b, expected.b.as_flattened());
        all.extend(a);
        all.extend(b);
    };
    for (step, (gradient, expected)) in golden.gradients.iter().zip(&case.trajectory).enumerate() {
        let mut gradients = GradientsParams::new();
        gradients.register(variables.a.id, Tensor::<1>::from_data(gradient.a, &plain));
        gradients.register(variables.b.id, Tensor::<2>::from_data(gradient.b, &plain));
        let gathered = match &mut accumulation {
            Some(accumulation) => accumulation.add(&variables, gradients),
            None => Some(gradients),
        };
        if let Some(mut gradients) = gathered {
            if let Some(clipping) = optimizer.clipping() {
                gradients = clipping.clip(&variables, gradients);
            }
            variables = updates.step(rates[step], variables, gradients);
        }
        if let Some(average) = &mut average {
            variables = average.follow(variables);
        }
        check(step + 1, &variables, expected);
    }
    if let Some(average) = average {
        let expected = case.after_finalize.as_ref().unwrap();
        check(11, &average.replace(variables), expected);
    }
    Some(all)
}

#[test]
fn ten_steps_are_those_of_keras_by_either_path() {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data");
    let elsewhere = std::env::var("FIREBRICK_GOLDEN").ok();
    let folder = elsewhere.as_deref().unwrap_or(own);
    let text = std::fs::read_to_string(FilePath::new(folder).join("optimizers.json")).unwrap();
    let golden: Golden = serde_json::from_str(&text).unwrap();
    let mut absent = Vec::new();
    for case in &golden.cases {
        let fastest = run(&golden, case, Path::Fastest);
        let tensors = run(&golden, case, Path::Tensors);
        assert_eq!(fastest.is_some(), tensors.is_some());
        if fastest.is_none() {
            absent.push(case.name.as_str());
        }
        assert_eq!(fastest, run(&golden, case, Path::Fastest), "{}", case.name);
    }
    let checked = golden.cases.len() - absent.len();
    println!(
        "{checked} cases checked, {} not built: {absent:?}",
        absent.len()
    );
    assert!(checked >= 31, "only {checked} cases were checked");
    if elsewhere.is_none() {
        assert!(absent.is_empty(), "{absent:?}");
    }
}
