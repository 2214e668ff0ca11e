//! Trainings that are watched and steered: what is told, what each action does, and that a training with its actions can be
//! repeated, also where it was killed on the way.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};

use burn::tensor::Device;
use firebrick_data::ArrayDataset;
use firebrick_model::layers::{Dense, Dropout};
use firebrick_model::{Activation, Network, Sequential, save_model};
use firebrick_session::{
    Action, Event, PlacedAction, SessionHandle, Speaker, Watcher, What, read_actions,
};
use firebrick_trainer::callbacks::EarlyStopping;
use firebrick_trainer::losses::SparseCategoricalCrossentropy;
use firebrick_trainer::{
    Callback, CheckpointInterval, Checkpoints, Compile, Display, Fit, Flow, History, HookResult,
    Metric, Optimizer, RunDirectory, StopHandle, StopReason, TrainError, Trainer, Training,
};

/// Asks for actions after some of the steps, as somebody at the keys would; may break the training off as a kill does.
struct Keys {
    session: SessionHandle,
    actions: Vec<(u64, Action)>,
    killed_after: Option<u64>,
}

impl Callback for Keys {
    fn name(&self) -> &'static str {
        "Keys"
    }

    fn on_train_batch_end(&mut self, training: &mut Training<'_>) -> HookResult {
        let step = training.iterations();
        if self.killed_after == Some(step) {
            return Err(TrainError::NothingLearned);
        }
        for (at, action) in &self.actions {
            if *at == step {
                self.session.ask(*action, "keys");
            }
        }
        Ok(Flow::Continue)
    }
}

/// Passes all on that is told.
struct Told(Sender<Event>);

impl Watcher for Told {
    fn tell(&mut self, event: &Event) {
        let _ = self.0.send(event.clone());
    }
}

/// Forty points in three classes.
fn data() -> ArrayDataset {
    let number = |index: usize| ((index * 2_654_435_761) % 1000) as f32 / 500.0 - 1.0;
    let points: Vec<[f32; 4]> = (0..40)
        .map(|row| std::array::from_fn(|column| number(7 * row + column + 1)))
        .collect();
    let classes: Vec<i64> = points
        .iter()
        .map(|point| i64::from(point[0] > point[1]) + i64::from(point[2] > 0.3))
        .collect();
    ArrayDataset::new(points, classes).unwrap()
}

fn trainer() -> Trainer<Network> {
    let network = Sequential::new([4])
        .add(Dense::new(6).with_activation(Activation::Tanh))
        .add(Dropout::new(0.25))
        .add(Dense::new(3).with_activation(Activation::Softmax));
    Compile::new(Optimizer::adam(), SparseCategoricalCrossentropy::new())
        .with_metrics([Metric::accuracy()])
        .with_learning_rate(0.125)
        .model(network.build(5, &Device::flex()).unwrap())
}

/// Four epochs of four steps each, validated on eight samples.
fn fit() -> Fit {
    Fit::new(4)
        .with_batch_size(8)
        .with_validation_split(0.2)
        .with_display(Display::Quiet)
}

/// The bits of an epoch's figures.
#[derive(Debug, PartialEq)]
struct Record {
    epoch: usize,
    rate: u64,
    figures: Vec<(String, u64)>,
}

impl Record {
    fn figure(&self, name: &str) -> f64 {
        let mut figures = self.figures.iter();
        let (_, bits) = figures.find(|(own, _)| own == name).unwrap();
        f64::from_bits(*bits)
    }
}

/// What must be the same, bit for bit.
#[derive(Debug, PartialEq)]
struct Left {
    history: Vec<Record>,
    stop_reason: StopReason,
    model: Vec<u8>,
}

fn left(trainer: &Trainer<Network>, history: &History) -> Left {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.bpk");
    save_model(trainer.model(), &path).unwrap();
    let records = history.epochs().iter().map(|record| {
        let figures = record.figures.iter();
        let figures = figures.map(|(name, value)| (name.to_owned(), value.to_bits()));
        Record {
            epoch: record.epoch,
            rate: record.learning_rate.to_bits(),
            figures: figures.collect(),
        }
    });
    Left {
        history: records.collect(),
        stop_reason: history.stop_reason.clone(),
        model: fs::read(path).unwrap(),
    }
}

