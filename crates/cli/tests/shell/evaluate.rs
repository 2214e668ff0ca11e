use serde_json::Value;

use crate::workplace::Workplace;

fn numbers(value: &Value) -> Vec<u64> {
    let numbers = value.as_array().unwrap().iter();
    numbers.map(|number| number.as_u64().unwrap()).collect()
}

#[test]
fn the_json_form_agrees_with_itself_and_with_the_training() {
    let workplace = Workplace::new();
    let trained = workplace
        .train("--run x --optimizer adam --batch-size 16")
        .succeeds();
    let stdout = workplace.run("evaluate x --json").succeeds().stdout;
    let evaluation: Value = serde_json::from_str(&stdout).unwrap();

    let matrix: Vec<Vec<u64>> = evaluation["confusion_matrix"]
        .as_array()
        .unwrap()
        .iter()
        .map(numbers)
        .collect();
    let samples: u64 = matrix.iter().flatten().sum();
    let correct: u64 = (0..matrix.len()).map(|class| matrix[class][class]).sum();
    assert_eq!(evaluation["samples"].as_u64(), Some(samples));
    assert_eq!(samples, 500);
    let accuracy = evaluation["accuracy"].as_f64().unwrap();
    assert!((accuracy - correct as f64 / samples as f64).abs() < 1e-12);
    assert!(accuracy > 0.2, "it has learned something");

    for (label, class) in evaluation["per_class"]
        .as_array()
        .unwrap()
        .iter()
        .enumerate()
    {
        let support: u64 = matrix[label].iter().sum();
        assert_eq!(class["label"].as_u64(), Some(label as u64));
        assert_eq!(class["support"].as_u64(), Some(support));
        let recall = matrix[label][label] as f64 / support as f64;
        assert!((class["recall"].as_f64().unwrap() - recall).abs() < 1e-12);
    }
    let loss = evaluation["loss"].as_f64().unwrap();
    let same = format!("test     loss {loss:.4}, accuracy {accuracy:.4} on 500 images\n");
    assert!(trained.stdout.contains(&same), "{same}{}", trained.stdout);
}

#[test]
fn the_loss_is_the_one_of_the_run() {
    let workplace = Workplace::new();
    let trained = workplace.train("--run x --loss mse").succeeds().stdout;
    let table = workplace.run("evaluate x").succeeds().stdout;
    let loss = trained
        .split("test     loss ")
        .nth(1)
        .unwrap()
        .split(',')
        .next()
        .unwrap();
    assert!(
        table.contains(&format!("loss      {loss} (mean_squared_error)\n")),
        "{table}"
    );
    assert!(
        table.contains("class  precision  recall  images\n"),
        "{table}"
    );
    assert!(
        table.contains("rows: true class, columns: predicted class\n"),
        "{table}"
    );
    assert_eq!(table.lines().count(), 4 + 1 + 11 + 1 + 12);
}

#[test]
fn a_run_without_its_config_says_what_it_does_not_say() {
    let workplace = Workplace::new();
    workplace.train("--ui quiet --run x --loss mse").succeeds();
    std::fs::remove_file(workplace.path("runs/x/config.toml")).unwrap();
    workplace.run("evaluate runs/x").fails(
        2,
        &["does not say the data it learned from: `--data`, and its loss: `--loss`"],
    );
    let outcome = workplace.run("evaluate runs/x --data mnist-sample --loss mse");
    assert_eq!(outcome.code, Some(0));
    assert!(
        outcome
            .stderr
            .starts_with("note: the run does not say all of its metrics"),
        "{}",
        outcome.stderr
    );
    assert!(outcome.stdout.contains("(mean_squared_error)"));
}

#[test]
fn predictions_are_written_image_by_image() {
    let workplace = Workplace::new();
    workplace.train("--run x --optimizer adam").succeeds();
    let command = "evaluate x --json --predictions classes.csv";
    let stdout = workplace.run(command).succeeds().stdout;
    let accuracy = serde_json::from_str::<Value>(&stdout).unwrap()["accuracy"].clone();
    let text = std::fs::read_to_string(workplace.path("classes.csv")).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("image,label,predicted"));
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), 500);
    let right = rows.iter().filter(|row| row[1] == row[2]).count();
    assert!((right as f64 / 500.0 - accuracy.as_f64().unwrap()).abs() < 1e-12);
    assert_eq!(rows[499][0], "499");
}
