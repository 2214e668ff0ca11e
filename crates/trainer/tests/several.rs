//! What a training takes of a model's `call`: terms of the loss, masks, several inputs and outputs; the numbers of the latter
//! are Keras', see `data/make_several.py`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::tensor::{Device, Int, Tensor, TensorData};
use firebrick_data::{ArrayData, ArrayDataset, Batch, NamedArray};
use firebrick_model::layers::{Concatenate, Dense, Embedding, Flatten, Layer, LayerProblem};
use firebrick_model::{
    Activation, AnyTensor, Call, Graph, Network, Sequential, Signal, Signals, named_input,
};
use firebrick_trainer::losses::{Loss, MeanSquaredError, SparseCategoricalCrossentropy};
use firebrick_trainer::metrics::Metric;
use firebrick_trainer::{
    CheckpointInterval, Checkpoints, Compile, Display, Fit, Logs, Optimizer, Pass, RunDirectory,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Adds the mean square of what goes through it to the loss.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct SmallPlease {}

impl Layer for SmallPlease {
    const CLASS_NAME: &'static str = "SmallPlease";

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let values = inputs.into_rank::<2>()?;
        call.add_loss(values.clone().square().mean());
        Ok(values.into())
    }
}

fn quietly(epochs: usize) -> Fit {
    Fit::new(epochs).with_display(Display::Quiet)
}

#[test]
fn what_layers_add_to_the_loss_is_learned_and_judged() {
    let device = Device::flex();
    let model = Sequential::new([1])
        .add(Dense::new(1).without_bias())
        .add(SmallPlease {})
        .build_with_weights([vec![2.0]], &device)
        .unwrap();
    let data = ArrayDataset::new([[1.0], [2.0]], [2.0, 4.0]).unwrap();
    let compile = Compile::by_name("sgd:learning_rate=0.1", "mse", ["mse"]).unwrap();
    let mut trainer = compile.model(model);
    // The answers 2 and 4 are right; their mean square is 10.
    let before = trainer.evaluate(&data).unwrap();
    assert_eq!((before.loss(), before.get("mse")), (10.0, Some(0.0)));
    trainer.fit(&data, &quietly(1)).unwrap();
    // The slope of (2² + 4²) / 2 with the weight: 2 · 10 / 2 = 10, so that 0.1 · 10 is taken off.
    let weight = trainer.predict(Tensor::<2>::ones([1, 1], &device));
    let weight = weight.unwrap().into_vec().unwrap()[0];
    assert!((weight - 1.0).abs() < 1e-6, "{weight}");
}

#[test]
fn steps_that_a_mask_leaves_out_do_not_count() {
    let device = Device::flex();
    let network = Sequential::new([3])
        .add(Embedding::new(3, 1).with_mask_zero())
        .add(Dense::new(1).without_bias());
    // Vectors of 7, 1 and 2, answered as they are.
    let model = network
        .build_with_weights([vec![7.0, 1.0, 2.0], vec![1.0]], &device)
        .unwrap();
    let inputs = [[1.0, 2.0, 0.0], [2.0, 0.0, 0.0]];
    let data = ArrayDataset::new(inputs, [[2.0, 2.0, 0.0], [4.0, 0.0, 0.0]]).unwrap();
    let compile = Compile::by_name("sgd", "mse", ["mae"]).unwrap();
    let evaluation = compile.model(model).evaluate(&data).unwrap();
    // Errors of 1, 0 and 2 in three steps.
    let loss = 5.0 / 3.0;
    assert!(
        (evaluation.loss() - loss).abs() < 1e-6,
        "{}",
        evaluation.loss()
    );
    assert_eq!(evaluation.get("mae"), Some(1.0));
}

/// An index and two numbers, joined.
fn recommender(device: &Device) -> Network {
    let user = named_input("user", [1]);
    let film = named_input("film", [2]);
    let vectors = Embedding::new(4, 2).on(&user);
    let vectors = Flatten::new().on(&vectors);
    let joined = Concatenate::new().on([&vectors, &film]);
    let rating = Dense::new(1).on(&joined);
    Graph::new([user, film], rating).build(3, device).unwrap()
}

fn users() -> NamedArray {
    ArrayData::named("user", [0, 1, 2, 3, 1]).unwrap()
}

