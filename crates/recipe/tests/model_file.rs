//! Trainings described in TOML: what is read, what is refused and how that is told.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

#[path = "model_file/callbacks.rs"]
mod callbacks;
#[path = "model_file/mistakes.rs"]
mod mistakes;

use std::collections::BTreeMap;
use std::path::Path;

use burn::tensor::Device;
use firebrick_data::{ArrayDataset, CsvSource, CsvTest, DataDescription, DataSource, mnist_sample};
use firebrick_model::layers::{
    Conv2D, Dense, Flatten, IntegerLookup, Layer, MaxPooling2D, Normalization, TextVectorization,
};
use firebrick_model::{Activation, AnyTensor, Initializer, Sequential};
use firebrick_recipe::{CompileSettings, ModelFile, RecipeError};
use firebrick_scheduler::{CosineDecay, ScheduleSpec};
use firebrick_trainer::losses::{CategoricalCrossentropy, SparseCategoricalCrossentropy};
use firebrick_trainer::metrics::AUC;
use firebrick_trainer::{
    Compile, Display, Fit, FitSettings, Metric, Optimizer, StepKind, WeightGroup, adapt,
};

const CNN: &str = r#"
name = "small"
input_shape = [28, 28, 1]

[[layers]]
class_name = "Conv2D"
filters = 4
kernel_size = [3, 5]
strides = 2
activation = "relu"
kernel_initializer = { class_name = "HeNormal", config = {} }

[[layers]]
class_name = "MaxPooling2D"

[[layers]]
class_name = "Flatten"

[[layers]]
class_name = "Dense"
name = "digits"
units = 10
activation = "softmax"
trainable = false
"#;

fn problem(text: &str) -> String {
    ModelFile::parse(text, "net.toml").unwrap_err().to_string()
}

#[test]
fn layers_are_those_of_the_setters() {
    let file = ModelFile::parse(CNN, "net.toml").unwrap();
    let expected = Sequential::new([28, 28, 1])
        .named("small")
        .add(
            Conv2D::new(4, [3, 5])
                .with_strides(2)
                .with_activation(Activation::Relu)
                .with_kernel_initializer(Initializer::HeNormal),
        )
        .add(MaxPooling2D::new(2))
        .add(Flatten::new())
        .add(
            Dense::new(10)
                .with_activation(Activation::Softmax)
                .named("digits")
                .frozen(),
        );
    assert_eq!(file.network(), &expected);
    assert_eq!(file.compile(), &CompileSettings::default());
    assert_eq!(file.fit(), &FitSettings::default());
    assert_eq!(file.to_string(), CNN);
}

#[test]
fn tables_can_be_written_in_lines_too() {
    let text = r#"
        input_shape = [28, 28, 1]
        layers = [{ class_name = "Flatten" }, { class_name = "Dense", units = 10, activation = "softmax" }]
        compile = { optimizer = "adam", learning_rate = 0.01, metrics = ["accuracy"] }
        fit = { epochs = 3, validation_split = 0.1 }
    "#;
    let file: ModelFile = text.parse().unwrap();
    assert_eq!(file.network().output_shapes().unwrap(), [[10]]);
    assert_eq!(file.compile().optimizer, Optimizer::adam());
    assert_eq!(file.fit().epochs, 3);
    let error = problem(&text.replace("units = 10", "units = -1"));
    assert!(
        error.starts_with("`net.toml`, line 3: layer of index 1 (Dense), argument `units`: "),
        "{error}"
    );
}

