//! How rows are divided, and what is said of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::workplace::{Outcome, Workplace};

/// Rows of classes one after the other, told apart by their first feature.
fn classes(sizes: &[usize]) -> String {
    let mut text = "a,b,y\n".to_owned();
    for (class, &size) in sizes.iter().enumerate() {
        for row in 0..size {
            let wobble = (row * 7 % 10) as f64 / 20.0;
            writeln!(text, "{},{wobble},c{class:02}", class as f64 + wobble).unwrap();
        }
    }
    text
}

fn trained(table: &str, flags: &str) -> Outcome {
    let workplace = Workplace::new();
    workplace.write("t.csv", table);
    let trained = workplace.run(&format!(
        "train --data t.csv --target y --epochs 1 --ui lines --device flex {flags}"
    ));
    assert_eq!(trained.code, Some(0), "{}", trained.stderr);
    trained
}

#[test]
fn the_shares_are_those_of_all_rows_however_small_the_classes_are() {
    for (sizes, rows, told) in [
        (
            vec![3; 100],
            "data     216 training, 24 validation, 60 test rows;",
            vec![
                "note: test: too few rows for one to be kept back of c",
                " and 32 more; a class needs 5 rows for a share of 0.2 to be one\n",
                "note: validation: too few rows for one to be kept back of c",
                " and 68 more; a class needs 10 rows for a share of 0.1 to be one\n",
            ],
        ),
        (
            vec![6; 20],
            "data     86 training, 10 validation, 24 test rows;",
            vec![
                "note: validation: too few rows for one to be kept back of c",
                " and 2 more; a class needs 10 rows for a share of 0.1 to be one\n",
            ],
        ),
        (
            vec![20, 30, 50],
            "data     72 training, 8 validation, 20 test rows;",
            vec![],
        ),
    ] {
        let trained = trained(&classes(&sizes), "--classes");
        assert!(trained.stdout.contains(rows), "{}", trained.stdout);
        for words in &told {
            assert!(
                trained.stderr.contains(words),
                "{words}: {}",
                trained.stderr
            );
        }
        assert_eq!(
            trained.stderr.is_empty(),
            told.is_empty(),
            "{}",
            trained.stderr
        );
    }
}

#[test]
fn a_class_of_a_single_row_is_learned_and_named() {
    let trained = trained(&classes(&[20, 20, 1]), "--classes");
    assert_eq!(
        trained.stderr,
        "note: test: too few rows for one to be kept back of c02; a class needs 5 rows for a share of 0.2 to be one\n\
         note: validation: too few rows for one to be kept back of c02; a class needs 10 rows for a share of 0.1 to be one\n"
    );
}

#[test]
fn a_target_of_many_numbers_is_no_silent_set_of_classes() {
    let mut prices = "a,y\n".to_owned();
    for row in 0..60 {
        writeln!(prices, "{row},{}", 100 * row + 7).unwrap();
    }
    let told = trained(&prices, "--classes").stderr;
    assert!(
        told.contains(
            "note: the target `y` has 60 different values in 60 rows, all of them numbers, and each is taken for a class of its \
             own; to predict a number, leave out `--classes`\n"
        ),
        "{told}"
    );
    // Digits are classes, and so are a few numbers with fractions only at second sight.
    let rows = |of: fn(usize) -> String| {
        (0..60).fold("a,y\n".to_owned(), |mut text, row| {
            writeln!(text, "{row},{}", of(row)).unwrap();
            text
        })
    };
    assert_eq!(
        trained(&rows(|row| (row % 3).to_string()), "--classes").stderr,
        ""
    );
    let told = trained(&rows(|row| format!("{}.5", row % 3)), "--classes").stderr;
    assert!(told.contains("has 3 different values in 60 rows"), "{told}");
}

#[test]
fn the_rows_of_written_predictions_are_those_of_the_table() {
    let workplace = Workplace::new();
    let table = classes(&[20, 30, 25]);
    workplace.write("t.csv", &table);
    let rows: Vec<&str> = table.lines().skip(1).collect();
    let class_of = |row: usize| rows[row].rsplit(',').next().unwrap();
    workplace
        .run("train --data t.csv --target y --classes --epochs 1 --ui quiet --device flex --run x")
        .succeeds();
    let written = |flags: &str| -> BTreeMap<usize, String> {
        let command = format!("evaluate x --predictions p.csv {flags}");
        workplace.run(&command).succeeds();
        let mut reader = csv::Reader::from_path(workplace.path("p.csv")).unwrap();
        let records = reader.records().map(Result::unwrap);
        records
            .map(|record| (record[0].parse().unwrap(), record[1].to_owned()))
            .collect()
    };
    let held_back = written("");
    assert_eq!(held_back.len(), 15);
    assert!(
        held_back.keys().any(|&row| row >= 15),
        "not counted among themselves"
    );
    let all = written("--data t.csv");
    assert_eq!(all.len(), 75);
    for (row, label) in held_back.iter().chain(&all) {
        assert_eq!(label, class_of(*row), "row {row}");
    }
}