fn films() -> NamedArray {
    ArrayData::named(
        "film",
        [[0.5, 1.0], [0.0, 1.0], [0.3, 0.1], [1.0, 1.0], [0.2, 0.9]],
    )
    .unwrap()
}

fn ratings() -> NamedArray {
    ArrayData::named("rating", [1.0, 0.5, 0.0, 1.0, 0.25]).unwrap()
}

fn mse() -> Compile {
    Compile::by_name("adam:learning_rate=0.05", "mse", ["mae"]).unwrap()
}

#[test]
fn inputs_are_found_by_their_names_and_whole_numbers_stay_whole() {
    let device = Device::flex();
    let in_order = ArrayDataset::of_named([users(), films()], [ratings()]).unwrap();
    let other_way = ArrayDataset::of_named([films(), users()], [ratings()]).unwrap();
    let fit = quietly(20).with_batch_size(2).with_validation(&in_order);
    let mut histories = Vec::new();
    for data in [&in_order, &other_way] {
        let mut trainer = mse().model(recommender(&device));
        let history = trainer
            .fit(data, &fit.clone().with_validation(data))
            .unwrap();
        assert!(history["val_loss"][19] < 0.5 * history["val_loss"][0]);
        assert_eq!(trainer.evaluate(data).unwrap().samples, 5);
        // The same from tensors, in the order of the network.
        let answers = trainer.predict_data(data).unwrap();
        let user = Tensor::<2, Int>::from_ints([[0], [1], [2], [3], [1]], &device);
        let film = [[0.5, 1.0], [0.0, 1.0], [0.3, 0.1], [1.0, 1.0], [0.2, 0.9]];
        let inputs: [Signal; 2] = [
            AnyTensor::from(user).into(),
            Tensor::<2>::from_floats(film, &device).into(),
        ];
        let pass = Pass::new().with_batch_size(2);
        let same = trainer.predict_all(inputs, &pass).unwrap();
        assert_eq!(
            same[0].values().clone().into_vec().unwrap(),
            answers.into_vec().unwrap()
        );
        histories.push((history["loss"].to_vec(), history["val_mae"].to_vec()));
    }
    assert_eq!(histories[0], histories[1]);
}

#[test]
fn inputs_that_do_not_fit_are_an_error_that_says_what_to_do() {
    let device = Device::flex();
    let trainer = mse().model(recommender(&device));
    let error = |inputs: Vec<NamedArray>| {
        let data = ArrayDataset::of_named(inputs, [ratings()]).unwrap();
        trainer.check(&data, &quietly(1)).unwrap_err().to_string()
    };
    let usr = ArrayData::named("usr", [0, 1, 2, 3, 1]).unwrap();
    assert_eq!(
        error(vec![usr, films()]),
        "unknown input `usr`, did you mean `user`?; known inputs: user, film"
    );
    assert_eq!(
        error(vec![films()]),
        "the network has the input `user`, the samples have none of this name but `film`; give it, or build the network \
         without it"
    );
    let wide = ArrayData::named("film", [[0.5; 3]; 5]).unwrap();
    let text = error(vec![users(), wide]);
    assert!(text.contains("samples of shape [1] and [3]"), "{text}");
    let many = ArrayData::named("user", [0, 1, 2, 4, 1]).unwrap();
    let text = error(vec![many, films()]);
    assert!(text.contains("sample 3"), "{text}");
}

fn golden() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/several.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "they are those of single precision"
)]
fn floats(value: &Value) -> Vec<f32> {
    match value {
        Value::Array(items) => items.iter().flat_map(floats).collect(),
        number => vec![number.as_f64().unwrap() as f32],
    }
}

fn integers(value: &Value) -> Vec<i64> {
    match value {
        Value::Array(items) => items.iter().flat_map(integers).collect(),
        number => vec![number.as_i64().unwrap()],
    }
}

fn samples(value: &Value) -> ArrayDataset {
    let (x, y, weights) = (&value["x"], &value["y"], &value["weights"]);
    let count = integers(&y["class"]).len();
    ArrayDataset::of_named(
        [
            ArrayData::named("user", (integers(&x["user"]), [count, 2])).unwrap(),
            ArrayData::named("film", (floats(&x["film"]), [count, 4])).unwrap(),
        ],
        [
            ArrayData::named("box", (floats(&y["box"]), [count, 2])).unwrap(),
            ArrayData::named("class", integers(&y["class"])).unwrap(),
        ],
    )
    .unwrap()
    .with_num_classes_of("class", 3)
    .unwrap()
    .with_sample_weights_of("class", floats(&weights["class"]))
    .unwrap()
    .with_sample_weights_of("box", floats(&weights["box"]))
    .unwrap()
}

