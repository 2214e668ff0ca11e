//! A regression on a table: how far diabetes has progressed a year after ten measurements of 442 patients.
//!
//! ```sh
//! cargo run --release -p regression
//! ```
//!
//! It takes a quarter of a second. On the last 89 rows, which it has never seen, it reaches an R² of 0.488 and a mean absolute
//! error of 45.5. Linear regression by scikit-learn reaches 0.544 and 42.6 there (`assets/diabetes/make_diabetes.py`); it
//! learns from all 353 other rows, 36 of which are kept back for validation here.
#![allow(
    clippy::print_stdout,
    reason = "an example talks to the person who runs it"
)]

use std::path::Path;

use firebrick::burn::tensor::Tensor;
use firebrick::layers::{Dense, Normalization};
use firebrick::metrics::{MeanAbsoluteError, R2Score};
use firebrick::prelude::*;

fn main() -> anyhow::Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/diabetes/diabetes.csv");
    let table = CsvSource::values(path, ["progression"]).load()?;
    let (train, test) = table.data.split(&ValidationSplit::Tail { fraction: 0.2 })?;
    println!(
        "{} samples to learn from, {} to judge by; features: {}\n",
        train.len(),
        test.len(),
        table.feature_names.join(", ")
    );

    let device = DeviceName::Auto.select()?.device;
    // Years, milligrams and ratios on one scale, that of the training rows.
    let normalization = Normalization::new().adapt(train.inputs::<2>(&device)?)?;
    let model = Sequential::new([table.feature_names.len()])
        .add(normalization)
        .add(Dense::new(32).with_activation(Activation::Relu))
        .add(Dense::new(1))
        .build(42, &device)?;
    println!("{}", model.summary());

    let compile = Compile::new(Optimizer::adam(), MeanSquaredError::new())
        .with_learning_rate(0.01)
        .with_metrics([
            Metric::from(MeanAbsoluteError::new()),
            R2Score::new().into(),
        ]);
    let mut trainer = compile.model(model);
    let fit = Fit::new(100)
        .with_validation_split(0.1)
        .with_display(Display::Auto)
        .with_label("diabetes");
    trainer.fit(&train, &fit)?;

    let judged = trainer.evaluate(&test)?;
    println!("on {} rows never seen: {}", judged.samples, judged.figures);
    let answers: Tensor<2> = trainer.predict_data(&test.first(3)?)?.into_rank()?;
    println!("answers to the first three: {answers}");
    Ok(())
}
