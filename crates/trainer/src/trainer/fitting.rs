//! A fit of any step: what is around its epochs.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use burn::tensor::Device;
use firebrick_data::{BatchLoader, BatchSource, ShuffleState};

use super::run_files::RunFiles;
use crate::burn_loop::{LoopSettings, train};
use crate::display::Display;
use crate::displays::{KeptLines, reporter};
use crate::error::TrainError;
use crate::fit::Fit;
use crate::history::{FitParams, History};
use crate::interrupt::ctrl_c_on;
use crate::interrupt::{CtrlC, StopHandle};
use crate::rerun::{Part, Rerun};
use crate::step::Step;

/// The data of a fit that can begin.
pub(super) struct FitData {
    pub(super) training: Arc<dyn BatchSource>,
    pub(super) validation: Option<Arc<dyn BatchSource>>,
    /// The names of the figures without those of the validation.
    pub(super) figures: Vec<String>,
    /// Where the order of the samples stands after an earlier fit.
    pub(super) shuffle: Option<ShuffleState>,
}

/// A fit that is about to begin, whatever the step.
pub(super) struct Fitting<'a> {
    fit: &'a Fit,
    device: Device,
    display: Display,
    files: Option<Rc<RefCell<RunFiles>>>,
    params: FitParams,
    training: Arc<BatchLoader>,
    validation: Option<Arc<BatchLoader>>,
    figures: Vec<String>,
    rerun: Rerun,
    stop: StopHandle,
    _ctrl_c: Option<CtrlC>,
}

/// What a fit leaves, however it ended.
pub(super) struct Fitted<S: Step> {
    /// What learned.
    pub(super) step: Option<S>,
    /// Whether it can go on where it is.
    pub(super) goes_on: bool,
    /// The last weights known to be good; absent as long as nothing was learned.
    pub(super) weights: Option<S::Weights>,
    pub(super) history: History,
    pub(super) shuffle: Option<ShuffleState>,
    pub(super) error: Option<TrainError>,
}

/// The files of a fit's run, if it has one.
///
/// # Errors
/// A run that another training writes into.
pub(super) fn run_files(fit: &Fit) -> Result<Option<Rc<RefCell<RunFiles>>>, TrainError> {
    fit.run.as_ref().map(RunFiles::begin).transpose()
}

impl<'a> Fitting<'a> {
    /// On a device without automatic differentiation.
    ///
    /// # Errors
    /// Settings that the data does not go with; signals that cannot be listened to.
    pub(super) fn new(
        fit: &'a Fit,
        data: FitData,
        display: Display,
        files: Option<Rc<RefCell<RunFiles>>>,
        device: &Device,
    ) -> Result<Self, TrainError> {
        let training = train_loader(&data, fit, device)?;
        let batch_size = fit
            .settings
            .validation_batch_size
            .unwrap_or(fit.settings.batch_size);
        let rerun = Rerun {
            training: Part {
                data: Arc::clone(&data.training),
                batch_size: fit.settings.batch_size,
            },
            validation: data
                .validation
                .clone()
                .map(|data| Part { data, batch_size }),
            shuffle: training.shuffle_state(),
            device: device.clone(),
        };
        let validation = data
            .validation
            .map(|source| BatchLoader::new(source, batch_size, device))
            .transpose()?
            .map(Arc::new);
        let stop = fit.stop.clone().unwrap_or_default();
        let ctrl_c = if fit.listens_to_ctrl_c {
            Some(stop.on_ctrl_c()?)
        } else {
            ctrl_c_on(display, &stop)
        };
        Ok(Self {
            fit,
            device: device.clone(),
            display,
            files,
            params: FitParams {
                epochs: fit.settings.epochs,
                steps: fit
                    .settings
                    .steps_per_epoch
                    .unwrap_or(training.num_batches()),
                batch_size: fit.settings.batch_size,
            },
            training: Arc::new(training),
            validation,
            figures: data.figures,
            rerun,
            stop,
            _ctrl_c: ctrl_c,
        })
    }

    /// Batches an epoch.
    pub(super) fn steps_per_epoch(&self) -> usize {
        self.params.steps
    }

    /// Has the step learn all epochs, or those until an error or a stop; the run's files are then those of the end.
    pub(super) fn run<S: Step>(self, step: S) -> Fitted<S> {
        let fit = self.fit;
        let params = self.params;
        // The dashboard leaves nothing on the terminal, so that the epochs are told when it is gone.
        let kept = KeptLines::default();
        let settings = LoopSettings {
            device: self.device.clone(),
            params,
            initial_epoch: fit.settings.initial_epoch,
            is_limited: fit.settings.steps_per_epoch.is_some(),
            validation_steps: fit.settings.validation_steps,
            validation_freq: fit.settings.validation_freq,
            callbacks: fit.callbacks.clone(),
            measures: step.measures(),
            figures: self.figures,
            run: fit.run.clone(),
            display: self.display,
            label: fit.label.clone(),
            reporter: match self.display {
                Display::Tui => kept.reporter(fit.settings.epochs),
                shown => reporter(shown, fit.settings.epochs),
            },
            epoch_hook: RunFiles::epoch_hook(self.files.clone()),
            rerun: self.rerun,
        };
        log::info!(
            "fit: {} samples in {} batches of {}, {} epochs, on {:?}",
            settings.rerun.training.data.num_samples(),
            params.steps,
            params.batch_size,
            params.epochs,
            self.device,
        );
        let loaders = (Arc::clone(&self.training), self.validation);
        let outcome = train(step, loaders, settings, &self.stop);
        drop(kept);

        let mut history = outcome.history;
        history.params = params;
        let saved = match (&self.files, &outcome.kept, &outcome.step) {
            (Some(files), Some(weights), Some(step)) => {
                let save = |path: &std::path::Path| step.save(weights, path);
                files.borrow_mut().finish(&history, &save)
            }
            _ => Ok(()),
        };
        let goes_on = outcome.error.is_none() && !outcome.is_spoiled;
        let error = match (outcome.error, saved) {
            (None, Ok(())) => None,
            (Some(error), Ok(())) | (None, Err(error)) => Some(error),
            (Some(error), Err(saving)) => Some(error.besides(saving)),
        };
        if let Some(error) = &error {
            log::error!("{error}");
        }
        Fitted {
            step: outcome.step,
            goes_on,
            weights: outcome.kept,
            history,
            shuffle: self.training.shuffle_state(),
            error,
        }
    }
}

/// The batches in the order of this fit, which goes on where the last one with its seed ended.
///
/// Without a prefetching thread: gathering bytes takes a few per cent of a step, and on two cores the thread was
/// measured to cost more than it saves.
fn train_loader(data: &FitData, fit: &Fit, device: &Device) -> Result<BatchLoader, TrainError> {
    let mut loader = BatchLoader::new(Arc::clone(&data.training), fit.settings.batch_size, device)?;
    if let Some(seed) = fit.settings.shuffle_seed() {
        loader = loader.with_shuffle(seed);
        if let Some(state) = data.shuffle.filter(|state| state.seed == seed) {
            loader.restore_shuffle(state);
        }
    }
    Ok(loader)
}