/// Trains with somebody who asks for these after so many steps: what was left, and what was told.
fn steered(actions: &[(u64, Action)]) -> (Left, Vec<Event>) {
    let (sender, events) = channel();
    let session = SessionHandle::new();
    let fit = fit()
        .with_session(session.clone())
        .with_watcher(Told(sender))
        .with_callback(Keys {
            session,
            actions: actions.to_vec(),
            killed_after: None,
        });
    let mut trainer = trainer();
    let history = trainer.fit(&data(), &fit).unwrap();
    drop(fit);
    (left(&trainer, &history), events.iter().collect())
}

/// The same actions again, by their events.
fn replayed(events: &[Event]) -> Left {
    let mut trainer = trainer();
    let fit = fit().with_replay(placed(events));
    let history = trainer.fit(&data(), &fit).unwrap();
    left(&trainer, &history)
}

fn placed(events: &[Event]) -> Vec<PlacedAction> {
    let action = |event: &Event| match event.what {
        What::Action { action, .. } => Some(PlacedAction {
            epoch: event.epoch,
            step: event.step,
            action,
        }),
        _ => None,
    };
    let actions = events.iter().filter_map(action);
    actions.filter(|own| own.action.is_replayed()).collect()
}

/// Who has stopped a replay is another one.
fn same_stop(mut left: Left) -> Left {
    if let StopReason::Interrupted { by, .. } = &mut left.stop_reason {
        "somebody".clone_into(by);
    }
    left
}

fn refusals(events: &[Event]) -> Vec<&str> {
    let refused = events.iter().filter_map(|event| match &event.what {
        What::Words {
            from: Speaker::Refused,
            text,
        } => Some(text.as_str()),
        _ => None,
    });
    refused.collect()
}

#[test]
fn what_happens_is_told_in_order() {
    let (_, events) = steered(&[]);
    let names = events.iter().map(|event| {
        let line = serde_json::to_value(event).unwrap();
        format!(
            "{} {}/{}",
            line["event"].as_str().unwrap(),
            event.epoch,
            event.step
        )
    });
    // Told by the clock.
    let by_clock = ["progress ", "layers ", "samples ", "confusion "];
    let names: Vec<String> = names
        .filter(|name| !by_clock.iter().any(|begin| name.starts_with(begin)))
        .collect();
    assert_eq!(
        names,
        [
            "begin 0/0",
            "epoch-begin 1/0",
            "epoch-end 1/4",
            "epoch-begin 2/4",
            "epoch-end 2/8",
            "epoch-begin 3/8",
            "epoch-end 3/12",
            "epoch-begin 4/12",
            "epoch-end 4/16",
            "end 4/16",
        ]
    );
    let What::Begin(begin) = &events[0].what else {
        panic!("no begin: {:?}", events[0]);
    };
    assert_eq!((begin.epochs, begin.steps_per_epoch), (4, Some(4)));
    assert_eq!(begin.batch_size, 8);
    assert_eq!(begin.figures, ["accuracy", "loss"]);
    assert_eq!(begin.rising, ["accuracy"]);
    assert!(begin.has_validation && !begin.is_resumed);
    assert_eq!(begin.schedule.len(), 16);
    assert_eq!(begin.schedule[3], (3, 0.125));
    let last = events.last().map(|event| &event.what);
    let Some(What::End {
        reason,
        is_complete,
    }) = last
    else {
        panic!("no end: {last:?}");
    };
    assert_eq!((reason.as_str(), *is_complete), ("all epochs done", true));
}

#[test]
fn progress_and_epochs_are_told_with_their_figures() {
    let (left, events) = steered(&[]);
    let told = events.iter().filter_map(|event| match &event.what {
        What::EpochEnd(end) => Some((event.epoch, end)),
        _ => None,
    });
    for ((epoch, end), record) in told.zip(&left.history) {
        assert_eq!(epoch, record.epoch);
        assert_eq!(end.learning_rate.to_bits(), record.rate);
        let told: Vec<(String, u64)> = end
            .figures
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_bits()))
            .collect();
        assert_eq!(told, record.figures);
    }
    // At the end of the training part of an epoch at the latest.
    let progress = events.iter().filter_map(|event| match &event.what {
        What::Progress(progress) if progress.batch == 4 => Some(progress),
        _ => None,
    });
    let progress: Vec<_> = progress.collect();
    assert!(progress.len() >= 4, "{events:?}");
    for told in progress {
        assert_eq!((told.batches, told.learning_rate), (Some(4), 0.125));
        assert!(told.samples_per_second > 0.0);
        assert!(told.figures.get("loss").is_some());
    }
}

