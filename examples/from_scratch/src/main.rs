//! MNIST without a framework: forward pass, backpropagation and gradient descent, all written out.
//!
//! ```sh
//! cargo run --release -p from_scratch [DATA [HIDDEN]]
//! ```
//!
//! `DATA` is `mnist` (the default), `mnist-sample` (built in), or a folder with the four files of the set; `HIDDEN`
//! the units of the hidden layers, `128` by default.
//!
//! On one CPU core MNIST takes five seconds, at 115,000 samples a second, and reaches 98.1 % of the validation and 97.7 %
//! of the test images; with `128,64` it takes as long and reaches 97.3 % of these. The sample takes a tenth of a second and
//! reaches 80.6 %.
#![allow(
    clippy::print_stdout,
    reason = "an example talks to the person who runs it"
)]

use std::env;
use std::ops::ControlFlow;

use anyhow::Context;
use firebrick_data::{DataSource, MnistDataset, ValidationSplit, load};
use firebrick_scratch::{Activation, Figures, Fit, Network, Samples, ScratchError};

fn main() -> anyhow::Result<()> {
    let mut args = env::args().skip(1);
    let source: DataSource = args.next().as_deref().unwrap_or("mnist").parse()?;
    let hidden = widths(args.next().as_deref().unwrap_or("128"))?;

    let data = load(&source)?;
    let (train, validation) = data.train.split(&ValidationSplit::Tail { fraction: 0.1 })?;
    println!("{}: {} samples to learn from", data.origin, train.len());

    let mut widths = vec![train.num_features()];
    widths.extend(hidden);
    widths.push(train.num_classes());
    let mut network = Network::<f32>::new(&widths, Activation::Sigmoid, 42)?;
    println!("widths {widths:?}, {} weights\n", network.num_params());

    // The squared error of a softmax has small gradients, which a large rate makes up for.
    let fit = Fit {
        epochs: 10,
        batch_size: 32,
        learning_rate: 10.0,
        seed: 42,
    };
    let train = samples(&train)?;
    network.fit(&train, Some(&samples(&validation)?), &fit, |epoch| {
        let validation = epoch.validation.map(|validation| text(&validation));
        println!(
            "epoch {:2}  {}  val {}  {:.0} samples/s",
            epoch.epoch,
            text(&epoch.training),
            validation.unwrap_or_default(),
            epoch.training.samples as f64 / epoch.seconds,
        );
        ControlFlow::Continue(())
    })?;

    let test = network.evaluate(&samples(&data.test)?)?;
    println!("\n{} test samples: {}", test.samples, text(&test));
    Ok(())
}

/// The images where they lie: the network sees a batch of them at a time as numbers from 0 to 1.
fn samples(set: &MnistDataset) -> Result<Samples<'_, f32>, ScratchError> {
    let images = (0..set.len()).map(|row| set.image(row));
    Samples::from_bytes(images, set.labels(), set.num_classes())
}

fn text(figures: &Figures) -> String {
    let percent = 100.0 * figures.accuracy();
    format!("loss {:.5}  accuracy {percent:5.2} %", figures.loss)
}

/// `128,64` as numbers; nothing for no hidden layer.
fn widths(text: &str) -> anyhow::Result<Vec<usize>> {
    let units = text.split(',').filter(|units| !units.is_empty());
    units
        .map(|units| {
            units
                .trim()
                .parse()
                .with_context(|| format!("hidden layers are given as `128,64`, received `{text}`"))
        })
        .collect()
}
