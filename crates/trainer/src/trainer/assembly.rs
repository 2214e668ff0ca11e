//! Model, data and settings brought together, and found to fit.

use burn::tensor::Tensor;
use firebrick_data::ValidationSplit;
use firebrick_data::{
    Batch, ClassBalance, InputField, Samples, StreamFields, Subset, TargetField, Targets,
};
use firebrick_model::{AnyTensor, Mode, Model, catch_panic};

use super::Trainer;
use crate::callback::Callbacks;
use crate::compile::Compile;
use crate::error::TrainError;
use crate::figure_names;
use crate::figures::RunningFigures;
use crate::fit::{Fit, FitSettings};
use crate::inputs::{self, Inputs};
use crate::mismatch_error::MismatchError;
use crate::objective::{Given, Objective};
use crate::sample_place::SamplePlace;
use crate::state::State;
use crate::step::{AutodiffStep, Step as _, judge};
use crate::weight_group::WeightGroup;

impl Compile {
    /// Makes the model trainable, on the device it lies on.
    pub fn model<M: Model>(self, model: M) -> Trainer<M> {
        Trainer::new(self, model)
    }
}

/// Data and objective of a fit that can begin.
pub(super) struct Checked {
    pub(super) data: Samples,
    pub(super) validation: Option<Samples>,
    pub(super) objective: Objective,
    /// The names of the figures without those of the validation.
    pub(super) figures: Vec<String>,
}

impl<M: Model> Trainer<M> {
    /// Checks what can be checked before anything is learned.
    pub(super) fn checked(&self, data: Samples, fit: &Fit) -> Result<Checked, TrainError> {
        fit.settings.check_counts()?;
        fit.settings.step.host_pass(&self.model, &self.device)?;
        if let Some(tune) = &fit.fine_tune {
            tune.check(&fit.settings)?;
            WeightGroup::sliced(&self.model, tune.groups(), tune.lowest_factor())?;
        }
        let (data, validation) = split(data, fit)?;
        if let Some(size) = self.model.size() {
            let batch_size = data.batch_size(fit.settings.batch_size)?;
            self.compile.check_memory(&size, batch_size, &self.device)?;
        }
        let objective = self.objective(&data)?;
        let class_weights = fit.class_weights()?;
        let objective = if class_weights.is_empty() {
            objective
        } else {
            objective.with_class_weights(&class_weights)?
        };
        if let Some(validation) = &validation {
            check_alike(&data, validation)?;
        }
        if fit.settings.steps_per_epoch.is_none() {
            self.check_accumulation(data.num_batches(fit.settings.batch_size), fit)?;
        }
        self.check_samples(&data, &objective, SamplePlace::new())?;
        self.check_outputs(&data, &objective)?;
        if let Some(validation) = &validation {
            let own = self.objective(validation)?;
            let place = SamplePlace::new().in_validation();
            self.check_samples(validation, &own, place)?;
        }
        let figures = self.figure_names(&data, &objective)?;
        check_monitors(&fit.callbacks, &figures, validation.is_some())?;
        Ok(Checked {
            data,
            validation,
            objective,
            figures,
        })
    }

    /// Makes sure that the batches of a fit are enough for an update.
    pub(super) fn check_accumulation(
        &self,
        batches: Option<usize>,
        fit: &Fit,
    ) -> Result<(), TrainError> {
        let steps = self.compile.optimizer.accumulation_steps();
        let (Some(steps), Some(per_epoch)) = (steps, fit.settings.steps_per_epoch.or(batches))
        else {
            return Ok(());
        };
        let batches = per_epoch.saturating_mul(fit.settings.epochs - fit.settings.initial_epoch);
        let waiting = match (&self.step, &self.begins_with) {
            (Some(step), _) => step.batches_waiting(),
            (None, Some(state)) => match state.find::<State>("accumulation")? {
                Some(part) => part.get("batches")?,
                None => 0,
            },
            (None, None) => 0,
        };
        if waiting.saturating_add(batches) >= steps {
            return Ok(());
        }
        Err(MismatchError::NoUpdate { steps, batches }.into())
    }

    /// Runs one sample through the network, so that a misfit is an error before anything starts.
    pub(super) fn objective(&self, data: &Samples) -> Result<Objective, TrainError> {
        let fields = data.fields()?;
        self.objective_for(&fields.inputs, &fields.targets)
    }

    pub(super) fn objective_for(
        &self,
        fields: &[InputField],
        targets: &[TargetField],
    ) -> Result<Objective, TrainError> {
        let inputs = Inputs::new(fields, &self.model.input_names())?;
        let mismatch = |reason: String| {
            TrainError::from(MismatchError::InputMismatch {
                shapes: inputs.shapes(),
                reason,
            })
        };
        let sample = Batch::of(inputs::zeros(fields, &self.device), []);
        let sample = inputs.of(&sample)?;
        let answers = catch_panic(|| self.model.call(sample, Mode::Inference))
            .map_err(mismatch)?
            .map_err(|error| mismatch(error.to_string()))?;
        let outputs = answers.outputs.iter();
        let shapes: Vec<Vec<usize>> = outputs.map(|output| output.shape()[1..].to_vec()).collect();
        let names = self.model.output_names();
        if names.len() != shapes.len() {
            let (names, received) = (names.len(), shapes.len());
            return Err(MismatchError::OutputNames { names, received }.into());
        }
        let given = Given {
            names: &names,
            shapes: &shapes,
            activations: self.model.output_activations(),
        };
        Objective::new(&self.compile, inputs, targets, given)
    }

