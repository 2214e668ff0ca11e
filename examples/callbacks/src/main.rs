//! Callbacks: stopping early with the best weights, a lower rate on a plateau, saved models, a table, and one of
//! one's own.
//!
//! ```sh
//! cargo run --release -p callbacks
//! ```
//!
//! On two CPU cores it takes a second. The rate is halved after epochs 6 and 8, epoch 9 is the last, and the weights of
//! epoch 4 reach 85.6 % of the test samples. It leaves a new folder under `runs`.
#![allow(
    clippy::print_stdout,
    reason = "an example talks to the person who runs it"
)]

use std::path::Path;
use std::sync::{Arc, Mutex};

use firebrick::callbacks::{
    Callback, CsvLogger, EarlyStopping, Flow, HookResult, ModelCheckpoint, ReduceLrOnPlateau,
    Training,
};
use firebrick::prelude::*;
use firebrick::training::{Logs, RunDirectory};

/// Says once when the network has begun to learn by heart: when the loss of the validation is a multiple of that of
/// the training.
struct Overfitting {
    factor: f64,
    is_said: bool,
}

impl Callback for Overfitting {
    fn name(&self) -> &'static str {
        "Overfitting"
    }

    fn monitors(&self) -> Vec<String> {
        vec!["loss".to_owned(), "val_loss".to_owned()]
    }

    fn on_epoch_end(&mut self, training: &mut Training<'_>, logs: &Logs) -> HookResult {
        if let (Some(loss), Some(val_loss)) = (logs.get("loss"), logs.get("val_loss"))
            && val_loss > self.factor * loss
            && !self.is_said
        {
            self.is_said = true;
            let epoch = training.epoch();
            training.say(&format!("Epoch {epoch}: learning by heart"));
        }
        Ok(Flow::Continue)
    }
}

fn main() -> anyhow::Result<()> {
    let data = mnist_sample()?;
    let (train, validation) = data.train.split(&ValidationSplit::Tail { fraction: 0.2 })?;
    let device = DeviceName::Auto.select()?.device;
    let model = MlpConfig::new(train.num_features(), train.num_classes())
        .with_hidden([128])
        .with_activation(Activation::Relu)
        .init(42, &device)?;
    let compile = Compile::new(Optimizer::adam(), SparseCategoricalCrossentropy::new())
        .with_learning_rate(0.005)
        .with_metrics([Metric::accuracy()]);
    let mut trainer = compile.model(model);

    let run = RunDirectory::create_numbered(Path::new("runs"), "callbacks")?;
    let stopping = EarlyStopping::new("val_loss")
        .with_patience(5)
        .with_restore_best_weights()
        .with_verbose();
    let stopping = Arc::new(Mutex::new(stopping));
    let plateau = ReduceLrOnPlateau::new("val_loss")
        .with_factor(0.5)?
        .with_patience(2)
        .with_verbose();
    let checkpoint = ModelCheckpoint::new("model-{epoch:02d}-{val_loss:.3f}.bpk")?
        .with_save_best_only()
        .with_verbose();
    let fit = Fit::new(100)
        .with_validation(&validation)
        .with_display(Display::Lines)
        .with_run_directory(run.clone())
        .with_callback(plateau)
        .with_callback(checkpoint)
        .with_callback(CsvLogger::new(run.file("keras.csv")))
        .with_callback(Overfitting {
            factor: 10.0,
            is_said: false,
        })
        .with_shared_callback(stopping.clone());
    let history = trainer.fit(&train, &fit)?;

    let best = stopping
        .lock()
        .map_or(None, |stopping| stopping.best_epoch());
    println!(
        "\n{} of {} epochs; the weights are those of epoch {}",
        history.stop_reason,
        history.params.epochs,
        best.unwrap_or_default()
    );
    println!("test: {}", trainer.evaluate(&data.test)?.figures);
    println!("saved models and keras.csv are in {}", run.path().display());
    Ok(())
}
