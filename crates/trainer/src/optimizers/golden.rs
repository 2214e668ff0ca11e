//! Ten steps of every optimizer against Keras' own, by both paths; see `tests/data/make_optimizers.py`.

use std::collections::BTreeMap;
use std::path::Path as FilePath;

use burn::module::{Module, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor};
use firebrick_spec::Spec;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Path;
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
    config: Value,
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
    let (optimizer, rate) = of_config(&case.optimizer, &case.config)?;
    let rate_of = |step: usize| match &case.schedule {
        None => Some(rate),
        Some(schedule) => scheduled(schedule, step as f64),
    };
    let rates = (0..case.trajectory.len()).map(rate_of);
    Some((optimizer, rates.collect::<Option<_>>()?))
}

/// The optimizer of this class and its rate; `None` for one that is not there.
fn of_config(class_name: &str, config: &Value) -> Option<(Optimizer, f64)> {
    let keras = json!({ "class_name": class_name, "config": config });
    let spec = Spec::from_value(serde_json::from_value(keras).unwrap(), "optimizer").unwrap();
    let (optimizer, rate) = Optimizer::with_rate_from_spec(&spec).ok()?;
    let rate = rate.map(|rate| rate.build(1).unwrap().learning_rate(0));
    let rate = rate.unwrap_or(optimizer.default_learning_rate());
    Some((optimizer, rate))
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

/// Variables of one, two and three axes, or their gradients.
#[derive(Clone, Copy, Deserialize)]
struct Whole {
    a: [f32; 4],
    b: [[f32; 2]; 3],
    c: [[[f32; 2]; 2]; 2],
}

#[derive(Deserialize)]
struct WholeGolden {
    initial: Whole,
    gradients: Vec<Whole>,
    cases: Vec<WholeCase>,
}

#[derive(Deserialize)]
struct WholeCase {
    optimizer: String,
    config: Value,
    trajectory: Vec<Whole>,
}

#[derive(Module, Debug)]
struct WholeVariables {
    a: Param<Tensor<1>>,
    b: Param<Tensor<2>>,
    c: Param<Tensor<3>>,
}

/// The last weights.
fn run_whole(golden: &WholeGolden, case: &WholeCase, path: Path) -> Vec<f32> {
    let (optimizer, rate) = of_config(&case.optimizer, &case.config).unwrap();
    let device = Device::flex().autodiff();
    let plain = Device::flex();
    let mut variables = WholeVariables {
        a: Param::from_data(golden.initial.a, &device),
        b: Param::from_data(golden.initial.b, &device),
        c: Param::from_data(golden.initial.c, &device),
    };
    let mut updates = optimizer.build(path);
    let mut last = Vec::new();
    for (step, (gradient, expected)) in golden.gradients.iter().zip(&case.trajectory).enumerate() {
        let mut gradients = GradientsParams::new();
        gradients.register(variables.a.id, Tensor::<1>::from_data(gradient.a, &plain));
        gradients.register(variables.b.id, Tensor::<2>::from_data(gradient.b, &plain));
        gradients.register(variables.c.id, Tensor::<3>::from_data(gradient.c, &plain));
        variables = updates.step(rate, variables, gradients);
        let name = format!("{} {}", case.optimizer, case.config);
        let values: [Vec<f32>; 3] = [
            variables.a.val().into_data().iter().collect(),
            variables.b.val().into_data().iter().collect(),
            variables.c.val().into_data().iter().collect(),
        ];
        assert_close(&name, step + 1, &values[0], &expected.a);
        assert_close(&name, step + 1, &values[1], expected.b.as_flattened());
        assert_close(
            &name,
            step + 1,
            &values[2],
            expected.c.as_flattened().as_flattened(),
        );
        last = values.concat();
    }
    assert_eq!(case.trajectory.len(), 10);
    last
}

/// See `tests/data/make_whole_optimizers.py`.
#[test]
fn ten_steps_of_whole_weights_are_those_of_keras_optax_and_the_paper() {
    let text = include_str!("../../tests/data/whole_optimizers.json");
    let golden: WholeGolden = serde_json::from_str(text).unwrap();
    for case in &golden.cases {
        let fastest = run_whole(&golden, case, Path::Fastest);
        assert_eq!(fastest, run_whole(&golden, case, Path::Fastest));
        run_whole(&golden, case, Path::Tensors);
    }
    assert_eq!(golden.cases.len(), 19);
}
