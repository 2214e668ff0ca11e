//! Image segmentation with a U-Net: every pixel of a picture of discs and squares is told what it belongs to.
//!
//! The pictures are made here: they ask for the same as photographs of pets with outlines, on a smaller scale.
//!
//! After eight epochs 93 % of the test pixels are right, with another seed 96 %, in Keras 94 and 95 %; three quarters are ground.
//!
//! # Source
//! Keras' example "Image segmentation with a U-Net-like architecture"

use firebrick::layers::{Concatenate, Conv2D, MaxPooling2D, Padding, UpSampling2D};
use firebrick::metrics::SparseCategoricalAccuracy;
use firebrick::models::Node;
use firebrick::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::Scale;

const SIDE: usize = 32;

/// Pictures with noise, and for each pixel 0 for the ground, 1 for a disc, 2 for a square.
fn shapes(count: usize, seed: u64) -> anyhow::Result<ArrayDataset> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (mut pixels, mut classes) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let mut picture = vec![0_u8; SIDE * SIDE];
        for class in [1, 2] {
            let radius = rng.random_range(4..8_usize);
            let [x, y] = [0, 1].map(|_| rng.random_range(radius..SIDE - radius));
            for (place, pixel) in picture.iter_mut().enumerate() {
                let (dx, dy) = ((place % SIDE).abs_diff(x), (place / SIDE).abs_diff(y));
                let is_inside = match class {
                    1 => dx * dx + dy * dy <= radius * radius,
                    _ => dx.max(dy) <= radius * 3 / 4,
                };
                if is_inside {
                    *pixel = class;
                }
            }
        }
        // Both shapes are as bright: their outline alone tells them apart.
        pixels.extend(picture.iter().map(|&class| {
            let noise: f32 = rng.random();
            f32::from(class.min(1)) * 0.6 + noise * 0.4
        }));
        classes.extend(picture.into_iter().map(u32::from));
    }
    let inputs = (pixels, [count, SIDE, SIDE, 1]);
    Ok(ArrayDataset::new(inputs, (classes, [count, SIDE, SIDE]))?)
}

pub(crate) fn run(scale: Scale) -> anyhow::Result<()> {
    let conv = |filters, x: &Node| {
        let conv = || {
            Conv2D::new(filters, 3)
                .with_padding(Padding::Same)
                .with_activation(Activation::Relu)
        };
        conv().on(conv().on(x))
    };
    let image = input([SIDE, SIDE, 1]);
    let high = conv(8, &image);
    let middle = conv(16, &MaxPooling2D::new(2).on(&high));
    let low = conv(32, &MaxPooling2D::new(2).on(&middle));
    let up = |x: Node, skip: &Node| Concatenate::new().on([&UpSampling2D::new(2).on(x), skip]);
    let middle = conv(16, &up(low, &middle));
    let high = conv(8, &up(middle, &high));
    let classes = Conv2D::new(3, 1)
        .with_activation(Activation::Softmax)
        .on(high);

    let device = DeviceName::Flex.select()?.device;
    let model = Graph::new([image], classes).build(42, &device)?;
    println!("   {} weights", model.summary().num_params());
    let train = shapes(scale.samples(600), 1)?;
    let test = shapes(scale.samples(200), 2)?;
    let mut trainer = Compile::new(Optimizer::adam(), SparseCategoricalCrossentropy::new())
        .with_learning_rate(0.003)
        .with_metrics([SparseCategoricalAccuracy::new()])
        .model(model);
    let fit = Fit::new(scale.epochs(8))
        .with_batch_size(16)
        .with_display(Display::Quiet);
    trainer.fit(&train, &fit)?;
    let accuracy = trainer.evaluate(&test)?.get("sparse_categorical_accuracy");
    println!(
        "   {:.1} % of the test pixels are right",
        accuracy.unwrap_or(f64::NAN) * 100.0
    );
    Ok(())
}
