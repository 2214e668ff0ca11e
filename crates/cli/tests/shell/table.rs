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

const FLOWERS: &str = "train --data flowers.csv --target kind --classes --ignore id --epochs 30 --ui lines --device flex";
const BOXES: &str =
    "train --data boxes.csv --target volume --ignore weight --epochs 100 --ui lines --device flex";

fn workplace() -> Workplace {
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
        "data     66 training, 6 validation, 18 test rows; the table `flowers.csv`\n",
        "network  [2] → [3] in 4 layers; 8835 parameters\n",
        "learning sparse_categorical_crossentropy, adam, constant:0.001, 30 epochs, batches of 32, seed 42\n",
        "\nepoch 30/30  ",
        "  val_accuracy 1.0000",
        ", accuracy 1.0000 on 18 rows\n",
        "files    runs/flowers-1: config.toml, history.csv, curves.svg, curves.png, model.bpk, log.txt\n",
    ] {
        assert!(trained.contains(text), "{text}: {trained}");
    }
    let path = workplace.path("flowers.csv").canonicalize().unwrap();
    let config = workplace.read("runs/flowers-1/config.toml");
    let expected = format!(
        "epochs = 30\nbatch_size = 32\nseed = 42\ndevice = \"flex\"\n\n[data]\ncsv = \"{}\"\ntarget = \"kind\"\n\
         classes = true\nclass_names = [\"big tulip\", \"lily\", \"rose\"]\nfeatures = [\"length\", \"width\"]\n\
         test_split = 0.2\n",
        path.display()
    );
    assert!(config.ends_with(&expected), "{config}");
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
    assert_eq!(table.lines().count(), 4, "no table of classes: {table}");
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
fn rows_are_predicted_by_the_names_of_their_columns() {
    let workplace = workplace();
    workplace.run(&format!("{FLOWERS} --run x")).succeeds();
    let expected = ["rose", "big tulip", "lily"];
    for content in [
        "length,width\n3,5.1\n207,3.2\n104,4.2\n",
        "kind,width,more,length\n,5.1,?,3\n?,3.2,,207\nlily,4.2,x,104\n",
    ] {
        workplace.write("new.csv", content);
        let predicted = workplace.run("predict x new.csv").succeeds().stdout;
        let lines: Vec<&str> = predicted.lines().collect();
        assert_eq!((lines.len(), lines[0]), (4, "kind,probability"));
        for (line, kind) in lines[1..].iter().zip(expected) {
            let (name, probability) = line.split_once(',').unwrap();
            let probability: f64 = probability.parse().unwrap();
            assert_eq!(name, kind);
            assert!((0.5..=1.0).contains(&probability), "{predicted}");
        }
        let json = workplace.run("predict x new.csv --json").succeeds().stdout;
        assert!(
            json.starts_with("{\"kind\":\"rose\",\"probability\":0."),
            "{json}"
        );
        assert_eq!(json.lines().count(), 3);

        let told = workplace
            .run("predict x new.csv --output kinds.csv")
            .succeeds()
            .stdout;
        assert_eq!(told, "3 predictions in kinds.csv\n");
        assert_eq!(workplace.read("kinds.csv"), predicted);
        std::fs::remove_file(workplace.path("kinds.csv")).unwrap();
    }
    // What is in the rows is what was trained on: the same as an evaluation says.
    workplace
        .run("evaluate x --data flowers.csv --predictions judged.csv")
        .succeeds();
    let predicted = workplace.run("predict x flowers.csv").succeeds().stdout;
    let judged = workplace.read("judged.csv");
    for (judged, predicted) in judged.lines().zip(predicted.lines()).skip(1) {
        let kind = predicted.split_once(',').unwrap().0;
        assert_eq!(judged.rsplit_once(',').unwrap().1, kind);
    }
}

