//! A network that knows the digits from 0 to 4 learns those from 5 to 9 from ten samples of each.
//!
//! ```sh
//! cargo run --release -p fine_tune
//! ```
//!
//! Takes a few seconds. Of 250 digits it is right about 62.8 % from scratch, 41.2 % with a new head on the frozen body, 66.4 % by
//! products of low rank on the body, and 64.4 % where head and body learn one after the other: the body has seen 500 digits only.
//!
//! How it is done, step by step: `docs/transfer.md`.
#![allow(
    clippy::print_stdout,
    reason = "an example talks to the person who runs it"
)]

use std::ops::Range;

use firebrick::datasets::MnistDataset;
use firebrick::layers::{Conv2D, Dense, Flatten, MaxPooling2D};
use firebrick::models::{LoadWeights, Lora};
use firebrick::prelude::*;
use firebrick::training::{FineTune, TrainError};

const SEED: u64 = 42;
/// Samples of each of the new digits.
const FEW: usize = 10;
const EPOCHS: usize = 30;

/// What finds the features of a picture, for any digits.
fn body() -> Sequential {
    let convolution = |filters| Conv2D::new(filters, 3).with_activation(Activation::Relu);
    Sequential::new([28, 28, 1])
        .named("body")
        .add(convolution(16))
        .add(MaxPooling2D::new(2))
        .add(convolution(32))
        .add(MaxPooling2D::new(2))
        .add(Flatten::new())
        .add(Dense::new(64).with_activation(Activation::Relu))
}

/// A body and a head for five digits.
fn network(head: &str, seed: u64) -> Result<Network, ModelError> {
    let picture = input([28, 28, 1]);
    let features = body().on(&picture);
    let classes = Dense::new(5).with_activation(Activation::Softmax);
    let answers = classes.named(head).on(features);
    Graph::new([picture], [answers]).build(seed, &Device::flex())
}

/// The pictures of some digits, as many of each as there are or as are wanted, with classes from 0 on.
fn pictures(
    data: &MnistDataset,
    digits: Range<u8>,
    of_each: usize,
) -> anyhow::Result<ArrayDataset> {
    let mut pixels: Vec<f32> = Vec::new();
    let mut classes: Vec<usize> = Vec::new();
    let mut counts = [0; 10];
    for row in 0..data.len() {
        let digit = data.label(row);
        let count = &mut counts[usize::from(digit)];
        if !digits.contains(&digit) || *count == of_each {
            continue;
        }
        *count += 1;
        pixels.extend(data.image(row).iter().map(|&byte| f32::from(byte) / 255.0));
        classes.push(usize::from(digit - digits.start));
    }
    let shape = [classes.len(), 28, 28, 1];
    Ok(ArrayDataset::new((pixels, shape), classes)?)
}

fn compile() -> Result<Compile, TrainError> {
    Compile::by_name("adam", "sparse_categorical_crossentropy", ["accuracy"])
}

fn fit(epochs: usize) -> Fit {
    Fit::new(epochs)
        .with_batch_size(16)
        .with_seed(SEED)
        .with_display(Display::Quiet)
}

fn main() -> anyhow::Result<()> {
    let data = mnist_sample()?;
    let known = pictures(&data.train, 0..5, usize::MAX)?;
    let few = pictures(&data.train, 5..10, FEW)?;
    let test = pictures(&data.test, 5..10, usize::MAX)?;
    println!(
        "0 to 4: {} samples; 5 to 9: {}, {} to judge by",
        known.len(),
        few.len(),
        test.len()
    );

    let folder = tempfile::tempdir()?;
    let path = folder.path().join("model.bpk");
    let mut elsewhere = compile()?.model(network("head", SEED)?);
    elsewhere.fit(&known, &fit(15))?;
    save_model(elsewhere.model(), &path)?;

    let report = |way: &str, model: Network, fit: &Fit| -> anyhow::Result<()> {
        let trainable = model.summary().num_trainable_params();
        let mut trainer = compile()?.model(model);
        let history = trainer.fit(&few, fit)?;
        let accuracy = trainer.evaluate(&test)?.get("accuracy").unwrap_or_default();
        println!(
            "{way:<36} {trainable:>7} weights learn, {} epochs: {:.1} % right",
            history.epochs().len(),
            accuracy * 100.0
        );
        Ok(())
    };
    let transferred = || -> Result<Network, ModelError> {
        let mut model = network("new_head", SEED + 1)?;
        // The head has another name, so that it is not found in the file.
        model.load_weights(&path, LoadWeights::new().by_name())?;
        Ok(model)
    };
    report("from scratch", network("new_head", SEED + 1)?, &fit(EPOCHS))?;
    report(
        "a head on a frozen body",
        transferred()?.freeze_layers("body")?,
        &fit(EPOCHS),
    )?;
    let lora = transferred()?.enable_lora("body/*", Lora::new(4))?;
    report("a body with products of low rank", lora, &fit(EPOCHS))?;
    let tune = FineTune::new("new_head")
        .with_freeze_epochs(EPOCHS / 3)
        .with_learning_rate(0.01)
        .with_rate_ratio(10.0);
    report(
        "fine-tuned",
        transferred()?,
        &fit(EPOCHS).with_fine_tune(tune),
    )
}
