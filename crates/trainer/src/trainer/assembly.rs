//! Model, data and settings brought together, and found to fit.

use std::sync::Arc;

use burn::tensor::Tensor;
use burn::train::Learner;
use firebrick_data::{Batch, BatchSource, ClassBalance, Subset, Targets, ValidationSplit};
use firebrick_model::{AnyTensor, Model, catch_panic};
use firebrick_scheduler::{RateControl, ScheduleAdapter};

use super::Trainer;
use crate::burn_loop::{Compiled, StepState, Stepper};
use crate::callback::Callbacks;
use crate::figures::RunningFigures;
use crate::fit::Validation;
use crate::losses::OutputForm;
use crate::objective::Objective;
use crate::optimizers::Path;
use crate::{Fit, TrainError};

/// Samples whose outputs are looked at before a training.
const LOOKED_AT: usize = 32;

/// Samples whose targets are looked at together.
const CHECKED_TOGETHER: usize = 4096;

/// Data and objective of a fit that can begin.
pub(super) struct Checked {
    pub(super) data: Arc<dyn BatchSource>,
    pub(super) validation: Option<Arc<dyn BatchSource>>,
    pub(super) objective: Objective,
    /// The names of the figures without those of the validation.
    pub(super) figures: Vec<String>,
}

impl<M: Model> Trainer<M> {
    /// Checks what can be checked before anything is learned.
    pub(super) fn checked(
        &self,
        data: Arc<dyn BatchSource>,
        fit: &Fit,
    ) -> Result<Checked, TrainError> {
        fit.validate()?;
        let (data, validation) = split(data, &fit.validation)?;
        if let Some(size) = self.model.size() {
            let batch_size = fit.batch_size.min(data.num_samples());
            self.compile.check_memory(&size, batch_size, &self.device)?;
        }
        let objective = self.objective(data.as_ref())?;
        let objective = if fit.class_weights.is_empty() {
            objective
        } else {
            objective.with_class_weights(&fit.class_weights)?
        };
        self.check_targets(data.as_ref(), &objective)?;
        self.check_outputs(data.as_ref(), &objective)?;
        if let Some(validation) = &validation {
            check_alike(data.as_ref(), validation.as_ref())?;
            let own = self.objective(validation.as_ref())?;
            self.check_targets(validation.as_ref(), &own)?;
        }
        let figures = self.figure_names(data.as_ref(), &objective)?;
        check_monitors(&fit.callbacks, &figures, validation.is_some())?;
        Ok(Checked {
            data,
            validation,
            objective,
            figures,
        })
    }

    /// Runs one sample through the network, so that a misfit is an error before anything starts.
    pub(super) fn objective(&self, data: &dyn BatchSource) -> Result<Objective, TrainError> {
        self.objective_for(data.input_shape(), data.targets())
    }

    pub(super) fn objective_for(
        &self,
        input_shape: Vec<usize>,
        targets: Targets,
    ) -> Result<Objective, TrainError> {
        let mismatch = |reason: String| TrainError::InputMismatch {
            shape: input_shape.clone(),
            reason,
        };
        let width = input_shape.iter().product();
        let mut shape = vec![1];
        shape.extend(&input_shape);
        let forward = || {
            let sample = AnyTensor::from(Tensor::<2>::zeros([1, width], &self.device));
            self.model.forward(sample.reshape(&shape)?)
        };
        let output = catch_panic(forward)
            .map_err(mismatch)?
            .map_err(|error| mismatch(error.to_string()))?;
        let output_shape = &output.shape()[1..];
        let activation = self.model.output_activation();
        Objective::new(
            &self.compile,
            input_shape,
            targets,
            output_shape,
            activation,
        )
    }

    /// The names of the figures, the metrics before the loss; tries loss and metrics on one sample.
    pub(super) fn figure_names(
        &self,
        data: &dyn BatchSource,
        objective: &Objective,
    ) -> Result<Vec<String>, TrainError> {
        let width = data.input_shape().iter().product();
        let columns = data.targets().num_columns();
        let compiled = Compiled::new(self.model.clone(), objective.clone());
        let batch = Batch {
            inputs: Tensor::zeros([1, width], &self.device),
            targets: Tensor::zeros([1, columns], &self.device),
            sample_weights: None,
        };
        let tried = catch_panic(|| compiled.evaluate(batch));
        let (output, _) = tried.map_err(|message| TrainError::Panicked { message })??;
        let sums: Vec<Vec<f32>> = output
            .lengths
            .iter()
            .map(|&length| vec![0.0; length])
            .collect();
        let mut figures = RunningFigures::default();
        let join = |metric, sums: &mut [f64], batch: &[f64]| objective.join(metric, sums, batch);
        figures.add(1, 0.0, sums.iter().map(Vec::as_slice), join);
        let logs = objective.logs(&figures);
        let (first, metrics): (Vec<&str>, Vec<&str>) =
            logs.names().partition(|name| *name == "loss");
        Ok(metrics
            .into_iter()
            .chain(first)
            .map(str::to_owned)
            .collect())
    }

    /// Looks at all targets where they have to be class indices and nobody has said that they are.
    pub(super) fn check_targets(
        &self,
        data: &dyn BatchSource,
        objective: &Objective,
    ) -> Result<(), TrainError> {
        let Some(num_classes) = objective.undeclared_classes() else {
            return Ok(());
        };
        let width = data.targets().num_columns();
        for start in (0..data.num_samples()).step_by(CHECKED_TOGETHER) {
            let end = (start + CHECKED_TOGETHER).min(data.num_samples());
            let rows: Vec<usize> = (start..end).collect();
            let batch =
                data.gather(&rows, &self.device)
                    .map_err(|error| TrainError::Evaluation {
                        message: error.to_string(),
                    })?;
            check_indices(batch.targets, num_classes, start, width)?;
        }
        Ok(())
    }