#[test]
fn rows_that_cannot_be_predicted_are_found_by_line_and_column() {
    let workplace = workplace();
    workplace
        .run(&format!("{FLOWERS} --epochs 1 --run x"))
        .succeeds();
    for (content, words) in [
        (
            "length\n1\n",
            "`new.csv`: expected a column `width`, received only `length`",
        ),
        (
            "length,width\n1,2\n\n3,wide\n",
            "`new.csv`, line 4, column `width`: expected a number, received `wide`",
        ),
        (
            "length,width\n1,2\n3\n",
            "`new.csv`, line 3: expected 2 fields",
        ),
        (
            "length,width\n1,\n",
            "`new.csv`, line 2, column `width`: expected a number, received an empty field",
        ),
        (
            "length,width\n1,nan\n",
            "`new.csv`, line 2, column `width`: expected a finite number",
        ),
        ("length,width\n", "expected at least one row"),
        ("", "received an empty file"),
    ] {
        workplace.write("new.csv", content);
        let outcome = workplace.run("predict x new.csv --output kinds.csv");
        assert_eq!(outcome.fails(1, &[words]).stdout, "");
        assert!(!workplace.path("kinds.csv").exists());
    }
    workplace.write("new.csv", "length,width\n1,2\n");
    for (arguments, code, words) in [
        ("missing.csv", 1, "cannot read `missing.csv`"),
        ("new.csv new.csv", 2, "expected one CSV file, received 2"),
        (
            "a.png",
            2,
            "the network was trained on a table, `a.png` is a picture",
        ),
        ("new.csv --top 2", 2, "`--top` is for pictures"),
        ("new.csv --json -o a.csv", 2, "cannot be used with"),
        (
            "new.csv --output no/such.csv",
            1,
            "cannot write the predictions to `no/such.csv`",
        ),
    ] {
        workplace
            .run(&format!("predict x {arguments}"))
            .fails(code, &[words]);
    }
    workplace.train("--run images --ui quiet").succeeds();
    workplace
        .run("predict images new.csv --output a.csv")
        .fails(2, &["`--output` is for tables"]);
    workplace
        .run("predict images new.csv")
        .fails(1, &["`new.csv`: expected a whole PNG or JPEG"]);
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
            "39 training, 6 validation, 45 test rows",
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
fn flags_for_tables_say_what_is_expected_and_leave_nothing() {
    let workplace = workplace();
    let before = workplace.files();
    let columns = "one of `id`, `length`, `width`, `kind`";
    for (arguments, words) in [
        (
            "--data flowers.csv",
            &[
                "`flowers.csv`: expected a target, received none; name the column to predict (on the command line `--target \
                 COLUMN`), ",
                columns,
            ][..],
        ),
        (
            "--data flowers.csv --classes",
            &["expected a target", columns],
        ),
        (
            "--data flowers.csv --target knid --classes",
            &["expected a column `knid`", "did you mean `kind`?"],
        ),
        (
            "--data flowers.csv --target kind,width --classes",
            &["`--classes` needs a single target column, received kind, width"],
        ),
        (
            "--data flowers.csv --target width --features width",
            &["expected one part for the column `width`, received it as a target and as a feature"],
        ),
        (
            "--data flowers.csv --target width --ignore id,kind,length",
            &["expected at least one feature column"],
        ),
        (
            "--data flowers.csv --target kind --classes --test-split 1",
            &[
                "`test_split`: expected a share of the rows from 0 up to, but not including, 1, received 1",
            ],
        ),
        (
            "--data flowers.csv --target kind --classes --test-split -0.5",
            &["received -0.5"],
        ),
        (
            "--data flowers.csv --target width --ignore id,kind --test-split 0.999",
            &[
                "expected rows to learn from and rows to judge by, received 90 rows and a `test_split` of 0.999",
            ],
        ),
        (
            "--data flowers.csv --target kind --test a.csv --test-split 0.1",
            &["'--test <FILE.csv>'", "cannot be used with"],
        ),
        (
            "--data flowers.csv --target kind --delimiter ;;",
            &["expected a single character, or `tab`"],
        ),
        (
            "--data flowers.csv --target kind --delimiter x",
            &["expected a delimiter of one ASCII character"],
        ),
        (
            "--data flowers.csv --delimiter ; --target kind",
            &[
                "expected a column `kind`, received only `id,length,width,kind`; is the delimiter `,`?",
            ],
        ),
        (
            "--data mnist-sample --target kind --classes",
            &["the flags --target, --classes are about a table, the data is mnist-sample"],
        ),
        (
            "--target kind",
            &["--target are about a table, the data is mnist;"],
        ),
        (
            "--data flowers.txt",
            &[
                "unknown data `flowers.txt`",
                "a table in a file that ends in .csv or .tsv",
            ],
        ),
        (
            "--data flowers.csv --target kind --classes --ignore id --hidden 3,0",
            &["layer `dense_1` (Dense, index 2) needs `units` to be at least 1"],
        ),
    ] {
        workplace.run(&format!("train {arguments}")).fails(2, words);
        assert_eq!(workplace.files(), before, "{arguments}");
    }
    workplace
        .run("summary --data flowers.csv")
        .fails(2, &["does not say what is to be predicted", "--inputs"]);
}

#[test]
fn a_table_that_cannot_be_learned_from_leaves_nothing() {
    let workplace = workplace();
    let before = workplace.files();
    for (arguments, words) in [
        (
            "--data flowers.csv --target kind --ignore id",
            "line 2, column `kind`: expected a number, received `rose`; correct it, or, where the column names a class, say so \
             with `classes = true` (on the command line `--classes`)",
        ),
        (
            "--data flowers.csv --target kind --classes",
            "line 2, column `id`: expected a number, received `f0`; correct it, write categories as numbers, or ignore the column",
        ),
        ("--data missing.csv --target a", "cannot read `missing.csv`"),
        (
            "--data boxes.csv --target volume --loss sparse_categorical_crossentropy",
            "for numbers to predict take mean_squared_error",
        ),
    ] {
        workplace
            .run(&format!("train {arguments}"))
            .fails(1, &[words]);
        assert_eq!(workplace.files(), before, "{arguments}");
    }
}

const MODEL: &str = r#"
input_shape = [2]

[data]
csv = "../boxes.csv"
target = "volume"
ignored = ["weight"]

[[layers]]
class_name = "Normalization"

[[layers]]
class_name = "Dense"
units = 8
activation = "relu"

[[layers]]
class_name = "Dense"
units = 1

[[layers]]
class_name = "Normalization"
invert = true

[compile]
optimizer = { name = "adam", gradient_accumulation_steps = 2 }
learning_rate = 0.01
loss = "mse"
metrics = ["r2_score"]

[fit]
epochs = 3
batch_size = 10
validation_split = 0.2
"#;

#[test]
fn a_model_file_brings_its_data_and_flags_change_it() {
    let workplace = workplace();
    workplace.write("models/boxes.toml", MODEL);
    workplace.write("here/none.txt", "");
    let train = |arguments: &str| {
        workplace
            .command()
            .current_dir(workplace.path("here"))
            .args(
                "train --model ../models/boxes.toml --runs-dir ../runs --ui lines --device flex"
                    .split(' '),
            )
            .args(arguments.split_whitespace())
            .output()
            .unwrap()
    };
    let stdout = |arguments: &str| {
        let output = train(arguments);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success(),
            "{arguments}: {text}{:?}",
            output.stderr
        );
        text
    };
    let trained = stdout("--run a");
    assert!(
        trained.contains(
            "data     80 training, 20 validation, 0 test rows; the table `../models/../boxes.csv`"
        ),
        "{trained}"
    );
    assert!(trained.contains("test     none; "), "{trained}");
    workplace
        .run("train --config runs/a/config.toml --run b --ui quiet")
        .succeeds();
    assert_eq!(figures(&workplace, "a"), figures(&workplace, "b"));

    // Flags win over the file.
    let trained = stdout("--run c --test-split 0.25 --target weight --ignore volume");
    assert!(
        trained.contains("60 training, 15 validation, 25 test rows"),
        "{trained}"
    );
    let config = workplace.read("runs/c/config.toml");
    assert!(config.contains("\ntarget = \"weight\"\n"), "{config}");
    assert!(
        config.contains("\nfeatures = [\"side\", \"height\"]\ntest_split = 0.25\n"),
        "{config}"
    );
    // A table of its own has nothing of the file's.
    let other = train("--run d --data ../boxes.csv");
    let stderr = String::from_utf8(other.stderr).unwrap();
    assert!(
        stderr.contains("expected a target, received none"),
        "{stderr}"
    );
    // As does the data of a file of settings.
    workplace.write(
        "settings.toml",
        "epochs = 1\ndata = { csv = \"flowers.csv\", target = \"width\", ignored = [\"id\", \"kind\"], test_split = 0.5 }\n",
    );
    let trained = train("--run e --config ../settings.toml");
    let stderr = String::from_utf8(trained.stderr).unwrap();
    assert!(
        stderr.contains("the data has samples of shape [1]"),
        "{stderr}"
    );

    let steps = |run: &str| figures(&workplace, run);
    let by_flag = MODEL.replace(
        "{ name = \"adam\", gradient_accumulation_steps = 2 }",
        "\"adam\"",
    );
    workplace.write("models/boxes.toml", by_flag);
    stdout("--run f --gradient-accumulation-steps 2");
    assert_eq!(steps("a"), steps("f"));
    stdout("--run g");
    assert_ne!(steps("a"), steps("g"));
}

