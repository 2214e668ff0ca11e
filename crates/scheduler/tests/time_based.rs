//! The time-based schedule: golden values, and what holds for every initial rate and step.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(clippy::float_cmp, reason = "whole rates are exact")]

use firebrick_scheduler::{Constant, Schedule, ScheduleSpec, TimeBased};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    initial: u32,
    rates: Vec<f64>,
}

fn rates(schedule: &dyn Schedule, steps: u64) -> Vec<f64> {
    (0..steps)
        .map(|step| schedule.learning_rate(step))
        .collect()
}

#[test]
fn rates_are_those_of_the_same_schedule_in_keras() {
    let golden: Golden = serde_json::from_str(include_str!("data/time_based.json")).unwrap();
    assert_eq!(
        golden.cases.iter().map(|c| c.initial).collect::<Vec<_>>(),
        [10, 3, 1]
    );
    for case in golden.cases {
        assert_eq!(case.rates.len(), 21);
        assert_eq!(
            rates(&TimeBased::new(case.initial).unwrap(), 21),
            case.rates
        );
    }
}

#[test]
fn the_scale_multiplies_every_rate() {
    let schedule = TimeBased::new(3).unwrap().with_scale(0.25).unwrap();
    assert_eq!(rates(&schedule, 5), [0.75, 0.5, 0.25, 0.25, 0.25]);
}

#[test]
fn per_epoch_takes_a_stair_an_epoch() {
    let spec = TimeBased::new(3).unwrap().per_epoch();
    let schedule = spec.build(2).unwrap();
    assert_eq!(
        rates(&schedule, 8),
        [3.0, 3.0, 2.0, 2.0, 1.0, 1.0, 1.0, 1.0]
    );
}

#[test]
fn a_schedule_counts_steps_unless_told_otherwise() {
    let spec = ScheduleSpec::from(TimeBased::new(3).unwrap());
    // No step count is needed, so none is asked for.
    assert_eq!(
        rates(&spec.build(0).unwrap(), 4),
        rates(&TimeBased::new(3).unwrap(), 4)
    );
}

#[test]
fn boxed_and_shared_schedules_are_schedules() {
    let boxed: Box<dyn Schedule> = Box::new(Constant::new(0.5).unwrap());
    assert_eq!(rates(&boxed, 2), [0.5, 0.5]);
    let shared: std::sync::Arc<dyn Schedule> = std::sync::Arc::new(TimeBased::new(2).unwrap());
    assert_eq!(rates(&shared, 3), [2.0, 1.0, 1.0]);
}

#[test]
fn values_that_make_no_schedule_are_rejected() {
    let messages = [
        TimeBased::new(0).unwrap_err(),
        TimeBased::new(1).unwrap().with_scale(0.0).unwrap_err(),
        TimeBased::new(1).unwrap().with_scale(f64::NAN).unwrap_err(),
        TimeBased::new(9).unwrap().with_scale(1e308).unwrap_err(),
        Constant::new(-0.5).unwrap_err(),
        Constant::new(f64::INFINITY).unwrap_err(),
        TimeBased::new(9)
            .unwrap()
            .per_epoch()
            .build(0)
            .err()
            .unwrap(),
    ]
    .map(|error| error.to_string());
    assert_eq!(
        messages,
        [
            "schedule `time-based`, argument `initial`: expected a whole number of at least 1, received 0; \
             start at 1 or above and use `scale` for smaller rates",
            "schedule `time-based`, argument `scale`: expected a finite number above 0, received 0; give a number such as 0.01",
            "schedule `time-based`, argument `scale`: expected a finite number above 0, received NaN; give a number such as 0.01",
            "schedule `time-based`, argument `scale`: expected one that leaves the initial rate finite, \
             received 1e308 with an initial rate of 9; give a smaller scale",
            "schedule `constant`, argument `learning_rate`: expected a finite number above 0, received -0.5; give a number such as 0.01",
            "schedule `constant`, argument `learning_rate`: expected a finite number above 0, received inf; give a number such as 0.01",
            "schedule `time-based:9:unit=epoch` counts epochs and expects at least 1 optimizer step an epoch, \
             received 0; give more examples or a smaller batch size",
        ]
    );
}

/// Steps of every size, those around the initial rate among them.
fn step_near(initial: u32) -> impl Strategy<Value = u64> {
    let around = u64::from(initial).saturating_sub(3)..=u64::from(initial) + 3;
    prop_oneof![
        around,
        0..=u64::from(u32::MAX) + 2,
        any::<u64>(),
        Just(u64::MAX)
    ]
}

fn initial_and_step() -> impl Strategy<Value = (u32, u64)> {
    let initial = prop_oneof![1..=u32::MAX, 1..=20_u32, Just(u32::MAX)];
    initial.prop_flat_map(|initial| (Just(initial), step_near(initial)))
}

proptest! {
    #[test]
    fn falls_by_exactly_one_until_it_stays_at_one((initial, step) in initial_and_step()) {
        let schedule = TimeBased::new(initial).unwrap();
        let rate = schedule.learning_rate(step);
        prop_assert_eq!(schedule.learning_rate(0), f64::from(initial));
        prop_assert!(rate >= 1.0);
        if step < u64::from(initial) {
            prop_assert_eq!(rate + step as f64, f64::from(initial));
        } else {
            prop_assert_eq!(rate, 1.0);
        }
        if let Some(next) = step.checked_add(1) {
            let expected = if rate > 1.0 { rate - 1.0 } else { 1.0 };
            prop_assert_eq!(schedule.learning_rate(next), expected);
        }
    }

    #[test]
    fn never_falls_below_its_scale((initial, step) in initial_and_step(), scale in 1e-12..1e12_f64) {
        let schedule = TimeBased::new(initial).unwrap().with_scale(scale).unwrap();
        let rate = schedule.learning_rate(step);
        prop_assert!(rate >= scale);
        prop_assert!(rate <= f64::from(initial) * scale);
    }

    #[test]
    fn per_epoch_is_constant_within_an_epoch((initial, step) in initial_and_step(), steps_per_epoch: u64) {
        let steps_per_epoch = steps_per_epoch.max(1);
        let counted = TimeBased::new(initial).unwrap();
        let schedule = counted.per_epoch().build(steps_per_epoch).unwrap();
        prop_assert_eq!(schedule.learning_rate(step), counted.learning_rate(step / steps_per_epoch));
    }
}
