//! A convolutional network on MNIST, described, compiled and fitted as in Keras.
//!
//! ```sh
//! cargo run --release -p mnist_cnn [DATA]
//! ```
//!
//! `DATA` is `mnist` (the default), `mnist-sample` (built in), or a folder with the four files of the
//! set.
//!
//! On two CPU cores MNIST takes a bit over a minute and reaches 98.7 % of the test images. It leaves a
//! new folder under `runs`.
#![allow(
    clippy::print_stdout,
    reason = "an example talks to the person who runs it"
)]

use std::path::Path;

use firebrick::layers::{Conv2D, Dense, Dropout, Flatten, MaxPooling2D};
use firebrick::prelude::*;
use firebrick::training::RunDirectory;

/// A training allocates and frees large tensors all the time; the system's allocator gives their memory
/// back to the kernel every time, which costs a third of the epoch.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> anyhow::Result<()> {
    let source = std::env::args().nth(1);
    let source: DataSource = source.as_deref().unwrap_or("mnist").parse()?;
    let data = load(&source)?;

    let network = Sequential::new([28, 28, 1])
        .add(Conv2D::new(16, 3).with_activation(Activation::Relu))
        .add(MaxPooling2D::new(2))
        .add(Conv2D::new(32, 3).with_activation(Activation::Relu))
        .add(MaxPooling2D::new(2))
        .add(Flatten::new())
        .add(Dropout::new(0.2))
        .add(Dense::new(10).with_activation(Activation::Softmax));
    println!("{}", network.summary()?);

    let device = DeviceName::Auto.select()?.device;
    let compile = Compile::by_name("adam", "sparse_categorical_crossentropy", ["accuracy"])?;
    let mut trainer = compile.model(network.build(42, &device)?);

    let run = RunDirectory::create_numbered(Path::new("runs"), "mnist_cnn")?;
    let fit = Fit::new(5)
        .with_batch_size(64)
        .with_validation_split(0.1)
        .with_label("MNIST, convolutional")
        .with_run_directory(run.clone())
        .stopped_by_ctrl_c();
    let history = trainer.fit(&data.train, &fit)?;

    println!(
        "{}; on the test images: {}",
        history.stop_reason,
        trainer.evaluate(&data.test)?.figures
    );
    println!("model, history and curves are in {}", run.path().display());
    Ok(())
}
