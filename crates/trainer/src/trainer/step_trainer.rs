use std::path::Path;

use burn::tensor::Device;
use firebrick_data::{Samples, ShuffleState};

use super::assembly::{check_alike, check_monitors, split};
use super::fitting::{FitData, Fitting, run_files};
use super::setup::Setup;
use crate::burn_loop::catch_step;
use crate::checkpoints::{Found, newest};
use crate::error::TrainError;
use crate::figure_names;
use crate::fit::Fit;
use crate::history::History;
use crate::step::Step;
use crate::unoptimized;

/// Trains by a [`Step`] of one's own: epochs, order of the samples, callbacks, displays,
/// history, run directory, validation and stopping are those of a [`Trainer`](crate::Trainer).
///
/// Weights of classes are the step's own business; those of a [`Fit`] are an error.
///
/// ```
/// use firebrick::datasets::Batch;
/// use firebrick::prelude::*;
/// use firebrick::training::{Measures, Step, StepOutput, StepTrainer, TrainError};
///
/// /// A single number that comes closer to the targets of each batch.
/// struct Mean {
///     mean: f32,
///     batches: u64,
/// }
///
/// impl Step for Mean {
///     type Weights = f32;
///
///     fn measures(&self) -> Measures {
///         Measures::means(["distance"])
///     }
///
///     fn train_step(&mut self, batch: Batch) -> Result<StepOutput, TrainError> {
///         let errors = batch.targets() - self.mean;
///         let error = AnyTensor::from(errors.clone().mean()).into_vec()?[0];
///         self.mean += 0.1 * error;
///         self.batches += 1;
///         let distance = errors.clone().abs().mean();
///         Ok(StepOutput::new(batch.num_samples(), errors.square().mean(), [distance]))
///     }
///
///     fn iterations(&self) -> u64 {
///         self.batches
///     }
///
///     fn learning_rate(&self) -> f64 {
///         0.1
///     }
///
///     fn weights(&self) -> f32 {
///         self.mean
///     }
///
///     fn set_weights(&mut self, mean: &f32) -> Result<(), TrainError> {
///         self.mean = *mean;
///         Ok(())
///     }
/// }
///
/// let data = ArrayDataset::new([[0.0]; 4], [1.0, 3.0, 5.0, 7.0])?;
/// let mut trainer = StepTrainer::new(Mean { mean: 0.0, batches: 0 }, &Device::flex());
/// trainer.fit(&data, &Fit::new(100).with_display(Display::Quiet))?;
/// assert!((trainer.step().mean - 4.0).abs() < 1e-3);
/// # Ok::<(), TrainError>(())
/// ```
pub struct StepTrainer<S: Step> {
    /// Absent while it learns.
    step: Option<S>,
    device: Device,
    /// The order in which samples are seen, going on where the last fit ended.
    shuffle: Option<ShuffleState>,
    history: History,
}

/// Why there is a step between two fits.
const BACK: &str = "a fit gives its step back however it ends";

impl<S: Step> StepTrainer<S> {
    /// A step that learns batches on this device.
    pub fn new(step: S, device: &Device) -> Self {
        Self {
            step: Some(step),
            device: device.clone().without_autodiff(),
            shuffle: None,
            history: History::default(),
        }
    }

    /// The step as it is after the last fit; where that ended with an error, with the last weights known to be good.
    pub fn step(&self) -> &S {
        self.step.as_ref().unwrap_or_else(|| unreachable!("{BACK}"))
    }

    /// Gives the step back.
    pub fn into_step(self) -> S {
        self.step.unwrap_or_else(|| unreachable!("{BACK}"))
    }

    /// What the last [`fit`](Self::fit) did, also when it ended with an error.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Trains on samples; a second call goes on where the first one ended.
    ///
    /// # Errors
    /// Settings out of range, a callback that watches a figure there is not, validation data for a step without a
    /// [`test_step`](Step::test_step), an error of the step, a loss that is not finite any more, files of the run that
    /// cannot be written. What was learned before an error is kept.
    pub fn fit(&mut self, data: impl Into<Samples>, fit: &Fit) -> Result<History, TrainError> {
        self.fit_from(data.into(), fit, None)
    }

