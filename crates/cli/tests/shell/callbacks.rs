use std::fs;

use firebrick::models::{ModelCard, save_card};

use crate::workplace::Workplace;

/// The names in a folder, without the states to go on from, which every training leaves.
fn names(workplace: &Workplace, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(workplace.path(folder)).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.retain(|name| !name.starts_with("state-"));
    names.sort();
    names
}

/// Settings that learn the training data by heart long before the last epoch.
const BY_HEART: &str = "--epochs 60 --optimizer adam --lr 0.03 --ui lines --device flex";

#[test]
fn a_training_stops_by_itself_and_keeps_the_best_weights() {
    let workplace = Workplace::new();
    let settings = format!("{BY_HEART} --data mnist-sample --early-stopping val_loss:2:restore");
    let outcome = workplace
        .run(&format!("train {settings} --checkpoint best --run x"))
        .succeeds();
    let stopped = outcome
        .stdout
        .lines()
        .find_map(|line| {
            line.strip_prefix("Epoch ")?
                .strip_suffix(": early stopping")
        })
        .unwrap_or_else(|| panic!("{}", outcome.stdout));
    let stopped: usize = stopped.parse().unwrap();
    let best = stopped - 2;
    let sentences = [
        format!("Epoch {stopped}: early stopping"),
        format!("Restoring model weights from the end of the best epoch: {best}."),
    ];
    let log = workplace.read("runs/x/log.txt");
    for sentence in &sentences {
        assert!(outcome.stdout.contains(sentence), "{}", outcome.stdout);
        assert!(log.contains(sentence), "{log}");
    }
    let ended = format!("ended    stopped by EarlyStopping in epoch {stopped}\n");
    assert!(outcome.stdout.contains(&ended), "{}", outcome.stdout);
    assert!(
        outcome
            .stdout
            .contains("log.txt, report.html, checkpoints\n"),
        "{}",
        outcome.stdout
    );
    assert_eq!(
        workplace.read("runs/x/history.csv").lines().count(),
        1 + stopped
    );
    // The weights of the best epoch are those that were saved as the best; only the run's file tells of the training.
    assert_eq!(names(&workplace, "runs/x/checkpoints"), ["best.bpk"]);
    let without_card = |file: &str| {
        let path = workplace.path(file);
        save_card(&ModelCard::default(), &path).unwrap();
        fs::read(path).unwrap()
    };
    let best = without_card("runs/x/checkpoints/best.bpk");
    assert!(best == without_card("runs/x/model.bpk"));
}

#[test]
fn the_rate_is_lowered_where_nothing_gets_better() {
    let workplace = Workplace::new();
    // Nothing gets better by more than the rate lets it, from the first epoch on.
    workplace
        .train(
            "--run x --epochs 6 --optimizer sgd --lr 1e-9 --reduce-lr-on-plateau val_loss:2:0.25",
        )
        .succeeds();
    let history = workplace.read("runs/x/history.csv");
    let rates: Vec<f64> = history
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(1).unwrap().parse().unwrap())
        .collect();
    let relative: Vec<f64> = rates.iter().map(|rate| rate / rates[0]).collect();
    assert_eq!(relative.len(), 6);
    for (received, expected) in relative.iter().zip([1.0, 1.0, 1.0, 0.25, 0.25, 0.0625]) {
        assert!((received - expected).abs() < 1e-6, "{relative:?}");
    }
}

#[test]
fn what_watches_a_training_is_repeated_from_its_config() {
    let workplace = Workplace::new();
    workplace
        .train("--run a --checkpoint every --tensorboard --early-stopping accuracy:9 --reduce-lr-on-plateau loss:3")
        .succeeds();
    let config = workplace.read("runs/a/config.toml");
    for line in [
        "early_stopping = \"accuracy:9\"\n",
        "reduce_lr_on_plateau = \"loss:3:0.1\"\n",
        "checkpoint = \"every\"\n",
        "tensorboard = true\n",
    ] {
        assert!(config.contains(line), "{config}");
    }
    workplace
        .run("train --config runs/a/config.toml --run b --ui quiet")
        .succeeds();
    for run in ["a", "b"] {
        let saved = names(&workplace, &format!("runs/{run}/checkpoints"));
        assert_eq!(saved, ["epoch-0001.bpk", "epoch-0002.bpk"]);
        let folders = names(&workplace, &format!("runs/{run}/tensorboard"));
        assert_eq!(folders, ["train", "validation"]);
        for folder in folders {
            let events = names(&workplace, &format!("runs/{run}/tensorboard/{folder}"));
            assert_eq!(events.len(), 1, "{events:?}");
            assert!(events[0].starts_with("events.out.tfevents."), "{events:?}");
        }
    }
    workplace
        .run("train --config runs/a/config.toml --run c --checkpoint none --tensorboard=false --early-stopping none --reduce-lr-on-plateau none --ui quiet")
        .succeeds();
    assert!(names(&workplace, "runs/c/checkpoints").is_empty());
    assert!(!workplace.path("runs/c/tensorboard").exists());
    assert!(!workplace.read("runs/c/config.toml").contains("checkpoint"));
}

