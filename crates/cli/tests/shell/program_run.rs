//! Runs that a program has made, as the command uses them.

use firebrick::burn::tensor::{Device, Tensor};
use firebrick::datasets::{
    ArrayDataset, CsvSource, DataDescription, DataSource, MnistDataset, mnist_sample,
};
use firebrick::layers::{Dense, Dropout, Layer, Normalization};
use firebrick::losses::{Loss, LossFunction, MeanSquaredError, Outputs};
use firebrick::metrics::MeanAbsoluteError;
use firebrick::models::{Activation, GraphLayer, MlpConfig, Sequential};
use firebrick::recipes::ModelFile;
use firebrick::training::{Compile, Display, Fit, Optimizer, RunDirectory, adapt};

use crate::table::workplace;
use crate::workplace::Workplace;

fn run(workplace: &Workplace) -> RunDirectory {
    RunDirectory::create(&workplace.path("runs/own")).unwrap()
}

/// A program that learns the volumes of boxes from its table, or from arrays, of which nobody knows where they come from.
fn learn_boxes(workplace: &Workplace, from_table: bool) {
    let source =
        CsvSource::values(workplace.path("boxes.csv"), ["volume"]).without_columns(["weight"]);
    let table = source.load().unwrap();
    let device = Device::flex();
    let network = Sequential::new([2])
        .add(Normalization::new())
        .add(
            Dense::new(8)
                .with_activation(Activation::Relu)
                .named("hidden"),
        )
        .add(Dropout::new(0.1))
        .add(Dense::new(1));
    let network = adapt(network, &table.data, &device).unwrap();
    let optimizer = Optimizer::adam()
        .with_beta_1(0.8)
        .unwrap()
        .with_clipnorm(1.0)
        .unwrap();
    let mut trainer = Compile::new(optimizer, MeanSquaredError::new())
        .with_learning_rate(0.01)
        .with_metrics([MeanAbsoluteError::new()])
        .model(network.build(1, &device).unwrap());
    let fit = Fit::new(3)
        .with_batch_size(16)
        .with_validation_split(0.25)
        .with_display(Display::Quiet)
        .with_run_directory(run(workplace));
    if from_table {
        trainer.fit(&table.data, &fit).unwrap();
    } else {
        let features = source.load_inputs().unwrap();
        let volumes = vec![5000.0; table.data.len()];
        let data = ArrayDataset::new(features, volumes).unwrap();
        trainer.fit(&data, &fit).unwrap();
    }
}

#[test]
fn a_program_leaves_a_run_that_says_what_it_is() {
    let workplace = workplace();
    learn_boxes(&workplace, true);
    let settings: toml::Table = workplace.read("runs/own/config.toml").parse().unwrap();
    assert_eq!(settings["data"]["target"].as_str(), Some("volume"));
    assert!(settings.get("unknown").is_none(), "{settings}");
    let model: ModelFile = settings["model"].as_str().unwrap().parse().unwrap();
    let layers: Vec<&str> = model
        .network()
        .layers()
        .iter()
        .map(GraphLayer::name)
        .collect();
    assert_eq!(layers, ["normalization", "hidden", "dropout", "dense"]);
    let compile = model.compile();
    let optimizer = Optimizer::adam()
        .with_beta_1(0.8)
        .unwrap()
        .with_clipnorm(1.0)
        .unwrap();
    assert_eq!(compile.optimizer, optimizer);
    assert_eq!(compile.loss, Some(MeanSquaredError::new().into()));
    assert_eq!(compile.metrics, [MeanAbsoluteError::new().into()]);
    assert_eq!(
        compile.schedule.as_ref().unwrap().to_string(),
        "constant:0.01"
    );
    let fit = model.fit();
    assert_eq!((fit.epochs, fit.batch_size, fit.seed), (3, 16, 42));
    assert!((fit.validation_split - 0.25).abs() < 1e-12);

    let judged = workplace
        .run("evaluate own --data boxes.csv")
        .succeeds()
        .stdout;
    assert!(
        judged.contains("(mean_squared_error)\nmean_absolute_error  "),
        "{judged}"
    );
    workplace.write("new.csv", "height,side\n4,2\n6,5\n");
    let predicted = workplace.run("predict own new.csv").succeeds().stdout;
    assert!(predicted.starts_with("volume\n"), "{predicted}");
    workplace
        .run("train --config runs/own/config.toml --epochs 1 --ui quiet")
        .succeeds();
}

