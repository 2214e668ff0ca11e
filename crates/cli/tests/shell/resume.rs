//! Trainings that were broken off and go on.
#![cfg(unix)]

use std::fs;
use std::path::PathBuf;

use crate::interrupt::AtWork;
use crate::repeat::figures;
use crate::workplace::{Outcome, Workplace};

/// Dropout, moments, a moving average and gradients that are gathered: what a network alone does not hold.
const MODEL: &str = r#"
input_shape = [784]

[[layers]]
class_name = "Dense"
units = 12
activation = "relu"

[[layers]]
class_name = "Dropout"
rate = 0.3

[[layers]]
class_name = "Dense"
units = 10
activation = "softmax"

[compile]
optimizer = { name = "adam", gradient_accumulation_steps = 3, ema_momentum = 0.9 }
loss = "sparse_categorical_crossentropy"
metrics = ["accuracy"]

[fit]
epochs = 8
batch_size = 17
validation_split = 0.1
"#;

const TRAIN: &str =
    "train --model m.toml --data mnist-sample --ui lines --device flex --checkpoint-every 7steps";

fn workplace() -> Workplace {
    let workplace = Workplace::new();
    workplace.write("m.toml", MODEL);
    workplace
}

/// The same with callbacks that write files and set rates.
const LOGGING: &str = r#"
[[callbacks]]
name = "csv_logger"

[[callbacks]]
name = "jsonl_logger"

[[callbacks]]
name = "learning_rate_scheduler"
schedule = "exponential-decay:0.01:decay_steps=2:decay_rate=0.5:unit=epoch"
"#;

/// Trains into a run until a line that begins so is printed, and ends it by a signal.
fn break_off(workplace: &Workplace, arguments: &str, line: &str, signal: &str) -> Outcome {
    let mut training = AtWork::start(workplace, &format!("exec $F {arguments}"));
    training.read_to(line);
    training.signal(signal);
    let (status, stdout, stderr) = training.end();
    Outcome {
        code: status.code(),
        stdout,
        stderr,
    }
}

/// What is printed of the end and of the test data.
fn ending(stdout: &str) -> Vec<&str> {
    let lines = stdout.lines();
    lines
        .filter(|line| line.starts_with("ended ") || line.starts_with("test "))
        .collect()
}

fn model(workplace: &Workplace, run: &str) -> Vec<u8> {
    fs::read(workplace.path(&format!("runs/{run}/model.bpk"))).unwrap()
}

/// The files with the state of a training, the newest last.
fn states(workplace: &Workplace, run: &str) -> Vec<PathBuf> {
    let folder = workplace.path(&format!("runs/{run}/checkpoints"));
    let entries = fs::read_dir(folder).unwrap();
    let mut states: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            name.starts_with("state-")
        })
        .collect();
    states.sort();
    states
}

/// Both runs have come to the same.
fn assert_same(workplace: &Workplace, run: &str, other: &str) {
    assert_eq!(figures(workplace, run), figures(workplace, other));
    assert!(
        model(workplace, run) == model(workplace, other),
        "the models differ"
    );
}

#[test]
fn a_training_that_was_broken_off_ends_as_if_it_had_not_been() {
    let workplace = workplace();
    let whole = workplace.run(&format!("{TRAIN} --run whole")).succeeds();
    for (run, signal) in [("killed", "-KILL"), ("stopped", "-INT")] {
        break_off(
            &workplace,
            &format!("{TRAIN} --run {run}"),
            "epoch 3/8",
            signal,
        );
        assert_ne!(model(&workplace, run), model(&workplace, "whole"));
        // Again on the way.
        break_off(
            &workplace,
            &format!("train --resume {run} --ui lines"),
            "epoch 5/8",
            signal,
        );
        let ended = workplace
            .run(&format!("train --resume {run} --ui lines"))
            .succeeds();
        assert!(ended.stdout.contains("epoch 8/8"), "{}", ended.stdout);
        assert!(!ended.stdout.contains("epoch 3/8"), "{}", ended.stdout);
        assert_eq!(ending(&ended.stdout), ending(&whole.stdout));
        assert_same(&workplace, run, "whole");
        assert!(!workplace.path(&format!("runs/{run}/.lock")).exists());
    }
}