#[test]
fn overwriting_replaces_saved_models_and_nothing_else() {
    let workplace = Workplace::new();
    workplace
        .train("--run x --checkpoint every --tensorboard")
        .succeeds();
    workplace.write("runs/x/checkpoints/notes.txt", "mine");
    workplace
        .train("--run x --checkpoint 2 --overwrite")
        .succeeds();
    assert_eq!(
        names(&workplace, "runs/x/checkpoints"),
        ["epoch-0002.bpk", "notes.txt"]
    );
    assert!(!workplace.path("runs/x/tensorboard").exists());
}

#[test]
fn what_cannot_be_watched_is_a_usage_error_that_leaves_everything() {
    let workplace = Workplace::new();
    workplace.train("--run x").succeeds();
    let before = workplace.files();
    for (flags, words) in [
        (
            "--early-stopping val_los:5",
            "EarlyStopping watches `val_los`, which this training does not have",
        ),
        (
            "--checkpoint best --validation-split 0",
            "ModelCheckpoint watches `val_loss`, which this training does not have (give it validation data?)",
        ),
        (
            "--reduce-lr-on-plateau val_los:5",
            "ReduceLrOnPlateau watches `val_los`, which this training does not have",
        ),
        (
            "--reduce-lr-on-plateau val_loss:5:2",
            "expected METRIC:EPOCHS or METRIC:EPOCHS:FACTOR with a factor between 0 and 1",
        ),
        (
            "--early-stopping val_loss",
            "expected METRIC:EPOCHS, with `:restore` behind it",
        ),
        (
            "--checkpoint 0",
            "expected `best`, `every`, a number of epochs of at least 1, or `none`; received `0`",
        ),
    ] {
        workplace
            .train(&format!("--run x --overwrite {flags}"))
            .fails(2, &[words]);
        assert_eq!(workplace.files(), before, "{flags}");
    }
}

/// Logs beside the run's own history, and rates that fall from epoch to epoch.
const LOGGING: &str = r#"
input_shape = [784]

[[layers]]
class_name = "Dense"
units = 10
activation = "softmax"

[compile]
optimizer = "sgd"
loss = "sparse_categorical_crossentropy"

[fit]
epochs = 4
batch_size = 50

[[callbacks]]
name = "learning_rate_scheduler"
schedule = "exponential-decay:0.5:decay_steps=1:decay_rate=0.5"

[[callbacks]]
name = "csv_logger"

[[callbacks]]
name = "jsonl_logger"
filename = "lines/epochs.jsonl"

[[callbacks]]
name = "tensor_board"
log_dir = "curves"
"#;

const LOG_FILES: [&str; 2] = ["logs/training.csv", "logs/lines/epochs.jsonl"];

#[test]
fn callbacks_of_a_model_file_write_into_the_run() {
    let workplace = Workplace::new();
    workplace.write("m.toml", LOGGING);
    let train = "train --model m.toml --data mnist-sample --ui lines --run x";
    let told = workplace.run(train).succeeds().stdout;
    assert!(
        told.contains("log.txt, report.html, checkpoints, tensorboard, logs\n"),
        "{told}"
    );
    let history = workplace.read("runs/x/history.csv");
    let rates: Vec<&str> = history.lines().skip(1).collect();
    let rates: Vec<_> = rates.iter().map(|row| row.split(',').nth(1)).collect();
    assert_eq!(
        rates,
        [Some("0.5"), Some("0.25"), Some("0.125"), Some("0.0625")]
    );
    for file in LOG_FILES {
        let lines = workplace.read(&format!("runs/x/{file}"));
        let with_names = usize::from(file.ends_with("csv"));
        assert_eq!(lines.lines().count(), 4 + with_names, "{file}: {lines}");
    }
    assert_eq!(names(&workplace, "runs/x/tensorboard/curves"), ["train"]);

    // A flag for the rate wins.
    workplace
        .run(&format!("{train} --overwrite --lr 0.1"))
        .succeeds();
    let history = workplace.read("runs/x/history.csv");
    let constant = history
        .lines()
        .skip(1)
        .all(|row| row.split(',').nth(1) == Some("0.1"));
    assert!(constant, "{history}");

    // The logs are replaced with the run, and come back with it.
    workplace.write("runs/x/logs/notes.md", "mine");
    let before = workplace.files();
    let failed = workplace.run(&format!("{train} --overwrite --lr 1e38 --optimizer adam"));
    assert_eq!(failed.code, Some(1), "{}", failed.stderr);
    assert_eq!(workplace.files(), before);
    let failed = workplace.run("train --model m.toml --data mnist-sample --run y --lr 1e38");
    assert_eq!(failed.code, Some(1), "{}", failed.stderr);
    assert!(!workplace.path("runs/y").exists());
    workplace
        .run("train --data runs/x/logs/training.csv --target loss --run x --overwrite")
        .fails(2, &["belongs to the run that `--overwrite` replaces"]);
}
