//! The network without a framework.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use firebrick::datasets::{MnistDataset, ShuffleState};
use firebrick::training::{
    Display, EpochRecord, Logs, LoopDisplay, LoopProgress, StopHandle, TrainError,
};
use firebrick_scratch::{Figures, Samples, ScratchError};

use super::NetworksStudy;
use super::contender::Contender;
use super::judgement::Judgement;
use super::result::NetworkResult;
use crate::error::StudyError;

/// How often the display is told where the training is.
const LOOK: Duration = Duration::from_millis(250);

pub(super) fn train(
    study: &NetworksStudy,
    display: Display,
    stop: &StopHandle,
) -> Result<NetworkResult, StudyError> {
    let (settings, data) = (&study.settings, &study.data);
    let mut network = study.untrained()?;
    let train = samples(&data.train)?;
    let validation = samples(&data.validation)?;
    let _ctrl_c = stop.on_ctrl_c()?;
    let title = Contender::Scratch.title();
    let mut shown =
        LoopDisplay::open(display, title, settings.epochs, &["loss", "accuracy"], stop)?;

    let mut epochs = Vec::new();
    let mut order = ShuffleState::new(settings.seed);
    for epoch in 1..=settings.epochs {
        let begin = Instant::now();
        let mut looked = begin;
        let rate = settings.scratch_learning_rate;
        let rows = order.permutation(train.len());
        order = order.next();
        let mut failure: Option<TrainError> = None;
        let figures = network.train_epoch(&train, &rows, settings.batch_size, rate, |progress| {
            let is_first = progress.batch == 1;
            if is_first || looked.elapsed() >= LOOK || progress.batch == progress.num_batches {
                looked = Instant::now();
                failure = shown
                    .progress(&LoopProgress {
                        epoch,
                        batches_done: progress.batch,
                        batches: progress.num_batches,
                        samples_done: progress.figures.samples,
                        samples: train.len(),
                        learning_rate: rate,
                        figures: logs(progress.figures, ""),
                    })
                    .err();
            }
            if stop.is_stopped() || failure.is_some() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        let figures = figures?;
        if let Some(error) = failure {
            return Err(error.into());
        }
        if stop.is_stopped() {
            break;
        }
        let mut figures = logs(figures, "");
        for (name, value) in logs(network.evaluate(&validation)?, "val_").iter() {
            figures.insert(name, value);
        }
        let record = EpochRecord {
            epoch,
            learning_rate: rate,
            figures,
            seconds: begin.elapsed().as_secs_f64(),
        };
        shown.epoch_end(&record, train.len().div_ceil(settings.batch_size))?;
        epochs.push((&record).into());
    }
    shown.close();
    Ok(NetworkResult {
        network: Contender::Scratch,
        num_params: network.num_params(),
        is_whole: epochs.len() == settings.epochs,
        epochs,
        test: Judgement::new(&network.predict(&samples(&data.test)?)?, &data.test),
    })
}

fn samples(data: &MnistDataset) -> Result<Samples<'_, f32>, ScratchError> {
    let images = (0..data.len()).map(|row| data.image(row));
    Samples::from_bytes(images, data.labels(), data.num_classes())
}

fn logs(figures: Figures, prefix: &str) -> Logs {
    let named = [("loss", figures.loss), ("accuracy", figures.accuracy())];
    named
        .into_iter()
        .map(|(name, value)| (format!("{prefix}{name}"), value))
        .collect()
}