/// The network of the golden file with the weights from before.
fn two_headed(golden: &Value, device: &Device) -> Network {
    let (user, film) = (named_input("user", [2]), named_input("film", [4]));
    let vectors = Flatten::new().on(Embedding::new(5, 3).on(&user));
    let joined = Concatenate::new().on([&vectors, &film]);
    let hidden = Dense::new(6).with_activation(Activation::Tanh).on(&joined);
    // In the order in which Keras keeps their weights.
    let box_ = Dense::new(2).named("box").on(&hidden);
    let class = Dense::new(3)
        .with_activation(Activation::Softmax)
        .named("class")
        .on(&hidden);
    let weights: Vec<Vec<f32>> = golden["initial"]
        .as_array()
        .unwrap()
        .iter()
        .map(floats)
        .collect();
    let graph = Graph::new([user, film], [box_, class]);
    graph.build_with_weights(weights, device).unwrap()
}

fn two_losses() -> Compile {
    two_losses_by(Optimizer::adam(), 0.01)
}

fn two_losses_by(optimizer: Optimizer, learning_rate: f64) -> Compile {
    let losses = [
        ("class", Loss::from(SparseCategoricalCrossentropy::new())),
        ("box", MeanSquaredError::new().into()),
    ];
    let metric = |name: &str| name.parse::<Metric>().unwrap();
    Compile::by_output(optimizer, losses)
        .with_learning_rate(learning_rate)
        .with_loss_weights([("class", 0.7), ("box", 2.0)])
        .with_output_metrics("class", [Metric::accuracy()])
        .with_weighted_output_metrics("class", [metric("sparse_categorical_crossentropy")])
        .with_weighted_output_metrics("box", [metric("mae")])
}

fn in_order(epochs: usize) -> Fit {
    quietly(epochs).with_batch_size(4).without_shuffle()
}

#[test]
fn two_inputs_and_two_outputs_are_trained_as_keras_does() {
    let golden = golden();
    let device = Device::flex();
    let (training, validation) = (samples(&golden["training"]), samples(&golden["validation"]));
    let mut trainer = two_losses().model(two_headed(&golden, &device));
    let fit = in_order(5).with_validation(&validation);
    let history = trainer.fit(&training, &fit).unwrap();
    let figures = golden["history"].as_object().unwrap();
    assert_eq!(figures.len(), 12);
    for (name, expected) in figures {
        for (epoch, (own, expected)) in history[name.as_str()]
            .iter()
            .zip(floats(expected))
            .enumerate()
        {
            let difference = (own - f64::from(expected)).abs();
            assert!(
                difference < 1e-4,
                "{name}, epoch {epoch}: {own} instead of {expected}"
            );
        }
        assert_eq!(history[name.as_str()].len(), 5, "{name}");
    }
    let answers = trainer.predict_all_data(&validation, &Pass::new()).unwrap();
    for (output, name) in ["box", "class"].into_iter().enumerate() {
        let own = answers[output].values().clone().into_vec().unwrap();
        let expected = floats(&golden["answers"][name]);
        assert_eq!(own.len(), expected.len());
        for (own, expected) in own.iter().zip(expected) {
            assert!(
                (own - expected).abs() < 1e-4,
                "{name}: {own} instead of {expected}"
            );
        }
    }
    let evaluation = trainer.evaluate(&validation).unwrap();
    let last = history["val_box_loss"][4];
    assert!((evaluation.get("box_loss").unwrap() - last).abs() < 1e-5);
    assert!(evaluation.classes.is_none());
}

