//! A network of 131 weights in the program itself, which needs no file at run time: four measures of an iris in, its species out.
//!
//! ```sh
//! cargo run --release -p embedded 5.9 3.0 5.1 1.8
//! ```
//!
//! It takes a moment. The model file, 2.5 kB with its names of classes, was made by
//! `firebrick train --data assets/iris/iris.csv --target species --classes --hidden 16 --activation relu --optimizer adam
//! --learning-rate 0.01 --epochs 60 --seed 1`; 28 of its 30 test rows are right.
#![allow(
    clippy::print_stdout,
    reason = "an example talks to the person who runs it"
)]

use anyhow::{Context as _, ensure};
use firebrick_model::{DeviceName, SavedModel};

/// The model this program is made of.
const MODEL: &[u8] = include_bytes!("../model.bpk");

const USAGE: &str =
    "usage: embedded SEPAL_LENGTH SEPAL_WIDTH PETAL_LENGTH PETAL_WIDTH, in centimetres";

fn main() -> anyhow::Result<()> {
    let measures = std::env::args().skip(1).map(|argument| {
        let number = argument.parse::<f32>().ok().filter(|n| n.is_finite());
        number.with_context(|| format!("expected a number, received `{argument}`; {USAGE}"))
    });
    let measures: Vec<f32> = measures.collect::<anyhow::Result<_>>()?;
    ensure!(
        measures.len() == 4,
        "expected 4 numbers, received {}; {USAGE}",
        measures.len()
    );

    let device = DeviceName::Auto.select()?.device;
    let network =
        SavedModel::from_bytes(MODEL, "the model in the program")?.into_predictor(&device)?;
    let shares = network.predict(&measures)?;
    for (species, share) in network.card().labels.iter().zip(shares) {
        println!("{species:<12} {:6.2} %", 100.0 * share);
    }
    Ok(())
}
