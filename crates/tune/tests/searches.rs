//! Searches as a program runs them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use firebrick::training::StopHandle;
use firebrick_tune::{
    Moment, Outcome, Strategy, Trained, Trial, TrialState, TuneDirectory, TuneError, Tuner,
};

/// A figure that falls towards a floor which depends on the values alone.
fn figures(trial: &Trial) -> Result<Vec<f64>, TuneError> {
    let x = trial.values().number("x")?;
    Ok((1..=trial.epochs())
        .map(|epoch| x + 1.0 / epoch as f64)
        .collect())
}

fn tuner(strategy: Strategy) -> Tuner {
    Tuner::new("x=0..1".parse().unwrap())
        .with_trials(9)
        .with_epochs(9)
        .with_strategy(strategy)
        .with_jobs(1)
}

/// What came of it, without the times.
fn numbers(outcome: &Outcome) -> Vec<(usize, String, Vec<f64>)> {
    let trials = outcome.trials().iter();
    trials
        .map(|trial| {
            (
                trial.number,
                trial.values.to_string(),
                trial.figures.clone(),
            )
        })
        .collect()
}

#[test]
fn the_numbers_are_the_same_for_any_number_of_jobs() {
    for strategy in [Strategy::Random, Strategy::Halving, Strategy::Hyperband] {
        let serial = tuner(strategy).run(figures).unwrap();
        for jobs in [2, 5, 20] {
            let parallel = tuner(strategy).with_jobs(jobs).run(figures).unwrap();
            assert_eq!(
                numbers(&parallel),
                numbers(&serial),
                "{strategy}, {jobs} jobs"
            );
        }
    }
    // Which trials are promoted may differ here, what comes of each does not.
    let [serial, parallel] = [1, 4].map(|jobs| {
        let outcome = tuner(Strategy::Asha).with_jobs(jobs).run(figures).unwrap();
        numbers(&outcome)
    });
    for ((_, own, one), (_, its, other)) in serial.iter().zip(&parallel) {
        let both = one.len().min(other.len());
        assert_eq!((own, &one[..both]), (its, &other[..both]));
    }
}

#[test]
fn a_grid_has_every_point_once_and_needs_an_end() {
    let space = "x=0..1/3, y=a|b".parse().unwrap();
    let grid = |space| {
        Tuner::new(space)
            .with_strategy(Strategy::Grid)
            .with_epochs(1)
    };
    let outcome = grid(space).run(figures).unwrap();
    let values: Vec<String> = outcome
        .trials()
        .iter()
        .map(|trial| trial.values.to_string())
        .collect();
    assert_eq!(
        values,
        [
            "x=0, y=a",
            "x=0, y=b",
            "x=0.5, y=a",
            "x=0.5, y=b",
            "x=1, y=a",
            "x=1, y=b"
        ]
    );
    let error = grid("x=log:1..2".parse().unwrap())
        .run(figures)
        .unwrap_err();
    assert!(
        error.is_usage() && error.to_string().contains("as in `log:1..2/5`"),
        "{error}"
    );
}

#[test]
fn a_trial_that_fails_or_panics_is_a_row_and_the_search_goes_on() {
    let outcome = tuner(Strategy::Random)
        .run(|trial| match trial.number() {
            0 => Err("out of luck".to_owned()),
            1 => panic!("out of mind"),
            2 => Ok(vec![f64::NAN]),
            _ => figures(trial).map_err(|error| error.to_string()),
        })
        .unwrap();
    let failed = |reason: &str| TrialState::Failed {
        reason: reason.to_owned(),
    };
    assert_eq!(outcome.trials()[0].state, failed("out of luck"));
    assert_eq!(
        outcome.trials()[1].state,
        failed("it panicked: out of mind")
    );
    assert_eq!(outcome.trials()[2].figure(), None);
    assert_eq!(outcome.trials().len(), 9);
    let ranked: Vec<usize> = outcome.ranked().skip(6).map(|trial| trial.number).collect();
    assert_eq!(ranked.len(), 3);
    assert!(ranked.iter().all(|number| *number < 3) && outcome.is_whole());
}

/// Trains where `path` says, and stops the search in the middle of training number `stop_at`.
fn until(path: &Path, strategy: Strategy, stop_at: usize) -> Outcome {
    let (stop, trained) = (StopHandle::new(), AtomicUsize::new(0));
    tuner(strategy)
        .in_directory(path)
        .with_stop_handle(stop.clone())
        .run(|trial| {
            if trained.fetch_add(1, Ordering::SeqCst) == stop_at {
                stop.stop("the test");
                return Ok(Trained::Stopped);
            }
            figures(trial).map(Trained::from)
        })
        .unwrap()
}

