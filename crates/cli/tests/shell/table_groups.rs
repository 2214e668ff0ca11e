//! Networks of several inputs and outputs on tables.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::workplace::Workplace;

/// Two inputs, one of them a category, and two outputs.
const MODEL: &str = r#"
outputs = ["money", "sold"]

[inputs]
town = [1]
size = [2]

[data]
csv = "houses.csv"
target = ["price", "sold", "rent"]
ignored = ["id"]
test_split = 0.2
encodings = { town = "index" }
inputs = { size = ["rooms", "area"] }
outputs = { money = ["price", "rent"] }

[[layers]]
class_name = "Embedding"
name = "place"
input_dim = 4
output_dim = 2
inputs = "town"

[[layers]]
class_name = "Flatten"
name = "flat"

[[layers]]
class_name = "Normalization"
name = "scaled"
inputs = "size"

[[layers]]
class_name = "Concatenate"
name = "all"
inputs = ["flat", "scaled"]

[[layers]]
class_name = "Dense"
name = "money"
units = 2
inputs = "all"

[[layers]]
class_name = "Dense"
name = "sold"
units = 1
activation = "sigmoid"
inputs = "all"

[compile]
optimizer = "adam"
learning_rate = 0.05

[compile.outputs.money]
loss = "mse"
loss_weight = 0.5
metrics = ["mae"]

[compile.outputs.sold]
loss = "binary_crossentropy"
metrics = ["binary_accuracy"]

[fit]
epochs = 4
batch_size = 8
validation_split = 0.2
"#;

fn houses(rows: usize) -> String {
    let mut text = "id,town,rooms,area,price,sold,rent\n".to_owned();
    for row in 0..rows {
        let town = ["Oslo", "Porto", "Malmö"][row % 3];
        let (rooms, area) = (1 + row % 5, 20 + (row * 7) % 60);
        let price = area as f64 / 50.0 + if town == "Oslo" { 1.0 } else { 0.0 };
        let sold = usize::from(area > 45);
        let rent = rooms as f64 / 5.0;
        let _ = writeln!(text, "h{row},{town},{rooms},{area},{price},{sold},{rent}");
    }
    text
}

fn workplace() -> Workplace {
    let workplace = Workplace::new();
    workplace.write("houses.csv", houses(60));
    workplace.write("houses.toml", MODEL);
    workplace
}

const TRAIN: &str = "train --model houses.toml --device flex --ui lines";

#[test]
fn several_inputs_and_outputs_are_trained_judged_and_asked() {
    let workplace = workplace();
    let trained = workplace.run(&format!("{TRAIN} --run houses")).succeeds();
    assert!(
        trained
            .stdout
            .contains("mse at money, binary_crossentropy at sold")
            || trained
                .stdout
                .contains("mean_squared_error at money, binary_crossentropy at sold"),
        "{}",
        trained.stdout
    );
    let summary = workplace.run("summary houses").succeeds().stdout;
    assert!(summary.contains("place (Embedding)"), "{summary}");

    let judged = workplace
        .run("evaluate houses --device flex --json")
        .succeeds();
    let figures: Value = serde_json::from_str(&judged.stdout).unwrap();
    let figure = |name: &str| figures[name].as_f64().unwrap();
    let sum = 0.5 * figure("money_loss") + figure("sold_loss");
    assert!((figure("loss") - sum).abs() < 1e-5, "{figures}");
    assert_eq!(figures["samples"], 12);
    assert!(figures["money_mean_absolute_error"].is_number() || figures["money_mae"].is_number());
    let table = workplace
        .run("evaluate houses --device flex")
        .succeeds()
        .stdout;
    assert!(table.contains("sold_loss"), "{table}");

    // Without targets, and in another order.
    workplace.write(
        "new.csv",
        "area,town,id,rooms\n75,Oslo,a,2\n25,Porto,b,2\n25,Atlantis,c,5\n",
    );
    let predicted = workplace.run("predict houses new.csv --device flex");
    assert_eq!(predicted.code, Some(0), "{}", predicted.stderr);
    assert!(predicted.stderr.contains("Atlantis") || predicted.stderr.contains("town"));
    let lines: Vec<&str> = predicted.stdout.lines().collect();
    assert_eq!(lines[0], "id,price,rent,sold");
    assert_eq!(lines.len(), 4);
    assert!(lines[1].starts_with("a,"), "{}", lines[1]);
}