/// What somebody asks for, and what must be found then.
struct Case {
    actions: &'static [(u64, Action)],
    rates: &'static [f64],
    stop_reason: StopReason,
}

fn stopped(epoch: usize, batches: usize) -> StopReason {
    let by = "keys".to_owned();
    StopReason::Interrupted { by, epoch, batches }
}

#[test]
fn each_action_does_what_it_says() {
    let case = |actions, rates, stop_reason| Case {
        actions,
        rates,
        stop_reason,
    };
    let completed = || StopReason::Completed;
    let discarded = StopReason::Discarded {
        by: "keys".to_owned(),
        epoch: 2,
        batches: 2,
    };
    for Case {
        actions,
        rates,
        stop_reason,
    } in [
        case(
            &[(5, Action::ScaleRate(0.5))],
            &[0.125, 0.0625, 0.0625, 0.0625],
            completed(),
        ),
        // Asked for after the last step of an epoch, before its validation.
        case(
            &[(8, Action::SetRate(0.25)), (9, Action::ScaleRate(2.0))],
            &[0.125, 0.125, 0.5, 0.5],
            completed(),
        ),
        case(&[(6, Action::Epochs(3))], &[0.125; 3], completed()),
        // Not fewer than are at work.
        case(&[(6, Action::Epochs(1))], &[0.125; 2], completed()),
        case(&[(16, Action::MoreEpochs(2))], &[0.125; 6], completed()),
        case(&[(6, Action::MoreEpochs(-2))], &[0.125; 2], completed()),
        case(&[(6, Action::EndEpoch)], &[0.125; 2], stopped(2, 4)),
        case(&[(13, Action::EndEpoch)], &[0.125; 4], completed()),
        case(&[(6, Action::Stop)], &[0.125], stopped(2, 2)),
        // Before the validation.
        case(&[(8, Action::Stop)], &[0.125], stopped(2, 4)),
        case(&[(6, Action::Discard)], &[0.125], discarded),
    ] {
        let (left, events) = steered(actions);
        let records = left.history.iter();
        let found: Vec<f64> = records.map(|own| f64::from_bits(own.rate)).collect();
        assert_eq!(found, rates, "{actions:?}");
        assert_eq!(left.stop_reason, stop_reason, "{actions:?}");
        assert_eq!(refusals(&events), [""; 0], "{actions:?}");
        let asked: Vec<u64> = actions.iter().map(|(step, _)| *step).collect();
        assert_eq!(steps_of(&events), asked, "{actions:?}");
    }
}

/// The steps after which actions were done.
fn steps_of(events: &[Event]) -> Vec<u64> {
    let steps = events.iter().filter_map(|event| match event.what {
        What::Action { .. } => Some(event.step),
        _ => None,
    });
    steps.collect()
}

#[test]
fn what_cannot_be_done_is_refused_and_the_training_goes_on() {
    let whole = steered(&[]).0;
    for (action, reason) in [
        (Action::Resume, "it is not paused"),
        (Action::Checkpoint, "keeps no checkpoints"),
        (Action::Best, "no epoch is over"),
        (Action::SetRate(f64::NAN), "received `NaN`"),
        (Action::ScaleRate(-1.0), "received `x-1`"),
    ] {
        let (left, events) = steered(&[(2, action), (2, action)]);
        let refusals = refusals(&events);
        assert_eq!(refusals.len(), 2, "{action}");
        assert!(refusals[0].contains(reason), "{refusals:?}");
        assert!(refusals[0].contains("asked for by keys"), "{refusals:?}");
        assert_eq!(steps_of(&events), [0; 0], "{action}");
        assert!(left == whole, "{action}");
    }
    // A rate that no number says any more; the one before it stays.
    let twice = [
        (2, Action::ScaleRate(1e-200)),
        (2, Action::ScaleRate(1e-200)),
    ];
    let (left, events) = steered(&twice);
    let refusals = refusals(&events);
    assert_eq!(refusals.len(), 1);
    assert!(refusals[0].contains("the rate would be 0"), "{refusals:?}");
    assert_eq!(left.history[3].rate, 0.125e-200_f64.to_bits());
}

