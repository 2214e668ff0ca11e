//! What users get wrong, and what they are told: a test for every line of `docs/mistakes.md`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::data::dataset::DatasetError;
use burn::tensor::{Device, Tensor};
use firebrick_data::{ArrayDataset, Batch, BatchSource, Targets};
use firebrick_model::layers::{Dense, Embedding, Flatten, Layer};
use firebrick_model::{Activation, Network, Sequential, WeightValue};
use firebrick_scheduler::TimeBased;
use firebrick_trainer::callbacks::ReduceLrOnPlateau;
use firebrick_trainer::losses::{
    BinaryCrossentropy, CategoricalCrossentropy, MeanSquaredError, Poisson,
    SparseCategoricalCrossentropy,
};
use firebrick_trainer::{
    Callback, Compile, Display, Fit, Loss, Metric, MismatchError, Optimizer, TrainError, Trainer,
    Training,
};

/// Six samples of four features.
const SAMPLES: usize = 6;
const FEATURES: usize = 4;

#[derive(Clone)]
struct Rows {
    features: usize,
    targets: Targets,
    values: Vec<f32>,
    weights: Option<Vec<f32>>,
}

impl BatchSource for Rows {
    fn num_samples(&self) -> usize {
        self.values.len() / self.targets.num_columns()
    }

    fn input_shape(&self) -> Vec<usize> {
        vec![self.features]
    }

    fn targets(&self) -> Targets {
        self.targets.clone()
    }

    fn gather(&self, rows: &[usize], device: &Device) -> Result<Batch, DatasetError> {
        let columns = self.targets.num_columns();
        let floats = |values: Vec<f32>| Tensor::<1>::from_floats(&values[..], device);
        let inputs = rows
            .iter()
            .flat_map(|row| (0..self.features).map(move |i| ((row * 7 + i * 3) % 5) as f32 - 2.0));
        let targets = rows
            .iter()
            .flat_map(|row| self.values[row * columns..(row + 1) * columns].to_vec());
        let inputs = floats(inputs.collect()).reshape([rows.len(), self.features]);
        let targets = floats(targets.collect()).reshape([rows.len(), columns]);
        let weights = self.weights.as_ref();
        let weights = weights.map(|own| floats(rows.iter().map(|row| own[*row]).collect()));
        Ok(Batch::new(inputs, targets).with_sample_weights(weights))
    }
}

/// Numbers of this shape for every sample.
fn values(shape: &[usize]) -> Rows {
    let columns: usize = shape.iter().product();
    Rows {
        features: FEATURES,
        targets: Targets::Values {
            shape: shape.to_vec(),
        },
        values: (0..SAMPLES * columns).map(|i| (i % 3) as f32).collect(),
        weights: None,
    }
}

fn classes(num_classes: usize) -> Rows {
    Rows {
        targets: Targets::Classes { num_classes },
        values: (0..SAMPLES).map(|i| (i % num_classes) as f32).collect(),
        ..values(&[])
    }
}

fn network(units: usize, activation: Activation) -> Network {
    Sequential::new([FEATURES])
        .add(Dense::new(units).with_activation(activation))
        .build(1, &Device::flex())
        .unwrap()
}

fn trainer(units: usize, activation: Activation, loss: impl Into<Loss>) -> Trainer<Network> {
    Compile::new(Optimizer::sgd(), loss).model(network(units, activation))
}

fn quiet(epochs: usize) -> Fit {
    Fit::new(epochs).with_display(Display::Quiet)
}

fn told(trainer: &mut Trainer<Network>, data: &Rows) -> String {
    trainer.fit(data, &quiet(1)).unwrap_err().to_string()
}

#[test]
fn numbers_against_more_outputs() {
    for (shape, text) in [
        (&[1][..], "targets of shape [1]"),
        (&[], "one number a sample"),
    ] {
        let mut trainer = trainer(3, Activation::Linear, MeanSquaredError::new());
        assert_eq!(
            told(&mut trainer, &values(shape)),
            format!(
                "the loss mean_squared_error cannot compare outputs of shape [3] a sample with {text}; for \
                 class indices take sparse_categorical_crossentropy; for numbers give \
                 the last layer as many units as there are targets"
            )
        );
    }
}

#[test]
fn two_columns_against_three_outputs() {
    let mut trainer = trainer(3, Activation::Linear, MeanSquaredError::new());
    assert_eq!(
        told(&mut trainer, &values(&[2])),
        "the loss mean_squared_error cannot compare outputs of shape [3] a sample with targets of shape \
         [2]; give the last layer as many units as there are targets"
    );
}

#[test]
fn another_number_of_features() {
    let data = Rows {
        features: 5,
        ..values(&[3])
    };
    let mut trainer = trainer(3, Activation::Linear, MeanSquaredError::new());
    assert_eq!(
        told(&mut trainer, &data),
        "the network does not take these samples of shape [5]: the network expects a batch of [4], \
         received [1, 5] (the batch axis first); reshape the batch, or give each sample as one row of \
         features; build it for this shape"
    );
}

