//! Scores of networks that predict numbers.

use std::fmt::Write as _;

use serde_json::Value;

use crate::workplace::Workplace;

/// Numbers that differ by little and have much in common.
fn table(offset: f64) -> String {
    let mut text = "a,b,y\n".to_owned();
    for row in 0..200 {
        let (a, b) = (
            f64::from(row * 7 % 40) / 20.0 - 1.0,
            f64::from(row * 11 % 50) / 25.0 - 1.0,
        );
        let noise = f64::from(row * 37 % 101) / 101.0 - 0.5;
        writeln!(
            text,
            "{a:.4},{b:.4},{:.4}",
            offset + a - 0.5 * b * b + noise
        )
        .unwrap();
    }
    text
}

const MODEL: &str = r#"input_shape = [2]
[[layers]]
class_name = "Normalization"
[[layers]]
class_name = "Dense"
units = 16
activation = "relu"
[[layers]]
class_name = "Dense"
units = 1
[[layers]]
class_name = "Normalization"
invert = true
[compile]
optimizer = "adam"
learning_rate = 0.01
loss = "mse"
metrics = ["r2_score", "mae"]
[fit]
epochs = 20
"#;

/// In double precision.
fn r2_score(targets: &[f64], outputs: &[f64]) -> f64 {
    let mean = targets.iter().sum::<f64>() / targets.len() as f64;
    let squares: f64 = targets.iter().map(|target| (target - mean).powi(2)).sum();
    let errors: f64 = targets
        .iter()
        .zip(outputs)
        .map(|(target, output)| (target - output).powi(2))
        .sum();
    1.0 - errors / squares
}

#[test]
fn the_r2_score_of_large_targets_is_that_of_the_predictions() {
    let workplace = Workplace::new();
    workplace.write("r2.toml", MODEL);
    // Where single precision has steps of 1/128, an answer may be one step off in another batch.
    for (offset, tolerance) in [(0.0, 1e-5), (2000.0, 1e-5), (100_000.0, 5e-4)] {
        workplace.write("t.csv", table(offset));
        workplace
            .run("train --model r2.toml --data t.csv --target y --ui quiet --device flex --run x --overwrite")
            .succeeds();
        let judged = workplace
            .run("evaluate x --data t.csv --json")
            .succeeds()
            .stdout;
        let judged: Value = serde_json::from_str(&judged).unwrap();
        workplace.run("predict x t.csv -o p.csv").succeeds();
        // As single precision holds them.
        let column = |file: &str| -> Vec<f64> {
            let mut reader = csv::Reader::from_path(workplace.path(file)).unwrap();
            let place = reader
                .headers()
                .unwrap()
                .iter()
                .position(|name| name == "y");
            let records = reader.records().map(Result::unwrap);
            records
                .map(|record| record[place.unwrap()].parse().unwrap())
                .collect()
        };
        let expected = r2_score(&column("t.csv"), &column("p.csv"));
        let score = judged["r2_score"].as_f64().unwrap();
        assert!(
            (score - expected).abs() < tolerance,
            "{offset}: {score}, not {expected}"
        );
        assert!((0.5..0.95).contains(&score), "{offset}: {score}");
    }
}

#[test]
fn nothing_is_chosen_by_the_score_of_a_single_row() {
    let workplace = Workplace::new();
    let rows: Vec<String> = table(0.0).lines().take(7).map(str::to_owned).collect();
    workplace.write("t.csv", rows.join("\n"));
    let model = "input_shape = [2]\n[[layers]]\nclass_name = \"Dense\"\nunits = 1\n[compile]\noptimizer = \"adam\"\n\
                 loss = \"mse\"\nmetrics = [{metric = \"PearsonCorrelation\"}, \"r2_score\"]\n\
                 [fit]\nepochs = 8\nvalidation_split = 0.17\n";
    workplace.write("m.toml", model);
    for figure in ["val_r2_score", "val_pearson_correlation"] {
        let trained = workplace.run(&format!(
            "train --model m.toml --data t.csv --target y --early-stopping {figure}:3:restore --ui lines --device flex"
        ));
        assert_eq!(trained.code, Some(0), "{}", trained.stderr);
        let text = trained.stdout + &trained.stderr;
        let told = format!("EarlyStopping: `{figure}` is undefined for these samples");
        assert_eq!(text.matches(&told).count(), 1, "{text}");
        assert!(text.contains("ended    all epochs done\n"), "{text}");
        assert!(
            text.contains("val_r2_score 0.0000"),
            "the value for what is undefined: {text}"
        );
        assert!(!text.contains("Restoring model weights"), "{text}");
    }
}
