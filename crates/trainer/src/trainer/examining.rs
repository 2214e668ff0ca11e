//! Data, network and settings, looked at before a training.

mod estimate;
mod looking;
mod losses;

use firebrick_data::{BatchSource, ClassBalance, Samples, Targets};
use firebrick_model::Model;

use self::looking::Looked;
use super::Trainer;
use super::assembly::split;
use crate::check::{
    ClassCounts, ClassLook, ClassRange, Columns, Examination, ExaminedInput, ExaminedTarget,
    Finding, Severity, of_inputs,
};
use crate::error::TrainError;
use crate::fit::Fit;
use crate::logs::figure_text;
use crate::objective::Objective;

/// Layers that bring numbers of any size to a common one, or look them up.
const SCALING: [&str; 14] = [
    "Normalization",
    "BatchNormalization",
    "LayerNormalization",
    "GroupNormalization",
    "RMSNormalization",
    "UnitNormalization",
    "Rescaling",
    "Embedding",
    "Discretization",
    "Hashing",
    "IntegerLookup",
    "StringLookup",
    "CategoryEncoding",
    "TextVectorization",
];

/// Targets of a validation that differ from those to learn from by so many of their standard deviations are no chance.
const FAR: f64 = 1.0;
const ROWS_TO_TELL: usize = 10;

/// How closely it is looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Depth {
    /// At all samples, with all checks and a few steps of a copy.
    Whole,
    /// At some samples and one batch.
    Brief,
}

/// Data to learn from and to be judged by.
type Split = (Samples, Option<Samples>);

impl<M: Model> Trainer<M> {
    /// Looks at all that a [`fit`](Self::fit) begins with, and learns nothing: the range and balance of every column and class, whether
    /// data, network and settings go together, the first batch and the last one through the network, the loss at the start beside that
    /// of guessing, and by some steps of a copy what the training takes. What keeps it from running is a [`Finding`] too.
    ///
    /// ```
    /// use firebrick::{layers::Dense, prelude::*};
    /// use firebrick::training::Severity;
    ///
    /// let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
    /// let model = Sequential::new([1]).add(Dense::new(1)).build(1, &Device::flex())?;
    /// let trainer = Compile::by_name("adam", "mse", [])?.model(model);
    /// let examination = trainer.examine(&data, &Fit::new(10));
    /// println!("{examination}");
    /// assert_eq!((examination.samples.looked_at, examination.count(Severity::Error)), (4, 0));
    /// assert!(examination.estimate.is_some_and(|estimate| estimate.steps_per_epoch == 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn examine(&self, data: impl Into<Samples>, fit: &Fit) -> Examination {
        self.examined(&data.into(), fit, Depth::Whole)
    }

    /// As [`examine`](Self::examine), but so briefly that it may stand before every training: of samples that are evenly spread over
    /// the data, with one batch and without an estimate.
    pub fn examine_briefly(&self, data: impl Into<Samples>, fit: &Fit) -> Examination {
        self.examined(&data.into(), fit, Depth::Brief)
    }

    fn examined(&self, data: &Samples, fit: &Fit, depth: Depth) -> Examination {
        let mut examination = Examination::default();
        let looked = self.looked_at(data, fit, depth, &mut examination);
        let mut findings = looked.unwrap_or_else(|error| vec![refused(&error)]);
        findings.sort_by_key(|finding| finding.severity);
        findings.dedup();
        examination.with_findings(findings)
    }

    /// What is odd; what else there is to say is put into the examination as soon as it is known.
    ///
    /// # Errors
    /// What keeps anything further from being looked at.
    fn looked_at(
        &self,
        data: &Samples,
        fit: &Fit,
        depth: Depth,
        examination: &mut Examination,
    ) -> Result<Vec<Finding>, TrainError> {
        fit.settings.check_counts()?;
        let parts = split(data.clone(), fit)?;
        let (training, validation) = &parts;
        let looked = Looked::at(training, depth, &self.device)?;
        examination.samples.training = training.num_samples();
        examination.samples.validation = validation.as_ref().and_then(Samples::num_samples);
        examination.samples.looked_at = looked.rows;
        examination.inputs = examined_inputs(&looked);
        let classes = class_indices(training);
        let classes = classes.as_deref();
        examination.targets = examined_targets(classes, &looked);

        let columns = Columns::of(&looked.fields.inputs, training.description().as_ref());
        let scales = self.scales_inputs();
        let mut findings = of_inputs(&looked.fields.inputs, &looked.inputs, &columns, scales);
        findings.extend(of_targets(&looked));
        findings.extend(of_classes(classes, &parts, fit));
        findings.extend(self.of_split(&parts, &looked)?);
        let objective = match self.checked_objective(data, fit, depth) {
            Ok(objective) => objective,
            Err(error) => {
                findings.push(refused(&error));
                return Ok(findings);
            }
        };
        findings.extend(self.of_rate(training, fit));
        match self.batch_losses(training, &objective, (&looked, fit), depth) {
            Ok(losses) => {
                findings.extend(losses::findings(&losses, &looked));
                examination.loss = Some(losses);
            }
            Err(error) => findings.push(refused(&error)),
        }
        let can_run = |finding: &Finding| finding.severity != Severity::Error;
        if depth == Depth::Whole && findings.iter().all(can_run) {
            match self.estimate(&parts, objective, fit) {
                Ok(estimate) => examination.estimate = estimate,
                Err(error) => findings.push(refused(&error)),
            }
        }
        Ok(findings)
    }

    /// Losses and metrics for the data, and, if there is time, all that [`check`](Self::check) looks at.
    fn checked_objective(
        &self,
        data: &Samples,
        fit: &Fit,
        depth: Depth,
    ) -> Result<Objective, TrainError> {
        match depth {
            Depth::Brief => self.objective(data),
            Depth::Whole => {
                self.check_accumulation(data.num_batches(fit.settings.batch_size), fit)?;
                Ok(self.checked(data.clone(), fit)?.objective)
            }
        }
    }

    /// Whether the network brings its inputs to a common scale by itself, as far as its description says it.
    fn scales_inputs(&self) -> bool {
        let description = self.model.description();
        description.is_none_or(|text| {
            let has = |name: &&str| text.contains(&format!("\"{name}\""));
            SCALING.iter().any(has)
        })
    }

    fn of_rate(&self, training: &Samples, fit: &Fit) -> Option<Finding> {
        let steps = training.num_batches(fit.settings.batch_size).unwrap_or(1);
        let rate = match fit.settings.one_cycle {
            Some(rate) => rate,
            None => self.compile.schedule(steps).ok()?.learning_rate(0),
        };
        let warning = self.compile.optimizer.rate_warning(rate)?;
        let advice = "look for one by `firebrick train --find-rate`";
        Some(Finding::new(
            Severity::Warning,
            "learning rate",
            warning,
            advice,
        ))
    }

    /// Whether numbers that are validated are others than those to learn from.
    fn of_split(
        &self,
        (_, validation): &Split,
        looked: &Looked,
    ) -> Result<Option<Finding>, TrainError> {
        let [Targets::Values { .. }] = looked.targets_asked()[..] else {
            return Ok(None);
        };
        let Some(validation) = validation else {
            return Ok(None);
        };
        let others = Looked::at(validation, Depth::Brief, &self.device)?;
        let (Some(own), Some(other)) = (looked.target_range(), others.target_range()) else {
            return Ok(None);
        };
        let distance = (own.mean() - other.mean()).abs();
        let is_far = distance > FAR * own.deviation() && others.rows >= ROWS_TO_TELL;
        Ok(is_far.then(|| {
            Finding::new(
                Severity::Warning,
                "validation",
                format!(
                    "its targets are {} on average, those to learn from {} with a deviation of {}; the samples may be sorted, and the \
                     last ones are kept back",
                    figure_text(other.mean()),
                    figure_text(own.mean()),
                    figure_text(own.deviation())
                ),
                "shuffle the samples before they are split",
            )
        }))
    }
}