#[test]
fn a_label_that_no_output_stands_for() {
    for (label, text) in [(3.0, "3"), (-1.0, "-1"), (0.5, "0.5")] {
        let mut data = values(&[]);
        data.values[4] = label;
        let mut trainer = trainer(3, Activation::Softmax, SparseCategoricalCrossentropy::new());
        assert_eq!(
            told(&mut trainer, &data),
            format!(
                "the target of sample 4 (counted from 0) is {text}, expected a class index: a whole number from 0 to 2; check \
                 the labels, or give the last layer more units"
            )
        );
    }
}

/// What is said of these targets, as many a sample as the network has outputs.
fn told_of(loss: &str, units: usize, activation: Activation, targets: &[f32]) -> String {
    let shape = vec![units];
    let data = Rows {
        targets: Targets::Values { shape },
        values: targets.to_vec(),
        ..values(&[])
    };
    let mut trainer = trainer(units, activation, loss.parse::<Loss>().unwrap());
    match trainer.fit(&data, &quiet(1)) {
        Ok(_) => "trains".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[expect(clippy::too_many_lines, reason = "a table")]
#[test]
fn targets_that_the_loss_does_not_take() {
    let binary = "takes numbers from 0 (no) to 1 (yes)";
    let rows = "takes probabilities from 0 on that sum to 1 in every row";
    for (loss, units, activation, targets, expected) in [
        (
            "binary_crossentropy",
            1,
            Activation::Sigmoid,
            &[0.0, 1.0, -1.0][..],
            ("2", "-1", binary),
        ),
        (
            "binary_crossentropy",
            1,
            Activation::Sigmoid,
            &[1.0, 2.0],
            ("1", "2", binary),
        ),
        (
            "binary_focal_crossentropy",
            2,
            Activation::Sigmoid,
            &[1.0, 0.0, 0.5, 1.5],
            ("1", "1.5", binary),
        ),
        (
            "dice",
            1,
            Activation::Sigmoid,
            &[1.0, -1.0],
            ("1", "-1", binary),
        ),
        (
            "tversky",
            1,
            Activation::Sigmoid,
            &[255.0, 0.0],
            ("0", "255", binary),
        ),
        (
            "poisson",
            1,
            Activation::Softplus,
            &[3.0, 0.0, -2.0],
            ("2", "-2", "takes numbers from 0 on"),
        ),
        (
            "msle",
            1,
            Activation::Softplus,
            &[3.0, -1.0],
            ("1", "-1", "takes numbers above -1"),
        ),
        (
            "hinge",
            1,
            Activation::Linear,
            &[1.0, 2.0],
            ("1", "2", "takes -1 and 1, or 0 and 1"),
        ),
        (
            "squared_hinge",
            1,
            Activation::Tanh,
            &[1.0, -1.0, 0.0],
            ("2", "0, where others are -1", "takes -1 and 1"),
        ),
        (
            "categorical_crossentropy",
            2,
            Activation::Softmax,
            &[1.0, 0.0, 1.0, 1.0],
            ("1", "a row with the sum 2", rows),
        ),
        (
            "categorical_focal_crossentropy",
            2,
            Activation::Softmax,
            &[0.0, 0.0],
            ("0", "a row with the sum 0", rows),
        ),
        (
            "kl_divergence",
            2,
            Activation::Softmax,
            &[1.5, -0.5],
            ("0", "-0.5", rows),
        ),
        (
            "categorical_hinge",
            2,
            Activation::Linear,
            &[-1.0, 1.0],
            ("0", "-1", rows),
        ),
    ] {
        let told = told_of(loss, units, activation, targets);
        let (sample, received, takes) = expected;
        let loss = loss.parse::<Loss>().unwrap();
        let expected = format!(
            "the target of sample {sample} (counted from 0) is {received}, the loss {loss} {takes}"
        );
        assert!(told.starts_with(&expected), "{told}");
    }
}

#[test]
fn targets_that_the_loss_takes() {
    for (loss, units, activation, targets) in [
        (
            "binary_crossentropy",
            1,
            Activation::Sigmoid,
            &[0.0, 1.0, 0.3][..],
        ),
        ("dice", 2, Activation::Sigmoid, &[0.0, 1.0, 1.0, 1.0]),
        ("poisson", 1, Activation::Softplus, &[0.0, 1e6]),
        ("msle", 1, Activation::Softplus, &[0.0, -0.5]),
        ("hinge", 1, Activation::Linear, &[0.0, 1.0]),
        ("hinge", 1, Activation::Linear, &[-1.0, 1.0]),
        (
            "categorical_crossentropy",
            3,
            Activation::Softmax,
            &[0.33, 0.33, 0.33, 0.0, 1.0, 0.0],
        ),
        ("kl_divergence", 2, Activation::Softmax, &[0.25, 0.75]),
        ("mse", 1, Activation::Linear, &[-5.0, 1e9]),
    ] {
        assert_eq!(
            told_of(loss, units, activation, targets),
            "trains",
            "{loss}"
        );
    }
}

#[test]
fn targets_of_the_validation_and_of_an_evaluation_that_the_loss_does_not_take() {
    let good = Rows {
        values: vec![0.0, 1.0, 0.0, 1.0],
        ..values(&[])
    };
    let bad = Rows {
        values: vec![0.0, 1.0, 2.0],
        ..values(&[])
    };
    let mut trainer = trainer(1, Activation::Sigmoid, BinaryCrossentropy::new());
    let error = trainer.fit(&good, &quiet(1).with_validation(&bad));
    let text = error.unwrap_err().to_string();
    assert!(
        text.starts_with(
            "the target of sample 2 of the validation data (counted from 0) is 2, the loss"
        ),
        "{text}"
    );
    let text = trainer.evaluate(&bad).unwrap_err().to_string();
    assert!(
        text.starts_with("the target of sample 2 (counted from 0) is 2"),
        "{text}"
    );
    let inputs = Tensor::<2>::zeros([1, FEATURES], &Device::flex());
    let target = Tensor::<2>::from_floats([[-1.0]], &Device::flex());
    let error = trainer.train_on_batch(inputs, target).unwrap_err();
    assert!(
        error.to_string().starts_with("the target of sample 0"),
        "{error}"
    );
}

#[test]
fn a_target_is_named_by_the_row_it_had_before_the_split() {
    let inputs: Vec<[f32; FEATURES]> = vec![[0.5; FEATURES]; 10];
    let mut targets = vec![1.0_f32; 10];
    targets[9] = -1.0;
    let data = ArrayDataset::new(inputs, targets).unwrap();
    let mut trainer = trainer(1, Activation::Sigmoid, BinaryCrossentropy::new());
    let fit = quiet(1).with_validation_split(0.2);
    let text = trainer.fit(&data, &fit).unwrap_err().to_string();
    assert!(
        text.starts_with(
            "the target of sample 9 of the validation data (counted from 0, before the split) is -1"
        ),
        "{text}"
    );
}

#[test]
fn targets_that_a_metric_does_not_take() {
    let mut trainer = Compile::by_name("sgd", "mse", ["poisson"])
        .unwrap()
        .model(network(1, Activation::Softplus));
    let data = Rows {
        values: vec![1.0, -3.0],
        ..values(&[])
    };
    let text = told(&mut trainer, &data);
    assert!(
        text.starts_with(
            "the target of sample 1 (counted from 0) is -3, the metric poisson takes numbers from 0 on"
        ),
        "{text}"
    );
}

#[test]
fn outputs_below_0_for_a_loss_of_rates() {
    let mut trainer = trainer(1, Activation::Linear, Poisson::new());
    let text = told(&mut trainer, &values(&[]));
    assert!(
        text.starts_with("the loss poisson takes numbers from 0 on; the network answers -")
            && text.ends_with("end it with a softplus, an exponential or a relu"),
        "{text}"
    );
}

#[test]
fn an_index_beyond_an_embedding() {
    let network = Sequential::new([2])
        .add(Embedding::new(5, 2))
        .add(Flatten::new())
        .add(Dense::new(3).with_activation(Activation::Softmax));
    let network = network.build(1, &Device::flex()).unwrap();
    let mut trainer =
        Compile::new(Optimizer::adam(), SparseCategoricalCrossentropy::new()).model(network);
    let rows = |last: f32| [[1.0, 0.0], [2.0, 1.0], [3.0, 2.0], [4.0, last]];
    let data = |last| ArrayDataset::new(rows(last), [0, 1, 2, 0]).unwrap();
    let expected = "layer `embedding` (Embedding, index 0) has rows for the indices from 0 to 4, received 5 at place 1 \
                    of sample 3 (both counted from 0); correct the data or raise `input_dim`; it receives [2] from the \
                    input";
    let error = trainer.fit(&data(5.0), &quiet(1)).unwrap_err();
    assert_eq!(error.to_string(), expected);
    let inputs = data(5.0).inputs::<2>(&Device::flex()).unwrap();
    assert_eq!(trainer.predict(inputs).unwrap_err().to_string(), expected);
    let fit = quiet(1).with_validation(&data(5.0));
    let error = trainer.fit(&data(4.0), &fit).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("the validation data: {expected}")
    );
    assert!(trainer.history().epochs().is_empty());
    trainer.fit(&data(4.0), &quiet(1)).unwrap();
}

#[test]
fn gradients_gathered_over_more_batches_than_there_are() {
    let adam = Optimizer::adam()
        .with_gradient_accumulation_steps(7)
        .unwrap();
    let mut trainer =
        Compile::new(adam, MeanSquaredError::new()).model(network(1, Activation::Linear));
    let fit = quiet(2).with_batch_size(2);
    assert_eq!(
        trainer.fit(&values(&[]), &fit).unwrap_err().to_string(),
        "gradient_accumulation_steps is 7, the fit has 6 batches, so that no weight would be moved; lower it, or train \
         for more epochs or in smaller batches"
    );
    // Short ones go on gathering from fit to fit; as a training of its own each would be in vain.
    let short = quiet(1).with_steps_per_epoch(1);
    let alone = trainer.check(&values(&[]), &short).unwrap_err();
    assert!(
        matches!(
            alone,
            TrainError::Mismatch(MismatchError::NoUpdate {
                steps: 7,
                batches: 1
            })
        ),
        "{alone}"
    );
    assert!(trainer.fit(&values(&[]), &short).is_ok());
    // What waits of one fit counts in the next.
    assert!(trainer.fit(&values(&[]), &fit).is_ok());
}

#[test]
fn weights_that_are_all_0() {
    let mut trainer = trainer(2, Activation::Softmax, SparseCategoricalCrossentropy::new());
    let fit = quiet(1).with_class_weight([(0, 0.0), (1, 0.0)]);
    assert_eq!(
        trainer.fit(&classes(2), &fit).unwrap_err().to_string(),
        "all samples of the data weigh 0 by `class_weight`, so that their loss would be 0 whatever the network answers; \
         give some of them a weight above 0"
    );
    let nothing = Rows {
        weights: Some(vec![0.0; SAMPLES]),
        ..classes(2)
    };
    assert!(told(&mut trainer, &nothing).starts_with("all samples of the data weigh 0, so"));
    let error = trainer.fit(&classes(2), &quiet(1).with_validation(&nothing));
    let text = error.unwrap_err().to_string();
    assert!(
        text.starts_with("all samples of the validation data weigh 0, so"),
        "{text}"
    );
    // Those of class 1 have a weight, but there are none.
    let zeros = Rows {
        values: vec![0.0; SAMPLES],
        ..classes(2)
    };
    let fit = quiet(1).with_class_weight([(0, 0.0)]);
    let text = trainer.fit(&zeros, &fit).unwrap_err().to_string();
    assert!(
        text.starts_with("all samples of the data weigh 0 by `class_weight`"),
        "{text}"
    );
    assert!(trainer.fit(&classes(2), &fit).is_ok());
}

#[test]
fn a_metric_called_as_something_else_is() {
    for name in [
        "loss",
        "val_loss",
        "epoch",
        "seconds",
        "learning_rate",
        "",
        "a\nb",
    ] {
        let metric = "mae".parse::<Metric>().unwrap().named(name);
        let mut trainer = Compile::new(Optimizer::sgd(), MeanSquaredError::new())
            .with_metrics([metric])
            .model(network(1, Activation::Linear));
        let text = told(&mut trainer, &values(&[]));
        let expected = format!("a metric cannot be called `{}`: ", name.escape_debug());
        assert!(text.starts_with(&expected), "{text}");
        assert!(trainer.evaluate(&values(&[])).is_err());
    }
    let metrics = ["mae", "mse"].map(|name| name.parse::<Metric>().unwrap());
    let [mae, mse] = metrics;
    let mut trainer = Compile::new(Optimizer::sgd(), MeanSquaredError::new())
        .with_metrics([mae, mse.named("val_mae")])
        .model(network(1, Activation::Linear));
    assert_eq!(
        told(&mut trainer, &values(&[])),
        "a metric cannot be called `val_mae`: `mae` is called so on the validation data; give it another name, by \
         `named` or in a file by `name`"
    );
}

#[test]
fn a_class_weight_by_a_name_that_no_class_has() {
    let mut trainer = trainer(2, Activation::Softmax, SparseCategoricalCrossentropy::new());
    let named = quiet(1).with_class_names(["red", "green"]);
    let by = |fit: &Fit, key: &str| fit.clone().with_class_weight([(key, 3.0)]);
    trainer.fit(&classes(2), &by(&named, "green")).unwrap();
    let by_name = trainer.history()["loss"][0];
    let mut same = self::trainer(2, Activation::Softmax, SparseCategoricalCrossentropy::new());
    same.fit(&classes(2), &quiet(1).with_class_weight([(1, 3.0)]))
        .unwrap();
    assert_eq!(by_name.to_bits(), same.history()["loss"][0].to_bits());
    let mut told = |fit: &Fit| trainer.fit(&classes(2), fit).unwrap_err().to_string();
    assert_eq!(
        told(&by(&named, "gren")),
        "class_weight `gren`: no class is called so, did you mean `green`?; the classes are red, green"
    );
    assert_eq!(
        told(&by(&quiet(1), "green")),
        "class_weight `green`: the classes of this data have no names; give the index of the class, counted from 0"
    );
}

#[test]
fn logits_taken_for_probabilities() {
    let mut trainer = trainer(3, Activation::Linear, SparseCategoricalCrossentropy::new());
    let told = told(&mut trainer, &classes(3));
    assert!(
        told.starts_with(
            "the loss sparse_categorical_crossentropy takes probabilities; the network answers "
        ) && told.ends_with(
            "end it with a softmax or a sigmoid, or let the loss take logits with `from_logits`"
        ),
        "{told}"
    );
}

#[test]
fn probabilities_taken_for_logits() {
    let loss = SparseCategoricalCrossentropy::new().from_logits();
    let mut trainer = trainer(3, Activation::Softmax, loss);
    assert_eq!(
        told(&mut trainer, &classes(3)),
        "the loss sparse_categorical_crossentropy takes logits; the network ends with softmax; drop \
         `from_logits`, or the softmax"
    );
}

#[test]
fn a_softmax_of_a_single_unit() {
    let mut trainer = trainer(1, Activation::Softmax, CategoricalCrossentropy::new());
    let told = told(&mut trainer, &values(&[1]));
    assert!(
        told.contains("a softmax of a single unit, which is always 1; take a sigmoid"),
        "{told}"
    );
}

#[test]
fn class_indices_for_a_loss_of_one_hot_targets() {
    // Whoever declares classes gets them one-hot.
    let mut trainer = trainer(3, Activation::Softmax, CategoricalCrossentropy::new());
    assert!(trainer.fit(&classes(3), &quiet(1)).is_ok());
    // Mere numbers are not taken for classes.
    let text = told(&mut trainer, &values(&[]));
    assert!(
        text.contains("for class indices take sparse_categorical_crossentropy"),
        "{text}"
    );
}

#[test]
fn one_hot_targets_for_a_loss_of_class_indices() {
    let mut trainer = trainer(3, Activation::Softmax, SparseCategoricalCrossentropy::new());
    let text = told(&mut trainer, &values(&[3]));
    assert!(
        text.ends_with("for one-hot targets take categorical_crossentropy"),
        "{text}"
    );
}

#[test]
fn more_classes_than_outputs() {
    let mut trainer = trainer(2, Activation::Softmax, SparseCategoricalCrossentropy::new());
    assert_eq!(
        told(&mut trainer, &classes(3)),
        "the network has 2 outputs, the data has 3 classes; build the network for 3 classes"
    );
    let mut trainer = self::trainer(1, Activation::Sigmoid, BinaryCrossentropy::new());
    assert!(trainer.fit(&classes(2), &quiet(1)).is_ok());
}

#[test]
fn a_validation_split_that_leaves_nothing() {
    let data = Rows {
        values: vec![1.0],
        ..values(&[])
    };
    let mut trainer = trainer(1, Activation::Linear, MeanSquaredError::new());
    let error = trainer
        .fit(&data, &quiet(1).with_validation_split(0.5))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "validation split: expected examples on both sides, received a fraction of 0.5 of 1 examples, \
         which leaves none for training; choose another fraction or use more data"
    );
}