#[test]
fn a_table_that_changed_is_not_judged_by_rows_that_were_learned_from() {
    let workplace = Workplace::new();
    let table = classes(&[20, 30, 25]);
    let (header, rows) = table.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    let write =
        |rows: &[&str]| workplace.write("t.csv", format!("{header}\n{}\n", rows.join("\n")));
    write(&rows);
    let train =
        "train --data t.csv --target y --classes --epochs 1 --ui lines --device flex --run x";
    workplace.run(train).succeeds();
    let judged = workplace.run("evaluate x").succeeds().stdout;

    let reversed: Vec<&str> = rows.iter().rev().copied().collect();
    write(&reversed);
    workplace.run("evaluate x").fails(
        1,
        &["t.csv`: expected the rows that the network was trained on, received the same rows in another order;"],
    );
    write(&[rows.clone(), vec!["0.5,0.5,c00"]].concat());
    let words = "received 76 rows, no longer 75; which of them were held back to judge by is known by their places alone";
    workplace
        .run("evaluate x")
        .fails(1, &[words, "`--data FILE.csv`"]);
    // All rows of a file that is named are judged whatever they are, and features can always be predicted.
    let all = workplace.run("evaluate x --data t.csv").succeeds().stdout;
    assert!(all.contains("76 test rows"), "{all}");
    workplace.run("predict x t.csv").succeeds();

    // Other text, the same rows.
    let spaced: Vec<String> = rows.iter().map(|row| row.replace(',', " , ")).collect();
    write(&spaced.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(workplace.run("evaluate x").succeeds().stdout, judged);

    // Settings that say nothing of the rows are those of an older run.
    write(&reversed);
    let config = workplace.read("runs/x/config.toml");
    let lines: Vec<&str> = config
        .lines()
        .filter(|line| !line.starts_with("fingerprint"))
        .collect();
    assert_eq!(lines.len() + 1, config.lines().count());
    workplace.write("older.toml", &config);
    workplace.write("runs/x/config.toml", lines.join("\n"));
    workplace.run("evaluate x").succeeds();

    // A training draws its test rows from what there is.
    let again = workplace.run("train --config older.toml --ui lines --run y");
    let path = workplace.path("t.csv").canonicalize().unwrap();
    assert_eq!(
        (again.code, again.stderr),
        (
            Some(0),
            format!(
                "note: the table `{}` has changed since these settings were written: the same rows in another order\n",
                path.display()
            )
        )
    );
    workplace.run("evaluate y").succeeds();
}

/// The four files of a set of images, both halves sorted by their class.
fn sorted_images(workplace: &Workplace) {
    let size = |number: u32| number.to_be_bytes();
    for half in ["train", "t10k"] {
        let labels: Vec<u8> = (0..200_u8).map(|image| image / 20).collect();
        let pixels: Vec<u8> = labels.iter().flat_map(|label| [label * 25; 16]).collect();
        let images = [size(2051), size(200), size(4), size(4)].concat();
        workplace.write(
            &format!("images/{half}-images-idx3-ubyte"),
            [images, pixels].concat(),
        );
        workplace.write(
            &format!("images/{half}-labels-idx1-ubyte"),
            [[size(2049), size(200)].concat(), labels].concat(),
        );
    }
}

#[test]
fn the_tail_of_images_sorted_by_class_is_warned_of() {
    let workplace = Workplace::new();
    sorted_images(&workplace);
    let train = "train --data images --epochs 1 --ui lines --device flex --validation-split 0.3";
    let told = workplace.run(train).stderr;
    assert_eq!(
        told,
        "warning: validation: what is kept back has classes that there is hardly anything to learn from: 7 (0 to learn from, 20 \
         kept back), 8 (0 to learn from, 20 kept back), 9 (0 to learn from, 20 kept back); the samples may be sorted by their \
         class, and the last ones are kept back: shuffle them, or take the same share of every class (`--stratified`)\n"
    );
    workplace.run(&format!("{train} --stratified")).succeeds();
}