#[test]
fn settings_are_those_of_the_setters() {
    let text = format!(
        "{CNN}
        [compile]
        optimizer = {{ name = \"SGD\", momentum = 0.9, nesterov = true, clipvalue = 0.5 }}
        schedule = \"cosine-decay:0.1:decay_steps=100\"
        loss = {{ name = \"categorical_crossentropy\", label_smoothing = 0.25 }}
        metrics = [\"acc\", {{ metric = \"auc\", name = \"area\" }}]
        weighted_metrics = [\"accuracy\"]
        weight_groups = [{{ weights = \"conv2d/*\", learning_rate_factor = 0.1 }}]
        exclude_from_weight_decay = [\"*/bias\"]

        [fit]
        epochs = 7
        initial_epoch = 2
        batch_size = 11
        steps_per_epoch = 5
        seed = 3
        shuffle = false
        validation_split = 0.25
        validation_batch_size = 13
        validation_steps = 4
        validation_freq = 2
        one_cycle = 0.5
        step = \"host\"
        class_weight = {{ 0 = 2, 9 = 0.5 }}
        "
    );
    let file: ModelFile = text.parse().unwrap();
    let optimizer = Optimizer::sgd()
        .with_momentum(0.9)
        .and_then(Optimizer::with_nesterov)
        .and_then(|optimizer| optimizer.with_clipvalue(0.5))
        .unwrap();
    let loss = CategoricalCrossentropy::new().with_label_smoothing(0.25);
    let area = Metric::from(AUC::new()).named("area");
    assert_eq!(
        file.compile(),
        &CompileSettings {
            optimizer,
            schedule: Some(CosineDecay::new(0.1, 100).unwrap().into()),
            loss: Some(loss.unwrap().into()),
            metrics: vec!["acc".parse().unwrap(), area],
            weighted_metrics: vec![Metric::accuracy()],
            outputs: BTreeMap::new(),
            weight_groups: vec![
                WeightGroup::new("conv2d/*")
                    .with_learning_rate_factor(0.1)
                    .unwrap(),
                WeightGroup::new("*/bias").without_weight_decay(),
            ],
        }
    );
    assert_eq!(
        file.fit(),
        &FitSettings {
            epochs: 7,
            initial_epoch: 2,
            batch_size: 11,
            steps_per_epoch: Some(5),
            seed: 3,
            shuffle: false,
            validation_split: 0.25,
            validation_batch_size: Some(13),
            validation_steps: Some(4),
            validation_freq: 2,
            one_cycle: Some(0.5),
            step: StepKind::Host,
            class_weight: [(0.into(), 2.0), (9.into(), 0.5)].into(),
        }
    );
}

#[test]
fn a_described_training_is_the_one_in_code() {
    let device = Device::flex();
    let data = mnist_sample().unwrap();
    let text = "
        input_shape = [784]
        [[layers]]
        class_name = \"Dense\"
        units = 10
        activation = \"softmax\"
        [compile]
        optimizer = { name = \"adam\", beta_1 = 0.8 }
        learning_rate = 0.01
        metrics = [\"accuracy\"]
        [fit]
        epochs = 2
        batch_size = 50
        seed = 5
        validation_split = 0.2
        validation_freq = 2
        class_weight = { 3 = 4.0 }
    ";
    let file: ModelFile = text.parse().unwrap();
    let model = file.network().build(file.fit().seed, &device).unwrap();
    let fit = file.fit().to_fit().with_display(Display::Quiet);
    let mut described = file.compile().to_compile().model(model);
    let described = described.fit(&data.train, &fit).unwrap();

    let network = Sequential::new([784]).add(Dense::new(10).with_activation(Activation::Softmax));
    let optimizer = Optimizer::adam().with_beta_1(0.8).unwrap();
    let fit = Fit::new(2)
        .with_batch_size(50)
        .with_seed(5)
        .with_validation_split(0.2)
        .with_validation_freq(2)
        .with_class_weight([(3, 4.0)])
        .with_display(Display::Quiet);
    let coded = Compile::new(optimizer, SparseCategoricalCrossentropy::new())
        .with_learning_rate(0.01)
        .with_metrics([Metric::accuracy()])
        .model(network.build(5, &device).unwrap())
        .fit(&data.train, &fit)
        .unwrap();
    for name in ["loss", "accuracy", "val_loss", "val_accuracy"] {
        assert_eq!(described[name], coded[name], "{name}");
    }
    assert_eq!(described["val_loss"].len(), 1);
}

#[test]
fn a_schedule_is_a_text_a_table_or_what_keras_writes() {
    let expected: ScheduleSpec = CosineDecay::new(0.1, 1000).unwrap().into();
    for rate in [
        "schedule = \"cosine-decay:0.1:decay_steps=1000\"",
        "schedule = { name = \"cosine_decay\", initial_learning_rate = 0.1, decay_steps = 1000 }",
        "learning_rate = { name = \"CosineDecay\", initial_learning_rate = 0.1, decay_steps = 1e3 }",
        "learning_rate = { class_name = \"CosineDecay\", config = { initial_learning_rate = 0.1, decay_steps = 1000, \
         alpha = 0, warmup_steps = 0, name = \"CosineDecay\" }, module = \"keras.optimizers.schedules\" }",
        "learning_rate = \"cosine-decay:0.1:decay_steps=1000\"",
    ] {
        let file: ModelFile = format!("{CNN}\n[compile]\n{rate}\n").parse().unwrap();
        assert_eq!(file.compile().schedule.as_ref(), Some(&expected), "{rate}");
    }
}

#[test]
fn ten_thousand_layers_are_named_one_by_one() {
    let layers = "[[layers]]\nclass_name = \"Flatten\"\n".repeat(10_000);
    let file: ModelFile = format!("input_shape = [2]\n{layers}").parse().unwrap();
    let layers = file.network().layers();
    assert_eq!(layers.len(), 10_000);
    assert_eq!(layers[0].name(), "flatten");
    assert_eq!(layers[9_999].name(), "flatten_9999");
}

#[test]
fn an_optimizer_takes_the_arguments_of_its_setters_in_any_order() {
    let text = format!(
        "{CNN}\n[compile]\noptimizer = {{ name = \"adam\", ema_overwrite_frequency = 7, ema_momentum = 0.5, \
         gradient_accumulation_steps = 4, amsgrad = true }}\n"
    );
    let file: ModelFile = text.parse().unwrap();
    let expected = Optimizer::adam()
        .with_gradient_accumulation_steps(4)
        .and_then(|optimizer| optimizer.with_ema(0.5))
        .and_then(|optimizer| optimizer.with_ema_overwrite_frequency(7))
        .and_then(Optimizer::with_amsgrad)
        .unwrap();
    assert_eq!(file.compile().optimizer, expected);
}

#[test]
fn data_lies_beside_the_file() {
    let table = "[data]\ncsv = \"irises.csv\"\ntarget = \"species\"\nclasses = true\ntest_csv = \"/else/test.csv\"\n";
    let file = ModelFile::parse(format!("{CNN}\n{table}"), "some/where/net.toml").unwrap();
    let source = CsvSource::classes("some/where/irises.csv", "species")
        .with_test(CsvTest::File("/else/test.csv".into()))
        .unwrap();
    assert_eq!(file.data(), Some(&DataDescription::Csv(source)));

    let named = |name: &str| {
        let text = format!("data = \"{name}\"\n{CNN}");
        let file = ModelFile::parse(text, "some/where/net.toml").unwrap();
        file.data().cloned()
    };
    let images = |source| Some(DataDescription::Images(source));
    assert_eq!(named("mnist-sample"), images(DataSource::MnistSample));
    let folder = DataSource::Directory("some/where/stripes".into());
    assert_eq!(named("stripes"), images(folder));
    assert_eq!(CNN.parse::<ModelFile>().unwrap().data(), None);
}

#[test]
fn a_normalization_waits_for_the_samples() {
    let text = "
        input_shape = [2]
        layers = [
            { class_name = \"Normalization\" },
            { class_name = \"Dense\", units = 1 },
            { class_name = \"Normalization\", invert = true },
        ]
    ";
    let file: ModelFile = text.parse().unwrap();
    let device = Device::flex();
    assert_eq!(file.network().output_shapes().unwrap(), [[1]]);
    let error = file.network().build(1, &device).unwrap_err().to_string();
    assert!(
        error
            .contains("layer `normalization` (Normalization, index 0) needs `mean` to be given by"),
        "{error}"
    );
    // More samples than are looked at together.
    let inputs: Vec<[f32; 2]> = (0..5000_u16).map(|i| [f32::from(i), 1.0]).collect();
    let targets: Vec<f32> = (0..5000_u16).map(|i| f32::from(i % 2)).collect();
    let data = ArrayDataset::new(inputs, targets).unwrap();
    let network = adapt(file.network().clone(), &data, &device).unwrap();
    let statistics = |index: usize| {
        let layer = network.layers()[index].layer();
        let layer = layer.downcast_ref::<Normalization>().unwrap();
        (
            layer.mean().unwrap().to_vec(),
            layer.variance().unwrap().to_vec(),
        )
    };
    let variance = 2_083_333.3;
    assert_eq!(statistics(0), (vec![2499.5, 1.0], vec![variance, 0.0]));
    assert_eq!(statistics(2), (vec![0.5], vec![0.25]));
    assert!(network.build(1, &device).is_ok());
}

#[test]
fn a_vocabulary_may_lie_in_a_file_beside() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("words.txt", "good\nbad \\ \"very\"\r\ngrün\n\n");
    write("codes.txt", "7\n-3\n");
    let text = "
        outputs = [\"text_vectorization\", \"integer_lookup\"]
        [inputs]
        text = [-1]
        code = [1]
        [[layers]]
        class_name = \"TextVectorization\"
        vocabulary = \"words.txt\"
        output_sequence_length = 3
        [[layers]]
        class_name = \"IntegerLookup\"
        inputs = \"code\"
        vocabulary = 'codes.txt'
    ";
    let file = ModelFile::parse(text, folder.path().join("net.toml")).unwrap();
    let layer = |index: usize| file.network().layers()[index].layer();
    let words = layer(0).downcast_ref::<TextVectorization>().unwrap();
    assert_eq!(
        words.get_vocabulary().unwrap()[2..],
        ["good", "bad \\ \"very\"", "grün"]
    );
    let codes = layer(1).downcast_ref::<IntegerLookup>().unwrap();
    assert_eq!(codes.get_vocabulary().unwrap(), [-1, 7, -3]);
    // The text has them, wherever it is read again.
    let again: ModelFile = file.as_str().parse().unwrap();
    assert_eq!(again.network(), file.network());

    let missing = text.replace("codes.txt", "no.txt");
    let error = ModelFile::parse(missing, folder.path().join("net.toml")).unwrap_err();
    let error = error.to_string();
    assert!(
        error.contains("no.txt`: ") && error.contains("line 13"),
        "{error}"
    );
    write("codes.txt", "7\nseven\n");
    let error = ModelFile::parse(text, folder.path().join("net.toml")).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("line 2: expected a whole number, received `seven`"),
        "{error}"
    );
}

#[test]
fn a_network_learns_its_words_from_the_texts_it_is_trained_on() {
    let text = "
        input_shape = [-1]
        layers = [
            { class_name = \"TextVectorization\", max_tokens = 8, output_sequence_length = 4 },
            { class_name = \"Embedding\", input_dim = 8, output_dim = 4, mask_zero = true },
            { class_name = \"GlobalAveragePooling1D\" },
            { class_name = \"Dense\", units = 2, activation = \"softmax\" },
        ]
        [compile]
        learning_rate = 0.2
        loss = \"sparse_categorical_crossentropy\"
        metrics = [\"accuracy\"]
        [fit]
        epochs = 30
    ";
    let file: ModelFile = text.parse().unwrap();
    let device = Device::flex();
    let texts = [
        "good film",
        "bad film",
        "A good one!",
        "a bad one",
        "so good",
        "so bad",
    ];
    let data = ArrayDataset::new(texts, [1, 0, 1, 0, 1, 0]).unwrap();
    let network = adapt(file.network().clone(), &data, &device).unwrap();
    let model = network.build(1, &device).unwrap();
    let fit = file.fit().to_fit().with_display(Display::Quiet);
    let mut trainer = file.compile().to_compile().model(model);
    let history = trainer.fit(&data, &fit).unwrap();
    assert!(
        (history["accuracy"].last().unwrap() - 1.0).abs() < 1e-6,
        "{:?}",
        &history["accuracy"]
    );
    let asked = AnyTensor::from_texts(&["GOOD, good and unknown", "bad"], &device);
    let answers = trainer.predict(asked).unwrap().into_vec().unwrap();
    assert!(answers[1] > 0.5 && answers[2] > 0.5, "{answers:?}");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let error = ModelFile::read(Path::new("no/such.toml")).unwrap_err();
    assert!(matches!(error, RecipeError::File { .. }), "{error}");
    assert!(
        error
            .to_string()
            .starts_with("cannot read `no/such.toml`: ")
    );
}

#[test]
fn in_another_file_it_is_its_text() {
    let file = ModelFile::parse(CNN, "net.toml").unwrap();
    let json = serde_json::to_string(&file).unwrap();
    assert_eq!(serde_json::from_str::<String>(&json).unwrap(), CNN);
    assert_eq!(serde_json::from_str::<ModelFile>(&json).unwrap(), file);
    let error = serde_json::from_str::<ModelFile>("\"input_shape = 3\"").unwrap_err();
    assert!(
        error.to_string().starts_with("`model`, line 1: "),
        "{error}"
    );
}
