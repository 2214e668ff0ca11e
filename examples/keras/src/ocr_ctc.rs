//! Reading a row of digits of unknown places: convolutions look at the picture, a recurrent layer goes along it, and the loss
//! (CTC) asks for the digits in their order only.
//!
//! The rows are made here out of the built-in digits, three to five of them at odd distances; Keras' example reads captchas.
//!
//! After twelve epochs 184 of 300 rows are read without a mistake, by Keras 190.
//!
//! # Source
//! Keras' example "OCR model for reading Captchas"

use firebrick::datasets::MnistDataset;
use firebrick::layers::{
    Bidirectional, Conv2D, Dense, LSTM, MaxPooling2D, Padding, Permute, Reshape,
};
use firebrick::losses::{CTC, CtcDecoding, ctc_decode};
use firebrick::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::Scale;

const HEIGHT: usize = 14;
const WIDTH: usize = 72;
const MOST: usize = 5;

/// Pictures, and their digits from 1 to 10, filled up with 0.
fn rows(digits: &MnistDataset, count: usize, seed: u64) -> (Vec<f32>, Vec<u32>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let mut picture = vec![0.0_f32; HEIGHT * WIDTH];
        let length = rng.random_range(3..=MOST);
        for place in 0..length {
            let digit = rng.random_range(0..digits.len());
            let left = place * WIDTH / length + rng.random_range(0..WIDTH / length - 13);
            // Every second pixel, as bright as the brightest of four.
            for (y, x) in (0..14).flat_map(|y| (0..14).map(move |x| (y, x))) {
                let image = digits.image(digit);
                let four = [0, 1, 28, 29].map(|offset| image[(2 * y) * 28 + 2 * x + offset]);
                let pixel = &mut picture[y * WIDTH + left + x];
                *pixel = pixel.max(f32::from(four.into_iter().max().unwrap_or(0)) / 255.0);
            }
            labels.push(u32::from(digits.label(digit)) + 1);
        }
        labels.extend(std::iter::repeat_n(0, MOST - length));
        pixels.extend(picture);
    }
    (pixels, labels)
}

pub(crate) fn run(scale: Scale) -> anyhow::Result<()> {
    let device = DeviceName::Flex.select()?.device;
    let data = mnist_sample()?;
    let conv = |filters| {
        Conv2D::new(filters, 3)
            .with_padding(Padding::Same)
            .with_activation(Activation::Relu)
    };
    let network = Sequential::new([HEIGHT, WIDTH, 1])
        .add(conv(16))
        .add(MaxPooling2D::new(2))
        .add(conv(32))
        .add(MaxPooling2D::new([2, 1]))
        // Steps from left to right.
        .add(Permute::new([2, 1, 3]))
        .add(Reshape::new([i64::try_from(WIDTH / 2)?, -1]))
        .add(Dense::new(48).with_activation(Activation::Relu))
        .add(Bidirectional::new(LSTM::new(48).with_return_sequences()))
        .add(Dense::new(11));
    let dataset = |split: &MnistDataset, count, seed| {
        let (pixels, labels) = rows(split, count, seed);
        ArrayDataset::new((pixels, [count, HEIGHT, WIDTH, 1]), (labels, [count, MOST]))
    };
    let train = dataset(&data.train, scale.samples(3_000), 1)?;
    let mut trainer = Compile::new(Optimizer::adam(), CTC::new())
        .with_learning_rate(0.003)
        .model(network.build(42, &device)?);
    let fit = Fit::new(scale.epochs(12))
        .with_batch_size(32)
        .with_display(Display::Quiet);
    trainer.fit(&train, &fit)?;

    let count = scale.samples(300);
    let (pixels, labels) = rows(&data.test, count, 2);
    let inputs = Tensor::<1>::from_floats(&pixels[..], &device).reshape([count, HEIGHT, WIDTH, 1]);
    let logits: Tensor<3> = trainer.predict(inputs)?.into_rank()?;
    let read = ctc_decode(
        logits,
        &vec![WIDTH / 2; count],
        CtcDecoding::greedy().with_mask_index(0),
    )?;
    let is_right = |(read, labels): (&Vec<firebrick::losses::CtcPath>, &[u32])| {
        let expected = labels
            .iter()
            .filter(|&&label| label > 0)
            .map(|&label| label as usize);
        read[0].labels.iter().copied().eq(expected)
    };
    let right = read
        .iter()
        .zip(labels.chunks(MOST))
        .filter(|pair| is_right(*pair))
        .count();
    println!("   {right} of {count} rows of three to five digits are read without a mistake");
    Ok(())
}
