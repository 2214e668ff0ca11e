//! Networks trained on samples drawn from seeds.

use anyhow::Context;
use firebrick::burn::tensor::Device;
use firebrick::datasets::ArrayDataset;
use firebrick::layers::NewLayer;
use firebrick::losses::BinaryCrossentropy;
use firebrick::metrics::BinaryAccuracy;
use firebrick::models::Network;
use firebrick::prelude::*;
use firebrick::training::{Evaluation, TrainError};

use crate::network::{Polynomial, Product, closed_form, network, square};
use crate::samples;
use crate::standard_errors::standard_errors;

const SEED: u64 = 42;
const STARTS: u64 = 4;

/// Binary cross-entropy by gradient descent with momentum.
fn compile() -> Result<Compile, TrainError> {
    let optimizer = Optimizer::sgd().with_momentum(0.9)?;
    Ok(Compile::new(optimizer, BinaryCrossentropy::new())
        .with_learning_rate(0.1)
        .with_metrics([BinaryAccuracy::new()]))
}

/// The network with this activation, trained from several starts, of which the one with the smallest loss is kept: where
/// both weights of the output begin with one sign, two squares often end as one. Every step sees all samples.
fn train(
    activation: &NewLayer,
    data: &ArrayDataset,
    epochs: usize,
    device: &Device,
) -> anyhow::Result<Trainer<Network>> {
    let fit = Fit::new(epochs)
        .with_batch_size(data.len())
        .without_shuffle()
        .with_display(Display::Quiet);
    let mut best = None;
    let mut smallest = f64::INFINITY;
    for seed in SEED..SEED + STARTS {
        let mut trainer = compile()?.model(network(activation.clone()).build(seed, device)?);
        trainer.fit(data, &fit)?;
        let loss = trainer.evaluate(data)?.loss();
        if loss < smallest {
            (best, smallest) = (Some(trainer), loss);
        }
    }
    best.context("no start gave a loss; take a smaller learning rate")
}

/// How well linear units and squares tell the signs of a product apart, on points that they have not seen.
pub(crate) fn signs_apart(device: &Device) -> anyhow::Result<[Evaluation; 2]> {
    const EPOCHS: usize = 200;
    let (data, test) = (samples::signs(250, SEED)?, samples::signs(250, SEED + 1)?);
    let linear = train(&Activation::Linear.into(), &data, EPOCHS, device)?.evaluate(&test)?;
    let squares = train(&square().into(), &data, EPOCHS, device)?.evaluate(&test)?;
    Ok([linear, squares])
}

/// What is learned from labels drawn by a truth.
pub(crate) struct Learned {
    pub(crate) polynomial: Polynomial,
    /// Of the sample.
    pub(crate) loss: f64,
    /// Of the truth on the same sample.
    pub(crate) true_loss: f64,
    /// How far the polynomial is expected to be from the truth.
    pub(crate) standard_errors: Polynomial,
}

/// Trains squares on labels drawn by `truth`.
pub(crate) fn learn(truth: Product, device: &Device) -> anyhow::Result<Learned> {
    let points = samples::uniform(20_000, 2.0, SEED);
    let standard_errors = standard_errors(truth, &points);
    let data = samples::logistic(truth, points, SEED)?;
    let trainer = train(&square().into(), &data, 300, device)?;
    let closed = compile()?.model(closed_form(truth, device)?);
    Ok(Learned {
        polynomial: Polynomial::of(trainer.model())?,
        loss: trainer.evaluate(&data)?.loss(),
        true_loss: closed.evaluate(&data)?.loss(),
        standard_errors,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linear_units_guess_the_signs_that_squares_tell_apart() {
        let [linear, squares] = signs_apart(&Device::flex()).unwrap();
        let accuracy = |judged: &Evaluation| judged.get("binary_accuracy").unwrap();
        assert!((accuracy(&linear) - 0.5).abs() < 0.02, "{}", linear.figures);
        let chance = 2_f64.ln();
        assert!((linear.loss() - chance).abs() < 1e-3, "{}", linear.figures);
        assert!(accuracy(&squares) > 0.99, "{}", squares.figures);
    }

    #[test]
    fn what_is_learned_is_the_product() {
        let truth = Product {
            beta_0: -0.5,
            beta_1: 2.0,
        };
        let learned = learn(truth, &Device::flex()).unwrap();
        let coefficients = learned.polynomial.0.iter().zip(Polynomial::from(truth).0);
        for ((learned, truth), error) in coefficients.zip(learned.standard_errors.0) {
            assert!(error < 0.04, "{error}");
            assert!(
                (learned - truth).abs() < 3.0 * error,
                "{learned} {truth} {error}"
            );
        }
        // The best of the sample, which is a little better there than the truth.
        let gain = learned.true_loss - learned.loss;
        assert!(gain > 0.0 && gain < 1e-3, "{gain}");
    }
}
