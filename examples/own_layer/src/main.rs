//! A layer of your own: features on a learned scale, with noise on that scale in training. It stands in a network that a model
//! file describes, is trained, saved, and read again by its name.
//!
//! ```sh
//! cargo run --release -p own_layer
//! ```
//!
//! It takes a second on two CPU cores and reaches about 84 % of the test samples.
#![allow(
    clippy::print_stdout,
    reason = "an example talks to the person who runs it"
)]

use firebrick::layers::{self, LayerProblem, WeightSpec};
use firebrick::models::{Call, Initializer, Shape, Signals};
use firebrick::prelude::*;
use firebrick::recipes::ModelFile;
use serde::{Deserialize, Serialize};

/// `y = x · scale + noise · stddev · scale`, the noise in training alone; a scale for each feature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct NoisyScale {
    #[serde(default)]
    stddev: f64,
}

impl Layer for NoisyScale {
    const CLASS_NAME: &'static str = "NoisyScale";

    fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
        let features = inputs[0].last().unwrap_or_default();
        vec![WeightSpec::new("scale", [features], Initializer::Ones)]
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let mut x = inputs.into_rank::<2>()?;
        if let Some(draws) = call.draws() {
            let noise = draws.normal(x.dims(), self.stddev, &x.device());
            x = x + noise;
        }
        Ok((x * call.weight::<1>("scale").unsqueeze()).into())
    }
}

fn main() -> anyhow::Result<()> {
    layers::register::<NoisyScale>()?;
    let file: ModelFile = include_str!("../network.toml").parse()?;
    let device = DeviceName::Flex.select()?.device;
    let model = file.network().build(file.fit().seed, &device)?;
    println!("{}", model.summary());

    let data = mnist_sample()?;
    let mut trainer = file.compile().to_compile().model(model);
    trainer.fit(&data.train, &file.fit().to_fit())?;
    let evaluation = trainer.evaluate(&data.test)?;
    println!(
        "test accuracy {:.3}",
        evaluation.get("accuracy").unwrap_or(f64::NAN)
    );

    let folder = tempfile::tempdir()?;
    let path = folder.path().join("model.bpk");
    save_model(trainer.model(), &path)?;
    let loaded = SavedModel::read(&path)?.into_network(&device)?;
    println!("read again: {:?}", loaded.config().get_layer(2)?.layer());
    Ok(())
}
