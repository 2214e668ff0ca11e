//! What model files say of single outputs, and what a run writes of them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::tensor::Device;
use firebrick_data::{ArrayData, ArrayDataset};
use firebrick_model::layers::{Dense, Layer};
use firebrick_model::{Activation, Graph, named_input};
use firebrick_recipe::{ModelFile, OutputSettings, Settings};
use firebrick_trainer::losses::{Huber, MeanSquaredError, SparseCategoricalCrossentropy};
use firebrick_trainer::{Compile, Display, Fit, Loss, Metric, Optimizer, RunDirectory};

const FILE: &str = r#"
outputs = ["class", "corner", "spare"]

[inputs]
picture = [4]

[[layers]]
class_name = "Dense"
name = "class"
units = 2
activation = "softmax"
inputs = "picture"

[[layers]]
class_name = "Dense"
name = "corner"
units = 1
inputs = "picture"

[[layers]]
class_name = "Dense"
name = "spare"
units = 1
inputs = "picture"

[compile]
metrics = ["mae"]

[compile.outputs.class]
loss = "sparse_categorical_crossentropy"
metrics = ["accuracy"]

[compile.outputs.corner]
loss = { name = "huber", delta = 0.5 }
loss_weight = 0.25
weighted_metrics = ["mse"]

[fit]
epochs = 3
batch_size = 2
seed = 4
"#;

fn data() -> ArrayDataset {
    let pictures = [[0.0, 1.0, 0.0, 1.0], [1.0, 0.0, 1.0, 0.0], [0.5; 4]];
    ArrayDataset::of_named(
        [ArrayData::named("picture", pictures).unwrap()],
        [
            ArrayData::named("class", [0, 1, 1]).unwrap(),
            ArrayData::named("corner", [[0.5], [0.25], [2.0]]).unwrap(),
        ],
    )
    .unwrap()
}

fn compile() -> Compile {
    let losses = [
        ("class", Loss::from(SparseCategoricalCrossentropy::new())),
        ("corner", Huber::new().with_delta(0.5).unwrap().into()),
    ];
    Compile::by_output(Optimizer::rmsprop(), losses)
        .with_metrics(["mae".parse::<Metric>().unwrap()])
        .with_loss_weights([("corner", 0.25)])
        .with_output_metrics("class", [Metric::accuracy()])
        .with_weighted_output_metrics("corner", ["mse".parse::<Metric>().unwrap()])
}

fn network() -> Graph {
    let picture = named_input("picture", [4]);
    let class = Dense::new(2).with_activation(Activation::Softmax);
    let outputs = [
        class.named("class").on(&picture),
        Dense::new(1).named("corner").on(&picture),
        Dense::new(1).named("spare").on(&picture),
    ];
    Graph::new(picture, outputs)
}

fn fit() -> Fit {
    Fit::new(3)
        .with_batch_size(2)
        .with_seed(4)
        .with_display(Display::Quiet)
}

#[test]
fn a_training_of_several_outputs_in_a_file_is_the_one_in_code() {
    let file: ModelFile = FILE.parse().unwrap();
    let device = Device::flex();
    let figures = |compile: Compile, network: &Graph| {
        let mut trainer = compile.model(network.build(4, &device).unwrap());
        trainer.fit(&data(), &fit()).unwrap()
    };
    let in_file = figures(file.compile().to_compile(), file.network());
    let in_code = figures(compile(), &network());
    for name in ["loss", "class_loss", "class_accuracy", "corner_loss"] {
        assert_eq!(in_file[name], in_code[name], "{name}");
    }
    let mut names: Vec<&str> = in_file.epochs()[0].figures.names().collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "class_accuracy",
            "class_loss",
            "corner_loss",
            "corner_mae",
            "corner_mse",
            "loss"
        ]
    );
}

#[test]
fn a_run_of_several_outputs_says_all_of_its_losses_and_metrics() {
    let folder = tempfile::tempdir().unwrap();
    let run = RunDirectory::create(&folder.path().join("run")).unwrap();
    let mut trainer = compile().model(network().build(4, &Device::flex()).unwrap());
    trainer
        .fit(&data(), &fit().with_run_directory(run.clone()))
        .unwrap();
    let settings = Settings::read(&run.file(RunDirectory::CONFIG)).unwrap();
    // The samples are the program's, nothing else.
    assert_eq!(settings.unknown, Some(vec!["data".to_owned()]));
    let written = settings.model.unwrap();
    let file: ModelFile = FILE.parse().unwrap();
    assert_eq!(written.compile().outputs, file.compile().outputs);
    assert_eq!(written.compile().loss, None);
    assert_eq!(written.compile().metrics, ["mae".parse().unwrap()]);
}

#[test]
fn a_loss_for_all_is_that_of_outputs_without_one() {
    let with_all = FILE.replace("metrics = [\"mae\"]", "loss = \"mse\"");
    let file: ModelFile = with_all.parse().unwrap();
    assert_eq!(file.compile().loss, Some(MeanSquaredError::new().into()));
    assert_eq!(
        file.compile().loss_text(),
        "mean_squared_error, sparse_categorical_crossentropy at class, huber at corner"
    );
    assert_eq!(
        file.compile().outputs["class"],
        OutputSettings {
            loss: Some(SparseCategoricalCrossentropy::new().into()),
            metrics: Some(vec![Metric::accuracy()]),
            ..OutputSettings::default()
        }
    );
}

#[test]
fn what_is_wrong_with_an_output_has_its_line() {
    for (from, to, line, words) in [
        (
            "outputs.corner]",
            "outputs.corners]",
            33,
            "`outputs`: unknown output `corners`, did you mean `corner`?",
        ),
        (
            "loss_weight = 0.25",
            "loss_weight = -1",
            35,
            "`loss_weight`: expected a number from 0 on, received -1",
        ),
        (
            "loss_weight",
            "loss_wait",
            35,
            "the output `corner` has no argument `loss_wait`, did you mean `loss_weight`?",
        ),
        (
            "\"accuracy\"",
            "\"acuracy\"",
            31,
            "unknown metric `acuracy`, did you mean `accuracy`?",
        ),
        (
            "\"huber\"",
            "\"hubert\"",
            34,
            "unknown loss `hubert`, did you mean `huber`?",
        ),
    ] {
        let text = FILE.replace(from, to);
        assert_ne!(text, FILE);
        let error = text.parse::<ModelFile>().unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
        assert!(error.contains(&format!("line {line}:")), "{error}");
    }
}
