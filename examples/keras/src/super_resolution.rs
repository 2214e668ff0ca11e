//! Image super-resolution: digits of 14 × 14 pixels become digits of 28 × 28, better than by copying each pixel four times.
//!
//! The peak signal to noise is 25.7 dB, where copying pixels gives 17.8; Keras reaches 24.9.
//!
//! # Source
//! Keras' example "Image Super-Resolution using an Efficient Sub-Pixel CNN"

use firebrick::datasets::MnistDataset;
use firebrick::layers::{Conv2D, Padding, UpSampling2D};
use firebrick::prelude::*;

use crate::{Scale, digits};

/// Every second row and column taken together, and the digits as they are.
fn halved(split: &MnistDataset) -> anyhow::Result<(ArrayDataset, f64)> {
    let (large, shape) = digits::images(split);
    let [count, height, width, _] = shape;
    let at = |row: usize, y: usize, x: usize| large[(row * height + y) * width + x];
    let (mut small, mut error) = (Vec::new(), 0.0);
    for row in 0..count {
        for (y, x) in (0..height / 2).flat_map(|y| (0..width / 2).map(move |x| (2 * y, 2 * x))) {
            let four = [
                at(row, y, x),
                at(row, y, x + 1),
                at(row, y + 1, x),
                at(row, y + 1, x + 1),
            ];
            let mean = four.iter().sum::<f32>() / 4.0;
            error += four
                .iter()
                .map(|pixel| f64::from(pixel - mean).powi(2))
                .sum::<f64>();
            small.push(mean);
        }
    }
    let copied = error / large.len() as f64;
    let inputs = (small, [count, height / 2, width / 2, 1]);
    Ok((ArrayDataset::new(inputs, (large, shape))?, copied))
}

/// In decibels, of pixels from 0 to 1.
fn signal_to_noise(mean_squared_error: f64) -> f64 {
    -10.0 * mean_squared_error.log10()
}

pub(crate) fn run(scale: Scale) -> anyhow::Result<()> {
    let conv = |filters, size| Conv2D::new(filters, size).with_padding(Padding::Same);
    let small = input([14, 14, 1]);
    let copied = UpSampling2D::new(2).on(&small);
    let x = conv(24, 5).with_activation(Activation::Relu).on(&small);
    let x = UpSampling2D::new(2).on(x);
    let x = conv(16, 3).with_activation(Activation::Relu).on(x);
    // What is learned is the difference.
    let large = &copied + &conv(1, 3).on(x);

    let device = DeviceName::Flex.select()?.device;
    let model = Graph::new([small], large).build(42, &device)?;
    let data = mnist_sample()?;
    let (train, _) = halved(&data.train)?;
    let (test, copied) = halved(&data.test)?;
    let mut trainer = Compile::new(Optimizer::adam(), MeanSquaredError::new())
        .with_learning_rate(0.002)
        .model(model);
    let fit = Fit::new(scale.epochs(10))
        .with_batch_size(32)
        .with_display(Display::Quiet);
    trainer.fit(&train, &fit)?;
    let learned = trainer.evaluate(&test)?.loss();
    println!(
        "   peak signal to noise: {:.1} dB by copying, {:.1} dB learned",
        signal_to_noise(copied),
        signal_to_noise(learned)
    );
    Ok(())
}