#[test]
fn a_training_of_several_outputs_goes_on_bit_for_bit_and_leaves_its_figures() {
    let golden = golden();
    let device = Device::flex();
    let (training, validation) = (samples(&golden["training"]), samples(&golden["validation"]));
    let trainer = || two_losses().model(two_headed(&golden, &device));
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = Checkpoints::every(CheckpointInterval::Steps(3)).in_folder(folder.path());
    let fit = |epochs| {
        quietly(epochs)
            .with_batch_size(4)
            .with_validation(&validation)
    };
    trainer()
        .fit(&training, &fit(2).with_checkpoints(checkpoints.clone()))
        .unwrap();
    let mut resumed = trainer();
    let history = resumed
        .resume(
            &training,
            &fit(5).with_checkpoints(checkpoints),
            folder.path(),
        )
        .unwrap();
    let run = tempfile::tempdir().unwrap();
    let run = RunDirectory::create(&run.path().join("run")).unwrap();
    let mut unbroken = trainer();
    let whole = unbroken
        .fit(&training, &fit(5).with_run_directory(run.clone()))
        .unwrap();
    for name in ["loss", "box_loss", "class_accuracy", "val_box_mae"] {
        assert_eq!(history[name], whole[name], "{name}");
    }
    let numbers = |trainer: &firebrick_trainer::Trainer<Network>| {
        let answers = trainer.predict_all_data(&validation, &Pass::new()).unwrap();
        answers[1].values().clone().into_vec().unwrap()
    };
    assert_eq!(numbers(&resumed), numbers(&unbroken));
    let text = std::fs::read_to_string(run.file("history.csv")).unwrap();
    let heading = text.lines().next().unwrap();
    for name in ["box_loss", "class_loss", "val_class_accuracy"] {
        assert!(heading.contains(name), "{heading}");
    }
}

#[test]
fn outputs_without_a_loss_are_left_alone() {
    let golden = golden();
    let losses = [("box", MeanSquaredError::new())];
    let compile = Compile::by_output(Optimizer::adam(), losses);
    let x = &golden["training"]["x"];
    let y = &golden["training"]["y"];
    let data = ArrayDataset::of_named(
        [
            ArrayData::named("user", (integers(&x["user"]), [14, 2])).unwrap(),
            ArrayData::named("film", (floats(&x["film"]), [14, 4])).unwrap(),
        ],
        [ArrayData::named("box", (floats(&y["box"]), [14, 2])).unwrap()],
    )
    .unwrap();
    let mut trainer = compile.model(two_headed(&golden, &Device::flex()));
    let history = trainer.fit(&data, &in_order(3)).unwrap();
    assert!(history["loss"][2] < history["loss"][0]);
}

#[test]
fn a_loss_of_ones_own_sees_all_outputs() {
    let golden = golden();
    let data = samples(&golden["training"]);
    let model = || two_headed(&golden, &Device::flex());
    let square = |answers: &Signals, batch: &firebrick_data::Batch| -> Tensor<1> {
        let box_ = answers[0].values().clone().expect_rank::<2>();
        // A softmax is applied: its rows sum to 1.
        let ones = answers[1].values().clone().expect_rank::<2>().sum_dim(1);
        (box_ * ones - batch.targets_of(0)).square().mean()
    };
    let jointly = Compile::jointly(Optimizer::adam(), "square", square);
    let alone = jointly.model(model()).fit(&data, &in_order(3)).unwrap();
    let losses = [("box", MeanSquaredError::new())];
    let beside = Compile::by_output(Optimizer::adam(), losses).with_joint_loss("square", square);
    let both = beside.model(model()).evaluate(&data).unwrap();
    let sum = both.get("square").unwrap() + both.get("box_loss").unwrap();
    assert!((both.loss() - sum).abs() < 1e-5, "{} {sum}", both.loss());
    assert!(alone["loss"][2] < alone["loss"][0]);
}

