//! Tables as spreadsheets and other programs write them.

use std::fmt::Write as _;

use crate::workplace::{Outcome, Workplace};

/// Sixty points of three colours, written by `row`; with the line of names.
fn colours(names: &str, row: impl Fn(f64, f64, &str, usize) -> String) -> String {
    let mut text = format!("{names}\n");
    for number in 0..60 {
        let colour = ["red", "green", "blue"][number % 3];
        let a = [0.5, 2.25, 3.75][number % 3] + (number % 7) as f64 / 8.0;
        let b = [0.75, -1.25, -2.5][number % 3] - (number % 5) as f64 / 8.0;
        writeln!(text, "{}", row(a, b, colour, number)).unwrap();
    }
    text
}

fn comma(number: f64) -> String {
    number.to_string().replace('.', ",")
}

const LEARN: &str = "train --target colour --classes --epochs 1 --ui lines --device flex --run x";

/// Trains on a table with more flags, which may hold blanks.
fn train(workplace: &Workplace, more: &[&str]) -> Outcome {
    let arguments: Vec<&str> = LEARN
        .split_whitespace()
        .chain(more.iter().copied())
        .collect();
    workplace.run_all(&arguments)
}

#[test]
fn a_quote_that_nobody_closes_ends_neither_a_training_nor_a_prediction_in_silence() {
    let workplace = Workplace::new();
    let open = colours("a,b,colour", |a, b, colour, row| {
        format!("{a},{b},{}{colour}", if row == 39 { "\"" } else { "" })
    });
    workplace.write("open.csv", open);
    workplace.write(
        "sound.csv",
        colours("a,b,colour", |a, b, colour, _| format!("{a},{b},{colour}")),
    );
    let before = workplace.files();
    let words =
        "`open.csv`, line 41: expected a quote that ends the field which begins with one here";
    train(&workplace, &["--data", "open.csv"]).fails(1, &[words]);
    workplace
        .run("data info --data open.csv")
        .fails(1, &[words]);
    assert_eq!(workplace.files(), before);
    train(&workplace, &["--data", "sound.csv"]).succeeds();
    workplace.write(
        "remarks.csv",
        "a,b,remark\n0.6,0.7,ok\n2.0,-1.3,\"3 inch\n3.4,-1.9,ok\n",
    );
    workplace
        .run("predict x remarks.csv")
        .fails(1, &["`remarks.csv`, line 3: expected a quote"]);
}

#[test]
fn blanks_before_quotes_make_no_classes() {
    let workplace = Workplace::new();
    let mixed = colours("\"a\", \"b\", \"colour\"", |a, b, colour, row| {
        let quote = if row % 2 == 0 { "\"" } else { "" };
        format!("{a}, {quote}{b}{quote}, {quote}{colour}{quote}")
    });
    workplace.write("mixed.csv", mixed);
    train(&workplace, &["--data", "mixed.csv"]).succeeds();
    let config = workplace.read("runs/x/config.toml");
    assert!(
        config.contains("class_names = [\"blue\", \"green\", \"red\"]\n"),
        "{config}"
    );
}

#[test]
fn a_table_of_a_european_spreadsheet_is_read_where_it_is_said() {
    let workplace = Workplace::new();
    let rows = |a: f64, b: f64, colour: &str, _| format!("{};{};{colour}", comma(a), comma(b));
    workplace.write("semi.csv", colours("a;b;colour", rows));
    train(&workplace, &["--data", "semi.csv", "--delimiter", ";"]).fails(
        1,
        &[
            "`a` with numbers written otherwise",
            "(on the command line `--decimal ','`)",
        ],
    );
    train(
        &workplace,
        &["--data", "semi.csv", "--delimiter", ";", "--decimal", ","],
    )
    .succeeds();
    let config = workplace.read("runs/x/config.toml");
    assert!(
        config.contains("delimiter = \";\"\ndecimal = \",\"\n"),
        "{config}"
    );
    // The run remembers it.
    let first = workplace
        .read("semi.csv")
        .lines()
        .take(4)
        .collect::<Vec<_>>()
        .join("\n");
    workplace.write("new.csv", first);
    let predicted = workplace.run("predict x new.csv").succeeds().stdout;
    assert_eq!(predicted.lines().count(), 4, "{predicted}");
    workplace.run("evaluate x --data new.csv").succeeds();
    let info = workplace
        .run("data info --data semi.csv --delimiter ; --decimal ,")
        .succeeds()
        .stdout;
    assert!(info.contains("numbers from 0.5 to 4.5"), "{info}");
}

