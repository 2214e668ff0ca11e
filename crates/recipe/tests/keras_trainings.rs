//! Trainings that Keras has begun and that go on here, see `crates/formats/tests/data/make_compiled_models.py`; what they become is
//! written for `scripts/check_keras_files.py`, which has Keras go on with it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};

use firebrick::burn::tensor::Device;
use firebrick::datasets::ArrayDataset;
use firebrick::formats::keras::{self, Compiled, KerasModel, OptimizerVariables};
use firebrick::models::{AnyModel, Network};
use firebrick::recipes::{CompileSettings, KerasCompile, Reached};
use firebrick::training::{
    CheckpointInterval, Checkpoints, Compile, Display, Fit, OptimizerState, Trainer,
};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Golden {
    x: Vec<f32>,
    y: Vec<f32>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    loss: f64,
    weights: Vec<Weight>,
}

#[derive(Deserialize)]
struct Weight {
    name: String,
    values: Vec<f32>,
}

fn data(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    folder.join("../formats/tests/data").join(name)
}

fn golden() -> Golden {
    let text = std::fs::read_to_string(data("compiled_models.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A model of Keras, its settings and what its optimizer remembers.
fn read(name: &str) -> (Network, KerasCompile, OptimizerVariables) {
    let model = KerasModel::read(data(&format!("compiled_{name}.keras"))).unwrap();
    let compiled = model.compiled().unwrap().unwrap();
    let outputs = model.graph().output_names();
    let read = CompileSettings::from_keras(&compiled.config, &outputs).unwrap();
    let network = model.into_network(&Device::flex()).unwrap();
    (network, read, compiled.optimizer.unwrap())
}

fn trainer(
    folder: &Path,
    (network, compile): (Network, &Compile),
    variables: OptimizerVariables,
) -> Trainer<AnyModel> {
    let model = AnyModel::from(network);
    let state = OptimizerState {
        iterations: variables.iterations,
        learning_rate: 0.01,
        values: variables.values,
        ..OptimizerState::default()
    };
    state.write(folder, compile, &model).unwrap();
    let trainer = compile.clone().model(model);
    trainer.with_optimizer_state(folder).unwrap()
}

fn weights(model: &AnyModel) -> Vec<Vec<f32>> {
    let network = model.clone().into_network(&Device::flex()).unwrap();
    let weights = network.get_weights().unwrap().into_iter();
    weights.map(|weight| weight.values().to_vec()).collect()
}

fn close(what: &str, own: &[f32], expected: &[f32]) {
    assert_eq!(own.len(), expected.len(), "{what}");
    for (own, expected) in own.iter().zip(expected) {
        let distance = (own - expected).abs() / expected.abs().max(1.0);
        assert!(distance <= 1e-5, "{what}: {own} instead of {expected}");
    }
}

#[test]
fn trainings_of_keras_go_on_as_they_would_there() {
    let golden = golden();
    // For `scripts/check_keras_files.py`.
    let written = Path::new(env!("CARGO_TARGET_TMPDIR")).join("keras_trainings");
    std::fs::create_dir_all(&written).unwrap();
    let rows: Vec<Vec<f32>> = golden.x.chunks(4).map(<[f32]>::to_vec).collect();
    let samples = ArrayDataset::new(rows, golden.y.clone()).unwrap();
    let mut seen = 0;
    for case in &golden.cases {
        let name = case.name.as_str();
        if ["two_outputs", "own_loss"].contains(&name) {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let (network, keras, variables) = read(name);
        assert!(
            keras.left_out.is_empty() && keras.unknown.is_empty(),
            "{name}"
        );
        let compile = keras.settings.to_compile();
        let before = variables.values.clone();
        let mut trainer = trainer(folder.path(), (network, &compile), variables);

        // What was taken over is what there was.
        let kept = OptimizerState::read(folder.path(), &compile, trainer.model()).unwrap();
        assert_eq!(kept.notes, [""; 0], "{name}");
        for (key, value) in &before {
            close(key, kept.values[key].values(), value.values());
        }

        let checkpoints = Checkpoints::every(CheckpointInterval::Epochs(1));
        let fit = |epochs| {
            let fit = Fit::new(epochs).with_batch_size(4).without_shuffle();
            let checkpoints = checkpoints.clone().in_folder(folder.path());
            fit.with_checkpoints(checkpoints)
                .with_display(Display::Quiet)
        };
        let history = trainer.fit(&samples, &fit(1)).unwrap();
        let loss = history["loss"][0];
        assert!(
            (loss - case.loss).abs() <= 1e-5,
            "{name}: {loss} instead of {}",
            case.loss
        );
        for (own, expected) in weights(trainer.model()).iter().zip(&case.weights) {
            close(&format!("{name} {}", expected.name), own, &expected.values);
        }

        write(
            &written,
            (name, &golden),
            (&keras.settings, folder.path()),
            &trainer,
        );
        trainer.fit(&samples, &fit(2)).unwrap();
        let beside = written.join(format!("{name}.json"));
        let text = std::fs::read_to_string(&beside).unwrap();
        let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
        json["weights"] = json!(weights(trainer.model()));
        std::fs::write(beside, json.to_string()).unwrap();
        seen += 1;
    }
    assert_eq!(seen, 21);
}

/// Writes what a training has come to as a file of Keras, and what has to be found in it.
fn write(
    folder: &Path,
    (name, golden): (&str, &Golden),
    (settings, checkpoints): (&CompileSettings, &Path),
    trainer: &Trainer<AnyModel>,
) {
    let state = OptimizerState::read(checkpoints, &settings.to_compile(), trainer.model());
    let state = state.unwrap();
    assert_eq!(state.notes, [""; 0], "{name}");
    let reached = Reached {
        learning_rate: state.learning_rate,
        is_rate_changed: state.is_rate_changed,
    };
    let network = trainer
        .model()
        .clone()
        .into_network(&Device::flex())
        .unwrap();
    let (config, left_out) = settings.to_keras(&network.config().output_names(), Some(reached));
    assert_eq!(left_out, [], "{name}");
    let compiled = Compiled {
        config: config.unwrap(),
        optimizer: Some(OptimizerVariables {
            iterations: state.iterations,
            values: state.values,
        }),
    };
    let path = folder.join(format!("{name}.keras"));
    keras::save_compiled(&network, &compiled, &path).unwrap();
    let optimizer = compiled.optimizer.unwrap();
    let values = optimizer.values.iter();
    let values: serde_json::Map<String, serde_json::Value> = values
        .map(|(name, value)| (name.clone(), json!(value.values())))
        .collect();
    let beside = json!({
        "x": golden.x,
        "y": golden.y,
        "compile_config": compiled.config,
        "iterations": optimizer.iterations,
        "values": values,
    });
    std::fs::write(path.with_extension("json"), beside.to_string()).unwrap();
}

#[test]
fn settings_of_several_outputs_are_read_and_written() {
    let (network, keras, variables) = read("two_outputs");
    assert!(keras.left_out.is_empty());
    let settings = &keras.settings;
    assert_eq!(
        settings.loss_text(),
        "sparse_categorical_crossentropy at first, huber at second"
    );
    assert!((settings.outputs["second"].loss_weight - 0.25).abs() < 1e-12);
    let names: Vec<&str> = settings
        .all_metrics()
        .map(firebrick::metrics::Metric::name)
        .collect();
    assert_eq!(names, ["accuracy", "distance"]);
    assert_eq!(settings.optimizer.name(), "muon");

    let outputs = network.config().output_names();
    let (config, left_out) = settings.to_keras(&outputs, None);
    assert_eq!(left_out, []);
    let config = config.unwrap();
    let again = CompileSettings::from_keras(&config, &outputs).unwrap();
    assert_eq!(&again.settings, settings);

    // For `scripts/check_keras_files.py`: the variables have the order of Keras' branches.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("keras_trainings");
    std::fs::create_dir_all(&folder).unwrap();
    let values = variables.values.iter();
    let values: serde_json::Map<String, serde_json::Value> = values
        .map(|(name, value)| (name.clone(), json!(value.values())))
        .collect();
    let beside = json!({
        "compile_config": config,
        "iterations": variables.iterations,
        "values": values,
    });
    let compiled = Compiled {
        config,
        optimizer: Some(variables.clone()),
    };
    let path = folder.join("two_outputs.keras");
    keras::save_compiled(&network, &compiled, &path).unwrap();
    std::fs::write(path.with_extension("json"), beside.to_string()).unwrap();

    let folder = tempfile::tempdir().unwrap();
    trainer(folder.path(), (network, &settings.to_compile()), variables);
}

#[test]
fn what_only_a_program_knows_is_left_out_by_name() {
    let (_, keras, _) = read("own_loss");
    assert_eq!(keras.settings.loss, None);
    assert_eq!(keras.settings.optimizer.name(), "adam");
    assert_eq!(keras.settings.metrics.len(), 1);
    let told: Vec<String> = keras.left_out.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "`loss` is left out: `own_loss` is a program's own, code that is not in the file and never run; give `--loss` to `firebrick \
             train`",
            "`metrics[1]` is left out: `own_loss` is a program's own, code that is not in the file and never run; say it by a flag of \
             `firebrick train`, or in its file of settings",
        ]
    );
    let read = |json: serde_json::Value| {
        let config = serde_json::from_value(json).unwrap();
        CompileSettings::from_keras(&config, &["output"])
    };
    assert!(read(json!("adam")).is_err());
    let own = json!({"module": "mine", "class_name": "Adam", "config": {}});
    let keras =
        read(json!({"optimizer": own, "loss": {"class_name": "Hubert", "config": {}}})).unwrap();
    assert_eq!(keras.unknown, ["optimizer", "schedule"]);
    for said in [
        "`mine.Adam` is a program's own",
        "unknown loss `Hubert`, did you mean `huber`?",
    ] {
        assert!(
            keras.left_out.iter().any(|one| one.reason.contains(said)),
            "{said}"
        );
    }
    // Nonsense of any kind is left out, and told.
    for nonsense in [
        json!({"optimizer": 3, "loss": [1, 2], "metrics": {"a": 1}}),
        json!({"optimizer": {"class_name": "Adam", "config": {"beta_1": 7}}, "loss_weights": "x"}),
        json!({"optimizer": "adam", "metrics": [[["mae"]], {"class_name": 4}], "colour": "red"}),
    ] {
        assert!(!read(nonsense).unwrap().left_out.is_empty());
    }
}

#[test]
fn what_keras_does_not_have_is_told() {
    use firebrick::losses::Contrastive;
    use firebrick::schedules::TimeBased;
    use firebrick::training::Optimizer;

    let settings = CompileSettings {
        optimizer: Optimizer::sgd(),
        schedule: Some(TimeBased::new(3).unwrap().into()),
        loss: Some(Contrastive::new().into()),
        ..CompileSettings::default()
    };
    let (config, left_out) = settings.to_keras(&["output"], None);
    let json = serde_json::to_value(config.unwrap()).unwrap();
    assert_eq!(json["optimizer"]["config"]["learning_rate"], 3.0);
    assert!(json["loss"].is_null());
    let told: Vec<&str> = left_out.iter().map(|one| one.setting.as_str()).collect();
    assert_eq!(told, ["schedule", "loss"]);
    let adan = CompileSettings {
        optimizer: Optimizer::adan(),
        ..CompileSettings::default()
    };
    let (config, left_out) = adan.to_keras(&["output"], None);
    assert!(
        config.is_none()
            && left_out[0]
                .to_string()
                .contains("Keras does not have `adan`")
    );
}
