//! Two hidden units with the square as activation compute a product of their inputs, which no number of linear ones
//! does: x₁x₂ = ((x₁ + x₂)² − (x₁ − x₂)²) / 4. The formulas are in `docs/theory.md`.
//!
//! ```sh
//! cargo run --release -p product_network
//! ```
//!
//! On two CPU cores it takes 4 seconds. It shows that
//! - with weights in closed form, set by path, the logit is β₀ + β₁ x₁x₂ to the last digits of single precision;
//! - linear units end as a logistic regression, which does not tell the signs of a product apart, and squares do;
//! - trained on labels drawn from the logistic model, the network is the same product within the standard errors of the sample.
//!
//! A `Lambda` is code, which no file keeps: what has one is trained, but not saved.
#![allow(
    clippy::print_stdout,
    reason = "an example talks to the person who runs it"
)]

mod network;
mod samples;
mod standard_errors;
mod training;

use firebrick::burn::tensor::Device;
use firebrick::prelude::*;

use crate::network::{Polynomial, Product, closed_form, logits};
use crate::training::{learn, signs_apart};

/// What the network is to compute, and the labels are drawn by.
const TRUTH: Product = Product {
    beta_0: -0.5,
    beta_1: 2.0,
};

/// The largest difference between the logit of the closed form and the product, on a grid of the square `[-1, 1]²`.
fn largest_error(device: &Device) -> anyhow::Result<f32> {
    let grid: Vec<[f32; 2]> = (-10_i16..=10)
        .flat_map(|row| (-10_i16..=10).map(move |column| [column, row]))
        .map(|point| point.map(|index| f32::from(index) / 10.0))
        .collect();
    let logits = logits(&closed_form(TRUTH, device)?, &grid, device)?;
    let errors = logits
        .iter()
        .zip(&grid)
        .map(|(logit, x)| (logit - TRUTH.logit(*x)).abs());
    Ok(errors.fold(0.0, f32::max))
}

fn main() -> anyhow::Result<()> {
    let device = DeviceName::Auto.select()?.device;
    println!("logit = {} + {} x1 x2", TRUTH.beta_0, TRUTH.beta_1);
    println!(
        "closed-form weights: largest error {:.1e}",
        largest_error(&device)?
    );

    let [linear, squares] = signs_apart(&device)?;
    println!("\nlabels sign(x1 x2), points never seen; a guess has a loss of ln 2 = 0.6931");
    println!("two linear units: {}", linear.figures);
    println!("two squares:      {}", squares.figures);

    let learned = learn(TRUTH, &device)?;
    println!("\nlabels drawn from the logistic model");
    println!("                      1      x1      x2     x1²   x1 x2     x2²    loss");
    let truth = Polynomial::from(TRUTH);
    println!("truth          {truth} {:7.4}", learned.true_loss);
    println!("learned        {} {:7.4}", learned.polynomial, learned.loss);
    println!("standard error {}", learned.standard_errors);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_form_weights_compute_the_product() {
        assert!(largest_error(&Device::flex()).unwrap() < 1e-6);
    }
}
