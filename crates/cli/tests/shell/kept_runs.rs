//! Runs that version 0.1.0 has left, as they are used today; `tests/data/runs_v0_1/README.md` says how they came about.

use std::fs;
use std::path::{Path, PathBuf};

use firebrick::burn::tensor::Device;
use firebrick::models::SavedModel;

use crate::workplace::Workplace;

/// What a run is judged by and asked, besides its name: arguments of `evaluate`, the file for `predict`.
const RUNS: [(&str, &str, &str); 7] = [
    ("mlp", "", "seven.png"),
    ("cnn", "", "seven.png"),
    ("iris", "", "iris.csv"),
    ("houses", "", "asked.csv"),
    ("linear", "", "asked.csv"),
    ("program", "--data whole.csv", "asked_whole.csv"),
    (
        "program_own_loss",
        "--data whole.csv --loss mse",
        "asked_whole.csv",
    ),
];

fn kept() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/runs_v0_1")
}

fn expected(name: &str) -> String {
    fs::read_to_string(kept().join("expected").join(name)).unwrap()
}

/// A folder with all of them and what they were made of.
fn workplace() -> Workplace {
    let workplace = Workplace::new();
    copy(&kept(), &workplace.path("."));
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets");
    for file in ["iris/iris.csv", "digits/seven.png"] {
        let name = Path::new(file).file_name().unwrap().to_str().unwrap();
        fs::copy(assets.join(file), workplace.path(name)).unwrap();
    }
    workplace
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

/// Makes sure that two texts are the same but for the last digits of their numbers.
fn assert_alike(received: &str, expected: &str, tolerance: f64, what: &str) {
    let words = |text: &str| {
        let is_between = |c: char| c.is_whitespace() || ",:[]{}\"".contains(c);
        let words = text.split(is_between).filter(|word| !word.is_empty());
        words.map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    let (received_words, expected_words) = (words(received), words(expected));
    assert_eq!(
        received_words.len(),
        expected_words.len(),
        "{what}: {received}"
    );
    for (word, other) in received_words.iter().zip(&expected_words) {
        let is_alike = match (word.parse::<f64>(), other.parse::<f64>()) {
            (Ok(a), Ok(b)) => (a - b).abs() <= tolerance * b.abs().max(1.0),
            _ => word == other,
        };
        assert!(is_alike, "{what}: `{word}` for `{other}` in {received}");
    }
}

#[test]
fn runs_of_the_first_version_are_judged_as_they_were() {
    let workplace = workplace();
    for (run, arguments, _) in RUNS {
        let judged = workplace
            .run(&format!("evaluate {run} --json --device flex {arguments}"))
            .succeeds();
        assert_alike(&judged.stdout, &expected(&format!("{run}.json")), 1e-5, run);
    }
    // Whoever looks at a run changes nothing.
    for (run, ..) in RUNS {
        for name in ["config.toml", "history.csv", "model.bpk"] {
            let name = format!("runs/{run}/{name}");
            assert_eq!(
                fs::read(workplace.path(&name)).unwrap(),
                fs::read(kept().join(&name)).unwrap()
            );
        }
    }
}

#[test]
fn runs_of_the_first_version_predict_what_they_did() {
    let workplace = workplace();
    for (run, _, file) in RUNS {
        let output = if run == "mlp" || run == "cnn" {
            "--json --top 10"
        } else {
            "-o -"
        };
        let predicted = workplace
            .run(&format!("predict {run} {file} --device flex {output}"))
            .succeeds();
        let expected = expected(&format!("{run}.predicted"));
        assert_alike(&predicted.stdout, &expected, 1e-4, run);
    }
}

#[test]
fn runs_of_the_first_version_are_drawn() {
    let workplace = workplace();
    for (run, ..) in RUNS {
        workplace.run(&format!("plot {run}")).succeeds();
        let picture = workplace.read(&format!("runs/{run}/curves.svg"));
        assert!(picture.contains("<polyline"), "{run}");
    }
    workplace.run("plot mlp cnn -o both.png").succeeds();
    assert!(image::open(workplace.path("both.png")).is_ok());
}

#[test]
fn settings_of_the_first_version_train_as_they_did() {
    let workplace = workplace();
    // Without the ones whose layers draw at random.
    for run in ["mlp", "iris", "houses", "linear"] {
        workplace
            .run(&format!(
                "train --config runs/{run}/config.toml --run again-{run} --ui quiet"
            ))
            .succeeds();
        let without_seconds = |text: &str| {
            let lines = text.lines().map(|line| line.rsplit_once(',').unwrap().0);
            lines.collect::<Vec<_>>().join("\n")
        };
        let history = workplace.read(&format!("runs/again-{run}/history.csv"));
        let before = workplace.read(&format!("runs/{run}/history.csv"));
        assert_alike(
            &without_seconds(&history),
            &without_seconds(&before),
            1e-3,
            run,
        );
    }
}

#[test]
fn a_model_saved_on_the_way_by_the_first_version_is_loaded() {
    let workplace = workplace();
    let best = workplace.path("runs/mlp/checkpoints/best.bpk");
    let model = SavedModel::read(&best)
        .unwrap()
        .into_model(&Device::flex())
        .unwrap();
    assert_eq!(model.summary().num_params(), 784 * 4 + 4 + 4 * 10 + 10);
    fs::rename(best, workplace.path("runs/mlp/model.bpk")).unwrap();
    let judged = workplace
        .run("evaluate mlp --json --device flex")
        .succeeds();
    assert_alike(&judged.stdout, &expected("mlp_best.json"), 1e-5, "best");
}

#[test]
fn a_study_of_the_first_version_is_not_done_again() {
    let workplace = workplace();
    workplace.run("study continue width --ui quiet").succeeds();
    // Its figures, the seconds included, are those of back then.
    let curve = workplace.read("runs/width/curve.csv");
    assert_eq!(curve, expected("width.curve.csv"));
}
