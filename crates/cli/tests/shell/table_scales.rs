//! How the columns of a table are scaled, and what is said of those that cannot be.

use std::fmt::Write as _;

use crate::workplace::{Outcome, Workplace};

/// Rows of two features, another column and what is to be predicted from the features.
fn table(name: &str, other: impl Fn(usize) -> String, target: impl Fn(f64) -> String) -> String {
    let mut text = format!("a,b,{name},y\n");
    for row in 0..60 {
        let a = (row * 7 % 60) as f64 / 10.0 - 3.0;
        let b = (row * 13 % 60) as f64 / 20.0 - 1.5;
        let y = target(2.0 * a - b);
        writeln!(text, "{a},{b},{},{y}", other(row)).unwrap();
    }
    text
}

fn plain(y: f64) -> String {
    y.to_string()
}

fn train(workplace: &Workplace, flags: &str) -> Outcome {
    let trained = workplace.run(&format!(
        "train --data t.csv --target y --ui lines --device flex --run x --overwrite {flags}"
    ));
    assert_eq!(trained.code, Some(0), "{}", trained.stderr);
    trained
}

/// The numbers that are predicted for rows.
fn predicted(workplace: &Workplace, rows: &str) -> Vec<f64> {
    workplace.write("new.csv", rows);
    let text = workplace.run("predict x new.csv").succeeds().stdout;
    text.lines()
        .skip(1)
        .map(|line| line.rsplit(',').next().unwrap().parse().unwrap())
        .collect()
}

#[test]
fn a_constant_column_has_no_effect_and_is_told() {
    let workplace = Workplace::new();
    for (value, other, near) in [("7", "7.01", "8"), ("0", "0.01", "1")] {
        workplace.write("t.csv", table("k", |_| value.to_owned(), plain));
        let trained = train(&workplace, "--epochs 40");
        assert_eq!(
            trained.stderr,
            format!(
                "note: `k` is {value} in every row that is learned from; it is scaled by 1, and nothing can be learned from it; \
                 leave it out with `--ignore k`\n"
            )
        );
        let answers = predicted(
            &workplace,
            &format!("a,b,k\n1,1,{value}\n1,1,{other}\n1,1,{near}\n"),
        );
        assert!((answers[0] - answers[1]).abs() < 0.05, "{answers:?}");
        assert!((answers[0] - answers[2]).abs() < 5.0, "{answers:?}");
    }
}

#[test]
fn a_flag_of_a_single_row_that_is_held_back_does_not_ruin_the_test() {
    // Whichever row it is: among those to learn from, to validate or to test.
    let (mut told, mut untold) = (0, 0);
    for flagged in [2, 9, 22, 31, 44, 57] {
        let workplace = Workplace::new();
        let flag = |row| u8::from(row == flagged).to_string();
        workplace.write("t.csv", table("flag", flag, plain));
        let trained = train(&workplace, "--epochs 40");
        let loss = trained.stdout.split("test     loss ").nth(1).unwrap();
        let loss: f64 = loss.split(',').next().unwrap().parse().unwrap();
        assert!(loss < 5.0, "{flagged}: {loss}");
        if trained.stderr.is_empty() {
            untold += 1;
        } else {
            assert!(
                trained
                    .stderr
                    .starts_with("note: `flag` is 0 in every row that is learned from;")
            );
            told += 1;
        }
    }
    assert!(told > 0 && untold > 0, "{told} {untold}");
}

#[test]
fn a_column_that_differs_by_its_rounding_is_scaled_as_a_constant_one() {
    let workplace = Workplace::new();
    let rounded = |row: usize| if row % 10 == 3 { "7.000001" } else { "7" }.to_owned();
    workplace.write("t.csv", table("k", rounded, plain));
    let trained = train(&workplace, "--epochs 20");
    assert!(
        trained.stderr.starts_with("note: `k` is 7.0000"),
        "{}",
        trained.stderr
    );
    assert!(
        trained.stderr.contains("it is scaled by 1"),
        "{}",
        trained.stderr
    );
    let answers = predicted(&workplace, "a,b,k\n1,1,7\n1,1,7.01\n");
    assert!((answers[0] - answers[1]).abs() < 0.05, "{answers:?}");
}

