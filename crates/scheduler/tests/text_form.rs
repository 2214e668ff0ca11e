//! Schedules as text: what is read, what is written, and what the errors say.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use firebrick_scheduler::{Constant, ScheduleSpec, ScheduleUnit, TimeBased};
use proptest::prelude::*;

fn parse(text: &str) -> ScheduleSpec {
    text.parse().unwrap()
}

fn message(text: &str) -> String {
    text.parse::<ScheduleSpec>().unwrap_err().to_string()
}

#[test]
fn every_form_reads_as_its_schedule() {
    let ten = TimeBased::new(10).unwrap();
    let scaled = ten.with_scale(0.01).unwrap();
    assert_eq!(parse("constant:0.01"), Constant::new(0.01).unwrap().into());
    assert_eq!(parse("time-based:10"), ten.into());
    assert_eq!(parse("time-based:10:unit=step"), ten.into());
    assert_eq!(parse("time-based:10:scale=0.01"), scaled.into());
    assert_eq!(parse("time-based:10:unit=epoch"), ten.per_epoch());
    assert_eq!(
        parse("time-based:10:unit=epoch:scale=1e-2"),
        scaled.per_epoch()
    );
}

#[test]
fn a_written_schedule_is_as_short_as_it_can_be() {
    for (text, written) in [
        ("time-based:10:scale=1:unit=step", "time-based:10"),
        (
            "time-based:10:unit=epoch:scale=0.0100",
            "time-based:10:scale=0.01:unit=epoch",
        ),
        ("constant:0.00001", "constant:1e-5"),
        ("constant:1", "constant:1"),
    ] {
        assert_eq!(parse(text).to_string(), written);
    }
}

#[test]
fn a_description_knows_its_name_and_unit() {
    let spec = parse("time-based:10:unit=epoch");
    assert_eq!(spec.name(), "time-based");
    assert_eq!(spec.unit(), ScheduleUnit::Epoch);
    assert_eq!(parse("constant:1").unit(), ScheduleUnit::Step);
    assert_eq!(
        ScheduleSpec::NAMES,
        [
            "constant",
            "time-based",
            "exponential-decay",
            "inverse-time-decay",
            "polynomial-decay",
            "cosine-decay",
            "cosine-decay-restarts",
            "piecewise-constant-decay",
            "one-cycle",
            "warmup",
        ]
    );
}

#[test]
fn serde_writes_the_text_form() {
    let spec = parse("time-based:10:scale=0.01:unit=epoch");
    let json = serde_json::to_string(&spec).unwrap();
    assert_eq!(json, r#""time-based:10:scale=0.01:unit=epoch""#);
    assert_eq!(serde_json::from_str::<ScheduleSpec>(&json).unwrap(), spec);
    let error = serde_json::from_str::<ScheduleSpec>(r#""constant:""#).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("argument `learning_rate`: expected a number, received ``"),
        "{error}"
    );
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table of mistakes")]
fn errors_say_what_is_wrong_and_list_the_forms() {
    let all = format!("known forms: {}", ScheduleSpec::FORMS.join(", "));
    assert!(all.starts_with(
        "known forms: constant:RATE, time-based:INITIAL[:scale=FACTOR][:unit=step|epoch], exponential-decay:"
    ));
    for (text, problem) in [
        ("", "unknown schedule ``"),
        (
            "cosine:0.1",
            "unknown schedule `cosine`, did you mean `cosine-decay`?",
        ),
        ("step:0.1", "unknown schedule `step`"),
        (
            "time-baesd:10",
            "unknown schedule `time-baesd`, did you mean `time-based`?",
        ),
        (
            "constnat",
            "unknown schedule `constnat`, did you mean `constant`?",
        ),
        (
            "constant",
            "the schedule `constant` needs `learning_rate`, which is missing; add it, it takes learning_rate",
        ),
        (
            "time-based",
            "the schedule `time-based` needs `initial`, which is missing; add it, it takes initial, scale, unit",
        ),
        (
            "time-based:scale=2",
            "the schedule `time-based` needs `initial`, which is missing; add it, it takes initial, scale, unit",
        ),
        (
            "constant:fast",
            "the schedule `constant`, argument `learning_rate`: expected a number, received `fast`",
        ),
        (
            "time-based:",
            "the schedule `time-based`, argument `initial`: expected a whole number from 0 to 4294967295, received ``",
        ),
        (
            "time-based:0.5",
            "the schedule `time-based`, argument `initial`: expected a whole number from 0 to 4294967295, received 0.5",
        ),
        (
            "time-based:4294967296",
            "the schedule `time-based`, argument `initial`: expected a whole number from 0 to 4294967295, \
             received 4294967296",
        ),
        (
            "time-based:10:scale=",
            "the schedule `time-based`, argument `scale`: expected a number, received ``",
        ),
        (
            "time-based:10:unit=day",
            "the schedule `time-based`, argument `unit`: expected `step` or `epoch`, received `day`",
        ),
        (
            "time-based:10:0.01:7",
            "the schedule `time-based`: expected `argument=value`, received 7",
        ),
        (
            "time-based:10:rate=2",
            "the schedule `time-based` has no argument `rate`; it takes initial, scale, unit",
        ),
        (
            "constant:1:unit=epoch",
            "the schedule `constant` has no argument `unit`; it takes learning_rate",
        ),
        (
            "time-based:10:scale=1:scale=2",
            "the schedule `time-based` has the argument `scale` twice, expected once; keep one of them",
        ),
        (
            "time-based:0",
            "the schedule `time-based`, argument `initial`: expected a whole number of at least 1, received 0; \
             start at 1 or above and use `scale` for smaller rates",
        ),
        (
            "time-based:1:scale=-2",
            "the schedule `time-based`, argument `scale`: expected a finite number above 0, received -2; \
             give a number such as 0.01",
        ),
        (
            "time-based:4000000000:scale=1e300",
            "the schedule `time-based`, argument `scale`: expected one that leaves the initial rate finite, \
             received 1e300 with an initial rate of 4000000000; give a smaller scale",
        ),
        (
            "constant:nan",
            "the schedule `constant`, argument `learning_rate`: expected a finite number above 0, received NaN; \
             give a number such as 0.01",
        ),
    ] {
        let forms = if problem.starts_with("unknown schedule") {
            all.as_str()
        } else if text.starts_with("constant") {
            "expected form: constant:RATE"
        } else {
            "expected form: time-based:INITIAL[:scale=FACTOR][:unit=step|epoch]"
        };
        assert_eq!(
            message(text),
            format!("schedule `{text}`: {problem}; {forms}")
        );
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back_exactly(initial in 1..=u32::MAX, scale in 1e-290..1e290_f64, epoch: bool) {
        let schedule = TimeBased::new(initial).unwrap().with_scale(scale).unwrap();
        let spec = if epoch { schedule.per_epoch() } else { schedule.into() };
        prop_assert_eq!(parse(&spec.to_string()), spec);
        let constant = ScheduleSpec::from(Constant::new(scale).unwrap());
        prop_assert_eq!(parse(&constant.to_string()), constant);
    }

    #[test]
    fn no_text_panics(text in "(constant|time-based|warmup:3|piecewise-constant-decay|.{0,8})(:.{0,6}){0,4}") {
        let _ = text.parse::<ScheduleSpec>();
    }
}
