use std::fmt::Write as _;

use serde_json::Value;

use crate::repeat::figures;
use crate::workplace::Workplace;

/// Three kinds of flowers that are easily told apart, sorted by their kind, with a column that says nothing.
fn flowers(num_rows: usize) -> String {
    let mut text = "id,length,width,kind\n".to_owned();
    for row in 0..num_rows {
        let kind = row * 3 / num_rows;
        let wobble = (row * 7 % 10) as f64 / 10.0;
        let length = 100.0 * kind as f64 + 10.0 * wobble;
        let width = 5.0 - kind as f64 + wobble / 2.0;
        let kind = ["rose", "lily", "big tulip"][kind];
        writeln!(text, "f{row},{length},{width},{kind}").unwrap();
    }
    text
}

/// Boxes with two numbers to predict, of different scales.
fn boxes(num_rows: usize) -> String {
    let mut text = "side,height,volume,weight\n".to_owned();
    for row in 0..num_rows {
        let side = 1.0 + (row % 7) as f64;
        let height = 1.0 + (row * 5 % 11) as f64;
        let volume = 1000.0 * (side + 2.0 * height);
        writeln!(text, "{side},{height},{volume},{}", side - height).unwrap();
    }
    text
}

pub(crate) const FLOWERS: &str = "train --data flowers.csv --target kind --classes --ignore id --epochs 30 --ui lines --device flex";
const BOXES: &str =
    "train --data boxes.csv --target volume --ignore weight --epochs 100 --ui lines --device flex";

/// A folder with both tables.
pub(crate) fn workplace() -> Workplace {
    let workplace = Workplace::new();
    workplace.write("flowers.csv", flowers(90));
    workplace.write("boxes.csv", boxes(100));
    workplace
}

#[test]
fn a_table_of_classes_trains_and_leaves_a_whole_run() {
    let workplace = workplace();
    let trained = workplace.run(FLOWERS).succeeds().stdout;
    for text in [
        "data     65 training, 7 validation, 18 test rows; the table `flowers.csv`\n",
        "network  [2] → [3] in 4 layers; 8835 parameters\n",
        "learning sparse_categorical_crossentropy, adam, constant:0.001, 30 epochs, batches of 32, seed 42\n",
        "\nepoch 30/30  ",
        "  val_accuracy 1.0000",
        ", accuracy 1.0000 on 18 rows\n",
        "files    runs/flowers-1: config.toml, events.jsonl, history.csv, curves.svg, curves.png, model.bpk, log.txt, report.html, checkpoints\n",
    ] {
        assert!(trained.contains(text), "{text}: {trained}");
    }
    let path = workplace.path("flowers.csv").canonicalize().unwrap();
    let config = workplace.read("runs/flowers-1/config.toml");
    let expected = format!(
        "epochs = 30\nbatch_size = 32\nseed = 42\ndevice = \"flex\"\n\n[data]\ncsv = \"{}\"\ntarget = \"kind\"\n\
         classes = true\nclass_names = [\"big tulip\", \"lily\", \"rose\"]\nfeatures = [\"length\", \"width\"]\n\
         test_split = 0.2\nfingerprint = \"90-",
        path.display()
    );
    assert!(config.contains(&expected), "{config}");
    for line in [
        "validation_split = 0.1",
        "stratified = true",
        "activation = \"relu\"",
    ] {
        assert!(config.lines().any(|own| own == line), "{line}: {config}");
    }
}

