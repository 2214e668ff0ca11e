//! Simple MNIST convnet: the first network that most people train.
//!
//! After three epochs over 10,000 digits it is right about 96.3 % of the test digits, Keras about 95.9 %.
//!
//! # Source
//! Keras' example "Simple MNIST convnet"

use firebrick::layers::{Conv2D, Dense, Dropout, Flatten, MaxPooling2D};
use firebrick::prelude::*;

use crate::{Scale, digits};

pub(crate) fn run(scale: Scale) -> anyhow::Result<()> {
    let device = DeviceName::Flex.select()?.device;
    let [train, test] = digits::mnist(scale, 10_000, 10_000)?;
    let conv = |filters| Conv2D::new(filters, 3).with_activation(Activation::Relu);
    let model = Sequential::new([28, 28, 1])
        .add(conv(32))
        .add(MaxPooling2D::new(2))
        .add(conv(64))
        .add(MaxPooling2D::new(2))
        .add(Flatten::new())
        .add(Dropout::new(0.5))
        .add(Dense::new(10).with_activation(Activation::Softmax))
        .build(42, &device)?;
    println!("{}", model.summary());

    let compile = Compile::by_name("adam", "sparse_categorical_crossentropy", ["accuracy"])?;
    let mut trainer = compile.model(model);
    let fit = Fit::new(scale.epochs(3))
        .with_batch_size(128)
        .with_display(Display::Quiet);
    trainer.fit(&train, &fit)?;
    println!(
        "   on the test digits: {}",
        trainer.evaluate(&test)?.figures
    );
    Ok(())
}