#[test]
fn more_epochs_than_a_cycle_of_rates_has_are_refused() {
    let (sender, events) = channel();
    let session = SessionHandle::new();
    session.ask(Action::MoreEpochs(1), "a test");
    session.ask(Action::Epochs(2), "a test");
    let fit = fit()
        .with_one_cycle(0.25)
        .with_session(session)
        .with_watcher(Told(sender));
    let history = trainer().fit(&data(), &fit).unwrap();
    drop(fit);
    assert_eq!((history.epochs().len(), history.params.epochs), (2, 2));
    let events: Vec<Event> = events.iter().collect();
    let refusals = refusals(&events);
    assert!(
        refusals[0].contains("a cycle of rates ends with its epochs"),
        "{refusals:?}"
    );
}

#[test]
fn a_validation_in_between_moves_nothing() {
    let actions = [2, 3, 4, 11].map(|step| (step, Action::Validate));
    let (left, events) = steered(&actions);
    assert_eq!(left, steered(&[]).0);
    let validated: Vec<(u64, f64)> = events
        .iter()
        .filter_map(|event| match &event.what {
            What::Validated { figures } => Some((event.step, figures.get("loss").unwrap())),
            _ => None,
        })
        .collect();
    let steps: Vec<u64> = validated.iter().map(|(step, _)| *step).collect();
    assert_eq!(steps, [2, 3, 4, 11]);
    // After the last step of an epoch it has the figures that the epoch will have.
    let loss = left.history[0].figure("val_loss").to_bits();
    assert_eq!(validated[2].1.to_bits(), loss);
    assert_ne!(validated[1].1.to_bits(), loss);
}

#[test]
fn the_best_weights_are_those_of_the_best_epoch() {
    // A rate that spoils what was learned in the first two epochs.
    let spoiled = [
        (8, Action::SetRate(4.0)),
        (13, Action::Best),
        (13, Action::Validate),
    ];
    let (left, events) = steered(&spoiled);
    let loss = |epoch: usize| left.history[epoch].figure("val_loss");
    let best = (0..3).map(loss).fold(f64::INFINITY, f64::min);
    assert!(loss(2) > best, "the case spoils nothing: {left:?}");
    let validated = events.iter().find_map(|event| match &event.what {
        What::Validated { figures } => figures.get("loss"),
        _ => None,
    });
    assert_eq!(validated, Some(best));
}

/// Numbers that look like chance, by a multiplication.
fn chance(state: &mut u64) -> usize {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*state >> 40).unwrap()
}

fn random_actions(state: &mut u64) -> Vec<(u64, Action)> {
    let mut actions: Vec<(u64, Action)> = (0..3 + chance(state) % 6)
        .map(|_| {
            let step = 1 + (chance(state) % 16) as u64;
            let action = match chance(state) % 12 {
                0..3 => Action::ScaleRate(0.5 + chance(state) as f64 / 1e7),
                3 => Action::SetRate(0.03),
                4 | 5 => Action::Validate,
                6 | 7 => Action::Best,
                8 => Action::Epochs(1 + chance(state) % 6),
                9 => Action::MoreEpochs(2),
                10 => Action::EndEpoch,
                _ => Action::Stop,
            };
            (step, action)
        })
        .collect();
    actions.sort_by_key(|(step, _)| *step);
    actions
}

#[test]
fn random_actions_done_again_give_the_same_bits() {
    let mut state = 17;
    for case in 0..40 {
        let actions = random_actions(&mut state);
        let (left, events) = steered(&actions);
        assert_eq!(
            same_stop(replayed(&events)),
            same_stop(left),
            "{case}: {actions:?}"
        );
    }
}