    /// Looks at the first outputs where only they can tell whether they are probabilities.
    pub(super) fn check_outputs(
        &self,
        data: &dyn BatchSource,
        objective: &Objective,
    ) -> Result<(), TrainError> {
        let Some(loss) = objective.unproven_probabilities() else {
            return Ok(());
        };
        let rows: Vec<usize> = (0..data.num_samples().min(LOOKED_AT)).collect();
        if rows.is_empty() {
            return Ok(());
        }
        let failed = |message: String| TrainError::Evaluation { message };
        let batch = data
            .gather(&rows, &self.device)
            .map_err(|error| failed(error.to_string()))?;
        let answers = self.model.predict(objective.inputs(batch.inputs)?)?;
        let size = answers.shape().iter().product();
        let values: Tensor<1> = answers.reshape(&[size])?.into_rank()?;
        let values = values
            .try_into_data_as::<f32>()
            .map_err(|error| failed(error.to_string()))?;
        match values
            .iter::<f32>()
            .find(|value| !(-1e-6..=1.0 + 1e-6).contains(value))
        {
            Some(value) => Err(TrainError::OutputMismatch {
                loss: loss.to_owned(),
                expected: OutputForm::Probabilities,
                hint: format!(
                    "the network answers {value} to one of the first samples; end it with a softmax or a sigmoid, \
                     or let the loss take logits with `from_logits`"
                ),
            }),
            None => Ok(()),
        }
    }

    /// What learns, for this objective: where the last fit ended, or anew.
    pub(super) fn take_stepper(
        &mut self,
        objective: Objective,
        steps_per_epoch: usize,
    ) -> Result<Stepper<M>, TrainError> {
        if let Some(stepper) = self.stepper.take() {
            stepper.learner.model().set_objective(objective);
            return Ok(stepper);
        }
        let schedule = self.compile.schedule(steps_per_epoch)?;
        let optimizer = self.compile.optimizer;
        if let Some(warning) = optimizer.rate_warning(schedule.learning_rate(0)) {
            log::warn!("{warning}");
        }
        let control = RateControl::new(schedule);
        Ok(Stepper {
            learner: Learner::new(
                Compiled::new(self.model.clone().train(), objective)
                    .with_average(optimizer.average()),
                optimizer.build(Path::Fastest),
                ScheduleAdapter::controlled(control.clone()),
            ),
            state: StepState {
                control,
                accumulation: optimizer.accumulation(),
                clipping: optimizer.clipping(),
            },
        })
    }
}

/// Training data and validation data.
type Split = (Arc<dyn BatchSource>, Option<Arc<dyn BatchSource>>);

fn split(data: Arc<dyn BatchSource>, validation: &Validation) -> Result<Split, TrainError> {
    match validation {
        Validation::None => Ok((data, None)),
        Validation::Data(validation) => Ok((data, Some(Arc::clone(validation)))),
        Validation::Split(fraction) => {
            let fraction = *fraction;
            let (first, last) = Subset::split(&data, &ValidationSplit::Tail { fraction })?;
            let balance = ClassBalance::of(&first, &last);
            let warning = balance.and_then(|balance| balance.warning(|class| class.to_string()));
            if let Some(warning) = warning {
                log::warn!("{warning}");
            }
            Ok((Arc::new(first), Some(Arc::new(last))))
        }
    }
}

/// Makes sure that training and validation data ask for the same.
fn check_alike(training: &dyn BatchSource, validation: &dyn BatchSource) -> Result<(), TrainError> {
    let (own, other) = (training.targets(), validation.targets());
    // A few samples need not have every class.
    let are_alike = match (&own, &other) {
        (Targets::Classes { .. }, Targets::Classes { .. }) => true,
        _ => own == other,
    };
    if are_alike && training.input_shape() == validation.input_shape() {
        return Ok(());
    }
    Err(TrainError::ValidationMismatch {
        training: (training.input_shape(), own),
        validation: (validation.input_shape(), other),
    })
}

/// Makes sure that these targets are indices of classes.
pub(super) fn check_indices(
    targets: Tensor<2>,
    num_classes: usize,
    first_sample: usize,
    width: usize,
) -> Result<(), TrainError> {
    let targets = targets
        .try_into_data_as::<f32>()
        .map_err(|error| TrainError::Evaluation {
            message: error.to_string(),
        })?;
    let is_index = |target: f32| {
        target >= 0.0 && target.fract() == 0.0 && f64::from(target) < num_classes as f64
    };
    match targets
        .iter::<f32>()
        .enumerate()
        .find(|(_, target)| !is_index(*target))
    {
        Some((index, target)) => Err(TrainError::TargetOutOfRange {
            sample: first_sample + index / width.max(1),
            target,
            num_classes,
        }),
        None => Ok(()),
    }
}

/// Makes sure that what the callbacks watch will be there.
fn check_monitors(
    callbacks: &Callbacks,
    figures: &[String],
    has_validation: bool,
) -> Result<(), TrainError> {
    let mut known = figures.to_vec();
    if has_validation {
        known.extend(figures.iter().map(|name| format!("val_{name}")));
    }
    match callbacks
        .monitors()
        .into_iter()
        .find(|(_, monitor)| !known.contains(monitor))
    {
        Some((callback, monitor)) => Err(TrainError::UnknownMonitor {
            callback,
            monitor,
            known,
        }),
        None => Ok(()),
    }
}