#[test]
fn class_weights_and_sample_weights_together() {
    // They are multiplied: the weighted mean is known.
    let mut data = classes(2);
    data.weights = Some(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let mut both = trainer(2, Activation::Softmax, SparseCategoricalCrossentropy::new());
    let fit = quiet(1).with_class_weight([(0, 10.0), (1, 0.1)]);
    both.fit(&data, &fit).unwrap();
    data.weights = Some(vec![10.0, 0.2, 30.0, 0.4, 50.0, 0.6]);
    let mut one = trainer(2, Activation::Softmax, SparseCategoricalCrossentropy::new());
    one.fit(&data, &quiet(1)).unwrap();
    let loss = |trainer: &Trainer<_>| trainer.history()["loss"][0];
    assert!((loss(&both) - loss(&one)).abs() < 1e-5 * loss(&one));
}

#[test]
fn a_weight_for_a_class_there_is_not() {
    let mut trainer = trainer(2, Activation::Softmax, SparseCategoricalCrossentropy::new());
    for (class, weight) in [(2, 1.0), (0, -1.0), (1, f64::NAN)] {
        let fit = quiet(1).with_class_weight([(class, weight)]);
        let error = trainer.fit(&classes(2), &fit).unwrap_err();
        assert!(
            matches!(
                error,
                TrainError::Mismatch(MismatchError::ClassWeight { num_classes: 2, .. })
            ),
            "{error}"
        );
    }
}

#[test]
fn names_that_nobody_knows() {
    let text = |result: Result<Compile, TrainError>| result.err().unwrap().to_string();
    for (compile, expected) in [
        (
            Compile::by_name("sgd", "msee", []),
            "unknown loss `msee`, did you mean `mse`?",
        ),
        (
            Compile::by_name("adamm", "mse", []),
            "unknown optimizer `adamm`, did you mean `adam`?",
        ),
        (
            Compile::by_name("sgd", "mse", ["acuracy"]),
            "unknown metric `acuracy`, did you mean `accuracy`?",
        ),
    ] {
        let text = text(compile);
        assert!(text.starts_with(expected), "{text}");
    }
    let error = "rellu".parse::<Activation>().unwrap_err().to_string();
    assert!(
        error.starts_with("unknown activation `rellu`, did you mean `relu`?"),
        "{error}"
    );
}

#[test]
fn no_units() {
    // Fewer than none cannot be written: the type is unsigned.
    let error = Sequential::new([4])
        .add(Dense::new(0))
        .build(1, &Device::flex())
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("layer `dense` (Dense, index 0)") && text.contains("units"),
        "{text}"
    );
}

