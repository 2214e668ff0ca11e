//! Tables with categories, ranges and missing cells, from the first look to new rows.

use std::fmt::Write as _;

use crate::repeat::figures;
use crate::workplace::Workplace;

/// Cars with categories in words of any script, a quoted one with a comma, and empty cells.
fn cars(num_rows: usize) -> String {
    let mut text = "id,colour,doors,electric,price\n".to_owned();
    for row in 0..num_rows {
        let colour = ["rot", "blau, matt", "grün", "日本"][row * 7 % 4];
        let colour = if colour.contains(',') {
            format!("\"{colour}\"")
        } else {
            colour.to_owned()
        };
        let colour = if row == 8 { String::new() } else { colour };
        let doors = if row % 10 == 3 {
            String::new()
        } else {
            (2 + row % 3).to_string()
        };
        let electric = if row % 2 == 0 { "yes" } else { "no" };
        let price = 10.0 + 3.0 * (row * 7 % 4) as f64 + (row % 3) as f64;
        writeln!(text, "c{row},{colour},{doors},{electric},{price}").unwrap();
    }
    text
}

fn workplace() -> Workplace {
    let workplace = Workplace::new();
    workplace.write("cars.csv", cars(80));
    workplace
}

const TRAIN: &str = "train --data cars.csv --target price --ignore id --epochs 40 --ui lines --device flex --run cars";