#[test]
fn a_run_on_classes_is_judged_by_their_names() {
    let workplace = workplace();
    let trained = workplace
        .run(&format!("{FLOWERS} --run x --epochs 3"))
        .succeeds()
        .stdout;
    let json = workplace.run("evaluate x --json").succeeds().stdout;
    let evaluation: Value = serde_json::from_str(&json).unwrap();
    let [loss, accuracy] = ["loss", "accuracy"].map(|name| evaluation[name].as_f64().unwrap());
    let same = format!("test     loss {loss:.4}, accuracy {accuracy:.4} on 18 rows\n");
    assert!(trained.contains(&same), "{same}{trained}");
    assert_eq!(
        evaluation["class_names"],
        serde_json::json!(["big tulip", "lily", "rose"])
    );

    let table = workplace
        .run("evaluate x --predictions kinds.csv")
        .succeeds()
        .stdout;
    for text in [
        "\ndata      18 test rows; the table `",
        "\n    class  precision  recall    rows\n",
        "\n     lily  ",
        "\nconfusion matrix, rows: true class, columns: predicted class\n            big tulip      lily      rose\n",
        "\nbig tulip  ",
    ] {
        assert!(table.contains(text), "{text}: {table}");
    }
    let kinds = workplace.read("kinds.csv");
    let mut rows = kinds
        .lines()
        .map(|line| line.split(',').collect::<Vec<_>>());
    assert_eq!(rows.next().unwrap(), ["row", "label", "predicted"]);
    let rows: Vec<_> = rows.collect();
    let right = rows.iter().filter(|row| row[1] == row[2]).count();
    assert!((right as f64 / 18.0 - accuracy).abs() < 1e-9);
    assert!(rows.iter().any(|row| row[1] == "big tulip"), "{kinds}");

    // All rows of another table are taken, its columns by name.
    workplace.write(
        "new.csv",
        "kind,width,length,more\nlily,4.1,103,x\nrose,5.2,3,\n",
    );
    let table = workplace.run("evaluate x --data new.csv").succeeds().stdout;
    assert!(
        table.contains("data      2 test rows; the table `new.csv`\n"),
        "{table}"
    );
    for (content, words) in [
        (
            "kind,width\nlily,4\n",
            "`new.csv`: expected a column `length`, received only `kind`, `width`",
        ),
        (
            "kind,width,length\nrose,4,5\nlilly,4,100\n",
            "`new.csv`, line 3, column `kind`: expected one of the classes `big tulip`, `lily`, `rose`, received `lilly`, \
             did you mean `lily`?",
        ),
    ] {
        workplace.write("new.csv", content);
        workplace
            .run("evaluate x --data new.csv")
            .fails(1, &[words]);
    }
    workplace
        .run("evaluate x --data mnist-sample")
        .fails(1, &["does not take these samples of shape [784]"]);
    workplace.train("--run images --ui quiet").succeeds();
    workplace.run("evaluate images --data flowers.csv").fails(
        2,
        &["the run was trained on the images of `mnist-sample`, which says nothing of the columns of `flowers.csv`"],
    );
}

#[test]
fn numbers_of_any_scale_are_learned() {
    let workplace = workplace();
    let trained = workplace.run(&format!("{BOXES} --run x")).succeeds().stdout;
    for text in [
        "data     72 training, 8 validation, 20 test rows; the table `boxes.csv`\n",
        "network  [2] → [1] in 5 layers; ",
        "learning mean_squared_error, adam, constant:0.001, 100 epochs, batches of 32, seed 42\n",
        ", mean_absolute_error ",
        ", r2_score 0.9",
    ] {
        assert!(trained.contains(text), "{text}: {trained}");
    }
    let json = workplace.run("evaluate x --json").succeeds().stdout;
    let evaluation: Value = serde_json::from_str(&json).unwrap();
    let error = evaluation["mean_absolute_error"].as_f64().unwrap();
    assert!(error < 1000.0, "volumes go from 3,000 to 29,000: {json}");
    assert!(evaluation.get("class_names").is_none(), "{json}");
    assert!(evaluation.get("confusion_matrix").is_none(), "{json}");
    let table = workplace.run("evaluate x").succeeds().stdout;
    assert!(table.contains(" (mean_squared_error)\n"), "{table}");
    assert_eq!(table.lines().count(), 5, "no table of classes: {table}");
    let plotted = workplace.run("evaluate x --plot predicted.svg").succeeds();
    assert_eq!(plotted.stdout, table);
    let picture = workplace.read("predicted.svg");
    for text in ["volume", "true", "predicted", "predicted = true", "rows"] {
        assert!(picture.contains(&format!("\n{text}\n")), "{text}");
    }
    assert!(picture.matches("<circle").count() >= 20, "a mark a row");
    workplace
        .run("evaluate x --predictions classes.csv")
        .fails(1, &["no classes to predict", "firebrick predict"]);

    let both = "train --data boxes.csv --target volume,weight --ui quiet --run both --epochs 150";
    workplace.run(both).succeeds();
    workplace.write("new.csv", "height,side\n4,2\n6,5\n");
    let predicted = workplace.run("predict both new.csv").succeeds().stdout;
    let lines: Vec<&str> = predicted.lines().collect();
    assert_eq!((lines.len(), lines[0]), (3, "volume,weight"));
    for (line, expected) in lines[1..].iter().zip([[10_000.0, -2.0], [17_000.0, -1.0]]) {
        let numbers = line.split(',').map(|number| number.parse::<f64>().unwrap());
        for (number, (expected, tolerance)) in numbers.zip(expected.into_iter().zip([2000.0, 1.0]))
        {
            assert!((number - expected).abs() < tolerance, "{predicted}");
        }
    }
}