#[test]
fn a_learning_rate_that_is_none() {
    for rate in [0.0, -0.1, f64::NAN, f64::INFINITY] {
        let mut trainer = Compile::new(Optimizer::sgd(), MeanSquaredError::new())
            .with_learning_rate(rate)
            .model(network(1, Activation::Linear));
        let error = trainer.fit(&values(&[]), &quiet(1)).unwrap_err();
        assert!(matches!(error, TrainError::Schedule(_)), "{rate}: {error}");
    }
}

#[test]
fn a_rate_of_one_with_an_adaptive_optimizer() {
    let warning = Optimizer::adam().rate_warning(1.0).unwrap();
    assert_eq!(
        warning,
        "a learning rate of 1 is much for adam, which moves each weight by about that much a step; its \
         default is 0.001"
    );
    assert_eq!(Optimizer::sgd().rate_warning(1.0), None);
}

#[test]
fn no_epochs_and_no_samples_a_batch() {
    let mut trainer = trainer(1, Activation::Linear, MeanSquaredError::new());
    let mut told = |fit: &Fit| trainer.fit(&values(&[]), fit).unwrap_err().to_string();
    assert_eq!(told(&quiet(0)), "epochs is 0, expected at least 1");
    assert_eq!(
        told(&quiet(1).with_batch_size(0)),
        "batch_size is 0, expected at least 1"
    );
    assert_eq!(
        told(&quiet(2).with_initial_epoch(2)),
        "initial_epoch is 2, expected less than epochs, which is the number of the last one"
    );
}

