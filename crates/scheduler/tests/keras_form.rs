//! Schedules as tables and as Keras writes them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use firebrick_scheduler::{CosineDecay, ScheduleSpec, TimeBased, Warmup};
use firebrick_spec::{Keras, Spec, SpecError, Value, line_of};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    text: String,
    keras: Value,
}

fn read(value: Value) -> Result<ScheduleSpec, SpecError> {
    ScheduleSpec::from_spec(&Spec::from_value(value, "schedule")?)
}

/// Reads the table of the key `rate`.
fn from_toml(text: &str) -> Result<ScheduleSpec, SpecError> {
    let mut table = toml::de::DeTable::parse(text).unwrap().into_inner();
    read(Value::from_toml(table.remove("rate").unwrap()))
}

#[test]
fn what_keras_writes_is_read_and_written() {
    let golden: Golden = serde_json::from_str(include_str!("data/keras_configs.json")).unwrap();
    assert_eq!(golden.cases.len(), 10);
    for Case { text, keras } in golden.cases {
        let schedule = read(keras.clone()).unwrap();
        assert_eq!(schedule, text.parse().unwrap());
        assert_eq!(schedule.to_string(), text);
        let written = serde_json::to_value(Keras(&schedule.to_keras_spec().unwrap())).unwrap();
        let class_name = &written["class_name"];
        let expected = serde_json::to_value(&keras).unwrap();
        assert_eq!(*class_name, expected["class_name"]);
        for (argument, value) in written["config"].as_object().unwrap() {
            let expected = &expected["config"][argument];
            let is_same = expected == value || expected.as_f64() == value.as_f64();
            assert!(
                is_same,
                "{text}: {argument} is {value}, in Keras {expected}"
            );
        }
        let again: Value = serde_json::from_value(written).unwrap();
        assert_eq!(read(again).unwrap(), schedule);
    }
    for text in [
        "time-based:3",
        "constant:0.1",
        "cosine-decay:1:decay_steps=3:unit=epoch",
    ] {
        assert!(
            text.parse::<ScheduleSpec>()
                .unwrap()
                .to_keras_spec()
                .is_none()
        );
    }
}

#[test]
fn a_table_says_the_same_as_the_text() {
    let warm = CosineDecay::new(0.0, 10).unwrap();
    let warm = warm.with_warmup(0.1, 3).unwrap();
    for (table, text) in [
        (
            "{ name = 'constant', learning_rate = 0.01 }",
            "constant:0.01",
        ),
        (
            "{ name = 'time_based', initial = 3, scale = 0.5, unit = 'epoch' }",
            "time-based:3:scale=0.5:unit=epoch",
        ),
        (
            "{ class_name = 'CosineDecay', config = { initial_learning_rate = 0, decay_steps = 10, warmup_target = 0.1, \
             warmup_steps = 3 } }",
            &ScheduleSpec::from(warm).to_string(),
        ),
        (
            "{ name = 'piecewise_constant_decay', values = [1, 0.5], boundaries = [5] }",
            "piecewise-constant-decay:1,0.5:boundaries=5",
        ),
        (
            "{ name = 'warmup', warmup_steps = 4, before = 'time-based:2:unit=epoch' }",
            "warmup:4:time-based:2:unit=epoch",
        ),
        (
            "{ name = 'warmup', warmup_steps = 4, unit = 'epoch', before = { name = 'TimeBased', initial = 2 } }",
            "warmup:4:time-based:2:unit=epoch",
        ),
    ] {
        let schedule = from_toml(&format!("rate = {table}")).unwrap();
        assert_eq!(schedule.to_string(), text);
        assert_eq!(schedule, text.parse().unwrap());
        let toml = toml::to_string(&schedule.to_spec()).unwrap();
        assert_eq!(from_toml(&format!("[rate]\n{toml}")).unwrap(), schedule);
    }
    let before = Warmup::before(4, TimeBased::new(2).unwrap().per_epoch()).unwrap();
    assert_eq!(before, "warmup:4:time-based:2:unit=epoch".parse().unwrap());
}

