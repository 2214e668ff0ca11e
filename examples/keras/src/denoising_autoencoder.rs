//! Convolutional autoencoder for image denoising: digits come in with noise and leave without.
//!
//! The mean squared error of the test images falls from 0.080 to 0.024, in Keras to 0.030.
//!
//! # Source
//! Keras' example "Convolutional autoencoder for image denoising"

use firebrick::layers::{Conv2D, MaxPooling2D, Padding, UpSampling2D};
use firebrick::losses::BinaryCrossentropy;
use firebrick::models::Draws;
use firebrick::prelude::*;

use crate::{Scale, digits};

/// What is added to each pixel has this standard deviation.
const NOISE: f64 = 0.4;

pub(crate) fn run(scale: Scale) -> anyhow::Result<()> {
    let device = DeviceName::Flex.select()?.device;
    let data = mnist_sample()?;
    let noisy = |split: &firebrick::datasets::MnistDataset, step| -> anyhow::Result<_> {
        let (clean, shape) = digits::images(split);
        let added = Draws::new(42, step).normal([clean.len()], NOISE, &device);
        let added: Vec<f32> = added.into_data().iter().collect();
        let noisy = clean
            .iter()
            .zip(added)
            .map(|(pixel, added)| (pixel + added).clamp(0.0, 1.0));
        let noisy: Vec<f32> = noisy.collect();
        let before = clean
            .iter()
            .zip(&noisy)
            .map(|(a, b)| f64::from(a - b).powi(2))
            .sum::<f64>();
        let before = before / clean.len() as f64;
        Ok((ArrayDataset::new((noisy, shape), (clean, shape))?, before))
    };
    let (train, _) = noisy(&data.train, 0)?;
    let (test, before) = noisy(&data.test, 1)?;

    let conv = |filters| {
        Conv2D::new(filters, 3)
            .with_padding(Padding::Same)
            .with_activation(Activation::Relu)
    };
    let image = input([28, 28, 1]);
    let code = MaxPooling2D::new(2).on(conv(16).on(&image));
    let code = MaxPooling2D::new(2).on(conv(16).on(code));
    let wide = UpSampling2D::new(2).on(conv(16).on(code));
    let wide = UpSampling2D::new(2).on(conv(16).on(wide));
    let last = Conv2D::new(1, 3)
        .with_padding(Padding::Same)
        .with_activation(Activation::Sigmoid);
    let model = Graph::new([image], last.on(wide)).build(42, &device)?;

    let mut trainer = Compile::new(Optimizer::adam(), BinaryCrossentropy::new())
        .with_learning_rate(0.003)
        .with_metrics([Metric::from(firebrick::metrics::MeanSquaredError::new())])
        .model(model);
    let fit = Fit::new(scale.epochs(8))
        .with_batch_size(64)
        .with_display(Display::Quiet);
    trainer.fit(&train, &fit)?;
    let after = trainer
        .evaluate(&test)?
        .get("mean_squared_error")
        .unwrap_or(f64::NAN);
    println!("   mean squared error of the test images: {before:.4} with noise, {after:.4} after");
    Ok(())
}
