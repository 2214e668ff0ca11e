//! A ResNet-18 with weights that others have trained learns digits: a new head on the frozen body, then all of it.
//!
//! ```sh
//! python3 -c 'import torchvision, safetensors.torch as s; \
//!     s.save_file(torchvision.models.resnet18(weights="DEFAULT").state_dict(), "resnet18.safetensors")'
//! cargo run --release -p pretrained -- resnet18.safetensors
//! ```
//!
//! Without a file the body begins with random weights, which is what trained ones are to be compared with.
//! Few samples and few epochs, so that it ends soon: what it shows is how it is done.
//!
//! Which files there are and what is taken over: `docs/applications.md`.
#![allow(
    clippy::print_stdout,
    reason = "an example talks to the person who runs it"
)]

use std::path::Path;

use firebrick::applications::{Application, Architecture, Origin, Pooling};
use firebrick::datasets::MnistDataset;
use firebrick::layers::{Concatenate, Dense, Normalization, ZeroPadding2D};
use firebrick::prelude::*;
use firebrick::training::FineTune;

const SEED: u64 = 42;
const SAMPLES: usize = 200;
const EPOCHS: usize = 6;

/// What finds features of pictures in color.
fn body() -> Application {
    Application::new(Architecture::ResNet18, Origin::Torchvision, [32, 32, 3])
        .with_pooling(Pooling::Average)
}

/// Digits, with a margin and in three colors, through the body and a head for ten classes.
fn network(weights: Option<&Path>) -> anyhow::Result<Network> {
    let digit = input([28, 28, 1]);
    let large = ZeroPadding2D::new(2).on(&digit);
    let colors = Concatenate::new().on([&large, &large, &large]);
    // Pixels from 0 to 1 become what the body was trained with.
    let variances = [0.229_f32, 0.224, 0.225].map(|deviation| deviation * deviation);
    let scaled = Normalization::new().with_statistics([0.485, 0.456, 0.406], variances);
    let features = body().graph()?.named("body").on(scaled.on(colors));
    let classes = Dense::new(10).with_activation(Activation::Softmax);
    let answers = classes.named("head").on(features);
    let mut network = Graph::new([digit], [answers]).build(SEED, &Device::flex())?;
    if let Some(path) = weights {
        println!("{}", body().load_weights(&mut network, path)?);
    }
    Ok(network)
}

/// Trains a network, and tells how often it is right.
fn report(way: &str, model: Network, data: [&MnistDataset; 2], fit: &Fit) -> anyhow::Result<()> {
    let [train, test] = data;
    let trainable = model.summary().num_trainable_params();
    let compile = Compile::by_name("adam", "sparse_categorical_crossentropy", ["accuracy"])?;
    let mut trainer = compile.model(model);
    trainer.fit(train, fit)?;
    let accuracy = trainer.evaluate(test)?.get("accuracy").unwrap_or_default();
    println!(
        "{way:<24} {trainable:>7} weights learn: {:.1} % right",
        accuracy * 100.0
    );
    Ok(())
}

fn main() -> anyhow::Result<()> {
    let path = std::env::args().nth(1);
    let weights = path.as_deref().map(Path::new);
    if weights.is_none() {
        println!("no file of weights was given: the body begins with random ones");
    }
    let sample = mnist_sample()?;
    let train = sample.train.first(SAMPLES)?;
    let data = [&train, &sample.test];
    let fit = Fit::new(EPOCHS)
        .with_batch_size(16)
        .with_seed(SEED)
        .with_display(Display::Quiet);

    let network = network(weights)?;
    let frozen = network.clone().freeze_layer("body")?;
    report("a head on a frozen body", frozen, data, &fit)?;
    let tune = FineTune::new("head")
        .with_freeze_epochs(EPOCHS / 3)
        .with_learning_rate(0.01)
        .with_rate_ratio(10.0);
    let fit = fit.with_fine_tune(tune);
    report("fine-tuned", network, data, &fit)
}
