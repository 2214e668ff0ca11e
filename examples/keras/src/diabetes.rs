//! Regression on a table: how far diabetes has progressed a year after ten measurements of 442 patients (`assets/diabetes`).
//!
//! So few rows are judged by all of them: five times a fifth of them, drawn at random, is kept apart, and the mean over the five is
//! told, beside that of a line. Keras' tutorials take houses in Boston and miles per gallon, tables of the same size.
//!
//! The network misses by 47.0 (R² 0.399), the line by 45.1 (0.444): there is little to learn beyond the line. Keras' miss by 44.4 (0.373)
//! and 44.9 (0.399), on other splits of its own.
//!
//! # Source
//! Keras' tutorial "Basic regression"; Chollet, "Deep Learning with Python", the chapter on prices of houses

use std::path::Path;

use firebrick::layers::{Dense, Dropout, Normalization};
use firebrick::metrics::{MeanAbsoluteError, R2Score};
use firebrick::prelude::*;
use firebrick::training::adapt;

use crate::Scale;

const SPLITS: u32 = 5;

pub(crate) fn run(scale: Scale) -> anyhow::Result<()> {
    let device = DeviceName::Flex.select()?.device;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/diabetes/diabetes.csv");
    let table = CsvSource::values(path, ["progression"]).load()?;
    let features = table.feature_names.len();
    // The answers are on the scale of the targets again, which the last layer learns from the training rows as the first does that
    // of the measurements.
    let around = |hidden: &[usize]| {
        let mut network = Sequential::new([features]).add(Normalization::new());
        for &units in hidden {
            network = network.add(Dense::new(units).with_activation(Activation::Relu));
            network = network.add(Dropout::new(0.2));
        }
        network
            .add(Dense::new(1))
            .add(Normalization::new().inverted())
    };
    for (name, network) in [("a line", around(&[])), ("a network", around(&[32, 32]))] {
        let (mut error, mut share) = (0.0, 0.0);
        for seed in 0..SPLITS {
            let split = ValidationSplit::Random {
                fraction: 0.2,
                seed: seed.into(),
            };
            let (train, test) = table.data.split(&split)?;
            let network = adapt(network.clone(), &train, &device)?;
            let metrics = [
                Metric::from(MeanAbsoluteError::new()),
                R2Score::new().into(),
            ];
            let mut trainer = Compile::new(Optimizer::adam(), MeanSquaredError::new())
                .with_learning_rate(0.003)
                .with_metrics(metrics)
                .model(network.build(42, &device)?);
            let fit = Fit::new(scale.epochs(60))
                .with_batch_size(32)
                .with_display(Display::Quiet);
            trainer.fit(&train, &fit)?;
            let judged = trainer.evaluate(&test)?;
            error += judged.get("mean_absolute_error").unwrap_or(f64::NAN);
            share += judged.get("r2_score").unwrap_or(f64::NAN);
        }
        let splits = f64::from(SPLITS);
        println!(
            "   {name}: mean absolute error {:.1}, R² {:.3}",
            error / splits,
            share / splits
        );
    }
    Ok(())
}