#[test]
fn mistakes_in_the_data_of_a_file_are_told_with_their_line() {
    let workplace = workplace();
    for (what, instead, words) in [
        (
            "target = \"volume\"",
            "targets = \"volume\"",
            "`boxes.toml`, line 6: unknown key `targets` in [data], did you mean `target`?",
        ),
        (
            "target = \"volume\"\n",
            "",
            "`boxes.toml`, line 4: [data] has no `target`; add it",
        ),
        (
            "ignored = [\"weight\"]",
            "ignored = [\"wieght\"]",
            "boxes.csv`: expected a column `wieght`, received only `side`, `height`, `volume`, `weight`, did you mean `weight`?",
        ),
        (
            "input_shape = [2]",
            "input_shape = [3]",
            "the network takes samples of shape [3], the data has samples of shape [2]",
        ),
        (
            "[[layers]]\nclass_name = \"Normalization\"\ninvert",
            "[[layers]]\nclass_name = \"Normalization\"\naxis = -1\n[[layers]]\nclass_name = \"Normalization\"\ninvert",
            "layer `normalization_1` (Normalization, index 3) needs `mean` to be given, or no layer before it to have weights",
        ),
    ] {
        let text = MODEL.replacen("../boxes.csv", "boxes.csv", 1);
        assert!(text.contains(what), "{what}");
        workplace.write("boxes.toml", text.replacen(what, instead, 1));
        workplace
            .run("train --model boxes.toml --ui lines")
            .fails(2, &[words]);
        assert!(!workplace.path("runs").exists(), "{instead}");
    }
    for (text, words) in [
        (
            "data = { csv = \"boxes.csv\", target = \"volume\", feature = [\"side\"] }\n",
            "`settings.toml`, line 1: unknown key `feature` in `data`, did you mean `features`?",
        ),
        (
            "epochs = 1\ndata = 3\n",
            "`settings.toml`, line 2: invalid type: integer `3`, expected a data set",
        ),
        (
            "data = \"boxes.csv\"\n",
            "boxes.csv`: expected a target, received none",
        ),
    ] {
        workplace.write("settings.toml", text);
        workplace
            .run("train --config settings.toml --ui lines")
            .fails(2, &[words]);
    }
}