#[test]
fn a_training_goes_on_for_more_epochs_than_were_asked_for() {
    let workplace = workplace();
    workplace
        .run(&format!("{TRAIN} --run whole --epochs 10"))
        .succeeds();
    workplace.run(&format!("{TRAIN} --run x")).succeeds();
    workplace.run("train --resume x").fails(
        2,
        &[
            "the run `runs/x` is finished",
            "all epochs done",
            "--epochs",
        ],
    );
    workplace
        .run("train --resume x --epochs 7")
        .fails(2, &["`--epochs 7` is less than the 8 of the run `runs/x`"]);
    workplace
        .run("train --resume x --epochs 10 --ui lines")
        .succeeds();
    assert_same(&workplace, "x", "whole");
    // What it is now is what it goes on as.
    assert!(workplace.read("runs/x/config.toml").contains("epochs = 10"));
    workplace
        .run("train --resume x")
        .fails(2, &["the run `runs/x` is finished"]);
}

#[test]
fn flags_that_contradict_the_run_are_named() {
    let workplace = workplace();
    break_off(
        &workplace,
        &format!("{TRAIN} --run x"),
        "epoch 2/8",
        "-KILL",
    );
    let before = workplace.files();
    for (flags, words) in [
        (
            "--seed 7",
            "`--seed` contradicts the run `runs/x`, which has `seed = 42`",
        ),
        (
            "--batch-size 16",
            "`--batch-size` contradicts the run `runs/x`, which was trained without it",
        ),
        (
            "--lr 0.5",
            "`--learning-rate` contradicts the run `runs/x`, which ",
        ),
        (
            "--data mnist",
            "`--data` contradicts the run `runs/x`, which has other data",
        ),
        (
            "--tensorboard",
            "`--tensorboard` contradicts the run `runs/x`, which was trained without it",
        ),
        (
            "--early-stopping loss:2",
            "`--early-stopping` contradicts the run `runs/x`",
        ),
        (
            "--epochs 2",
            "`--epochs 2` is less than the 8 of the run `runs/x`",
        ),
        ("--run y", "--resume <RUN>"),
        ("--overwrite --run x", "--resume <RUN>"),
        ("--config runs/x/config.toml", "--resume <RUN>"),
    ] {
        workplace
            .run(&format!("train --resume x {flags}"))
            .fails(2, &[words]);
        assert_eq!(workplace.files(), before, "{flags}");
    }
    // Those that say what the run says do no harm.
    workplace
        .run("train --resume x --seed 42 --batch-size 17 --lr 0.001 --data mnist-sample --epochs 8 --device flex --ui quiet")
        .succeeds();
}

#[test]
fn runs_that_cannot_go_on_say_why() {
    let workplace = workplace();
    workplace
        .run("train --resume nothing")
        .fails(1, &["no run `nothing`"]);
    workplace
        .run(&format!("{TRAIN} --run bare --checkpoint-every none"))
        .succeeds();
    workplace
        .run("train --resume bare")
        .fails(1, &["the run `runs/bare` has no checkpoint to go on from"]);

    let rows = (0..40).map(|row| format!("{row},{}\n", 2 * row));
    workplace.write("t.csv", format!("x,y\n{}", rows.collect::<String>()));
    let table = "train --data t.csv --target y --epochs 100000 --ui lines --device flex --checkpoint-every 5steps --run t";
    break_off(&workplace, table, "epoch ", "-KILL");
    let text = workplace.read("t.csv");
    workplace.write("t.csv", text.replace("\n7,14", "\n7,15"));
    workplace.run("train --resume t").fails(
        1,
        &[
            "the run `runs/t` cannot go on",
            "has changed",
            "bring back the rows",
        ],
    );
    fs::remove_file(workplace.path("t.csv")).unwrap();
    workplace.run("train --resume t").fails(1, &["t.csv"]);
    workplace.write("t.csv", text);

    let config = workplace.read("runs/t/config.toml");
    workplace.write(
        "runs/t/config.toml",
        config.replace("device = \"flex\"", "device = \"cuda\""),
    );
    workplace.run("train --resume t").fails(
        2,
        &["the run `runs/t` was trained on cuda", "`--device NAME`"],
    );
}

#[test]
fn a_run_of_the_same_name_that_is_not_finished_says_how_it_goes_on() {
    let workplace = workplace();
    let train = format!("{TRAIN} --run x");
    break_off(&workplace, &train, "epoch 2/8", "-KILL");
    let before = workplace.files();
    workplace.run(&train).fails(
        1,
        &[
            "the run `runs/x` is already there and not finished",
            "`firebrick train --resume runs/x`",
            "--overwrite",
        ],
    );
    assert_eq!(workplace.files(), before);
    workplace.run("train --resume runs/x --ui quiet").succeeds();
    let error = workplace.run(&train).fails(1, &["is already there"]).stderr;
    assert!(!error.contains("--resume"), "{error}");
}

