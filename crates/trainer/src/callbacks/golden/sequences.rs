//! Callbacks driven by numbers, without a model.

use serde_json::Value;

use super::{Agreement, Case, index, number};
use crate::callback::{Callback, Flow, Training};
use crate::callbacks::fake::{Fake, taken};
use crate::callbacks::{EarlyStopping, ModelCheckpoint, MonitorMode, ReduceLrOnPlateau, SaveFreq};
use crate::error::TrainError;
use crate::logs::Logs;
use crate::metrics::Direction;

const RATE: f64 = 0.1;

/// Feeds a callback until it stops; `check` looks at it after every epoch.
fn driven<C: Callback>(
    case: &Case,
    callback: &mut C,
    fake: &mut Fake,
    check: impl Fn(&C, &Fake, usize, Flow),
) -> Option<usize> {
    let key = case.text("monitor_key");
    let mut stopped = None;
    let begun = callback.on_train_begin(&mut Training::new(fake)).unwrap();
    assert_eq!(begun, Flow::Continue);
    for (epoch, value) in case.sequence().into_iter().enumerate() {
        fake.epoch = epoch + 1;
        fake.weights = epoch;
        let logs: Logs = value.map(|value| (key, value)).into_iter().collect();
        let _ = callback.on_epoch_begin(&mut Training::new(fake)).unwrap();
        let flow = callback
            .on_epoch_end(&mut Training::new(fake), &logs)
            .unwrap();
        check(callback, fake, epoch, flow);
        if flow == Flow::Stop {
            stopped = Some(epoch);
            break;
        }
    }
    let _ = callback
        .on_train_end(&mut Training::new(fake), &Logs::new())
        .unwrap();
    stopped
}

fn mode(case: &Case) -> MonitorMode {
    match case.setting("mode").map(|mode| mode.as_str().unwrap()) {
        Some("max") => MonitorMode::Max,
        Some("min") => MonitorMode::Min,
        _ => MonitorMode::Auto,
    }
}

fn early_stopping_of(case: &Case) -> EarlyStopping {
    let monitor = case
        .setting("monitor")
        .map_or("val_loss", |name| name.as_str().unwrap());
    let mut callback = EarlyStopping::new(monitor)
        .with_mode(mode(case))
        .with_patience(case.count("patience").unwrap_or(0))
        .with_min_delta(case.number("min_delta").unwrap_or(0.0))
        .with_start_from_epoch(case.count("start_from_epoch").unwrap_or(0));
    if let Some(baseline) = case.number("baseline") {
        callback = callback.with_baseline(baseline);
    }
    if case.has("restore_best_weights") {
        callback = callback.with_restore_best_weights();
    }
    if case.count_of_verbose() > 0 {
        callback = callback.with_verbose();
    }
    callback
}

impl Case {
    fn count_of_verbose(&self) -> u64 {
        self.setting("verbose").and_then(Value::as_u64).unwrap_or(0)
    }
}

pub(super) fn early_stopping(case: &Case) -> Agreement {
    let mut callback = early_stopping_of(case);
    let mut fake = Fake::new(RATE);
    if case.name == "es_auto_unknown_metric" {
        fake.direction = Direction::Unknown;
        let error = callback.on_train_begin(&mut Training::new(&mut fake));
        assert!(matches!(
            error,
            Err(TrainError::UnknownDirection { ref monitor, .. }) if monitor == "val_foo"
        ));
        return Agreement::Instead("the error comes before the first epoch, not after it");
    }
    if case.name == "es_nan_first" {
        let stopped = driven(case, &mut callback, &mut fake, |_, _, _, _| {});
        assert_eq!((stopped, callback.best()), (None, Some(0.7)));
        return Agreement::Instead("NaN is never the best figure, so what falls goes on");
    }
    let trace = case.fields["trace"].as_array().unwrap();
    let stopped = driven(
        case,
        &mut callback,
        &mut fake,
        |callback, _, epoch, flow| {
            let expected = &trace[epoch];
            let place = format!("{}, epoch {epoch}", case.name);
            assert_eq!(
                Value::Bool(flow == Flow::Stop),
                expected["stop_training"],
                "{place}"
            );
            assert_eq!(callback.wait(), index(&expected["wait"]), "{place}");
            assert_eq!(callback.best(), number(&expected["best"]), "{place}");
            let best_epoch = callback.best_epoch().map_or(0, |epoch| epoch - 1);
            assert_eq!(best_epoch, index(&expected["best_epoch"]), "{place}");
        },
    );
    let expected = &case.fields["stopped_at_epoch"];
    assert_eq!(
        stopped.map(|epoch| epoch as u64),
        expected.as_u64(),
        "{}",
        case.name
    );
    assert_eq!(callback.stopped_epoch(), stopped.map(|epoch| epoch + 1));
    let restored = index(&case.fields["epoch_of_final_weights"]);
    assert_eq!(fake.weights, restored, "{}", case.name);
    assert_eq!(fake.said, case.said(), "{}", case.name);
    if case.name == "es_missing_key" {
        // The watching itself waits as Keras' does.
        super::fits::refuses_what_nothing_produces(early_stopping_of(case), "EarlyStopping");
        return Agreement::Instead("a figure that nothing produces is an error of the fit");
    }
    Agreement::AsKeras
}

