//! Our own `fit` and `predict`, as a program has them that reads a model file.

use std::error::Error;
use std::process;
use std::thread::available_parallelism;
use std::time::Instant;

use firebrick::callbacks::{Callback, Flow, HookResult, Training};
use firebrick::datasets::{ArrayDataset, Samples};
use firebrick::devices::DeviceName;
use firebrick::models::{Predictor, WeightValue};
use firebrick::recipes::ModelFile;
use firebrick::training::{Display, FitSettings, Logs};

use crate::taking_turns;
use crate::workload::{Rows, Workload};

/// More than anybody waits for.
const EPOCHS: usize = 100_000;

pub(crate) fn train(workload: &Workload) -> Result<(), Box<dyn Error>> {
    let file: ModelFile = workload.model_file.parse()?;
    let samples: Samples = match workload.mnist()? {
        Some(mnist) => (&mnist).into(),
        None => (&arrays(workload)?).into(),
    };
    let device = DeviceName::Auto.select()?.device;
    let model = file.network().build(file.fit().seed, &device)?;
    let settings = FitSettings {
        epochs: EPOCHS,
        ..file.fit().clone()
    };
    let mut fit = settings.to_fit().with_callback(TakesTurns { begin: None });
    if workload.validation_split > 0.0 {
        fit = fit.with_callback(SaysFirst);
    }
    taking_turns::ready(available_parallelism()?.get());
    let mut trainer = file.compile().to_compile().model(model);
    trainer.fit(samples, &fit.with_display(Display::Quiet))?;
    Ok(())
}

fn arrays(workload: &Workload) -> Result<ArrayDataset, Box<dyn Error>> {
    let (inputs, targets) = workload.arrays()?;
    let mut shape = vec![workload.rows];
    shape.extend(&workload.input_shape);
    let inputs = (inputs, shape);
    Ok(if workload.data == Rows::Table {
        ArrayDataset::new(inputs, (targets, vec![workload.rows, 1]))?
    } else {
        #[expect(clippy::cast_possible_truncation, reason = "numbers of classes")]
        let classes: Vec<i64> = targets.into_iter().map(|class| class as i64).collect();
        ArrayDataset::new(inputs, classes)?
    })
}

/// Waits before each epoch and says what came of it.
struct TakesTurns {
    begin: Option<Instant>,
}

impl Callback for TakesTurns {
    fn name(&self) -> &'static str {
        "TakesTurns"
    }

    fn on_epoch_begin(&mut self, _: &mut Training<'_>) -> HookResult {
        self.begin = taking_turns::begin();
        if self.begin.is_none() {
            process::exit(0);
        }
        Ok(Flow::Continue)
    }

    fn on_epoch_end(&mut self, _: &mut Training<'_>, logs: &Logs) -> HookResult {
        let figures = ["loss", "val_accuracy"].into_iter();
        let figures = figures.filter_map(|name| Some((name, logs.get(name)?)));
        if let Some(begin) = self.begin {
            taking_turns::end(begin, figures);
        }
        Ok(Flow::Continue)
    }
}

/// Says when the first step is done.
struct SaysFirst;

impl Callback for SaysFirst {
    fn name(&self) -> &'static str {
        "SaysFirst"
    }

    fn on_train_batch_end(&mut self, training: &mut Training<'_>) -> HookResult {
        if training.iterations() == 1 {
            // Whoever reads the figures waits for the device.
            training.logs()?;
            taking_turns::stepped();
        }
        Ok(Flow::Continue)
    }
}

pub(crate) fn predict(workload: &Workload, rows: usize) -> Result<(), Box<dyn Error>> {
    let file: ModelFile = workload.model_file.parse()?;
    let device = DeviceName::Auto.select()?.device;
    let mut model = file.network().build(file.fit().seed, &device)?;
    let mut numbers = workload.numbers(0)?.into_iter();
    let mut weights = Vec::new();
    for weight in model.get_weights()? {
        let values: Vec<f32> = numbers.by_ref().take(weight.values().len()).collect();
        weights.push(WeightValue::new(weight.shape(), values)?);
    }
    model.set_weights(weights)?;
    let inputs: Vec<f32> = {
        let mnist = workload.mnist()?.ok_or("answers are to rows of MNIST")?;
        let pixels = (0..rows).flat_map(|row| mnist.image(row));
        pixels.map(|&pixel| f32::from(pixel) / 255.0).collect()
    };
    let predictor = Predictor::new(model)?;
    taking_turns::ready(available_parallelism()?.get());
    taking_turns::answer(|| Ok(predictor.predict(&inputs)?), 10)
}
