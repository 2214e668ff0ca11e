//! What is known of a loss that is not finite, and who panicked.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::data::dataset::DatasetError;
use burn::tensor::{Device, Tensor};
use firebrick_data::{Batch, BatchSource, Targets};
use firebrick_model::layers::{Dense, Lambda, Layer};
use firebrick_model::{Activation, AnyTensor, Initializer, ModelError, Sequential};
use firebrick_trainer::losses::MeanSquaredError;
use firebrick_trainer::metrics::Direction;
use firebrick_trainer::{
    Compile, Display, Fit, Loss, LossFunction, Metric, MetricFunction, NonFiniteCause, Optimizer,
    Outputs, TrainError,
};

/// One feature and one target a sample; unlike arrays, they may be anything.
#[derive(Clone)]
struct Rows(Vec<(f32, f32)>);

impl BatchSource for Rows {
    fn num_samples(&self) -> usize {
        self.0.len()
    }

    fn input_shape(&self) -> Vec<usize> {
        vec![1]
    }

    fn targets(&self) -> Targets {
        Targets::Values { shape: vec![1] }
    }

    fn gather(&self, rows: &[usize], device: &Device) -> Result<Batch, DatasetError> {
        let column = |of: fn(&(f32, f32)) -> f32| {
            let values: Vec<f32> = rows.iter().map(|&row| of(&self.0[row])).collect();
            Tensor::<1>::from_floats(&values[..], device).unsqueeze_dim::<2>(1)
        };
        Ok(Batch::new(column(|row| row.0), column(|row| row.1)))
    }
}

/// Eight samples, of which one is another.
fn rows(other: usize, sample: (f32, f32)) -> Rows {
    let mut rows = vec![(1.0, 1.0); 8];
    rows[other] = sample;
    Rows(rows)
}

fn fit() -> Fit {
    Fit::new(2).with_batch_size(2).with_display(Display::Quiet)
}

fn dense() -> Sequential {
    Sequential::new([1]).add(Dense::new(1).with_kernel_initializer(Initializer::Ones))
}

fn compile(loss: impl Into<Loss>) -> Compile {
    Compile::new(Optimizer::sgd(), loss).with_learning_rate(0.125)
}

fn error(compile: Compile, network: &Sequential, data: &Rows, fit: &Fit) -> TrainError {
    let network = network.build(1, &Device::flex()).unwrap();
    compile.model(network).fit(data, fit).unwrap_err()
}

/// Where it was found, the rate of the update before, and why.
fn found(error: TrainError) -> (usize, Option<f64>, NonFiniteCause) {
    match error {
        TrainError::NonFiniteLoss {
            epoch: 1,
            batch,
            learning_rate,
            cause,
            ..
        } => (batch, learning_rate, *cause),
        other => panic!("{other}"),
    }
}

