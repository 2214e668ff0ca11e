//! Structured data classification: a table of words, numbers, gaps and `True` or `False` becomes numbers, each column in its way,
//! and a network tells from them whether a heart is diseased.
//!
//! The table is `assets/heart`, 600 patients who never lived; Keras' example has 303 of Cleveland, with the same kinds of columns.
//! `examples/models/heart.toml` describes the same training in a file.
//!
//! Of 120 rows that it has never seen it is right about 0.80 (AUC 0.909), a line about 0.78 (0.902). Keras reaches 0.82 (0.904) and 0.82
//! (0.916), each a mean over five splits between 0.79 and 0.88.
//!
//! # Source
//! Keras' examples "Structured data classification from scratch" and "… with `FeatureSpace`"

use std::path::Path;

use anyhow::Context;
use firebrick::datasets::{BatchSource, Binned, CsvMissing, CsvTest, DataDescription, Hashed};
use firebrick::layers::{Dense, Dropout, Normalization};
use firebrick::losses::BinaryCrossentropy;
use firebrick::prelude::*;
use firebrick::training::adapt;

use crate::Scale;

pub(crate) fn run(scale: Scale) -> anyhow::Result<()> {
    let device = DeviceName::Flex.select()?.device;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/heart/heart.csv");
    let ages = Binned {
        num_bins: Some(3),
        ..Binned::default()
    };
    let table = CsvSource::classes(path, "disease")
        .with_categorical(["sex", "chest_pain", "thallium_scan"])
        .with_encoding("age", ages)?
        .with_encoding("city", Hashed { num_bins: 4 })?
        .with_missing_in("cholesterol", CsvMissing::Median)
        .with_missing_in("thallium_scan", CsvMissing::Indicator)
        .with_test(CsvTest::Split(0.2))?;
    // Vocabularies, boundaries and medians are those of the rows that are learned from.
    let data = DataDescription::Csv(table).load()?;
    let test = data.test.context("a table with test rows")?;
    let columns = data.train.input_shape();
    let rows = [&data.train, &test].map(BatchSource::num_samples);
    println!(
        "   {} rows of {columns:?} numbers, {} to judge by",
        rows[0], rows[1]
    );

    let on_one_scale = || Sequential::new(columns.clone()).add(Normalization::new());
    let hidden = Dense::new(32).with_activation(Activation::Relu);
    let networks = [
        ("a line", on_one_scale()),
        (
            "a network",
            on_one_scale().add(hidden).add(Dropout::new(0.5)),
        ),
    ];
    for (name, network) in networks {
        let network = network.add(Dense::new(1).with_activation(Activation::Sigmoid));
        let network = adapt(network, &data.train, &device)?;
        let mut trainer = Compile::new(Optimizer::adam(), BinaryCrossentropy::new())
            .with_learning_rate(0.003)
            .with_metrics(
                ["accuracy", "auc"]
                    .map(str::parse::<Metric>)
                    .into_iter()
                    .collect::<Result<Vec<_>, _>>()?,
            )
            .model(network.build(42, &device)?);
        let fit = Fit::new(scale.epochs(40))
            .with_batch_size(32)
            .with_display(Display::Quiet);
        trainer.fit(&data.train, &fit)?;
        println!(
            "   {name}, on rows never seen: {}",
            trainer.evaluate(&test)?.figures
        );
    }
    Ok(())
}