#[test]
fn every_spelling_of_a_name_is_read() {
    for name in [
        "cosine-decay",
        "cosine_decay",
        "CosineDecay",
        "COSINE-DECAY",
    ] {
        let text = format!("{name}:0.1:decay_steps=10");
        let schedule: ScheduleSpec = text.parse().unwrap();
        assert_eq!(schedule.to_string(), "cosine-decay:0.1:decay_steps=10");
    }
}

#[test]
fn a_mistake_in_a_table_names_the_argument_and_its_line() {
    for (table, line, message) in [
        (
            "name = 'cosine_deca'",
            2,
            "unknown schedule `cosine_deca`, did you mean `cosine-decay`?; known schedules: constant, ",
        ),
        (
            "name = 'cosine_decay'\ninitial_learning_rate = 0.1",
            2,
            "the schedule `cosine-decay` needs `decay_steps`, which is missing; add it, it takes \
             initial_learning_rate, decay_steps, alpha, warmup_target, warmup_steps, unit",
        ),
        (
            "name = 'cosine_decay'\ninitial_learning_rate = 0.1\ndecay_step = 10",
            4,
            "the schedule `cosine-decay` has no argument `decay_step`, did you mean `decay_steps`?; it takes ",
        ),
        (
            "name = 'cosine_decay'\ninitial_learning_rate = 0.1\ndecay_steps = 'many'",
            4,
            "the schedule `cosine-decay`, argument `decay_steps`: expected a whole number from 0, received `many`",
        ),
        (
            "name = 'cosine_decay'\ninitial_learning_rate = 0.1\ndecay_steps = 0",
            4,
            "the schedule `cosine-decay`, argument `decay_steps`: expected at least 1, received 0; give the number",
        ),
        (
            "name = 'cosine_decay'\ninitial_learning_rate = 0.1\ndecay_steps = 9\nwarmup_steps = 3",
            2,
            "argument `warmup_target`: expected a number above 0, received none; a warm-up has both",
        ),
        (
            "name = 'time_based'\ninitial = 3\nunit = 'day'",
            4,
            "the schedule `time-based`, argument `unit`: expected `step` or `epoch`, received `day`",
        ),
        (
            "name = 'warmup'\nwarmup_steps = 4\n[rate.before]\nname = 'time_based'\ninitial = 0",
            6,
            "the schedule `time-based`, argument `initial`: expected a whole number of at least 1, received 0",
        ),
        (
            "name = 'warmup'\nwarmup_steps = 4\nunit = 'step'\nbefore = 'time-based:3:unit=epoch'",
            4,
            "the schedule `warmup`, argument `unit`: expected `epoch`, as its schedule has it, received `step`",
        ),
    ] {
        let text = format!("[rate]\n{table}\n");
        let error = from_toml(&text).unwrap_err();
        assert!(error.to_string().contains(message), "{error}\n{message}");
        assert_eq!(
            error.at().map(|at| line_of(&text, at)),
            Some(line),
            "{error}"
        );
    }
}

#[test]
fn a_warm_up_within_itself_ends_however_deep_it_is() {
    let deep = format!(
        "{}constant:1{}",
        "warmup(1,".repeat(100_000),
        ")".repeat(100_000)
    );
    let message = deep.parse::<ScheduleSpec>().unwrap_err().to_string();
    assert!(
        message.contains("expected a schedule that is no warm-up itself"),
        "{message}"
    );
    let named = "warmup:warmup_steps=1:before=warmup(1, constant(1))";
    assert!(named.parse::<ScheduleSpec>().is_err());
    let fine: ScheduleSpec = "warmup:warmup_steps=1:before=constant(0.5)"
        .parse()
        .unwrap();
    assert_eq!(fine.to_string(), "warmup:1:constant:0.5");
}