#[test]
fn data_info_says_what_becomes_of_each_column() {
    let workplace = workplace();
    let info = |flags: &str| {
        workplace
            .run(&format!("data info --data cars.csv {flags}"))
            .succeeds()
            .stdout
    };
    let shown = info("");
    for line in [
        "id        refused, unless `--ignore id`, or `--encode id=hash:64` for many categories\n",
        "colour    refused, unless `--categorical colour`; a missing cell refused, unless `--missing RULE`\n",
        "doors     number; 8 missing cells refused, unless `--missing RULE`\n",
        "electric  refused, unless `--categorical electric`\n",
        "price     number\n",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    let shown =
        info("--categorical all --encode doors=bins:2,id=hash:8 --missing mean,colour=zero");
    for line in [
        "id        hash: 8 columns for 80 categories\n",
        "colour    one-hot: 4 categories and unknown ones, 5 columns; a missing cell zero\n",
        "doors     bins: 2 columns; 8 missing cells filled with the mean\n",
        "electric  one-hot: 2 categories and unknown ones, 3 columns\n",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    workplace
        .run("data info --data mnist-sample --categorical all")
        .fails(2, &["--categorical is about a table"]);
}

#[test]
fn a_table_with_categories_trains_and_new_rows_are_treated_alike() {
    let workplace = workplace();
    let flags = "--categorical all --missing median,colour=indicator";
    let trained = workplace.run(&format!("{TRAIN} {flags}"));
    assert_eq!(trained.code, Some(0), "{}", trained.stderr);
    for note in [
        "note: `doors`: 8 missing cells filled with the median, 3\n",
        "note: `colour`: a missing cell filled with none of its categories, and said by a column of its own\n",
    ] {
        assert!(trained.stderr.contains(note), "{}", trained.stderr);
    }
    assert!(
        !trained.stderr.contains("nothing can be learned"),
        "{}",
        trained.stderr
    );
    assert!(
        trained.stdout.contains("network  [10] → [1]"),
        "{}",
        trained.stdout
    );
    let config = workplace.read("runs/cars/config.toml");
    for text in [
        "[data.fills]\ndoors = 3.0\n",
        "[data.encodings.electric]\nname = \"one-hot\"\n",
        "colour = \"indicator\"\n",
    ] {
        assert!(config.contains(text), "{text}: {config}");
    }

    // Repeated from what is written, it is the same.
    workplace
        .command()
        .args("train --config runs/cars/config.toml --run again --ui quiet".split(' '))
        .assert()
        .success();
    assert_eq!(figures(&workplace, "cars"), figures(&workplace, "again"));
    assert_eq!(
        workplace.read("runs/cars/config.toml"),
        workplace.read("runs/again/config.toml")
    );

    // New rows: in another order, with a category that is new, and with cells that are missing.
    workplace.write(
        "new.csv",
        "electric,doors,colour\nyes,,rot\nmaybe,2,mauve\nno,4,\n",
    );
    let predicted = workplace.run("predict cars new.csv");
    assert_eq!(predicted.code, Some(0), "{}", predicted.stderr);
    for note in [
        "note: `doors`: a missing cell filled with the median, 3\n",
        "note: `electric`: 1 row with categories that are not in its vocabulary, all taken as one that is unknown: maybe\n",
        "not in its vocabulary, all taken as one that is unknown: mauve\n",
    ] {
        assert!(predicted.stderr.contains(note), "{}", predicted.stderr);
    }
    let answers: Vec<f64> = predicted
        .stdout
        .lines()
        .skip(1)
        .map(|line| line.parse().unwrap())
        .collect();
    assert_eq!(answers.len(), 3);
    assert!(
        answers.iter().all(|price| (0.0..40.0).contains(price)),
        "{answers:?}"
    );
    let judged = workplace.run("evaluate cars --data cars.csv");
    assert_eq!(judged.code, Some(0), "{}", judged.stderr);
    assert!(
        judged.stderr.contains("note: `doors`: 8 missing cells"),
        "{}",
        judged.stderr
    );

    // What is not there, or is no number, stays an error that names it.
    workplace.write("few.csv", "electric,colour\nyes,rot\n");
    workplace
        .run("predict cars few.csv")
        .fails(1, &["`few.csv`: expected a column `doors`"]);
    workplace.write("typo.csv", "electric,doors,colour\nyes,2o,rot\n");
    workplace.run("predict cars typo.csv").fails(
        1,
        &["line 2, column `doors`: expected a number, received `2o`"],
    );
    workplace.write("gap.csv", "electric,doors,colour\n,2,rot\n");
    workplace.run("predict cars gap.csv").fails(
        1,
        &["line 2, column `electric`: expected a category, received an empty field"],
    );
}

#[test]
fn what_flags_say_of_columns_has_to_go_together_and_leaves_nothing() {
    let workplace = workplace();
    let before = workplace.files();
    for (flags, words) in [
        (
            "--categorical color",
            &["expected a column `color`", "did you mean `colour`?"][..],
        ),
        (
            "--categorical price",
            &["for a feature, received it for `price`, which is to be predicted"],
        ),
        (
            "--categorical id",
            &["received it for `id`, which is left out"],
        ),
        (
            "--categorical ,",
            &["expected at least one column, or `all`"],
        ),
        (
            "--categorical colour --encode colour=index",
            &["expected one encoding for the column `colour`"],
        ),
        (
            "--encode colour=index --encode colour=hash:3",
            &["expected one encoding for the column `colour`"],
        ),
        (
            "--encode colour",
            &["columns with their encodings, as in `zip=hash:64,age=bins:4`"],
        ),
        ("--encode colour=hot", &["unknown encoding `hot`"]),
        ("--encode doors=bins:1", &["the number of bins, at least 2"]),
        (
            "--missing median,mean",
            &["one rule for all columns, received `median` and `mean`"],
        ),
        (
            "--missing doors=mean,doors=drop",
            &["one rule for the column `doors`, received `mean` and `drop`"],
        ),
        (
            "--missing door=mean",
            &["expected a column `door`", "did you mean `doors`?"],
        ),
        (
            "--missing price=mean",
            &["`mean` for missing cells for a feature, received it for `price`"],
        ),
        (
            "--categorical colour --missing colour=mean",
            &["among categories, received `mean`, which needs numbers"],
        ),
    ] {
        workplace.run(&format!("{TRAIN} {flags}")).fails(2, words);
        assert_eq!(workplace.files(), before, "{flags}");
    }
    for (flags, words) in [
        (
            "--categorical all --missing mean",
            &[
                "column `colour`: expected a category",
                "`--missing mean,colour=most-frequent`",
            ][..],
        ),
        (
            "--missing mean,colour=drop",
            &[
                "take categories as such with",
                "`--categorical colour,electric`",
            ],
        ),
    ] {
        workplace.run(&format!("{TRAIN} {flags}")).fails(1, words);
        assert_eq!(workplace.files(), before, "{flags}");
    }
}

#[test]
fn a_model_file_normalizes_numbers_and_leaves_categories() {
    let workplace = workplace();
    workplace.write(
        "model.toml",
        r#"
input_shape = [6]
data = { csv = "cars.csv", target = "price", ignored = ["id", "electric"], missing = "most-frequent", categorical = ["colour"] }
layers = [{ class_name = "Normalization" }, { class_name = "Dense", units = 8, activation = "relu" }, { class_name = "Dense", units = 1 }]
compile = { optimizer = "adam", learning_rate = 0.05, loss = "mse" }
fit = { epochs = 30 }
"#,
    );
    let trained = workplace.run("train --model model.toml --run model --ui lines --device flex");
    assert_eq!(trained.code, Some(0), "{}", trained.stderr);
    assert!(
        !trained.stderr.contains("divides it by hardly anything"),
        "{}",
        trained.stderr
    );
    workplace.write("new.csv", "doors,colour\n3,mauve\n");
    let predicted = workplace.run("predict model new.csv");
    let price: f64 = predicted.stdout.lines().nth(1).unwrap().parse().unwrap();
    assert!(
        (-50.0..100.0).contains(&price),
        "{price}: a category that is new is no huge number"
    );
}