#[test]
fn a_layer_there_is_not_and_two_of_one_name() {
    let network = Sequential::new([4]).add(Dense::new(2));
    let error = network.get_layer("x").unwrap_err().to_string();
    assert!(error.contains("`x`") && error.contains("dense"), "{error}");
    let twice = network
        .add(Dense::new(2).named("a"))
        .add(Dense::new(2).named("a"));
    let error = twice.build(1, &Device::flex()).unwrap_err().to_string();
    assert!(error.contains("`a`"), "{error}");
}

#[test]
fn freezing_before_and_after_a_fit() {
    let data = values(&[3]);
    let frozen = Sequential::new([FEATURES])
        .add(Dense::new(3).frozen())
        .build(1, &Device::flex())
        .unwrap();
    let compile = || Compile::new(Optimizer::sgd(), MeanSquaredError::new());
    let kernel = |model: &Network| model.weight("dense/kernel").unwrap();
    let mut trainer = compile().model(frozen.clone());
    trainer.fit(&data, &quiet(2)).unwrap();
    assert_eq!(kernel(trainer.model()), kernel(&frozen));
    // A trainer owns its model: who wants to change it takes it out and compiles again.
    let mut free = compile().model(network(3, Activation::Linear));
    free.fit(&data, &quiet(1)).unwrap();
    let mut model = free.into_model();
    model = model.freeze_layer("dense").unwrap();
    let before = kernel(&model);
    let mut again = compile().model(model);
    again.fit(&data, &quiet(2)).unwrap();
    assert_eq!(kernel(again.model()), before);
}