#[test]
fn a_run_on_a_table_is_repeated_from_its_config() {
    let workplace = workplace();
    workplace
        .run(&format!("{FLOWERS} --run a --seed 3 --hidden 8 --epochs 5"))
        .succeeds();
    let config = workplace.path("runs/a/config.toml");
    // From elsewhere, and with the classes and the columns in another order in the file.
    workplace.write("else/where.txt", "");
    let repeat = |arguments: &str| {
        let outcome = workplace
            .command()
            .current_dir(workplace.path("else"))
            .args([
                "train",
                "--ui",
                "quiet",
                "--runs-dir",
                "../runs",
                "--config",
            ])
            .arg(&config)
            .args(arguments.split_whitespace())
            .output()
            .unwrap();
        assert!(outcome.status.success(), "{outcome:?}");
    };
    repeat("--run b");
    assert_eq!(figures(&workplace, "a"), figures(&workplace, "b"));
    let [first, second] = ["a", "b"].map(|run| workplace.read(&format!("runs/{run}/config.toml")));
    assert_eq!(first, second);
    let [first, second] = ["a", "b"].map(|run| {
        workplace
            .run(&format!("evaluate {run} --json"))
            .succeeds()
            .stdout
    });
    assert_eq!(first, second);
    repeat("--run c --seed 4");
    assert_ne!(figures(&workplace, "a"), figures(&workplace, "c"));
    // Another seed learns other things and is judged by the same rows.
    let support = |run: &str| {
        workplace
            .run(&format!("evaluate {run} --predictions {run}.csv"))
            .succeeds();
        let text = workplace.read(&format!("{run}.csv"));
        let labels = text.lines().map(|line| line.split(',').nth(1).unwrap());
        labels.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(support("a"), support("c"));
}

#[test]
fn rows_to_judge_by_come_from_the_table_from_another_one_or_not_at_all() {
    let workplace = workplace();
    workplace.write("new.csv", "length,width,kind\n2,5.2,rose\n104,4.2,lily\n");
    let quick = format!("{FLOWERS} --epochs 1");
    for (run, arguments, counts) in [
        (
            "half",
            "--test-split 0.5",
            "40 training, 5 validation, 45 test rows",
        ),
        (
            "none",
            "--test-split 0",
            "81 training, 9 validation, 0 test rows",
        ),
        (
            "file",
            "--test new.csv",
            "81 training, 9 validation, 2 test rows",
        ),
        (
            "tail",
            "--stratified=false --validation-split 0.25",
            "54 training, 18 validation, 18 test rows",
        ),
        (
            "few",
            "--train-limit 20",
            "18 training, 2 validation, 18 test rows",
        ),
    ] {
        let trained = workplace.run(&format!("{quick} --run {run} {arguments}"));
        let trained = trained.succeeds().stdout;
        assert!(trained.contains(counts), "{counts}: {trained}");
    }
    let config = workplace.read("runs/file/config.toml");
    let path = workplace.path("new.csv").canonicalize().unwrap();
    assert!(
        config.contains(&format!("test_csv = \"{}\"\n", path.display())),
        "{config}"
    );
    let table = workplace.run("evaluate file").succeeds().stdout;
    assert!(table.contains("2 test rows; the table `"), "{table}");

    let trained = workplace.run(&format!("{quick} --run again --test-split 0"));
    let hint = "test     none; hold rows back with `--test-split SHARE`, or name a table of them with `--test FILE.csv`\n";
    assert!(trained.succeeds().stdout.contains(hint));
    workplace
        .run("evaluate none")
        .fails(2, &["has no rows held back to judge by", "--data FILE.csv"]);
    workplace.run("evaluate none --data new.csv").succeeds();
    workplace
        .run("train --config runs/none/config.toml --run same --ui quiet")
        .succeeds();
    assert_eq!(figures(&workplace, "none"), figures(&workplace, "same"));
}

#[test]
fn the_columns_of_a_table_are_shown() {
    let workplace = Workplace::new();
    workplace.write(
        "small.tsv",
        "size\tkind\tnote\n1\trose\t\n2.5\tlily\t\n1\trose\t\n",
    );
    let shown = workplace
        .run("data info --data small.tsv")
        .succeeds()
        .stdout;
    assert_eq!(
        shown,
        "data     the table `small.tsv`\n\
         rows     3\n\
         columns  3\n\
         \n\
         column  different  missing  content\n\
         size            2        0  numbers from 1 to 2.5, mean 1.5000\n\
         kind            2        0  words: lily, rose\n\
         note            0        3  nothing\n\
         \n\
         column  as a feature\n\
         size    number\n\
         kind    refused, unless `--categorical kind`\n\
         note    refused, unless `--ignore note`\n"
    );
    let json = workplace
        .run("data info --data small.tsv --json")
        .succeeds()
        .stdout;
    let info: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&info["rows"], &info["columns"][0]["max"]),
        (&3.into(), &2.5.into())
    );
    assert_eq!(
        info["columns"][1]["examples"],
        serde_json::json!(["lily", "rose"])
    );
    workplace.write("semicolons.csv", "a;b\n1;2\n");
    let shown = workplace
        .run("data info --data semicolons.csv --delimiter ;")
        .succeeds()
        .stdout;
    assert!(shown.contains("columns  2\n"), "{shown}");
    for (arguments, code, words) in [
        ("--data missing.csv", 1, "cannot read `missing.csv`"),
        (
            "--data mnist-sample --delimiter ;",
            2,
            "--delimiter is about a table, the data is mnist-sample",
        ),
    ] {
        workplace
            .run(&format!("data info {arguments}"))
            .fails(code, &[words]);
    }
}