#[test]
fn a_search_that_was_stopped_anywhere_goes_on_and_trains_nothing_again() {
    for strategy in [
        Strategy::Random,
        Strategy::Halving,
        Strategy::Asha,
        Strategy::Hyperband,
    ] {
        let whole = tuner(strategy).run(figures).unwrap();
        for stop_at in [0, 1, 4, 10, 12] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("search");
            let first = until(&path, strategy, stop_at);
            let done: BTreeMap<usize, usize> = first
                .trials()
                .iter()
                .map(|trial| (trial.number, trial.epochs()))
                .collect();
            let again = Mutex::new(Vec::new());
            let second = tuner(strategy)
                .in_directory(&path)
                .run(|trial| {
                    again.lock().unwrap().push((trial.number(), trial.epochs()));
                    figures(trial)
                })
                .unwrap();
            assert_eq!(
                numbers(&second),
                numbers(&whole),
                "{strategy}, stopped at {stop_at}"
            );
            for (number, epochs) in again.into_inner().unwrap() {
                assert!(
                    done.get(&number).is_none_or(|done| *done < epochs),
                    "{strategy}: trial {number}"
                );
            }
            let third = tuner(strategy)
                .in_directory(&path)
                .run(|_| Err::<Vec<f64>, _>("again"));
            assert_eq!(numbers(&third.unwrap()), numbers(&whole));
        }
    }
}

#[test]
fn a_search_that_was_killed_while_it_wrote_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("search");
    let whole = tuner(Strategy::Asha)
        .in_directory(&path)
        .run(figures)
        .unwrap();
    let trials = path.join(TuneDirectory::TRIALS);
    let text = std::fs::read(&trials).unwrap();
    for cut in (0..text.len()).step_by(331) {
        std::fs::write(&trials, &text[..cut]).unwrap();
        let again = tuner(Strategy::Asha)
            .in_directory(&path)
            .run(figures)
            .unwrap();
        assert_eq!(numbers(&again), numbers(&whole), "cut at byte {cut}");
    }
}

#[test]
fn more_trials_go_on_where_fewer_ended() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("search");
    tuner(Strategy::Random)
        .with_trials(4)
        .in_directory(&path)
        .run(figures)
        .unwrap();
    let more = tuner(Strategy::Random)
        .in_directory(&path)
        .run(figures)
        .unwrap();
    assert_eq!(
        numbers(&more),
        numbers(&tuner(Strategy::Random).run(figures).unwrap())
    );
    for other in [
        tuner(Strategy::Random).with_seed(7),
        tuner(Strategy::Asha),
        tuner(Strategy::Random).with_monitor("loss"),
    ] {
        let error = other.in_directory(&path).run(figures).unwrap_err();
        assert!(
            error.to_string().contains("another one than that of"),
            "{error}"
        );
    }
}

#[test]
fn a_directory_is_one_process_alone_to_write_into() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("search");
    let outcome = tuner(Strategy::Random)
        .with_trials(1)
        .in_directory(&path)
        .run(|trial| {
            let beside = tuner(Strategy::Random).with_trials(1).in_directory(&path);
            let error = beside.run(|_| Ok::<_, String>(vec![0.0])).unwrap_err();
            assert!(matches!(error, TuneError::Train(_)), "{error}");
            figures(trial)
        })
        .unwrap();
    assert_eq!(outcome.trials()[0].state, TrialState::Trained);
}

#[test]
fn whoever_watches_is_told_of_every_training() {
    let mut told = Vec::new();
    tuner(Strategy::Random)
        .with_trials(2)
        .run_watched(figures, &mut |moment| {
            told.push(match moment {
                Moment::Found { trials, of } => format!("{trials} of {of}"),
                Moment::Begun(trial) => format!("begun {}", trial.number()),
                Moment::Ended(record) => format!("ended {}", record.number),
                Moment::Stopped(trial) => format!("stopped {}", trial.number()),
            });
        })
        .unwrap();
    assert_eq!(told, ["0 of 2", "begun 0", "ended 0", "begun 1", "ended 1"]);
}

#[test]
fn nothing_begins_once_the_time_is_over() {
    let outcome = tuner(Strategy::Random)
        .with_time_limit(Duration::ZERO)
        .run(figures)
        .unwrap();
    assert!(outcome.trials().is_empty() && !outcome.is_whole());
    // A training that is at work then is stopped.
    let outcome = tuner(Strategy::Random)
        .with_time_limit(Duration::from_millis(1))
        .run(|trial| {
            while !trial.stop_handle().is_stopped() {
                std::thread::yield_now();
            }
            Ok::<_, TuneError>(Trained::Stopped)
        })
        .unwrap();
    assert!(!outcome.is_whole());
}

#[test]
fn what_cannot_be_is_refused_before_anything_is_trained() {
    let train = |_: &Trial| -> Result<Vec<f64>, String> { panic!("nothing is trained") };
    for (tuner, words) in [
        (
            tuner(Strategy::Random).with_jobs(0),
            "`jobs` is 0, expected at least 1",
        ),
        (tuner(Strategy::Random).with_trials(0), "`trials` is 0"),
        (tuner(Strategy::Random).with_epochs(0), "`epochs` is 0"),
        (
            Tuner::new("x=1".parse().unwrap()).in_directory("/dev/null/x"),
            "/dev/null",
        ),
    ] {
        let error = tuner.run(train).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    let error = Tuner::new(firebrick_tune::SearchSpace::new())
        .run(train)
        .unwrap_err();
    assert!(error.to_string().contains("without a setting"), "{error}");
}