#[test]
fn a_run_that_does_not_say_its_data_says_that_it_does_not() {
    let workplace = workplace();
    learn_boxes(&workplace, false);
    let text = workplace.read("runs/own/config.toml");
    assert!(
        text.contains("# Not known: data, what it learned from"),
        "{text}"
    );
    workplace.run("evaluate own").fails(
        2,
        &["was made by a program and does not say the data it learned from: `--data`"],
    );
    let columns = "which columns of a table";
    workplace
        .run("evaluate own --data boxes.csv")
        .fails(2, &[columns, "`Fit::with_data_description`"]);
    workplace
        .run("predict own boxes.csv")
        .fails(1, &[columns, "cannot predict `boxes.csv`"]);
    workplace
        .run("train --config runs/own/config.toml")
        .fails(2, &["say the rest by --data"]);
}

/// A loss that no file can name.
#[derive(Debug)]
struct Halved;

impl LossFunction for Halved {
    fn name(&self) -> &'static str {
        "halved"
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        let difference = outputs.values() - targets;
        difference
            .powi_scalar(2)
            .mean_dim(1)
            .squeeze_dim::<1>(1)
            .div_scalar(2.0)
    }
}

#[test]
fn what_is_a_programs_own_is_named_and_can_be_given() {
    let workplace = Workplace::new();
    let data = mnist_sample().unwrap();
    let model = MlpConfig::new(784, 10)
        .with_hidden([8])
        .init(1, &Device::flex())
        .unwrap();
    let mut trainer = Compile::new(Optimizer::sgd(), Loss::custom(Halved)).model(model);
    let fit = Fit::new(1)
        .with_batch_size(100)
        .with_display(Display::Quiet)
        .with_run_directory(run(&workplace));
    let samples = data.train.first(200).unwrap();
    trainer.fit(&one_hot(&samples), &fit).unwrap();

    let text = workplace.read("runs/own/config.toml");
    for words in [
        "# Not known: loss, `halved` is the program's own.\n",
        "\nunknown = [",
        "class_name = \"Dense\"",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    workplace
        .run("evaluate own --data mnist-sample")
        .fails(2, &["does not say its loss: `--loss`"]);
    let outcome = workplace
        .run("evaluate own --data mnist-sample --loss sparse_categorical_crossentropy")
        .succeeds();
    assert!(
        outcome
            .stdout
            .contains(" (sparse_categorical_crossentropy)\n")
    );
}

/// The pictures with ones at their classes, for a loss that compares numbers.
fn one_hot(samples: &MnistDataset) -> ArrayDataset {
    let pixels: Vec<f32> = (0..samples.len())
        .flat_map(|row| {
            samples
                .image(row)
                .iter()
                .map(|pixel| f32::from(*pixel) / 255.0)
        })
        .collect();
    let targets: Vec<f32> = samples
        .labels()
        .flat_map(|label| (0..10).map(move |class| f32::from(u8::from(class == label))))
        .collect();
    let rows = samples.len();
    ArrayDataset::new((pixels, vec![rows, 784]), (targets, vec![rows, 10])).unwrap()
}

#[test]
fn images_by_name_say_their_name_and_others_are_told() {
    let workplace = Workplace::new();
    let data = mnist_sample().unwrap();
    let mut trainer = Compile::by_name("sgd", "sparse_categorical_crossentropy", ["accuracy"])
        .unwrap()
        .model(MlpConfig::new(784, 10).init(1, &Device::flex()).unwrap());
    let fit = Fit::new(1)
        .with_display(Display::Quiet)
        .with_run_directory(run(&workplace));
    trainer.fit(&data.train.first(100).unwrap(), &fit).unwrap();
    let judged = workplace.run("evaluate own").succeeds().stdout;
    assert!(
        judged.contains("500 test images; the built-in sample of MNIST"),
        "{judged}"
    );
    assert!(judged.contains("\naccuracy  "), "{judged}");

    let told = fit.with_data_description(DataDescription::Images(DataSource::Directory(
        "digits".into(),
    )));
    trainer.fit(&data.train.first(100).unwrap(), &told).unwrap();
    let settings: toml::Table = workplace.read("runs/own/config.toml").parse().unwrap();
    let folder = settings["data"].as_str().unwrap();
    assert!(folder.ends_with("/digits"), "the whole path: {folder}");
}