/// Trains in this run with somebody at the keys, killed after so many steps if any; what was left where it was not.
fn in_run(path: &Path, actions: &[(u64, Action)], killed_after: Option<u64>) -> Option<Left> {
    let is_new = !path.exists();
    let run = if is_new {
        RunDirectory::create(path).unwrap()
    } else {
        RunDirectory::open(path).unwrap()
    };
    let session = SessionHandle::new();
    let fit = fit()
        .with_run_directory(run)
        .with_checkpoints(Checkpoints::every(CheckpointInterval::Steps(3)))
        .with_session(session.clone())
        .with_callback(Keys {
            session,
            actions: actions.to_vec(),
            killed_after,
        });
    let mut trainer = trainer();
    let ended = if is_new {
        trainer.fit(&data(), &fit)
    } else {
        trainer.resume(&data(), &fit, path)
    };
    match ended {
        Ok(history) => Some(left(&trainer, &history)),
        Err(TrainError::NothingLearned) => None,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_training_with_actions_that_is_killed_ends_as_if_it_had_not_been() {
    let mut state = 4;
    // With the step after which the training is over.
    let cases: [(&[(u64, Action)], usize); 4] = [
        (
            &[
                (2, Action::ScaleRate(0.5)),
                (6, Action::Best),
                (7, Action::Epochs(6)),
                (9, Action::Validate),
                (11, Action::ScaleRate(3.0)),
                (18, Action::EndEpoch),
            ],
            20,
        ),
        (&[(5, Action::EndEpoch)], 8),
        (&[(6, Action::Epochs(2))], 8),
        (
            &[
                (9, Action::SetRate(0.5)),
                (10, Action::Best),
                (14, Action::Best),
            ],
            16,
        ),
    ];
    for (actions, last) in cases {
        let folder = tempfile::tempdir().unwrap();
        let whole = in_run(&folder.path().join("whole"), actions, None).unwrap();
        for case in 0..2 {
            let path = folder.path().join(case.to_string());
            let kills: BTreeSet<u64> = (0..3)
                .map(|_| 1 + (chance(&mut state) % last) as u64)
                .collect();
            for kill in &kills {
                assert!(in_run(&path, actions, Some(*kill)).is_none());
            }
            let broken = in_run(&path, actions, None).unwrap();
            assert!(broken == whole, "{actions:?} killed at {kills:?}");
            // Its file says what counts of what was done.
            let again = read_actions(&path.join(RunDirectory::EVENTS)).unwrap();
            let mut trainer = trainer();
            let history = trainer.fit(&data(), &fit().with_replay(again)).unwrap();
            assert_eq!(same_stop(left(&trainer, &history)), same_stop(broken));
        }
    }
}

#[test]
fn a_replay_that_is_killed_goes_on_with_what_is_left_of_it() {
    let actions = [
        (3, Action::ScaleRate(0.5)),
        (8, Action::ScaleRate(4.0)),
        (10, Action::Best),
        (14, Action::MoreEpochs(1)),
    ];
    let (whole, events) = steered(&actions);
    let folder = tempfile::tempdir().unwrap();
    let session = SessionHandle::new();
    let keys = |killed_after| Keys {
        session: session.clone(),
        actions: Vec::new(),
        killed_after,
    };
    let checkpoints = || {
        let own = Checkpoints::every(CheckpointInterval::Steps(2));
        own.in_folder(folder.path())
    };
    let first = fit()
        .with_replay(placed(&events))
        .with_checkpoints(checkpoints())
        .with_callback(keys(Some(9)));
    trainer().fit(&data(), &first).unwrap_err();
    let mut trainer = trainer();
    let rest = fit()
        .with_session(session.clone())
        .with_checkpoints(checkpoints())
        .with_callback(keys(None));
    let history = trainer.resume(&data(), &rest, folder.path()).unwrap();
    assert_eq!(left(&trainer, &history), whole);
}

#[test]
fn what_was_stopped_or_ended_early_goes_on_where_it_is_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    let whole = in_run(&folder.path().join("whole"), &[], None).unwrap();
    for (name, action) in [("stopped", Action::Stop), ("ended", Action::EndEpoch)] {
        let path = folder.path().join(name);
        let left = in_run(&path, &[(6, action)], None).unwrap();
        assert_ne!(left, whole);
        assert_eq!(in_run(&path, &[], None).unwrap(), whole, "{name}");
        let again = read_actions(&path.join(RunDirectory::EVENTS)).unwrap();
        assert_eq!(again, [], "{name}");
    }
}

#[test]
fn fewer_epochs_hold_until_the_fit_asks_for_another_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run");
    let left = in_run(&path, &[(6, Action::Epochs(3))], None).unwrap();
    assert_eq!(left.history.len(), 3);
    let progress = firebrick_trainer::Progress::of(&path).unwrap();
    assert!(progress.is_finished(4) && !progress.is_finished(5));
    assert_eq!(in_run(&path, &[], None).unwrap().history.len(), 3);
}