#[test]
fn a_layer_of_a_model_file_stays_as_keras_has_it_and_that_is_told() {
    let workplace = Workplace::new();
    let model = "input_shape = [3]\n[[layers]]\nclass_name = \"Normalization\"\n[[layers]]\nclass_name = \"Dense\"\nunits = 1\n\
                 [compile]\nloss = \"mse\"\n";
    workplace.write("m.toml", model);
    workplace.write("t.csv", table("k", |_| "7".to_owned(), plain));
    let trained = train(&workplace, "--epochs 2 --model m.toml");
    assert_eq!(
        trained.stderr,
        "note: `k` is 7 in every row that is learned from; the layer Normalization divides it by hardly anything, as Keras' does, so \
         any other number is far off; leave it out with `--ignore k`\n"
    );
}

#[test]
fn large_numbers_that_differ_by_little_are_learned_by_their_differences() {
    let workplace = Workplace::new();
    let time = |y: f64| format!("{}", 1_700_000_000.0 + (100.0 * y).round());
    workplace.write("t.csv", table("k", |row| (row % 3).to_string(), time));
    let trained = train(&workplace, "--epochs 300");
    assert!(
        trained.stderr.contains(" around 16999999")
            && trained
                .stderr
                .contains("where single precision has steps of 128; their distances from 16999999"),
        "{}",
        trained.stderr
    );
    // 2 · 1 - 1 and 2 · 2 + 1 hundreds.
    let answers = predicted(&workplace, "a,b,k\n1,1,1\n2,-1,1\n");
    for (answer, expected) in answers.iter().zip([1_700_000_100.0, 1_700_000_500.0]) {
        assert!((answer - expected).abs() < 40.0, "{answer} {expected}");
    }
    // The same figures again, and the same rows held back.
    let test = trained.stdout.split("test     loss ").nth(1).unwrap();
    let test = test.split(',').next().unwrap();
    let judged = workplace.run("evaluate x").succeeds().stdout;
    assert!(
        judged.contains(&format!("{test} (mean_squared_error)")),
        "{test}: {judged}"
    );

    // Where the loss looks at the numbers themselves, what is left is said.
    let trained = train(&workplace, "--epochs 1 --loss mape");
    assert!(
        trained
            .stderr
            .starts_with("warning: the numbers of `y` differ by ")
            && trained
                .stderr
                .contains("steps of 128, so what they differ by is rounded; subtract 16999999"),
        "{}",
        trained.stderr
    );
}

#[test]
fn large_features_that_differ_by_little_are_told_apart() {
    let workplace = Workplace::new();
    let seconds = |row: usize| (1_700_000_000 + row % 2 * 60).to_string();
    let mut text = "t,y\n".to_owned();
    for row in 0..60 {
        writeln!(text, "{},{}", seconds(row), row % 2).unwrap();
    }
    workplace.write("t.csv", text);
    let trained = train(&workplace, "--epochs 150");
    assert!(
        trained
            .stderr
            .contains("note: the numbers of `t` differ by 30"),
        "{}",
        trained.stderr
    );
    let answers = predicted(&workplace, "t\n1700000000\n1700000060\n");
    assert!(answers[0] < 0.2 && answers[1] > 0.8, "{answers:?}");
}

#[test]
fn a_variance_that_single_precision_cannot_hold_names_its_column() {
    let workplace = Workplace::new();
    workplace.write(
        "t.csv",
        table("big", |row| format!("{}e24", row % 9), plain),
    );
    workplace
        .run("train --data t.csv --target y --ui lines --device flex")
        .fails(
            2,
            &[
                "column `big`: expected numbers whose variance single precision can hold",
                "divide them by 2e24",
            ],
        );
}

#[test]
fn numbers_that_differ_by_next_to_nothing_are_told() {
    let workplace = Workplace::new();
    let target = |y: f64| format!("{}", y * 1e-12);
    workplace.write(
        "t.csv",
        table("small", |row| format!("{}e-12", row % 9), target),
    );
    let told = train(&workplace, "--epochs 1").stderr;
    assert!(told.contains("note: the numbers of `small` differ by 2.5e-12 (standard deviation), less than the 1e-7"), "{told}");
    assert!(
        told.contains("note: the numbers of `y`, which are to be predicted, differ by "),
        "{told}"
    );
    workplace.write(
        "t.csv",
        table("k", |row| (row % 5).to_string(), |_| "3".to_owned()),
    );
    let told = train(&workplace, "--epochs 1").stderr;
    assert_eq!(
        told,
        "note: `y`, which is to be predicted, is 3 in every row that is learned from; there is nothing to learn\n"
    );
}
