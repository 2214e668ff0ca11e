use crate::workplace::{Outcome, Workplace};

/// Nothing in what was printed that a terminal would obey, but the ends of lines.
fn is_plain(outcome: &Outcome) -> bool {
    let printed = outcome.stdout.chars().chain(outcome.stderr.chars());
    printed
        .filter(|character| *character != '\n')
        .all(|character| !character.is_control())
}

#[test]
fn what_files_hold_is_never_obeyed_by_the_terminal() {
    let workplace = Workplace::new();
    let rows: String = (0..30)
        .map(|row| format!("{row},k\u{1b}[2J{}\n", row % 2))
        .collect();
    workplace.write("t.csv", format!("a\u{1b}[31m,kind\n{rows}"));
    workplace.write(
        "m.toml",
        "name = \"\\u001B[1m\"\ninput_shape = [1]\n[[layers]]\nclass_name = \"Dense\"\nunits = 2\nname = \"d\\u001B[31m\"\n",
    );
    workplace.write(
        "wrong.toml",
        "input_shape = [1]\n[[layers]]\nclass_name = \"De\\u001B[31mse\"\n",
    );
    workplace.write("key.toml", "\"k\\u001B[31m\" = 1\n");
    let train =
        "train --data t.csv --target kind --classes --epochs 1 --run x --ui lines --device flex";
    for (arguments, code) in [
        ("data info --data t.csv", 0),
        ("train --data t.csv --target knd --classes", 2),
        (train, 0),
        ("evaluate x --data t.csv", 0),
        ("summary --model m.toml", 0),
        ("summary --model wrong.toml", 2),
        ("summary --model key.toml", 2),
        ("train --config key.toml", 2),
        ("evaluate x --data a\u{1b}[31m.csv", 1),
        ("predict x a\u{1b}[31m.csv", 1),
        ("summary a\u{1b}[31m", 1),
    ] {
        let outcome = workplace.run(arguments);
        assert_eq!(
            outcome.code,
            Some(code),
            "{arguments:?}: {}{}",
            outcome.stdout,
            outcome.stderr
        );
        assert!(
            is_plain(&outcome),
            "{arguments:?}: {:?}{:?}",
            outcome.stdout,
            outcome.stderr
        );
    }
    workplace.write(
        "runs/h/history.csv",
        "epoch,learning_rate,loss,l\u{1b}[31m,seconds\n1,0.1,0.5,x\u{1b}[31m,1\n",
    );
    workplace.write("runs/h/config.toml", "");
    let outcome = workplace.run("plot h");
    assert!(
        outcome.code == Some(1) && is_plain(&outcome),
        "{:?}",
        outcome.stderr
    );
    // Programs get what is there.
    let json = workplace
        .run("data info --data t.csv --json")
        .succeeds()
        .stdout;
    assert!(json.contains("a\\u001b[31m"), "{json}");
    let predicted = workplace.run("predict x t.csv").succeeds().stdout;
    assert!(predicted.contains("k\u{1b}[2J"), "{predicted:?}");
}

#[test]
fn a_name_of_a_megabyte_is_told_in_a_line() {
    let workplace = Workplace::new();
    let long = "a".repeat(1 << 20);
    let network = "input_shape = [1]\n[[layers]]\nclass_name = \"Dense\"\nunits = 1\n";
    for (text, words) in [
        (
            format!("{network}[compile]\nloss = \"{long}\"\n"),
            "unknown loss `aaa",
        ),
        (
            format!("{network}[compile]\noptimizer = \"{long}\"\n"),
            "unknown optimizer `aaa",
        ),
        (
            format!("{network}[compile]\nmetrics = [\"{long}\"]\n"),
            "unknown metric `aaa",
        ),
        (
            format!("{network}[compile]\nschedule = \"{long}\"\n"),
            "unknown schedule `aaa",
        ),
        (format!("{network}{long} = 1\n"), "no argument `aaa"),
        (network.replace("Dense", &long), "unknown layer `aaa"),
        (
            format!("{network}activation = \"{long}\"\n"),
            "unknown activation `aaa",
        ),
    ] {
        workplace.write("m.toml", text);
        let outcome = workplace
            .run("summary --model m.toml")
            .fails(2, &[words, "…"]);
        assert!(
            outcome.stderr.len() < 10_000,
            "{} bytes",
            outcome.stderr.len()
        );
    }
}
