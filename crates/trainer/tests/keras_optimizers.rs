//! Optimizers as Keras writes them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use firebrick_scheduler::{Schedule, ScheduleSpec};
use firebrick_spec::{Spec, SpecError, Value};
use firebrick_trainer::{Compile, Optimizer};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
    refused: Value,
}

#[derive(Deserialize)]
struct Case {
    text: String,
    rate: ScheduleSpec,
    keras: Value,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("data/keras_optimizers.json")).unwrap()
}

fn read(value: Value) -> Result<(Optimizer, Option<ScheduleSpec>), SpecError> {
    Optimizer::with_rate_from_spec(&Spec::from_value(value, "optimizer")?)
}

/// A rate in the 32 bits that Keras keeps of it.
#[allow(clippy::cast_possible_truncation, reason = "that is what is asked")]
fn rate_at(schedule: &ScheduleSpec, step: u64) -> f32 {
    schedule.build(1).unwrap().learning_rate(step) as f32
}

#[test]
fn what_keras_writes_of_any_optimizer_is_read() {
    let cases = golden().cases;
    // Keras has no Adan.
    for name in Optimizer::NAMES.iter().filter(|name| **name != "adan") {
        let is_that = |case: &&Case| case.text.split(':').next() == Some(*name);
        assert!(cases.iter().any(|case| is_that(&case)), "{name}");
    }
    for Case { text, rate, keras } in cases {
        let (optimizer, schedule) = read(keras).unwrap();
        assert_eq!(optimizer, text.parse().unwrap(), "{text}");
        let schedule = schedule.unwrap();
        assert_eq!(schedule.name(), rate.name());
        for step in [0, 1, 99, 5000] {
            let rates = [&schedule, &rate].map(|schedule| rate_at(schedule, step).to_bits());
            assert_eq!(rates[0], rates[1], "{text}");
        }
        let written = serde_json::to_string(&optimizer).unwrap();
        assert_eq!(
            serde_json::from_str::<Optimizer>(&written).unwrap(),
            optimizer
        );
    }
}

#[test]
fn a_factor_of_the_loss_is_refused_with_the_reason() {
    let error = read(golden().refused).unwrap_err().to_string();
    assert_eq!(
        error,
        "the optimizer `adam`, argument `loss_scale_factor`: expected none, received 2; losses are 32-bit floats here, \
         whose gradients need no scale: leave it out"
    );
}

#[test]
fn an_optimizer_alone_has_no_rate_a_compilation_has() {
    let text = "adam:learning_rate=cosine-decay(0.1, decay_steps=100):beta_1=0.8";
    let error = text.parse::<Optimizer>().unwrap_err().to_string();
    assert_eq!(
        error,
        "the optimizer `adam`, argument `learning_rate`: stands beside the optimizer here; move it there"
    );
    assert!(Compile::by_name(text, "mse", []).is_ok());
    let error = Compile::by_name("adam:learning_rate=0", "mse", [])
        .err()
        .unwrap();
    assert!(
        error
            .to_string()
            .contains("expected a finite number above 0, received 0"),
        "{error}"
    );
}

#[test]
fn an_average_is_kept_where_keras_says_so() {
    for (keras, text) in [
        (
            "{\"name\": \"adam\", \"use_ema\": true}",
            "adam:ema_momentum=0.99",
        ),
        (
            "{\"name\": \"adam\", \"use_ema\": true, \"ema_momentum\": 0.5}",
            "adam:ema_momentum=0.5",
        ),
        (
            "{\"name\": \"adam\", \"use_ema\": false, \"ema_momentum\": 0.5, \"ema_overwrite_frequency\": 3}",
            "adam",
        ),
        // Without the word of Keras a momentum says it.
        (
            "{\"name\": \"adam\", \"ema_momentum\": 0.5}",
            "adam:ema_momentum=0.5",
        ),
    ] {
        let optimizer: Optimizer = serde_json::from_str(keras).unwrap();
        assert_eq!(optimizer, text.parse().unwrap());
    }
}
