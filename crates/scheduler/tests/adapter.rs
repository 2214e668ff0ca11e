//! A schedule as one of Burn's, stepped, saved and resumed.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(clippy::float_cmp, reason = "whole rates are exact")]

use std::sync::Arc;

use burn::lr_scheduler::{LrScheduler, LrSchedulerRecord};
use firebrick_scheduler::{Schedule, ScheduleAdapter, ScheduleSpec, TimeBased};

/// The step itself, to see which one was asked for.
struct Identity;

impl Schedule for Identity {
    fn learning_rate(&self, step: u64) -> f64 {
        step as f64
    }
}

fn time_based() -> ScheduleAdapter {
    ScheduleAdapter::new(Arc::new(TimeBased::new(10).unwrap()))
}

/// Takes the record through the bytes that a checkpoint holds.
fn saved_and_read(scheduler: &ScheduleAdapter) -> LrSchedulerRecord {
    LrSchedulerRecord::from_bytes(scheduler.to_record().into_bytes().unwrap()).unwrap()
}

#[test]
fn the_first_step_has_the_rate_of_step_0() {
    let mut scheduler = time_based();
    assert_eq!(scheduler.current_step(), 0);
    let rates: Vec<f64> = (0..12).map(|_| scheduler.step()).collect();
    assert_eq!(
        rates,
        [10.0, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0, 1.0, 1.0]
    );
    assert_eq!(scheduler.current_step(), 12);
}

#[test]
fn a_restored_schedule_goes_on_where_it_was() {
    for stopped_at in 0..13 {
        let mut whole = time_based();
        for _ in 0..stopped_at {
            whole.step();
        }
        let mut resumed = time_based();
        resumed.load_record(saved_and_read(&whole));
        assert_eq!(resumed.current_step(), stopped_at);
        for _ in 0..5 {
            assert_eq!(resumed.step().to_bits(), whole.step().to_bits());
        }
    }
}

#[test]
fn a_schedule_that_counts_epochs_resumes_within_an_epoch() {
    let spec: ScheduleSpec = "time-based:3:unit=epoch".parse().unwrap();
    let mut whole = ScheduleAdapter::new(spec.build(4).unwrap());
    for _ in 0..6 {
        whole.step();
    }
    let mut resumed = ScheduleAdapter::new(spec.build(4).unwrap());
    resumed.load_record(saved_and_read(&whole));
    let rates: Vec<f64> = (0..4).map(|_| resumed.step()).collect();
    assert_eq!(rates, [2.0, 2.0, 1.0, 1.0]);
}

#[test]
fn the_saved_step_is_exact_for_every_u64() {
    for step in [0, 1, (1 << 53) + 1, i64::MAX as u64, 1 << 63, u64::MAX] {
        let mut scheduler = ScheduleAdapter::new(Arc::new(Identity));
        scheduler.load_record(LrSchedulerRecord::new().with_scalar("step", step));
        let mut restored = ScheduleAdapter::new(Arc::new(Identity));
        restored.load_record(saved_and_read(&scheduler));
        assert_eq!(restored.current_step(), step);
    }
}

#[test]
fn the_last_step_does_not_overflow() {
    let mut scheduler = time_based();
    scheduler.load_record(LrSchedulerRecord::new().with_scalar("step", u64::MAX));
    assert_eq!(scheduler.step(), 1.0);
    assert_eq!(scheduler.current_step(), u64::MAX);
}

#[test]
fn a_record_without_a_step_changes_nothing() {
    let mut scheduler = time_based();
    scheduler.step();
    scheduler.load_record(LrSchedulerRecord::new());
    assert_eq!(scheduler.current_step(), 1);
}

#[test]
fn a_clone_steps_on_its_own() {
    let mut scheduler = time_based();
    let mut boxed: Box<dyn LrScheduler> = Box::new(scheduler.clone());
    boxed.step();
    assert_eq!(scheduler.step(), 10.0);
    assert_eq!(boxed.clone().step(), 9.0);
}

#[test]
fn what_was_changed_by_hand_is_saved_with_the_step() {
    let mut scheduler = time_based();
    scheduler.step();
    scheduler.control_mut().scale(0.5);
    let mut resumed = time_based();
    resumed.load_record(saved_and_read(&scheduler));
    assert_eq!(resumed.step(), 4.5);
    resumed.control_mut().set(0.25);
    let mut again = time_based();
    again.load_record(saved_and_read(&resumed));
    assert_eq!((again.current_step(), again.step()), (2, 0.25));
}
