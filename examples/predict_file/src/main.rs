//! Which digit a picture shows, by a saved model: all that an app needs.
//!
//! ```sh
//! cargo run --release -p predict_file runs/mnist-1/model.bpk assets/digits/seven.png
//! ```
//!
//! It takes a moment. A model of `firebrick train` takes pictures of 28 × 28 pixels; any picture is brought to that.
#![allow(
    clippy::print_stdout,
    reason = "an example talks to the person who runs it"
)]

use anyhow::Context as _;
use firebrick_data::read_digit_image;
use firebrick_model::{DeviceName, SavedModel};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let usage = "usage: predict_file MODEL PICTURE";
    let model = arguments.next().context(usage)?;
    let picture = arguments.next().context(usage)?;

    let device = DeviceName::Auto.select()?.device;
    let predictor = SavedModel::read(model.as_ref())?.into_predictor(&device)?;
    let digit = read_digit_image(picture.as_ref(), 28, 28)?;
    let pixels: Vec<f32> = digit
        .pixels
        .iter()
        .map(|pixel| f32::from(*pixel) / 255.0)
        .collect();
    for (class, probability) in predictor.predict(&pixels)?.iter().enumerate() {
        println!("{class}  {:6.2} %", 100.0 * probability);
    }
    Ok(())
}