#[test]
fn a_loss_that_does_not_move() {
    // What is said then is seen where it is read: in the shell.
    let mut trainer = Compile::new(Optimizer::sgd(), MeanSquaredError::new())
        .with_learning_rate(1e-30)
        .model(network(3, Activation::Linear));
    let fit = quiet(2).without_shuffle();
    let history = trainer.fit(&values(&[3]), &fit).unwrap();
    assert_eq!(history["loss"][0].to_bits(), history["loss"][1].to_bits());
}

#[test]
fn a_figure_that_nothing_produces() {
    struct Watches(&'static str);
    impl Callback for Watches {
        fn name(&self) -> &'static str {
            "Watches"
        }

        fn monitors(&self) -> Vec<String> {
            vec![self.0.to_owned()]
        }

        fn on_train_begin(&mut self, _: &mut Training<'_>) -> firebrick_trainer::HookResult {
            panic!("the training must not begin");
        }
    }
    let mut trainer = Compile::new(Optimizer::sgd(), MeanSquaredError::new())
        .with_metrics(["mae".parse::<Metric>().unwrap()])
        .model(network(1, Activation::Linear));
    let mut told = |name| {
        let fit = quiet(1).with_callback(Watches(name));
        trainer.fit(&values(&[]), &fit).unwrap_err().to_string()
    };
    assert_eq!(
        told("val_loss"),
        "Watches watches `val_loss`, which this training does not have (give it validation data?); it \
         has mae, loss"
    );
    assert_eq!(
        told("accuracy"),
        "Watches watches `accuracy`, which this training does not have; it has mae, loss"
    );
}