#[test]
fn a_number_of_the_data_is_named_by_its_sample_whatever_the_order() {
    for (sample, part) in [((f32::NAN, 1.0), "input"), ((1.0, f32::INFINITY), "target")] {
        for shuffled in [true, false] {
            let fit = if shuffled {
                fit()
            } else {
                fit().without_shuffle()
            };
            let error = error(
                compile(MeanSquaredError::new()),
                &dense(),
                &rows(5, sample),
                &fit,
            );
            let (batch, rate, cause) = found(error);
            assert_eq!(rate, (batch > 1).then_some(0.125));
            match cause {
                NonFiniteCause::Data {
                    part: found,
                    sample: 5,
                    ..
                } => assert_eq!(found, part),
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn before_any_update_the_rate_is_not_mentioned() {
    let data = rows(0, (f32::NAN, 1.0));
    let fit = fit().without_shuffle();
    let told = error(compile(MeanSquaredError::new()), &dense(), &data, &fit).to_string();
    assert_eq!(
        told,
        "the loss became NaN in epoch 1, batch 1, before any update of this training: the input of sample 0 (counted \
         from 0) is NaN; the weights from before are kept. Fill in or remove the samples where a number is missing"
    );
    // With gradients that wait the second batch comes before any update too.
    let optimizer = Optimizer::sgd()
        .with_gradient_accumulation_steps(2)
        .unwrap();
    let compile = Compile::new(optimizer, MeanSquaredError::new()).with_learning_rate(0.125);
    let (batch, rate, _) = found(error(compile, &dense(), &rows(2, (f32::NAN, 1.0)), &fit));
    assert_eq!((batch, rate), (2, None));
}

#[test]
fn the_first_layer_whose_output_is_not_finite_is_named() {
    let network = dense()
        .add(
            Dense::new(2)
                .with_activation(Activation::Exponential)
                .named("powers"),
        )
        .add(Dense::new(1));
    let data = rows(0, (1e4, 1.0));
    let fit = fit().without_shuffle();
    let told = error(compile(MeanSquaredError::new()), &network, &data, &fit).to_string();
    assert!(
        told.contains(
            "before any update of this training: of the network, layer `powers` (Dense, index 1) is the first whose output is \
             not finite; the weights"
        ),
        "{told}"
    );
    assert!(!told.contains("rate"), "{told}");
}

/// The logarithm of the outputs, which has to be told that it takes no others than those above 0.
#[derive(Debug)]
struct Logarithm;

impl LossFunction for Logarithm {
    fn name(&self) -> &'static str {
        "logarithm"
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        (outputs.values().log() - targets).square().squeeze_dim(1)
    }
}

#[test]
fn a_loss_that_has_no_value_for_finite_numbers_is_named() {
    let fit = fit().without_shuffle();
    let data = rows(0, (-1.0, 1.0));
    let told = error(compile(Loss::custom(Logarithm)), &dense(), &data, &fit).to_string();
    assert!(
        told.contains(
            "inputs, outputs and targets of the batch are finite, the loss logarithm of them is not"
        ),
        "{told}"
    );
    assert!(!told.contains("rate"), "{told}");
}

#[test]
fn outputs_that_a_loss_of_rates_does_not_take_are_named() {
    // Positive for the samples that are looked at first, and below 0 for a later one.
    let mut data = Rows(vec![(1.0, 1.0); 40]);
    data.0[36] = (-2.0, 1.0);
    let compile = compile("poisson".parse::<Loss>().unwrap()).with_learning_rate(1e-6);
    let fit = fit().without_shuffle();
    let (batch, _, cause) = found(error(compile, &dense(), &data, &fit));
    assert_eq!(batch, 19);
    assert!(
        matches!(&cause, NonFiniteCause::Outputs { loss, value, .. } if loss == "poisson" && *value < -1.9),
        "{cause:?}"
    );
}

#[test]
fn updates_at_too_large_a_rate_are_to_blame_where_the_weights_from_before_do_well() {
    let data = Rows(vec![(3.0, 1.0); 64]);
    let compile = compile(MeanSquaredError::new()).with_learning_rate(1e6);
    let (batch, rate, cause) = found(error(compile, &dense(), &data, &fit()));
    assert!(batch > 1);
    assert_eq!((rate, cause), (Some(1e6), NonFiniteCause::Updates));
}

#[test]
fn a_validation_loss_that_is_not_finite_names_its_sample_and_not_the_rate() {
    let validation = rows(3, (f32::NAN, 1.0));
    let fit = fit().with_validation(&validation);
    let data = rows(0, (1.0, 1.0));
    let told = error(compile(MeanSquaredError::new()), &dense(), &data, &fit).to_string();
    assert_eq!(
        told,
        "the validation loss is not a finite number after epoch 1, after an update at learning rate 0.125: the input of \
         sample 3 (counted from 0) is NaN; the weights from before are kept. Fill in or remove the samples where a number \
         is missing"
    );
}

#[test]
fn a_single_batch_that_spoils_the_loss_is_looked_at_too() {
    let network = dense().build(1, &Device::flex()).unwrap();
    let mut trainer = compile(MeanSquaredError::new()).model(network);
    let column = |value: f32| Tensor::<2>::from_floats([[value]], &Device::flex());
    let told = trainer
        .train_on_batch(column(1e30), column(1.0))
        .unwrap_err();
    let told = told.to_string();
    assert!(
        told.contains("batch 1, before any update of this training: inputs, outputs and targets of the batch are finite"),
        "{told}"
    );
    trainer.train_on_batch(column(1.0), column(0.5)).unwrap();
}

/// Panics unless a single sample is looked at, as before a training.
#[derive(Debug)]
struct Fragile {
    when_tried: bool,
}

impl Fragile {
    fn act(&self, rows: usize) {
        assert!(!self.when_tried && rows == 1, "no such shape");
    }
}

impl LossFunction for Fragile {
    fn name(&self) -> &'static str {
        "fragile"
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        self.act(targets.dims()[0]);
        (outputs.values() - targets).squeeze_dim(1)
    }
}

impl MetricFunction for Fragile {
    fn name(&self) -> &'static str {
        "fragile"
    }

    fn direction(&self) -> Direction {
        Direction::Up
    }

    fn update(&self, targets: Tensor<2>, _: &Outputs, _: Option<Tensor<1>>) -> Tensor<1> {
        self.act(targets.dims()[0]);
        targets.sum()
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        sums.to_vec()
    }
}

#[test]
fn a_loss_or_a_metric_of_ones_own_that_panics_is_named() {
    let data = rows(0, (1.0, 1.0));
    let hint = "if it is your own, check the shapes it computes with, else its arguments";
    for when_tried in [true, false] {
        let own = compile(Loss::custom(Fragile { when_tried }));
        assert_eq!(
            error(own, &dense(), &data, &fit()).to_string(),
            format!("the loss `fragile` panicked: no such shape; {hint}")
        );
        let metric = Metric::custom(Fragile { when_tried }).named("mine");
        let own = compile(MeanSquaredError::new()).with_metrics([metric]);
        assert_eq!(
            error(own, &dense(), &data, &fit()).to_string(),
            format!("the metric `mine` panicked: no such shape; {hint}")
        );
    }
}

#[test]
fn a_lambda_that_panics_in_a_training_is_named() {
    let lambda = Lambda::new("fragile", |x: AnyTensor| -> Result<AnyTensor, ModelError> {
        assert_eq!(x.shape()[0], 1, "one at a time");
        Ok(x)
    });
    let network = dense().add(lambda).add(Dense::new(1));
    let told = error(
        compile(MeanSquaredError::new()),
        &network,
        &rows(0, (1.0, 1.0)),
        &fit(),
    );
    let told = told.to_string();
    assert!(
        told.starts_with("layer `lambda` (Lambda, index 1) needs `function`")
            && told.contains("`fragile`, which panics: ")
            && told.contains("one at a time"),
        "{told}"
    );
}