#[test]
fn the_line_by_which_excel_names_the_delimiter_is_understood() {
    let workplace = Workplace::new();
    let rows = |a: f64, b: f64, colour: &str, _| format!("{a};{b};{colour}");
    workplace.write("sep.csv", format!("sep=;\n{}", colours("a;b;colour", rows)));
    for more in [
        &["--data", "sep.csv"][..],
        &["--data", "sep.csv", "--delimiter", ";", "--overwrite"],
    ] {
        train(&workplace, more).succeeds();
        let config = workplace.read("runs/x/config.toml");
        assert!(
            config.contains("features = [\"a\", \"b\"]\ndelimiter = \";\"\n"),
            "{config}"
        );
    }
}

#[test]
fn true_and_false_are_learned_from() {
    let workplace = Workplace::new();
    let rows = |a: f64, b: f64, colour: &str, row: usize| {
        format!("{a},{b},{},{colour}", ["True", "False"][row % 2])
    };
    workplace.write("flags.csv", colours("a,b,flag,colour", rows));
    let trained = train(&workplace, &["--data", "flags.csv"])
        .succeeds()
        .stdout;
    assert!(trained.contains("network  [3] → [3]"), "{trained}");
}

#[test]
fn a_column_without_a_name_is_left_out_by_its_place() {
    let workplace = Workplace::new();
    let rows = |a: f64, b: f64, colour: &str, row: usize| format!("{row},{a},{b},{colour}");
    workplace.write("index.csv", colours(",a,b,colour", rows));
    train(&workplace, &["--data", "index.csv"]).fails(
        1,
        &[
            "received none for column 1; name it, or leave it out by its place",
            "`--ignore 1`",
        ],
    );
    let trained = train(&workplace, &["--data", "index.csv", "--ignore", "1"])
        .succeeds()
        .stdout;
    assert!(trained.contains("network  [2] → [3]"), "{trained}");
    workplace.run("evaluate x --data index.csv").succeeds();
    let info = workplace
        .run("data info --data index.csv")
        .succeeds()
        .stdout;
    assert!(info.contains("\n(1)"), "{info}");
}

#[test]
fn a_name_with_a_comma_is_quoted() {
    let workplace = Workplace::new();
    let mut text = "\"size, m\",b,\"price, EUR\"\n".to_owned();
    for row in 0..40 {
        writeln!(text, "{row},{},{}", row % 3, row * 2).unwrap();
    }
    workplace.write("houses.csv", text);
    let train = |target: &str| {
        let arguments =
            "train --data houses.csv --epochs 1 --ui lines --device flex --run x --target";
        let arguments: Vec<&str> = arguments.split_whitespace().chain([target]).collect();
        workplace.run_all(&arguments)
    };
    train("price, EUR").fails(
        2,
        &[
            "expected a column `price`",
            "a name with a comma is quoted on the command line, as in '\"price, EUR\"'",
        ],
    );
    train("\"price, EUR").fails(2, &["expected names with commas between them"]);
    train("\"price, EUR\"").succeeds();
    let config = workplace.read("runs/x/config.toml");
    assert!(config.contains("target = \"price, EUR\"\n"), "{config}");
    let predicted = workplace.run("predict x houses.csv").succeeds().stdout;
    assert!(predicted.starts_with("\"price, EUR\"\n"), "{predicted}");
}