pub(super) fn reduce_lr_on_plateau(case: &Case) -> Agreement {
    let mut callback = ReduceLrOnPlateau::new("val_loss");
    if let Some(patience) = case.count("patience") {
        callback = callback.with_patience(patience);
    }
    if let Some(factor) = case.number("factor") {
        callback = callback.with_factor(factor).unwrap();
    }
    if let Some(min_lr) = case.number("min_lr") {
        callback = callback.with_min_lr(min_lr);
    }
    if let Some(min_delta) = case.number("min_delta") {
        callback = callback.with_min_delta(min_delta);
    }
    if let Some(cooldown) = case.count("cooldown") {
        callback = callback.with_cooldown(cooldown);
    }
    if case.count_of_verbose() > 0 {
        callback = callback.with_verbose();
    }
    let mut fake = Fake::new(RATE);
    let trace = case.fields["trace"].as_array().unwrap();
    driven(
        case,
        &mut callback,
        &mut fake,
        |callback, fake, epoch, flow| {
            let expected = &trace[epoch];
            let place = format!("{}, epoch {epoch}", case.name);
            assert_eq!(flow, Flow::Continue, "{place}");
            let counters = (
                index(&expected["wait"]),
                index(&expected["cooldown_counter"]),
            );
            assert_eq!(callback.counters(), counters, "{place}");
            assert_eq!(callback.best(), number(&expected["best"]), "{place}");
            let rate = number(&expected["lr"]).unwrap();
            assert_close(fake.control.learning_rate(), rate, &place);
        },
    );
    let expected = case.said();
    assert_eq!(fake.said.len(), expected.len(), "{}", case.name);
    for (said, expected) in fake.said.iter().zip(&expected) {
        let parts = |text: &str| {
            let (sentence, rate) = text.trim_end_matches('.').rsplit_once(' ').unwrap();
            (
                sentence.replace("ReduceLROnPlateau", "ReduceLrOnPlateau"),
                rate.parse().unwrap(),
            )
        };
        let ((said, rate), (expected, expected_rate)) = (parts(said), parts(expected));
        assert_eq!(said, expected);
        assert_close(rate, expected_rate, &case.name);
    }
    Agreement::AsKeras
}

fn assert_close(value: f64, expected: f64, place: &str) {
    assert!(
        (value - expected).abs() <= 1e-6 * expected,
        "{place}: {value} instead of {expected}"
    );
}

pub(super) fn factor_of_one(case: &Case) -> Agreement {
    let error = ReduceLrOnPlateau::new("val_loss").with_factor(1.0).err();
    assert!(
        case.text("error")
            .contains("does not support a factor >= 1.0")
    );
    assert!(matches!(error, Some(TrainError::Setting { .. })));
    Agreement::AsKeras
}

/// Keras' file name as one of ours.
fn renamed(file_name: &str) -> String {
    file_name
        .replace(".weights.h5", ".bpk")
        .replace(".keras", ".bpk")
}

