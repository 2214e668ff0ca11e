use serde_json::Value;

use crate::repeat::figures;
use crate::table::workplace;
use crate::workplace::Workplace;

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