#[test]
fn rows_with_missing_cells_are_refused_or_left_out_with_a_word() {
    let workplace = Workplace::new();
    let rows = |a: f64, b: f64, colour: &str, row: usize| match row {
        7 => format!("NA,{b},{colour}"),
        8 => format!("{a},{b},NaN"),
        9 => format!("{a},?,{colour}"),
        _ => format!("{a},{b},{colour}"),
    };
    workplace.write("gaps.csv", colours("a,b,colour", rows));
    train(&workplace, &["--data", "gaps.csv"]).fails(
        1,
        &[
            "`a` with a missing cell (`NA` in line 9), `b` with a word (`?` in line 11), `colour` with a missing cell (`NaN` in line 10)",
            "`--missing drop`",
        ],
    );
    train(&workplace, &["--data", "gaps.csv", "--missing", "meen"])
        .fails(2, &["expected refuse, drop, mean", "did you mean `mean`?"]);
    let flags = [
        "--data",
        "gaps.csv",
        "--missing",
        "drop",
        "--missing-words",
        "NA,NaN,?",
    ];
    let trained = train(&workplace, &flags).succeeds().stdout;
    assert!(
        trained.contains("the table `gaps.csv` without 3 rows that miss a cell\n"),
        "{trained}"
    );
    let config = workplace.read("runs/x/config.toml");
    assert!(
        config.contains("missing = \"drop\"\nmissing_words = [\"NA\", \"NaN\", \"?\"]\n"),
        "{config}"
    );
    let judged = workplace
        .run("evaluate x --data gaps.csv")
        .succeeds()
        .stdout;
    assert!(judged.contains("57 "), "{judged}");
    assert!(
        judged.contains("gaps.csv` without 3 rows that miss a cell"),
        "{judged}"
    );
    // Every row is answered, or none.
    workplace.run("predict x gaps.csv").fails(
        1,
        &[
            "`a` with a missing cell (`NA` in line 9), `b` with a missing cell (`?` in line 11)",
            "remove those rows",
        ],
    );
}

#[test]
fn marks_in_numbers_have_one_meaning() {
    let workplace = Workplace::new();
    workplace.write("a.csv", "a,colour\n1,red\n2,blue\n");
    for (flags, words) in [
        (
            ["--thousands", "."],
            "expected different characters, received `.` for both",
        ),
        (
            ["--decimal", ";"],
            "`decimal`: expected `.` or `,`, received `;`",
        ),
        (["--thousands", "x"], "`thousands`: expected"),
        (
            ["--decimal", "comma"],
            "expected a single character, `tab` or `space`",
        ),
    ] {
        let all = [&["--data", "a.csv"][..], &flags].concat();
        train(&workplace, &all).fails(2, &[words]);
    }
}

#[test]
fn a_table_in_another_dialect_than_that_of_the_run_is_read_where_it_is_said() {
    let workplace = Workplace::new();
    let points = |a: f64, b: f64, colour: &str, _| format!("{a},{b},{colour}");
    workplace.write("points.csv", colours("a,b,colour", points));
    train(&workplace, &["--data", "points.csv"]).succeeds();
    let commas = |a: f64, b: f64, colour: &str, _| format!("{};{};{colour}", comma(a), comma(b));
    workplace.write("semi.csv", colours("a;b;colour", commas));
    for command in ["predict x", "evaluate x --data"] {
        workplace
            .run(&format!("{command} semi.csv"))
            .fails(1, &["on the command line `--delimiter ';'`"]);
        let same = workplace.run(&format!("{command} points.csv")).succeeds();
        let other = workplace
            .run(&format!("{command} semi.csv --delimiter ; --decimal ,"))
            .succeeds();
        assert_eq!(
            other.stdout.replace("semi.csv", "points.csv"),
            same.stdout,
            "{command}"
        );
    }
    workplace
        .run("evaluate x --decimal ,")
        .fails(2, &["the flags --decimal are about the table to judge by"]);
    let words =
        "is the delimiter `;` (`delimiter = \";\"`, on the command line `--delimiter ';'`)?";
    workplace.run("data info --data semi.csv").fails(
        1,
        &[
            "`semi.csv`, line 2: expected 1 fields as the header has, received 3; ",
            words,
        ],
    );
    workplace.write("whole.csv", "a;b\n1;2\n");
    let info = workplace
        .run("data info --data whole.csv")
        .succeeds()
        .stdout;
    assert!(info.ends_with(&format!("\n{words}\n")), "{info}");
}