#[test]
fn what_a_normalization_learned_is_saved_with_the_model() {
    let workplace = workplace();
    workplace.write("models/boxes.toml", MODEL);
    let summary = workplace
        .run("summary --model models/boxes.toml")
        .succeeds()
        .stdout;
    assert!(
        summary.contains("normalization_1 (Normalization)"),
        "{summary}"
    );
    workplace
        .run("train --model models/boxes.toml --epochs 200 --ui quiet --run x")
        .succeeds();
    let json = workplace
        .run("evaluate x --data boxes.csv --json")
        .succeeds()
        .stdout;
    let evaluation: Value = serde_json::from_str(&json).unwrap();
    let r2 = evaluation["r2_score"].as_f64().unwrap();
    assert!(r2 > 0.95, "{json}");
    assert_eq!(summary, workplace.run("summary x").succeeds().stdout);
    // Of a single row, whatever its scale, nothing is learned when it is predicted.
    workplace.write("one.csv", "side,height\n3,4\n");
    workplace.write("two.csv", "side,height\n3,4\n1000,1000\n");
    let first = |file: &str| {
        let text = workplace
            .run(&format!("predict x {file}"))
            .succeeds()
            .stdout;
        text.lines().nth(1).unwrap().to_owned()
    };
    assert_eq!(first("one.csv"), first("two.csv"));
}

#[test]
fn numbers_of_a_file_may_be_classes_to_its_loss() {
    let workplace = Workplace::new();
    let rows = (0..40).map(|row| format!("{},{}\n", row % 2 * 9, row % 2));
    workplace.write(
        "bits.csv",
        format!("size,bit\n{}", rows.collect::<String>()),
    );
    workplace.write(
        "bits.toml",
        "input_shape = [1]\ndata = { csv = \"bits.csv\", target = \"bit\" }\n\
         layers = [{ class_name = \"Normalization\" }, { class_name = \"Dense\", units = 2, activation = \"softmax\" }]\n\
         compile = { optimizer = \"adam\", learning_rate = 0.1 }\nfit = { epochs = 20 }\n",
    );
    workplace
        .run("train --model bits.toml --run x --ui quiet")
        .succeeds();
    let predicted = workplace.run("predict x bits.csv").succeeds().stdout;
    assert!(
        predicted.starts_with("bit,probability\n0,0."),
        "{predicted}"
    );
    assert!(predicted.lines().nth(2).unwrap().starts_with("1,0."));
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
         column  different  empty  content\n\
         size            2      0  numbers from 1 to 2.5, mean 1.5000\n\
         kind            2      0  words: lily, rose\n\
         note            0      3  nothing\n"
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
            "`--delimiter` is about a table, the data is mnist-sample",
        ),
    ] {
        workplace
            .run(&format!("data info {arguments}"))
            .fails(code, &[words]);
    }
}

#[test]
fn the_example_of_a_regression_reaches_what_its_header_says() {
    let workplace = Workplace::new();
    let model = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../examples/models/regression.toml"
    );
    workplace
        .run(&format!(
            "train --model {model} --device flex --ui quiet --run x"
        ))
        .succeeds();
    let json = workplace.run("evaluate x --json").succeeds().stdout;
    let evaluation: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(evaluation["samples"], 88);
    assert!(evaluation["r2_score"].as_f64().unwrap() > 0.4, "{json}");
}