fn checkpoint(case: &Case, folder: &std::path::Path) -> ModelCheckpoint {
    let file_name = renamed(case.setting("filepath").unwrap().as_str().unwrap());
    let path = folder.join(file_name).to_str().unwrap().to_owned();
    let mut callback = ModelCheckpoint::new(path).unwrap();
    if case.has("save_best_only") {
        callback = callback.with_save_best_only();
    }
    if case.has("save_weights_only") {
        callback = callback.with_save_weights_only();
    }
    if let Some(threshold) = case.number("initial_value_threshold") {
        callback = callback.with_initial_value_threshold(threshold);
    }
    if let Some(batches) = case.count("save_freq") {
        callback = callback.with_save_freq(SaveFreq::Batches(batches)).unwrap();
    }
    if case.count_of_verbose() > 0 {
        callback = callback.with_verbose();
    }
    callback
}

/// What was written, where it is looked for: the epoch, the batch of it if it is one, the names.
type Event = (usize, Option<usize>, Vec<String>);

fn event(value: &Value) -> Event {
    let batch = value.get("batch").map(index);
    let files = value.get("written").or_else(|| value.get("files")).unwrap();
    let files = files.as_array().unwrap().iter();
    let files = files.map(|name| renamed(name.as_str().unwrap())).collect();
    (index(&value["epoch"]), batch, files)
}

pub(super) fn model_checkpoint(case: &Case) -> Agreement {
    let folder = tempfile::tempdir().unwrap();
    let mut callback = checkpoint(case, folder.path());
    let mut fake = Fake::new(RATE);
    let mut events: Vec<Event> = Vec::new();
    let names = |folder: &std::path::Path| -> Vec<String> {
        let taken = taken(folder).into_iter();
        taken
            .map(|(name, contents)| {
                assert_eq!(contents, "weights");
                name
            })
            .collect()
    };
    let _ = callback
        .on_train_begin(&mut Training::new(&mut fake))
        .unwrap();
    let batches = case.fields["batches_per_epoch"].as_u64().unwrap_or(0);
    for (epoch, value) in case.sequence().into_iter().enumerate() {
        fake.epoch = epoch + 1;
        fake.logs = [("loss", 1.0)].into_iter().collect();
        for batch in 0..usize::try_from(batches).unwrap() {
            fake.batch = batch + 1;
            let _ = callback
                .on_train_batch_end(&mut Training::new(&mut fake))
                .unwrap();
            let files = names(folder.path());
            if !files.is_empty() {
                events.push((epoch, Some(batch), files));
            }
        }
        let figure = value.map_or(("loss", 1.0), |value| ("val_loss", value));
        let logs: Logs = [figure].into_iter().collect();
        let _ = callback
            .on_epoch_end(&mut Training::new(&mut fake), &logs)
            .unwrap();
        events.push((epoch, None, names(folder.path())));
    }
    if case.name == "mc_best_missing_monitor" {
        assert!(
            events.iter().all(|(_, _, files)| files.is_empty()),
            "{events:?}"
        );
        super::fits::refuses_what_nothing_produces(
            checkpoint(case, folder.path()),
            "ModelCheckpoint",
        );
        return Agreement::Instead("without the figure nothing is the best; the fit refuses");
    }
    let expected = case.fields["events"].as_array().unwrap();
    let expected: Vec<Event> = expected.iter().map(event).collect();
    assert_eq!(events, expected, "{}", case.name);
    let folder = folder.path().to_str().unwrap();
    let said: Vec<String> = fake
        .said
        .iter()
        .map(|text| text.replace(folder, "DIR"))
        .collect();
    let expected: Vec<String> = case.said().iter().map(|text| renamed(text)).collect();
    assert_eq!(said, expected, "{}", case.name);
    Agreement::AsKeras
}

pub(super) fn invalid_checkpoint(case: &Case) -> Option<Agreement> {
    if case.setting("save_freq").is_some() {
        let error = ModelCheckpoint::new("a.bpk").unwrap();
        assert!(error.with_save_freq(SaveFreq::Batches(0)).is_err());
        return Some(Agreement::Instead(
            "a freq of no form is no value of the type",
        ));
    }
    let file_name = case.setting("filepath")?.as_str()?;
    let error = ModelCheckpoint::new(file_name).err()?;
    assert!(case.text("error").contains("must end in"));
    assert!(
        error.to_string().contains("does not end in `.bpk`"),
        "{error}"
    );
    Some(Agreement::AsKeras)
}