#[test]
fn weights_of_another_shape() {
    let mut model = network(3, Activation::Linear);
    let mut weights = model.get_weights().unwrap();
    weights[0] = WeightValue::new([4, 2], vec![0.0; 8]).unwrap();
    let error = model.set_weights(weights).unwrap_err().to_string();
    assert!(
        error.contains("dense/kernel") && error.contains("[4, 3]") && error.contains("[4, 2]"),
        "{error}"
    );
}

#[test]
fn targets_missing() {
    let error = ArrayDataset::new([[1.0_f32, 2.0], [3.0, 4.0]], [1.0_f32]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected as many targets as inputs, received 2 samples of inputs and 1 of targets; the first \
         axis of both is the sample"
    );
}

#[test]
fn no_number_in_the_inputs() {
    for (bad, text) in [(f32::NAN, "NaN"), (f32::INFINITY, "inf")] {
        let error = ArrayDataset::new([[1.0, 2.0], [3.0, bad]], [1.0_f32, 2.0]).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "inputs, row 1, column 1 (counted from 0): expected a finite number of single precision, \
                 received {text}; fill in or remove the samples where it is missing"
            )
        );
        let error = ArrayDataset::new([[1.0_f32], [3.0]], [1.0, bad]).unwrap_err();
        let expected = "targets, row 1 (counted from 0): expected a finite number";
        assert!(error.to_string().starts_with(expected), "{error}");
    }
}

#[test]
fn no_data() {
    let none: Vec<Vec<f32>> = Vec::new();
    let error = ArrayDataset::new(none, Vec::<f32>::new()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "inputs of shape [0, 0]: expected at least one sample (the first axis) and no axis of length 0; \
         check what was loaded or filtered"
    );
}

#[test]
fn a_plateau_under_a_schedule() {
    let schedule = TimeBased::new(8).unwrap().with_scale(0.001).unwrap();
    let mut trainer = Compile::new(Optimizer::sgd(), MeanSquaredError::new())
        .with_schedule(schedule)
        .model(network(3, Activation::Linear));
    // Nothing improves by so much, so every epoch after the first halves the rate.
    let plateau = ReduceLrOnPlateau::new("loss")
        .with_factor(0.5)
        .unwrap()
        .with_patience(1)
        .with_min_delta(1e9);
    let fit = quiet(4).with_callback(plateau);
    let history = trainer.fit(&values(&[3]), &fit).unwrap();
    let rates: Vec<f64> = history.epochs().iter().map(|e| e.learning_rate).collect();
    for (rate, expected) in rates.iter().zip([0.008, 0.007, 0.003, 0.001_25]) {
        assert!((rate - expected).abs() < 1e-12, "{rates:?}");
    }
}

#[test]
fn validation_data_of_another_kind() {
    let mut trainer = trainer(3, Activation::Softmax, CategoricalCrossentropy::new());
    let fit = quiet(1).with_validation(&classes(3));
    let error = trainer.fit(&values(&[3]), &fit).unwrap_err();
    assert!(
        matches!(error, TrainError::ValidationMismatch { .. }),
        "{error}"
    );
}

