//! Official examples of Keras, written again from their descriptions, on data that is here or that they make.
//!
//! ```sh
//! cargo run --release -p keras_examples -- resnet
//! cargo run --release -p keras_examples -- all --quick
//! ```
//!
//! Each says in its header what it shows and prints a figure of what it reaches. `--quick` trains for a few steps only; without a
//! name the list is printed. `beside/NAME.py` trains the same network on the same data, or on data made by the same recipe, with
//! Keras 3.15.1 on JAX; what it reaches stands in the header too.
#![allow(
    clippy::print_stdout,
    reason = "examples talk to the person who runs them"
)]

mod addition_rnn;
mod autoencoder;
mod bidirectional_lstm;
mod custom_callbacks;
mod denoising_autoencoder;
mod diabetes;
mod digits;
mod distillation;
mod imbalanced_classification;
mod inception;
mod mnist_convnet;
mod ocr_ctc;
mod own_train_step;
mod resnet;
mod siamese;
mod structured_data;
mod super_resolution;
mod supervised_contrastive;
mod text_classification;
mod timeseries_anomaly;
mod timeseries_forecasting;
mod transformer_block;
mod two_tower_recommender;
mod unet;
mod variational_autoencoder;
mod wgan_gp;
mod wide_and_deep;

use std::time::Instant;

use anyhow::{Context, bail};

/// How long an example trains.
#[derive(Clone, Copy)]
pub(crate) struct Scale {
    is_quick: bool,
}

impl Scale {
    /// Epochs; with `--quick` one.
    fn epochs(self, epochs: usize) -> usize {
        if self.is_quick { 1 } else { epochs }
    }

    /// Samples to make; with `--quick` a few.
    fn samples(self, samples: usize) -> usize {
        if self.is_quick { 64 } else { samples }
    }
}

type Example = fn(Scale) -> anyhow::Result<()>;

const EXAMPLES: &[(&str, Example)] = &[
    ("addition_rnn", addition_rnn::run),
    ("autoencoder", autoencoder::run),
    ("bidirectional_lstm", bidirectional_lstm::run),
    ("custom_callbacks", custom_callbacks::run),
    ("denoising_autoencoder", denoising_autoencoder::run),
    ("diabetes", diabetes::run),
    ("distillation", distillation::run),
    ("imbalanced_classification", imbalanced_classification::run),
    ("inception", inception::run),
    ("mnist_convnet", mnist_convnet::run),
    ("ocr_ctc", ocr_ctc::run),
    ("own_train_step", own_train_step::run),
    ("resnet", resnet::run),
    ("siamese", siamese::run),
    ("structured_data", structured_data::run),
    ("super_resolution", super_resolution::run),
    ("supervised_contrastive", supervised_contrastive::run),
    ("text_classification", text_classification::run),
    ("timeseries_anomaly", timeseries_anomaly::run),
    ("timeseries_forecasting", timeseries_forecasting::run),
    ("transformer_block", transformer_block::run),
    ("two_tower_recommender", two_tower_recommender::run),
    ("unet", unet::run),
    ("variational_autoencoder", variational_autoencoder::run),
    ("wgan_gp", wgan_gp::run),
    ("wide_and_deep", wide_and_deep::run),
];

fn main() -> anyhow::Result<()> {
    let mut names: Vec<String> = std::env::args().skip(1).collect();
    let is_quick = names.iter().any(|name| name == "--quick");
    names.retain(|name| name != "--quick");
    let known = || {
        EXAMPLES
            .iter()
            .map(|(name, _)| *name)
            .collect::<Vec<_>>()
            .join("\n  ")
    };
    if names.is_empty() {
        println!("give the name of an example, or `all`:\n  {}", known());
        return Ok(());
    }
    for name in names {
        let is_asked = |(known, _): &&(&str, Example)| name == "all" || name == *known;
        let asked: Vec<_> = EXAMPLES.iter().filter(is_asked).collect();
        if asked.is_empty() {
            bail!("there is no example `{name}`; there are:\n  {}", known());
        }
        for (name, run) in asked {
            let start = Instant::now();
            println!("== {name}");
            run(Scale { is_quick }).with_context(|| format!("the example `{name}`"))?;
            println!("   {:.1} s\n", start.elapsed().as_secs_f64());
        }
    }
    Ok(())
}