#[test]
fn losses_and_targets_that_do_not_fit_the_outputs_are_errors() {
    let golden = golden();
    let data = samples(&golden["training"]);
    let error = |compile: Compile, data: &ArrayDataset| {
        let trainer = compile.model(two_headed(&golden, &Device::flex()));
        trainer.check(data, &quietly(1)).unwrap_err().to_string()
    };
    let losses = [("clas", SparseCategoricalCrossentropy::new())];
    assert_eq!(
        error(Compile::by_output(Optimizer::adam(), losses), &data),
        "unknown output `clas`, did you mean `class`?; known outputs: box, class"
    );
    let missing = two_losses();
    let inputs = [
        ArrayData::named("user", [[0, 1], [1, 2]]).unwrap(),
        ArrayData::named("film", [[0.0; 4]; 2]).unwrap(),
    ];
    let boxes = ArrayData::named("box", [[0.0; 2]; 2]).unwrap();
    let one = ArrayDataset::of_named(inputs, [boxes]).unwrap();
    let text = error(missing, &one);
    assert!(
        text.starts_with("the network has the output `class`, the samples have none"),
        "{text}"
    );
    let text = error(two_losses().with_loss_weights([("box", -1.0)]), &data);
    assert!(
        text.contains("the output `box`: expected a finite number"),
        "{text}"
    );
    let fit = quietly(1).with_class_weight([(0, 2.0)]);
    let trainer = two_losses().model(two_headed(&golden, &Device::flex()));
    let text = trainer.check(&data, &fit).unwrap_err().to_string();
    assert!(text.contains("has 2; weigh the samples"), "{text}");
}

/// Samples of a part of the golden file, in the network's order.
fn batch(part: &Value, range: std::ops::Range<usize>, device: &Device) -> Batch {
    let rows = |value: &Value, width: usize| -> Vec<f32> {
        floats(value)[range.start * width..range.end * width].to_vec()
    };
    let count = range.len();
    let table = |numbers: Vec<f32>, width: usize| -> Tensor<2> {
        Tensor::from_data(TensorData::new(numbers, [count, width]), device)
    };
    let (x, y, weights) = (&part["x"], &part["y"], &part["weights"]);
    let user = table(rows(&x["user"], 2), 2).int();
    let film = table(rows(&x["film"], 4), 4);
    let (box_, class) = (table(rows(&y["box"], 2), 2), table(rows(&y["class"], 1), 1));
    let weight = |name: &str| Tensor::<1>::from_floats(&rows(&weights[name], 1)[..], device);
    Batch::of([user.into(), film.into()], [box_.into(), class.into()])
        .with_weights_of(0, weight("box"))
        .with_weights_of(1, weight("class"))
}

#[test]
fn single_batches_of_several_inputs_and_outputs_have_the_figures_of_keras() {
    let golden = golden();
    let device = Device::flex();
    let mut trainer = two_losses_by(Optimizer::sgd(), 0.1).model(two_headed(&golden, &device));
    let check = |own: &Logs, expected: &Value| {
        let expected = expected.as_object().unwrap();
        assert_eq!(own.len(), expected.len());
        for (name, expected) in expected {
            let difference = (own.get(name).unwrap() - expected.as_f64().unwrap()).abs();
            assert!(difference < 1e-5, "{name}: {own}, {expected}");
        }
    };
    let (training, validation) = (&golden["training"], &golden["validation"]);
    let expected = golden["on_batch"].as_array().unwrap();
    for (range, expected) in [(0..4, &expected[0]), (4..10, &expected[1])] {
        check(
            &trainer.train_on(&batch(training, range, &device)).unwrap(),
            expected,
        );
    }
    let last = batch(validation, 0..5, &device);
    check(&trainer.test_on(&last).unwrap(), &expected[2]);

    let inputs: Vec<Signal> = last
        .all_inputs()
        .iter()
        .cloned()
        .map(Signal::from)
        .collect();
    let answers = trainer.predict_all_on_batch(inputs.clone()).unwrap();
    let answers = trainer.answers_by_name(answers);
    assert_eq!(answers.keys().collect::<Vec<_>>(), ["box", "class"]);
    for (name, own) in answers {
        let own = own.into_vec().unwrap();
        let expected = floats(&golden["answers_on_batch"][&name]);
        for (own, expected) in own.iter().zip(expected) {
            assert!(
                (own - expected).abs() < 1e-5,
                "{name}: {own} instead of {expected}"
            );
        }
    }
    let error = trainer.predict_on_batch(inputs).unwrap_err().to_string();
    assert!(error.contains("predict_all"), "{error}");
    // The same without weights, from tensors.
    let targets: Vec<Signal> = last
        .all_targets()
        .iter()
        .cloned()
        .map(Signal::from)
        .collect();
    let inputs: Vec<Signal> = last
        .all_inputs()
        .iter()
        .cloned()
        .map(Signal::from)
        .collect();
    let logs = trainer.test_on_batch(inputs, targets).unwrap();
    assert_ne!(logs.get("box_loss"), expected[2]["box_loss"].as_f64());
}
