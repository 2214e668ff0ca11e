//! Trainings that are controlled from outside, and repeated with all that was done.

use std::fs;

use crate::interrupt::AtWork;
use crate::repeat::figures;
use crate::workplace::Workplace;

fn model(workplace: &Workplace, run: &str) -> Vec<u8> {
    fs::read(workplace.path(&format!("runs/{run}/model.bpk"))).unwrap()
}

/// The run `x` is done again as `run` with its actions, and comes to the same.
fn assert_repeats(workplace: &Workplace, run: &str) {
    let line = format!(
        "train --config runs/x/config.toml --replay runs/x/events.jsonl --run {run} --ui quiet"
    );
    let repeated = workplace.run(&line);
    assert_eq!(repeated.stderr, "");
    assert_eq!(figures(workplace, run), figures(workplace, "x"));
    assert!(
        model(workplace, run) == model(workplace, "x"),
        "the models differ"
    );
}

fn control(workplace: &Workplace, action: &str, said: &str) {
    let outcome = workplace.run(&format!("control x {action}")).succeeds();
    assert!(
        outcome.stdout.contains(said),
        "{action}: {}",
        outcome.stdout
    );
}

#[test]
fn a_training_is_controlled_from_outside_and_repeated() {
    let workplace = Workplace::new();
    let training = AtWork::train(&workplace, "");
    for (action, said) in [
        ("pause", "pause        after step "),
        ("rate x0.5", "; the next rate is 0.005\n"),
        ("validate", "figures      val_loss "),
        ("checkpoint", "saved        checkpoints/state-"),
        ("best", "best         after step "),
        ("rate 0.02", "; the next rate is 0.02\n"),
        ("epochs -90000", "epochs 10000 after step "),
        ("resume", "resume       after step "),
        ("rate /2", "; the next rate is 0.01\n"),
        ("end-epoch", "end-epoch    after step "),
    ] {
        control(&workplace, action, said);
    }
    let (status, rest, stderr) = training.end();
    assert_eq!((status.code(), stderr.as_str()), (Some(130), ""));
    assert!(
        rest.contains("rate x0.5, asked for by control after step "),
        "{rest}"
    );
    assert!(
        rest.contains("ended    stopped by control in epoch "),
        "{rest}"
    );
    assert!(!workplace.path("runs/x/control.sock").exists());
    assert_repeats(&workplace, "again");
    // A repeated run says what was done as well.
    assert!(
        workplace
            .read("runs/again/events.jsonl")
            .contains("\"by\":\"replay\"")
    );
    workplace
        .run("control x pause")
        .fails(1, &["nobody trains in `runs/x`", "--resume"]);
}

#[test]
fn a_training_that_was_controlled_and_killed_goes_on_and_is_repeated() {
    let workplace = Workplace::new();
    let mut training = AtWork::train(&workplace, "--checkpoint-every 5steps");
    control(&workplace, "rate x0.5", "rate x0.5");
    training.read_to("epoch ");
    control(&workplace, "best", "best");
    training.signal("-KILL");
    assert_eq!(training.end().0.code(), None);
    workplace.run("control x pause").fails(
        1,
        &["the training in `runs/x` was killed", "--resume runs/x"],
    );

    let mut resumed = AtWork::start(&workplace, "exec $F train --resume x --ui lines");
    resumed.read_to("epoch ");
    control(&workplace, "rate x3", "rate x3");
    control(&workplace, "stop", "stop");
    let (status, _, stderr) = resumed.end();
    assert_eq!((status.code(), stderr.as_str()), (Some(130), ""));
    assert_repeats(&workplace, "again");
}

#[test]
fn a_training_that_is_thrown_away_leaves_nothing() {
    let workplace = Workplace::new();
    let training = AtWork::train(&workplace, "");
    workplace
        .run("control x discard")
        .fails(2, &["removes `runs/x`", "`--yes`"]);
    control(&workplace, "discard --yes", "discard");
    let (status, rest, stderr) = training.end();
    assert_eq!((status.code(), stderr.as_str()), (Some(130), ""));
    assert!(rest.contains("thrown away by control in epoch "), "{rest}");
    assert!(rest.contains("files    runs/x: removed\n"), "{rest}");
    assert!(!workplace.path("runs/x").exists());
}

#[test]
fn what_cannot_be_asked_is_said_and_the_training_goes_on() {
    let workplace = Workplace::new();
    workplace
        .run("control x pause")
        .fails(1, &["no run `x`", "there are no runs in `runs`"]);
    let mut training = AtWork::train(&workplace, "--checkpoint-every none");
    for (line, code, words) in [
        ("stpo", 2, "did you mean `stop`?"),
        ("rate", 2, "unknown action `rate`"),
        ("rate x0", 2, "received `x0`"),
        ("epochs many", 2, "received `many`"),
        ("resume", 1, "`resume` is not done: it is not paused"),
        ("checkpoint", 1, "keeps no checkpoints"),
    ] {
        workplace
            .run(&format!("control x {line}"))
            .fails(code, &[words]);
    }
    let refused = workplace.run("control x resume --json");
    assert_eq!(refused.code, Some(1));
    assert_eq!(
        refused.stdout,
        "{\"reply\":\"refused\",\"reason\":\"it is not paused\"}\n"
    );
    let done = workplace.run("control x rate 0.02 --json").succeeds();
    assert!(
        done.stdout
            .starts_with("{\"reply\":\"done\",\"events\":[{\"step\":"),
        "{}",
        done.stdout
    );
    training.read_to("epoch ");
    control(&workplace, "stop", "stop");
    let (status, ..) = training.end();
    assert_eq!(status.code(), Some(130));
}

#[test]
fn a_file_without_events_is_no_replay() {
    let workplace = Workplace::new();
    workplace.write("notes.txt", "none\n");
    workplace
        .train("--run x --replay notes.txt")
        .fails(1, &["`notes.txt` holds no events"]);
    workplace
        .train("--run x --replay nowhere.jsonl")
        .fails(1, &["nowhere.jsonl"]);
    assert!(!workplace.path("runs/x").exists());
}