    /// Goes on with a training that was broken off, as [`Trainer::resume`](crate::Trainer::resume) does; the step needs a
    /// [`state`](Step::state).
    ///
    /// # Errors
    /// Those of [`fit`](Self::fit); no checkpoint that is intact, one of a later version, or one of a training with another
    /// step, other data or settings.
    pub fn resume(
        &mut self,
        data: impl Into<Samples>,
        fit: &Fit,
        from: impl AsRef<Path>,
    ) -> Result<History, TrainError> {
        let found = newest(from.as_ref())?;
        self.fit_from(data.into(), fit, Some(found))
    }

    /// Trains from the beginning, or from a checkpoint.
    fn fit_from(
        &mut self,
        data: Samples,
        fit: &Fit,
        resumed: Option<Found>,
    ) -> Result<History, TrainError> {
        let display = fit.display.resolve()?;
        let files = run_files(fit)?;
        let mut data = self.checked(data, fit)?;
        data.resumed = resumed;
        unoptimized::tell(display);
        let mut fitting = Fitting::new(fit, data, (display, None), files, &self.device)?;
        if let Some(step) = &mut self.step {
            fitting.prepare(step)?;
        }
        let step = self.step.take().unwrap_or_else(|| unreachable!("{BACK}"));
        let before = step.weights();
        let mut fitted = fitting.run(step);

        self.shuffle = fitted.shuffle;
        self.history = fitted.history;
        let restored = match &mut fitted.step {
            Some(step) if !fitted.goes_on => {
                step.set_weights(fitted.weights.as_ref().unwrap_or(&before))
            }
            _ => Ok(()),
        };
        self.step = fitted.step;
        match fitted.error {
            Some(error) => Err(error),
            None => restored.map(|()| self.history.clone()),
        }
    }

    /// Checks what can be checked before anything is learned.
    fn checked(&self, data: Samples, fit: &Fit) -> Result<FitData, TrainError> {
        fit.settings.check_counts()?;
        if !fit.class_weights()?.is_empty() {
            return Err(TrainError::Setting {
                setting: "class_weight",
                expected: "none with a step of one's own, which weighs its samples itself",
                received: "weights of classes".to_owned(),
            });
        }
        if let Some(rate) = fit.settings.one_cycle {
            return Err(TrainError::Setting {
                setting: "one_cycle",
                expected: "none with a step of one's own, which has rates of its own",
                received: rate.to_string(),
            });
        }
        if fit.fine_tune.is_some() {
            return Err(TrainError::Setting {
                setting: "fine_tune",
                expected: "none with a step of one's own, which has models and rates of its own",
                received: "one".to_owned(),
            });
        }
        let (training, validation) = split(data, fit)?;
        let measures = self.step().measures();
        let mut figures = measures.names();
        figure_names::check(figures.iter().map(String::as_str))?;
        figures.push("loss".to_owned());
        if let Some(validation) = &validation {
            check_alike(&training, validation)?;
            self.check_test_step(validation, fit)?;
        }
        check_monitors(&fit.callbacks, &figures, validation.is_some())?;
        Ok(FitData {
            setup: Setup::of_fit(fit, &training, validation.as_ref(), &self.device)?,
            resumed: None,
            training,
            validation,
            figures,
            shuffle: self.shuffle,
        })
    }

    /// Makes sure that the step can be judged, and as it says.
    fn check_test_step(&self, validation: &Samples, fit: &Fit) -> Result<(), TrainError> {
        let batch_size = fit
            .settings
            .validation_batch_size
            .unwrap_or(fit.settings.batch_size);
        let first = validation.first(batch_size, &self.device);
        let batch = first.map_err(TrainError::samples)?;
        let step = self.step();
        let output = catch_step(|| step.test_step(&step.weights(), batch))??;
        step.measures()
            .check(&output.ok_or(TrainError::NoTestStep)?)
    }
}
