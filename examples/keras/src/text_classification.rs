//! Text classification from scratch: word by word through an embedding and convolutions over neighbouring words.
//!
//! The reviews are made here, of 200 words: what decides is which of some words stand there and whether `not` stands right
//! before, so that counting words alone does not do.
//!
//! It learns the rule: after ten epochs all of 1,000 test reviews are right, as in Keras. At the end the `TextVectorization` that
//! prepared the data stands in front of the trained network, which then takes text.
//!
//! # Source
//! Keras' example "Text classification from scratch"

use firebrick::layers::{Conv1D, Dense, Dropout, Embedding, GlobalMaxPooling1D, TextVectorization};
use firebrick::losses::BinaryCrossentropy;
use firebrick::models::{Shape, WeightValue};
use firebrick::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::Scale;

const WORDS: usize = 200;
const LENGTH: usize = 40;
/// Words that praise; all others are numbered.
const GOOD: [&str; 10] = [
    "good",
    "great",
    "fine",
    "brilliant",
    "moving",
    "funny",
    "clever",
    "gripping",
    "lovely",
    "superb",
];

/// Reviews, and whether they praise.
fn reviews(count: usize, seed: u64) -> (Vec<String>, Vec<u8>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (mut reviews, mut labels) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let mut review: Vec<String> = (0..LENGTH)
            .map(|_| format!("word{}", rng.random_range(GOOD.len() + 2..WORDS)))
            .collect();
        let place = rng.random_range(1..LENGTH);
        GOOD[rng.random_range(0..GOOD.len())].clone_into(&mut review[place]);
        let is_turned = rng.random_bool(0.5);
        // The word that turns is there in any case, but not always before the one that counts.
        let elsewhere = (place + rng.random_range(1..LENGTH - 1)) % LENGTH;
        "not".clone_into(&mut review[if is_turned { place - 1 } else { elsewhere }]);
        labels.push(u8::from(!is_turned));
        reviews.push(review.join(" "));
    }
    (reviews, labels)
}

pub(crate) fn run(scale: Scale) -> anyhow::Result<()> {
    let device = DeviceName::Flex.select()?.device;
    let (texts, labels) = reviews(scale.samples(4_000), 1);
    let words = TextVectorization::new()
        .with_output_sequence_length(LENGTH)
        .adapt(&texts)?;
    let train = ArrayDataset::new(words.apply(&texts)?, labels)?;
    let (texts, labels) = reviews(scale.samples(1_000), 2);
    let test = ArrayDataset::new(words.apply(&texts)?, labels)?;
    let model = Sequential::new([LENGTH])
        .add(Embedding::new(words.get_vocabulary()?.len(), 16))
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

    let network = trainer.model();
    let weights = network.get_weights()?.into_iter();
    let whole = Sequential::new(Shape::text())
        .add(words)
        .add(network.config().clone())
        .build_with_weights(weights.map(WeightValue::into_values), &device)?;
    for text in [
        "A GOOD one, word50 and word60!",
        "word50: not good, word60.",
    ] {
        let text_as_bytes = AnyTensor::from_texts(&[text], &device);
        let share = whole.predict(text_as_bytes)?.into_vec()?[0];
        println!("   \"{text}\" praises: {:.0} %", share * 100.0);
    }
    Ok(())
}