#[test]
fn a_training_of_several_outputs_goes_on_as_if_it_had_never_been_broken_off() {
    let workplace = workplace();
    workplace
        .run(&format!("{TRAIN} --run whole --epochs 6"))
        .succeeds();
    workplace
        .run(&format!("{TRAIN} --run part --epochs 3"))
        .succeeds();
    workplace
        .run("train --resume part --epochs 6 --ui lines")
        .succeeds();
    let figures = |run: &str| {
        let history = workplace.read(&format!("runs/{run}/history.csv"));
        let mut reader = csv::Reader::from_reader(history.as_bytes());
        let names = reader.headers().unwrap().clone();
        let is_time = |name: &str| name.contains("seconds") || name.contains("per_second");
        let rows: Vec<Vec<String>> = reader
            .records()
            .map(|row| {
                let row = row.unwrap();
                let cells = names.iter().zip(row.iter());
                let cells = cells.filter(|(name, _)| !is_time(name));
                cells.map(|(_, cell)| cell.to_owned()).collect()
            })
            .collect();
        rows
    };
    assert_eq!(figures("whole").len(), 6);
    assert_eq!(figures("part"), figures("whole"));
}

#[test]
fn a_normalization_leaves_categories_as_they_are_in_a_graph_too() {
    let workplace = Workplace::new();
    workplace.write("houses.csv", houses(30));
    // The answer is what the normalization gives, added up: the town is an index from 1 to 3, the area a number.
    workplace.write(
        "houses.toml",
        r#"
        [inputs]
        all = [2]
        [data]
        csv = "houses.csv"
        target = "price"
        features = ["town", "area"]
        encodings = { town = "index" }
        [[layers]]
        class_name = "Normalization"
        inputs = "all"
        [[layers]]
        class_name = "Identity"
        [[layers]]
        class_name = "Dense"
        units = 1
        use_bias = false
        kernel_initializer = "ones"
        [compile]
        learning_rate = 1e-9
        loss = "mse"
        [fit]
        epochs = 1
        "#,
    );
    workplace.run(&format!("{TRAIN} --run houses")).succeeds();
    workplace.write("new.csv", "town,area\nMalmö,40\nOslo,40\nPorto,40\n");
    let predicted = workplace
        .run("predict houses new.csv --device flex")
        .succeeds();
    let numbers: Vec<f64> = predicted
        .stdout
        .lines()
        .skip(1)
        .map(|line| line.rsplit(',').next().unwrap().parse().unwrap())
        .collect();
    // From one place in the vocabulary to the next it is 1, not 1 by how much places vary.
    let mut steps: Vec<f64> = [numbers[1] - numbers[0], numbers[2] - numbers[1]]
        .iter()
        .map(|step| step.abs())
        .collect();
    steps.sort_by(f64::total_cmp);
    assert!(
        steps.iter().all(|step| (step - step.round()).abs() < 1e-5),
        "{numbers:?}"
    );
    assert!(steps[0] > 0.5, "{numbers:?}");
}

#[test]
fn columns_that_fit_no_input_or_output_are_told() {
    let workplace = workplace();
    let with = |from: &str, to: &str| {
        assert!(MODEL.contains(from));
        workplace.write("houses.toml", MODEL.replace(from, to));
        workplace.run(TRAIN)
    };
    with(r#"inputs = { size = ["rooms", "area"] }"#, "").fails(
        2,
        &[
            "expected columns for the input `size`",
            "`town`, `rooms`, `area`",
        ],
    );
    with(r#"["rooms", "area"]"#, r#"["rooms", "aera"]"#).fails(
        2,
        &["for the input `size` columns among", "received `aera`"],
    );
    with("{ size =", "{ sise =").fails(2, &["`inputs` names `sise`", "`town`, `size`"]);
    with("{ money =", "{ mony =").fails(2, &["`outputs` names `mony`", "`money`, `sold`"]);
    with("[compile.outputs.sold]", "[compile.outputs.solt]").fails(
        2,
        &["unknown output `solt`, did you mean `sold`?", "line 60"],
    );
    with("loss_weight = 0.5", "loss_wieght = 0.5").fails(
        2,
        &["the output `money` has no argument `loss_wieght`, did you mean `loss_weight`?"],
    );
    assert!(!workplace.path("runs").exists());
}

#[test]
fn the_wide_and_deep_example_learns() {
    let workplace = Workplace::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for file in ["examples/models/wide_deep.toml", "assets/heart/heart.csv"] {
        workplace.write(file, fs::read(root.join(file)).unwrap());
    }
    let trained = workplace.run(
        "train --model examples/models/wide_deep.toml --device flex --ui lines --run heart --epochs 8",
    );
    assert_eq!(trained.code, Some(0), "{}", trained.stderr);
    assert!(
        trained
            .stderr
            .contains("39 missing cells filled with the median")
    );
    let judged = workplace
        .run("evaluate heart --device flex --json")
        .succeeds();
    let figures: Value = serde_json::from_str(&judged.stdout).unwrap();
    assert!(figures["accuracy"].as_f64().unwrap() > 0.7, "{figures}");
    let predicted = workplace.run("predict heart assets/heart/heart.csv --device flex");
    assert!(predicted.stdout.starts_with("disease,probability\n"));
}