/// A training that is paused after a step, told of on the channel.
fn paused(stop: &StopHandle) -> (SessionHandle, Receiver<Event>, Fit) {
    let (sender, events) = channel();
    let session = SessionHandle::new();
    let fit = fit()
        .with_session(session.clone())
        .with_stop_handle(stop.clone())
        .with_watcher(Told(sender))
        .with_callback(Keys {
            session: session.clone(),
            actions: vec![(6, Action::Pause)],
            killed_after: None,
        });
    (session, events, fit)
}

fn wait_for(events: &Receiver<Event>, action: Action) {
    let is_it =
        |event: Event| matches!(event.what, What::Action { action: own, .. } if own == action);
    while !is_it(events.recv().unwrap()) {}
}

#[test]
fn a_pause_changes_nothing_and_takes_requests() {
    let (session, events, fit) = paused(&StopHandle::new());
    let training = std::thread::spawn(move || {
        let mut trainer = trainer();
        let history = trainer.fit(&data(), &fit).unwrap();
        left(&trainer, &history)
    });
    wait_for(&events, Action::Pause);
    session.ask(Action::Pause, "a test");
    session.ask(Action::Validate, "a test");
    session.ask(Action::ScaleRate(0.5), "a test");
    session.ask(Action::Resume, "a test");
    wait_for(&events, Action::Resume);
    let left = training.join().unwrap();
    assert_eq!(left, steered(&[(6, Action::ScaleRate(0.5))]).0);
}

#[test]
fn a_pause_ends_with_a_stop() {
    let stop = StopHandle::new();
    let (_session, events, fit) = paused(&stop);
    let training = std::thread::spawn(move || trainer().fit(&data(), &fit).unwrap());
    wait_for(&events, Action::Pause);
    stop.stop("a test");
    let reason = training.join().unwrap().stop_reason;
    let by = "a test".to_owned();
    let (epoch, batches) = (2, 2);
    assert_eq!(reason, StopReason::Interrupted { by, epoch, batches });
    // That somebody has stopped it is an action too.
    wait_for(&events, Action::Stop);
}

#[test]
fn a_callback_sees_how_many_epochs_there_are_now() {
    struct Epochs(Sender<usize>);

    impl Callback for Epochs {
        fn name(&self) -> &'static str {
            "Epochs"
        }

        fn on_epoch_begin(&mut self, training: &mut Training<'_>) -> HookResult {
            let _ = self.0.send(training.params().epochs);
            Ok(Flow::Continue)
        }
    }

    let (sender, epochs) = channel();
    let session = SessionHandle::new();
    let fit = fit()
        .with_session(session.clone())
        .with_callback(Epochs(sender))
        .with_callback(EarlyStopping::new("loss").with_patience(9))
        .with_callback(Keys {
            session,
            actions: vec![(6, Action::Epochs(3))],
            killed_after: None,
        });
    let history = trainer().fit(&data(), &fit).unwrap();
    assert_eq!(history.params.epochs, 3);
    assert_eq!(epochs.try_iter().collect::<Vec<_>>(), [4, 4, 3]);
}

#[cfg(unix)]
#[test]
fn a_run_is_controlled_by_its_socket() {
    use std::time::Duration;

    use firebrick_session::{Answer, Connection};

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run");
    let run = RunDirectory::create(&path).unwrap();
    let (session, events, fit) = paused(&StopHandle::new());
    let training = std::thread::spawn(move || {
        trainer()
            .fit(&data(), &fit.with_run_directory(run))
            .unwrap()
    });
    wait_for(&events, Action::Pause);
    let at_most = Duration::from_mins(1);
    let mut connection = Connection::open(&path).unwrap();
    let asked = connection.ask(Action::Validate, "a test", at_most);
    let Some(Answer::Done { events: done }) = asked.unwrap() else {
        panic!("it is not done");
    };
    assert!(matches!(done[0].what, What::Action { .. }));
    assert!(matches!(done[1].what, What::Validated { .. }));
    let refused = connection
        .ask(Action::Checkpoint, "a test", at_most)
        .unwrap();
    assert!(
        matches!(refused, Some(Answer::Refused { .. })),
        "{refused:?}"
    );
    connection.ask(Action::Stop, "a test", at_most).unwrap();
    let history = training.join().unwrap();
    assert!(matches!(
        history.stop_reason,
        StopReason::Interrupted { .. }
    ));
    assert!(Connection::open(&path).is_err());
    drop(session);
}
