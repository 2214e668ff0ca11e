//! `train --check`, and the line of it before every training.

use serde_json::Value;

use crate::workplace::{Outcome, Workplace};

/// What is odd, a line each.
fn odd(outcome: &Outcome) -> Vec<&str> {
    let is_odd = |line: &&str| {
        ["error ", "warning ", "note "]
            .iter()
            .any(|begin| line.starts_with(begin))
    };
    outcome.stdout.lines().filter(is_odd).collect()
}

fn table(rows: usize, row: impl Fn(usize) -> String) -> String {
    let rows: Vec<String> = (0..rows).map(row).collect();
    format!("a,b,y\n{}\n", rows.join("\n"))
}

/// An order that says nothing.
fn mixed(row: usize) -> usize {
    row * 37 % 101
}

#[test]
fn a_set_of_digits_is_checked_and_nothing_else_comes_of_it() {
    let workplace = Workplace::new();
    let check = "train --data mnist-sample --hidden 16 --optimizer adam --device flex --check";
    let checked = workplace.run(check).succeeds();
    for text in [
        "\nsamples  ",
        "\ninput    [784], from 0.0000 to 1.0000, mean 0.1",
        "\ntarget   the index of one of 10 classes, ",
        "\nbatches  loss of the first 2.",
        "\nloss     2.",
        ", 2.",
        " by guessing (by the shares of the classes)\n",
        "\nmemory   at least ",
        "\ntime     about ",
        "\nfound    nothing odd\n",
    ] {
        assert!(checked.stdout.contains(text), "{text}: {}", checked.stdout);
    }
    assert!(workplace.files().is_empty());
    let json = workplace.run(&format!("{check} --json")).succeeds().stdout;
    let object: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(object["findings"], serde_json::json!([]));
    assert_eq!(object["inputs"][0]["shape"], serde_json::json!([784]));
    for flag in ["--run x", "--ui lines", "--find-rate", "--resume x"] {
        workplace
            .run(&format!("{check} {flag}"))
            .fails(2, &["cannot be used with"]);
    }
    workplace
        .run("train --data mnist-sample --json")
        .fails(2, &["--check"]);
}

#[test]
fn odd_tables_are_told_column_by_column() {
    let workplace = Workplace::new();
    let rows = table(100, |row| {
        format!("7,{},{}", 1_000_000_000 + mixed(row), mixed(row))
    });
    workplace.write("odd.csv", rows);
    let checked = workplace.run("train --data odd.csv --target y --check --device flex");
    let checked = checked.succeeds();
    let odd = odd(&checked);
    assert!(
        odd.iter()
            .any(|line| line.starts_with("warning  column `a`: all numbers are 7")),
        "{odd:?}"
    );
    assert!(
        odd.iter()
            .any(|line| line.contains("the numbers of `b` differ by ")),
        "{odd:?}"
    );
}

#[test]
fn sorted_labels_with_a_tail_split_are_told() {
    let workplace = Workplace::new();
    let rows = table(90, |row| {
        format!(
            "{}.5,{},{}",
            mixed(row),
            mixed(row + 5),
            ["red", "green", "blue"][row / 30]
        )
    });
    workplace.write("sorted.csv", rows);
    let train = "train --data sorted.csv --target y --classes --validation-split 0.3 --test-split 0 --device flex --check";
    workplace.write("tail.toml", "stratified = false\n");
    let tail = workplace.run(&format!("{train} --config tail.toml"));
    let tail = tail.succeeds();
    assert!(
        odd(&tail).iter().any(|line| line
            .starts_with("warning  validation: it has classes that there is hardly anything")),
        "{}",
        tail.stdout
    );
    let fair = workplace.run(train).succeeds();
    assert!(odd(&fair).is_empty(), "{}", fair.stdout);
}

#[test]
fn a_training_that_cannot_run_leaves_with_1_and_says_why() {
    let workplace = Workplace::new();
    let dense = r#"input_shape = [2]
layers = [{ class_name = "Dense", units = 1, activation = "sigmoid" }]
compile = { optimizer = "adam", loss = "binary_crossentropy" }
"#;
    workplace.write("bin.toml", dense);
    workplace.write(
        "pm.csv",
        table(20, |row| {
            format!("0.{row},0.5,{}", if row == 13 { -1 } else { 1 })
        }),
    );
    let checked =
        workplace.run("train --model bin.toml --data pm.csv --target y --check --device flex");
    assert_eq!(
        (checked.code, checked.stderr.as_str()),
        (Some(1), ""),
        "{}",
        checked.stdout
    );
    assert!(
        checked
            .stdout
            .contains("\nerror    training: the target of sample 13 "),
        "{}",
        checked.stdout
    );
    assert!(
        checked
            .stdout
            .ends_with(": the training cannot run like this\n"),
        "{}",
        checked.stdout
    );
}

#[test]
fn a_line_stands_before_every_training() {
    let workplace = Workplace::new();
    let told = workplace
        .train("--run a --optimizer adam")
        .succeeds()
        .stdout;
    let line = told
        .lines()
        .find(|line| line.starts_with("check    "))
        .unwrap();
    assert!(line.starts_with("check    loss 2."), "{line}");
    assert!(
        line.contains(" at the start, 2.") && line.contains("; nothing odd in "),
        "{line}"
    );
    let quiet = workplace.run("train --data mnist-sample --epochs 1 --ui quiet --device flex");
    assert_eq!(quiet.succeeds().stdout, "");
}
