//! Trainings that begin with the weights of another, and leave some of them as they are.

use crate::workplace::{Outcome, Workplace};

fn file(units: usize) -> String {
    format!(
        r#"input_shape = [784]

[[layers]]
class_name = "Dense"
name = "body"
units = {units}
activation = "relu"

[[layers]]
class_name = "Dense"
name = "head"
units = 10
activation = "softmax"

[compile]
optimizer = "adam"
loss = "sparse_categorical_crossentropy"

[fit]
epochs = 1
batch_size = 50
"#
    )
}

/// It went well, whatever there was to note.
fn went_well(outcome: Outcome) -> Outcome {
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    outcome
}

const DATA: &str = "--data mnist-sample --train-limit 200 --device flex --ui lines";

fn workplace() -> Workplace {
    let workplace = Workplace::new();
    workplace.write("four.toml", file(4));
    workplace.write("five.toml", file(5));
    let first = format!("train --model four.toml --run first {DATA}");
    workplace.run(&first).succeeds();
    workplace
}

#[test]
fn weights_of_a_run_go_into_another_and_what_is_frozen_stays() {
    let workplace = workplace();
    let train =
        |run: &str, flags: &str| format!("train --model four.toml --run {run} {flags} {DATA}");
    let begun = workplace.run(&train("all", "--weights first --freeze bo*,head"));
    let begun = went_well(begun);
    assert!(
        begun.stderr.contains("begins with 4 of 4 weights"),
        "{}",
        begun.stderr
    );
    // Nothing learns, so that the run's model has the weights that it began with.
    let loss = |run: &str| workplace.run(&format!("evaluate {run}")).succeeds().stdout;
    let figures = |text: String| {
        text.lines()
            .find(|line| line.contains("loss"))
            .map(str::to_owned)
    };
    assert_eq!(figures(loss("all")), figures(loss("first")));
    let config = workplace.read("runs/all/config.toml");
    assert!(config.contains("first/model.bpk\""), "{config}");
    assert!(config.contains("freeze = \"bo*,head\""), "{config}");
    // By its file, and again by what the run says of itself.
    let by_file = train("file", "--weights runs/first/model.bpk");
    went_well(workplace.run(&by_file));
    went_well(workplace.run("train --config runs/file/config.toml --run again"));
    let history = |run: &str| {
        let text = workplace.read(&format!("runs/{run}/history.csv"));
        let rows = text
            .lines()
            .map(|line| line.rsplit_once(',').map(|(row, _)| row.to_owned()));
        rows.collect::<Vec<_>>()
    };
    assert_eq!(history("file"), history("again"));
}

#[test]
fn another_shape_is_passed_over_only_if_that_is_said() {
    let workplace = workplace();
    let five = format!("train --model five.toml --run five --weights first {DATA}");
    workplace.run(&five).fails(
        1,
        &[
            "body/kernel [784, 5], in the file [784, 4]",
            "0 of 4 weights",
        ],
    );
    assert!(!workplace.path("runs/five").exists());
    workplace
        .run(&format!("train --skip-mismatch {DATA}"))
        .fails(2, &["`--weights RUN|FILE`"]);
    workplace
        .run(&format!("train --model four.toml --freeze boddy {DATA}"))
        .fails(2, &["like `boddy`", "body"]);
    workplace
        .run(&format!("train --freeze x {DATA}"))
        .fails(2, &["`--freeze` goes by the names of layers"]);
    workplace
        .run(&format!("train --model four.toml --weights nobody {DATA}"))
        .fails(1, &["nobody"]);
}