/// What Keras was made to do, and the test that says what happens here.
const MISTAKES: [(&str, &str); 47] = [
    (
        "mse, targets [n, 1], outputs [n, 3]",
        "numbers_against_more_outputs",
    ),
    (
        "mse, targets [3], outputs [3, 3]",
        "numbers_against_more_outputs",
    ),
    (
        "mse, targets [n, 2], outputs [n, 3]",
        "two_columns_against_three_outputs",
    ),
    ("another number of features", "another_number_of_features"),
    ("fewer targets than inputs", "targets_missing"),
    ("label too large", "a_label_that_no_output_stands_for"),
    ("label negative", "a_label_that_no_output_stands_for"),
    ("logits for probabilities", "logits_taken_for_probabilities"),
    ("probabilities for logits", "probabilities_taken_for_logits"),
    ("softmax of one unit", "a_softmax_of_a_single_unit"),
    (
        "class indices for one-hot",
        "class_indices_for_a_loss_of_one_hot_targets",
    ),
    (
        "one-hot for class indices",
        "one_hot_targets_for_a_loss_of_class_indices",
    ),
    ("NaN in the inputs", "no_number_in_the_inputs"),
    ("no data", "no_data"),
    ("fit before compile", "freezing_before_and_after_a_fit"),
    (
        "validation split too small",
        "a_validation_split_that_leaves_nothing",
    ),
    (
        "class_weight and sample_weight",
        "class_weights_and_sample_weights_together",
    ),
    ("negative class weight", "a_weight_for_a_class_there_is_not"),
    ("unknown loss", "names_that_nobody_knows"),
    ("unknown optimizer", "names_that_nobody_knows"),
    ("unknown metric", "names_that_nobody_knows"),
    ("unknown activation", "names_that_nobody_knows"),
    ("negative units", "no_units"),
    ("whole learning rate", "a_learning_rate_that_is_none"),
    (
        "rate of 1 with adam",
        "a_rate_of_one_with_an_adaptive_optimizer",
    ),
    ("no epochs", "no_epochs_and_no_samples_a_batch"),
    ("batch size 0", "no_epochs_and_no_samples_a_batch"),
    ("weights of another shape", "weights_of_another_shape"),
    ("unknown layer", "a_layer_there_is_not_and_two_of_one_name"),
    (
        "two layers of one name",
        "a_layer_there_is_not_and_two_of_one_name",
    ),
    ("frozen after fit", "freezing_before_and_after_a_fit"),
    ("plateau under a schedule", "a_plateau_under_a_schedule"),
    ("unknown monitor", "a_figure_that_nothing_produces"),
    (
        "labels -1 and 1 for binary cross-entropy",
        "targets_that_the_loss_does_not_take",
    ),
    (
        "labels 1 and 2 for binary cross-entropy",
        "targets_that_the_loss_does_not_take",
    ),
    (
        "counts below 0 for poisson",
        "targets_that_the_loss_does_not_take",
    ),
    (
        "labels 1 and 2 for hinge",
        "targets_that_the_loss_does_not_take",
    ),
    (
        "several classes in a row",
        "targets_that_the_loss_does_not_take",
    ),
    (
        "negative probabilities",
        "targets_that_the_loss_does_not_take",
    ),
    (
        "linear outputs for poisson",
        "outputs_below_0_for_a_loss_of_rates",
    ),
    ("index beyond an embedding", "an_index_beyond_an_embedding"),
    (
        "accumulation beyond all batches",
        "gradients_gathered_over_more_batches_than_there_are",
    ),
    ("class weights of 0", "weights_that_are_all_0"),
    ("validation weights of 0", "weights_that_are_all_0"),
    ("metric named loss", "a_metric_called_as_something_else_is"),
    (
        "metric named val_loss",
        "a_metric_called_as_something_else_is",
    ),
    ("NaN in the targets", "no_number_in_the_inputs"),
];

#[test]
fn every_mistake_made_with_keras_has_its_line_and_its_test() {
    let keras: serde_json::Value =
        serde_json::from_str(include_str!("data/mistakes.json")).unwrap();
    let made: Vec<&str> = keras["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| case["name"].as_str().unwrap())
        .collect();
    let answered: Vec<&str> = MISTAKES.iter().map(|(mistake, _)| *mistake).collect();
    assert_eq!(made, answered);
    let text = include_str!("../../../docs/mistakes.md");
    // What is told elsewhere stands below, with its tests there.
    let (table, _) = text.split_once("\n## ").unwrap();
    let tests = include_str!("mistakes.rs");
    let lines = table.lines().filter(|line| line.starts_with("| ")).skip(1);
    let named: Vec<&str> = lines.filter_map(|line| line.rsplit('`').nth(1)).collect();
    for (mistake, test) in MISTAKES {
        assert!(
            named.contains(&test),
            "{mistake}: {test} is not in the table"
        );
    }
    for test in named {
        assert!(tests.contains(&format!("#[test]\nfn {test}()")), "{test}");
    }
}

/// All tests that lie in files of their own, in every crate.
fn tests_of_all_crates() -> String {
    fn collect(folder: &std::path::Path, text: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, text);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                text.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut text = String::new();
    for entry in std::fs::read_dir(crates).unwrap() {
        let entry = entry.unwrap().path();
        for folder in ["src", "tests"].map(|name| entry.join(name)) {
            if folder.is_dir() {
                collect(&folder, &mut text);
            }
        }
    }
    text
}

#[test]
fn every_mistake_that_is_told_elsewhere_has_its_test_there() {
    let tests = tests_of_all_crates();
    let text = include_str!("../../../docs/mistakes.md");
    let (_, others) = text.split_once("\n## ").unwrap();
    let lines = others
        .lines()
        .filter(|line| line.starts_with("| ") && !line.contains("---"));
    let mut checked = 0;
    for line in lines.filter(|line| !line.ends_with("| test |")) {
        let cell = line.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        let names = cell.split('`').skip(1).step_by(2);
        let mut names = names.filter(|name| !name.contains(['/', '.'])).peekable();
        assert!(names.peek().is_some(), "no test: {line}");
        for name in names {
            assert!(tests.contains(&format!("fn {name}()")), "{name}");
            checked += 1;
        }
    }
    assert!(checked >= 5, "{checked}");
}