/// What keeps a training from running; the message says what to do.
fn refused(error: &TrainError) -> Finding {
    Finding::new(Severity::Error, "training", error.to_string(), "")
}

fn examined_inputs(looked: &Looked) -> Vec<ExaminedInput> {
    let inputs = looked.fields.inputs.iter().zip(&looked.inputs);
    inputs
        .filter_map(|(input, scan)| {
            let whole = scan.whole()?;
            let constant = scan.columns.iter().filter(|column| column.is_constant());
            Some(ExaminedInput {
                name: input.name.clone(),
                shape: input.shape.clone(),
                min: f64::from(whole.min),
                max: f64::from(whole.max),
                mean: whole.mean(),
                deviation: whole.deviation(),
                constant_columns: constant.count(),
            })
        })
        .collect()
}

fn examined_targets(classes: Option<&[usize]>, looked: &Looked) -> Vec<ExaminedTarget> {
    let targets = looked.fields.targets.iter();
    targets
        .map(|field| ExaminedTarget {
            name: field.name.clone(),
            what: field.targets.to_string(),
            classes: field
                .targets
                .num_classes()
                .zip(classes)
                .map(|(num_classes, classes)| {
                    let counts = ClassCounts::new(num_classes, classes);
                    let (fewest, most) = counts.range();
                    ClassRange {
                        count: counts.len(),
                        fewest,
                        most,
                    }
                }),
        })
        .collect()
}

/// The class of every sample, where there is one target and it is a class.
fn class_indices(training: &Samples) -> Option<Vec<usize>> {
    let Samples::Rows(rows) = training else {
        return None;
    };
    match &rows.all_targets()[..] {
        [only] if only.targets.num_classes().is_some() => rows.class_indices(),
        _ => None,
    }
}

/// Targets that are no numbers.
fn of_targets(looked: &Looked) -> Option<Finding> {
    let count = looked.targets.iter().flatten();
    let count = count.filter(|target| !target.is_finite()).count();
    (count > 0).then(|| {
        Finding::new(
            Severity::Error,
            "targets",
            format!("{count} of those looked at are NaN or infinite"),
            "fill what is missing, or leave its rows out: one of them makes the loss and all weights NaN",
        )
    })
}

fn of_classes(
    classes: Option<&[usize]>,
    (training, validation): &Split,
    fit: &Fit,
) -> Vec<Finding> {
    let (Samples::Rows(training), Some(classes)) = (training, classes) else {
        return Vec::new();
    };
    let balance = match validation {
        Some(Samples::Rows(validation)) => ClassBalance::of(training, validation),
        _ => None,
    };
    let hardly_trained = balance.map_or_else(Vec::new, |balance| {
        let classes = balance.hardly_trained().into_iter();
        classes
            .map(|class| {
                let (training, kept_back) = balance.counts(class);
                (class, training, kept_back)
            })
            .collect()
    });
    ClassLook {
        training: classes,
        num_classes: training.targets().num_classes().unwrap_or(0),
        hardly_trained: &hardly_trained,
        is_shuffled: fit.settings.shuffle,
        names: &fit.class_names,
    }
    .findings()
}