#[test]
fn a_training_that_goes_on_is_one_processes_alone() {
    let workplace = workplace();
    let train = format!("{TRAIN} --run x --epochs 100000");
    let mut training = AtWork::start(&workplace, &format!("exec $F {train}"));
    training.read_to("epoch ");
    training.read_to("epoch ");
    workplace
        .run("train --resume x")
        .fails(1, &["`runs/x` is being written into by process "]);
    training.signal("-KILL");
    training.end();
}

#[test]
fn a_damaged_checkpoint_is_passed_over_and_named() {
    let damages: [fn(Vec<u8>) -> Vec<u8>; 3] = [
        |bytes| bytes[..bytes.len() / 2].to_vec(),
        |mut bytes| {
            let at = bytes.len() / 3;
            bytes[at] ^= 4;
            bytes
        },
        |_| Vec::new(),
    ];
    let workplace = workplace();
    workplace.run(&format!("{TRAIN} --run whole")).succeeds();
    for (number, damage) in damages.into_iter().enumerate() {
        let run = format!("x{number}");
        break_off(
            &workplace,
            &format!("{TRAIN} --run {run}"),
            "epoch 3/8",
            "-KILL",
        );
        let states = states(&workplace, &run);
        let newest = states.last().unwrap();
        fs::write(newest, damage(fs::read(newest).unwrap())).unwrap();
        let outcome = workplace.run(&format!("train --resume {run} --ui lines"));
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        let name = newest.file_name().unwrap().to_str().unwrap();
        let told = format!("{}{}", outcome.stdout, outcome.stderr);
        assert!(told.contains(name), "{told}");
        assert_same(&workplace, &run, "whole");
    }
    break_off(
        &workplace,
        &format!("{TRAIN} --run y"),
        "epoch 3/8",
        "-KILL",
    );
    for path in states(&workplace, "y") {
        fs::write(path, "nothing").unwrap();
    }
    let before = workplace.files();
    workplace
        .run("train --resume y")
        .fails(1, &["state-", "broken"]);
    assert_eq!(workplace.files(), before);
}

#[test]
fn a_training_whose_checkpoints_cannot_be_written_says_so_and_ends() {
    let workplace = workplace();
    workplace.run(&format!("{TRAIN} --run whole")).succeeds();
    break_off(
        &workplace,
        &format!("{TRAIN} --run x"),
        "epoch 3/8",
        "-KILL",
    );
    let before = states(&workplace, "x");
    // No file as large as a checkpoint, as on a full disk, but for the smaller ones: a checkpoint has moments of all weights.
    let model = fs::metadata(workplace.path("runs/x/model.bpk")).unwrap();
    let line = format!(
        "trap '' XFSZ; ulimit -f {}; exec $F train --resume x --ui lines",
        2 * model.len() / 1024
    );
    let (status, stdout, stderr) = AtWork::start(&workplace, &line).end();
    assert!(stdout.contains("File too large"), "{stdout}{stderr}");
    assert_eq!(stdout.matches("File too large").count(), 1, "{stdout}");
    assert_eq!(status.code(), Some(0), "{stdout}{stderr}");
    // What was there before is there still, and nothing half written.
    for path in before {
        assert!(path.exists(), "{}", path.display());
    }
    assert_same(&workplace, "x", "whole");
    let hidden = workplace.files().into_keys().any(|path| {
        path.file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .starts_with(".firebrick")
    });
    assert!(!hidden);
}

#[test]
fn a_run_that_was_replacing_another_goes_on_once_it_has_a_checkpoint() {
    let workplace = workplace();
    workplace.run(&format!("{TRAIN} --run whole")).succeeds();
    workplace
        .run(&format!("{TRAIN} --run x --seed 7 --epochs 1"))
        .succeeds();
    break_off(
        &workplace,
        &format!("{TRAIN} --run x --overwrite"),
        "epoch 1/8",
        "-KILL",
    );
    workplace.run("train --resume x --ui quiet").succeeds();
    assert_same(&workplace, "x", "whole");
    assert!(!workplace.path("runs/x/.previous").exists());
}

#[test]
fn logs_of_a_training_that_was_killed_go_on() {
    let workplace = workplace();
    workplace.write("logging.toml", format!("{MODEL}{LOGGING}"));
    let train = TRAIN.replace("m.toml", "logging.toml");
    workplace.run(&format!("{train} --run whole")).succeeds();
    break_off(
        &workplace,
        &format!("{train} --run killed"),
        "epoch 4/8",
        "-KILL",
    );
    workplace.run("train --resume killed --ui lines").succeeds();
    assert_same(&workplace, "whole", "killed");
    for file in ["training.csv", "training.jsonl"] {
        let read = |run: &str| workplace.read(&format!("runs/{run}/logs/{file}"));
        assert_eq!(read("killed"), read("whole"), "{file}");
        assert!(read("whole").lines().count() >= 8);
    }
}