    /// The names of the figures, the metrics before the loss; tries loss and metrics on one sample.
    pub(super) fn figure_names(
        &self,
        data: &Samples,
        objective: &Objective,
    ) -> Result<Vec<String>, TrainError> {
        let fields = data.fields()?;
        let inputs = inputs::zeros(&fields.inputs, &self.device);
        let target = |field: TargetField| {
            let columns = field.targets.num_columns();
            AnyTensor::from(Tensor::<2>::zeros([1, columns], &self.device))
        };
        let batch = Batch::of(inputs, fields.targets.into_iter().map(target));
        let (output, _) = judge(&self.model, objective, &batch)?;
        let sums: Vec<Vec<f32>> = output
            .lengths
            .iter()
            .map(|&length| vec![0.0; length])
            .collect();
        let mut figures = RunningFigures::default();
        let join = |metric, sums: &mut [f64], batch: &[f64]| objective.join(metric, sums, batch);
        figures.add(1, 0.0, sums.iter().map(Vec::as_slice), join);
        let measured = objective.measured(&figures)?;
        let mut names: Vec<String> = measured.into_iter().map(|figure| figure.name).collect();
        figure_names::check(names.iter().map(String::as_str))?;
        names.push("loss".to_owned());
        Ok(names)
    }

    /// What learns, for this objective: where the last fit ended, or anew.
    pub(super) fn take_step(
        &mut self,
        objective: Objective,
        steps_per_epoch: usize,
        settings: &FitSettings,
    ) -> Result<AutodiffStep<M>, TrainError> {
        if let Some(mut step) = self.step.take() {
            step.set_objective(objective);
            step.set_seed(settings.seed);
            step.set_kind(settings.step)?;
            return Ok(step);
        }
        let schedule = self.compile.schedule(steps_per_epoch)?;
        let optimizer = self.compile.optimizer.clone();
        if let Some(warning) = optimizer.rate_warning(schedule.learning_rate(0)) {
            log::warn!("{warning}");
        }
        let model = self.model.clone();
        let at_work = optimizer.build_for(&model.weight_paths(), &self.compile.weight_groups)?;
        let optimizer = (optimizer, at_work);
        let mut step = AutodiffStep::new(
            model,
            objective,
            optimizer,
            schedule,
            settings.seed,
            &self.device,
        );
        step.set_kind(settings.step)?;
        if let Some(state) = self.begins_with.take() {
            step.restore(&state)?;
        }
        Ok(step)
    }
}

/// Training data and validation data.
pub(super) type Split = (Samples, Option<Samples>);

pub(super) fn split(data: Samples, fit: &Fit) -> Result<Split, TrainError> {
    let fraction = fit.settings.validation_split;
    if let Some(validation) = &fit.validation {
        return Ok((data, Some(validation.clone())));
    }
    if fraction == 0.0 {
        return Ok((data, None));
    }
    let Samples::Rows(data) = data else {
        return Err(TrainError::Setting {
            setting: "validation_split",
            expected: "0 with a stream, whose last samples nobody knows; give validation data of its own",
            received: fraction.to_string(),
        });
    };
    let (first, last) = Subset::split(&data, &ValidationSplit::Tail { fraction })?;
    let balance = ClassBalance::of(&first, &last);
    let warning = balance.and_then(|balance| balance.warning(|class| class.to_string()));
    if let Some(warning) = warning {
        log::warn!("{warning}");
    }
    Ok((Samples::from(&first), Some(Samples::from(&last))))
}

/// Makes sure that training and validation data ask for the same.
pub(super) fn check_alike(training: &Samples, validation: &Samples) -> Result<(), TrainError> {
    let both = [training.fields()?, validation.fields()?];
    let inputs = both.each_ref().map(|fields| fields.inputs.clone());
    let targets = both.each_ref().map(|fields| fields.targets.clone());
    // A few samples need not have every class.
    let are_targets_alike = |own: &TargetField, other: &TargetField| {
        own.name == other.name
            && match (&own.targets, &other.targets) {
                (Targets::Classes { .. }, Targets::Classes { .. }) => true,
                (own, other) => own == other,
            }
    };
    let are_inputs_alike =
        |own: &InputField, other: &InputField| own.name == other.name && own.shape == other.shape;
    if are_alike(&inputs, are_inputs_alike) && are_alike(&targets, are_targets_alike) {
        return Ok(());
    }
    let only = |fields: &StreamFields| match (&fields.inputs[..], &fields.targets[..]) {
        ([input], [target]) => Some((input.shape.clone(), target.targets.clone())),
        _ => None,
    };
    if let [Some(training), Some(validation)] = both.each_ref().map(only) {
        return Err(TrainError::ValidationMismatch {
            training,
            validation,
        });
    }
    let [own, other] = both.each_ref().map(described);
    Err(MismatchError::ValidationFields {
        training: own,
        validation: other,
    }
    .into())
}

fn are_alike<T>(both: &[Vec<T>; 2], pair: impl Fn(&T, &T) -> bool) -> bool {
    let [own, other] = both;
    own.len() == other.len() && own.iter().zip(other).all(|(own, other)| pair(own, other))
}

/// All that samples have.
fn described(fields: &StreamFields) -> Vec<String> {
    let named = |name: &Option<String>| match name {
        Some(name) => format!(" `{name}`"),
        None => String::new(),
    };
    let inputs = fields
        .inputs
        .iter()
        .map(|field| format!("an input{} of shape {:?}", named(&field.name), field.shape));
    let targets = fields
        .targets
        .iter()
        .map(|field| format!("for the output{} {}", named(&field.name), field.targets));
    inputs.chain(targets).collect()
}

/// Makes sure that what the callbacks watch will be there.
pub(super) fn check_monitors(
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
