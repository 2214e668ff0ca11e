//! What is made small and measured at one output.

mod on_host;
mod sample_losses;
mod target_scan;
mod turned_targets;

use std::sync::Arc;

use burn::tensor::{Bool, Tensor};
use firebrick_data::{Batch, Targets, one_hot};
use firebrick_model::{Activation, AnyTensor, Signal, TensorError};

use self::turned_targets::TurnedTargets;
use super::{Figure, named, suitability};
use crate::class_axis;
use crate::compile::Asked;
use crate::error::TrainError;
use crate::losses::Loss;
use crate::metrics::Metric;
use crate::metrics::{Direction, MetricFunction};
use crate::mismatch_error::MismatchError;
use crate::output_form::OutputForm;
use crate::outputs::Outputs;
use crate::sample_place::SamplePlace;
use crate::target_form::TargetForm;

pub(crate) use target_scan::{Misfit, TargetScan};

/// Loss and metrics of one output, ready for batches.
#[derive(Clone, Debug)]
pub(crate) struct OutputObjective {
    /// Where it is among the outputs of the network, and its targets among those of a batch.
    place: Place,
    loss: Loss,
    /// How much the loss counts in that of the training.
    weight: f64,
    metrics: Arc<[Measured]>,
    targets: Targets,
    /// What the targets are by nature.
    form: TargetForm,
    /// Of the outputs.
    columns: usize,
    /// Rows of outputs a sample.
    steps: usize,
    /// The axis of a sample's outputs that the loss has the columns along, where it is not the last one.
    axis: Option<usize>,
    /// Absent where targets come as they are compared.
    turned: Option<TurnedTargets>,
    activation: Activation,
    class_weights: Option<Arc<[f32]>>,
}

#[derive(Clone, Debug)]
struct Measured {
    metric: Metric,
    name: String,
    is_weighted: bool,
}

/// Indices, counted from 0.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) output: usize,
    pub(crate) target: usize,
}

/// What an output of a batch comes to, still on the device.
pub(super) struct OutputAssessed {
    /// Differentiable, `[1]`.
    pub(super) loss: Tensor<1>,
    /// What each metric's sums are joined with.
    pub(super) sums: Vec<Tensor<1>>,
    /// `[rows, columns]`.
    pub(super) outputs: Outputs,
}

impl OutputObjective {
    /// Makes sure that outputs of this shape, without the batch axis, can be compared with the
    /// targets.
    ///
    /// # Errors
    /// A loss or metric that outputs or targets do not suit.
    pub(super) fn new(
        asked: Asked<'_>,
        place: Place,
        targets: Targets,
        output_shape: &[usize],
        activation: Activation,
    ) -> Result<Self, TrainError> {
        let axis = class_axis::of_sample(asked.loss.function().class_axis(), output_shape)?;
        let output_shape = &*class_axis::shape_with_last(output_shape, axis);
        let turned = TurnedTargets::new(axis, output_shape, &targets);
        let targets = match &turned {
            Some(turned) => turned.targets(),
            None => targets,
        };
        let form = suitability::natural_form(asked.loss, &targets, output_shape)?;
        let columns = output_shape.last().copied().unwrap_or(1);
        suitability::check_activation(asked.loss, activation, columns)?;
        let mut metrics: Vec<Measured> = Vec::new();
        let unweighted = asked.metrics.iter().map(|metric| (metric, false));
        let weighted = asked.weighted_metrics.iter().map(|metric| (metric, true));
        for (metric, is_weighted) in unweighted.chain(weighted) {
            let own = metric.name();
            suitability::check_metric(metric.function(form, columns), form, columns, own)?;
            let is_taken = |name: &str| metrics.iter().any(|other| other.name == name);
            let name = if is_weighted && is_taken(own) {
                format!("weighted_{own}")
            } else {
                own.to_owned()
            };
            if is_taken(&name) {
                return Err(MismatchError::DuplicateMetric { name }.into());
            }
            metrics.push(Measured {
                metric: metric.clone(),
                name,
                is_weighted,
            });
        }
        if let Some(prefix) = asked.prefix {
            for measured in &mut metrics {
                measured.name = format!("{prefix}_{}", measured.name);
            }
        }
        Ok(Self {
            place,
            loss: asked.loss.clone(),
            weight: asked.weight,
            metrics: metrics.into(),
            targets,
            form,
            columns,
            steps: output_shape.iter().rev().skip(1).product(),
            axis,
            turned,
            activation,
            class_weights: None,
        })
    }

    /// Sets how much the samples of each class count; 1 for those that are not listed.
    ///
    /// # Errors
    /// Weights for targets that are no classes.
    pub(crate) fn with_class_weights(
        mut self,
        weights: &[(usize, f64)],
    ) -> Result<Self, TrainError> {
        let has_one_class = match self.form {
            TargetForm::ClassIndex => self.targets.num_columns() == 1,
            TargetForm::Label => self.targets.num_classes().is_some(),
            TargetForm::LabelSequence => false,
            TargetForm::LikeOutputs => self.targets.num_columns() == self.columns,
        };
        if !has_one_class {
            return Err(MismatchError::NoClassToWeigh {
                targets: self.targets.clone(),
            }
            .into());
        }
        let num_classes = match self.form {
            TargetForm::LikeOutputs if self.columns == 1 => 2,
            TargetForm::Label => self.targets.num_classes().unwrap_or(0),
            _ => self.columns,
        };
        let mut table = vec![1.0_f32; num_classes];
        for &(class, weight) in weights {
            match table.get_mut(class) {
                #[allow(
                    clippy::cast_possible_truncation,
                    reason = "a weight is as precise as a loss"
                )]
                Some(own) if weight.is_finite() && weight >= 0.0 => {
                    *own = weight as f32;
                }
                _ => {
                    return Err(MismatchError::ClassWeight {
                        class,
                        weight,
                        num_classes,
                    }
                    .into());
                }
            }
        }
        if table.iter().all(|&weight| weight == 0.0) {
            return Err(MismatchError::NothingCounts {
                place: SamplePlace::new(),
                by_class: true,
            }
            .into());
        }
        self.class_weights = Some(table.into());
        Ok(self)
    }

    /// What has to be looked at in the targets.
    pub(crate) fn target_scan(&self) -> TargetScan {
        TargetScan::new(self)
    }

    /// Whether classes weigh more or less than one another.
    pub(crate) fn weighs_classes(&self) -> bool {
        self.class_weights.is_some()
    }

    pub(crate) fn loss(&self) -> &Loss {
        &self.loss
    }

    /// How much the loss counts in that of the training.
    pub(crate) fn weight(&self) -> f64 {
        self.weight
    }

    /// Where it is among the outputs, and its targets among those of a batch.
    pub(crate) fn place(&self) -> Place {
        self.place
    }

    /// How many classes the outputs tell apart where every sample has one.
    pub(crate) fn num_told_apart(&self) -> Option<usize> {
        let is_class = match self.form {
            TargetForm::ClassIndex => self.targets.num_columns() == 1,
            TargetForm::LikeOutputs => self.targets.num_classes().is_some(),
            TargetForm::Label | TargetForm::LabelSequence => false,
        };
        is_class.then_some(self.columns.max(2))
    }

    /// What the loss takes the outputs for where nothing but their values tells.
    pub(crate) fn unproven_outputs(&self) -> Option<OutputForm> {
        let form = self.loss.function().output_form();
        let has_limits = matches!(form, OutputForm::Probabilities | OutputForm::NotNegative);
        (has_limits && self.activation == Activation::Linear).then_some(form)
    }

    /// What a metric makes of its sums.
    ///
    /// # Errors
    /// A metric that panics.
    pub(super) fn measured(&self, metric: usize, sums: &[f64]) -> Result<Vec<Figure>, TrainError> {
        let Some(measured) = self.metrics.get(metric) else {
            return Ok(Vec::new());
        };
        let function = self.function(measured);
        let results = named(
            || measured.part(),
            || {
                let results = function.result(sums).into_iter().enumerate();
                let defined = |(part, value)| (value, function.is_defined(sums, part));
                results.map(defined).collect::<Vec<_>>()
            },
        )?;
        let count = results.len();
        let figure = |(part, (value, is_defined))| Figure {
            // One a class or threshold has its number behind the name.
            name: match count {
                1 => measured.name.clone(),
                _ => format!("{}_{part}", measured.name),
            },
            value,
            is_defined,
        };
        Ok(results.into_iter().enumerate().map(figure).collect())
    }

    /// Names of the metrics.
    pub(super) fn metric_names(&self) -> impl Iterator<Item = &str> {
        self.metrics.iter().map(|measured| measured.name.as_str())
    }

    /// Joins the sums of the metric of this index with the numbers of another batch.
    pub(super) fn join(&self, metric: usize, sums: &mut [f64], batch: &[f64]) {
        if let Some(measured) = self.metrics.get(metric) {
            self.function(measured).join(sums, batch);
        }
    }

    /// Which way the figure of this name gets better, if it is of one of the metrics.
    pub(super) fn direction(&self, name: &str) -> Option<Direction> {
        let measured = self.metrics.iter().find(|measured| {
            let rest = name.strip_prefix(measured.name.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        });
        measured.map(|measured| self.function(measured).direction())
    }

    fn function<'a>(&self, measured: &'a Measured) -> &'a dyn MetricFunction {
        measured.metric.function(self.form, self.columns)
    }

    /// The batch as training counts it: with the weights of the classes in those of the samples.
    pub(crate) fn weigh(&self, batch: Batch) -> Batch {
        let Some(table) = &self.class_weights else {
            return batch;
        };
        let Place { target, .. } = self.place;
        let targets = self.targets_of(&batch);
        let table = Tensor::<1>::from_floats(table.as_ref(), &targets.device());
        let classes = match targets.dims() {
            [_, 1] => batch.classes_of(target),
            _ => targets.argmax(1).squeeze_dim(1),
        };
        let by_class = table.select(0, classes);
        let weights = match batch.weights_of(target) {
            Some(own) => own * by_class,
            None => by_class,
        };
        batch.with_weights_of(target, weights)
    }

    /// The targets of a batch, in the order of the columns that they are compared in.
    ///
    /// # Shapes
    /// - output: `[batch_size, target elements]`
    pub(crate) fn targets_of(&self, batch: &Batch) -> Tensor<2> {
        let targets = batch.targets_of(self.place.target);
        match &self.turned {
            Some(turned) => turned.turn(targets),
            None => targets,
        }
    }

    /// The targets of a batch in the form that they are of, beside outputs of this many rows and columns.
    ///
    /// # Shapes
    /// - output: `[rows, columns]`, of sequences of labels `[batch_size, labels]`
    fn natural_targets(&self, batch: &Batch, [rows, columns]: [usize; 2]) -> Tensor<2> {
        let natural_columns = match self.form {
            TargetForm::ClassIndex | TargetForm::Label => 1,
            TargetForm::LikeOutputs if self.targets.num_classes().is_some() => 1,
            TargetForm::LikeOutputs => columns,
            TargetForm::LabelSequence => self.targets.num_columns(),
        };
        let natural_rows = match self.form {
            TargetForm::LabelSequence => batch.num_samples(),
            _ => rows,
        };
        self.targets_of(batch)
            .reshape([natural_rows, natural_columns])
    }

    /// An output with the columns of the loss last, and what is left of its last activation.
    fn turned(&self, output: AnyTensor) -> (AnyTensor, Activation) {
        if self.axis.is_none() || self.activation == Activation::Sigmoid {
            let turned = class_axis::batch_with_last(output, self.axis);
            return (turned, self.activation);
        }
        // A softmax is along the axis that was the last one.
        let output = self.activation.activate(output);
        let turned = class_axis::batch_with_last(output, self.axis);
        (turned, Activation::Linear)
    }

    /// Loss and sums of an output of a batch. Where it has a mask, steps that only fill up shorter samples do not count.
    ///
    /// # Errors
    /// Outputs of another shape than before, a mask of another number of rows, a loss or a metric that panics.
    pub(super) fn assess(
        &self,
        output: Signal,
        batch: &Batch,
    ) -> Result<OutputAssessed, TrainError> {
        let Place { target, .. } = self.place;
        let (output, mask) = output.into_parts();
        let (output, activation) = self.turned(output);
        let shape = output.shape();
        let (columns, rows) = match shape[..] {
            [rows] => (1, rows),
            [ref rows @ .., columns] => (columns, rows.iter().product()),
            [] => (0, 0),
        };
        let raw: Tensor<2> = output.reshape(&[rows, columns])?.into_rank()?;
        let batch_size = batch.num_samples();
        let repeats = rows / batch_size.max(1);
        let mut outputs = Outputs::new(raw, activation).with_steps(repeats);
        if let Some(mask) = mask {
            outputs = outputs.with_mask(row_mask(mask, rows)?);
        }
        let natural = self.natural_targets(batch, [rows, columns]);
        let targets = |form| targets_as(form, &natural, columns);
        let weights = batch.weights_of(target).map(|weights| {
            if repeats == 1 {
                return weights;
            }
            let column = weights.unsqueeze_dim::<2>(1);
            column.expand([batch_size, repeats]).reshape([rows])
        });
        let loss_form = self.loss.function().target_form();
        let loss = named(
            || format!("loss `{}`", self.loss),
            || {
                self.loss
                    .forward(targets(loss_form), &outputs, weights.clone())
            },
        )?;
        let outputs = outputs.detached();
        let sums = self
            .metrics
            .iter()
            .map(|measured| {
                let function = self.function(measured);
                let weights = weights.clone().filter(|_| measured.is_weighted);
                let weights = outputs.masked(weights.map(Tensor::inner));
                let targets = targets(function.target_form()).inner();
                named(
                    || measured.part(),
                    || function.update(targets, &outputs, weights),
                )
            })
            .collect::<Result<_, _>>()?;
        Ok(OutputAssessed {
            loss,
            sums,
            outputs,
        })
    }
}

/// Targets in the form that somebody compares them in, where they are compared with so many columns of outputs.
fn targets_as(form: TargetForm, natural: &Tensor<2>, columns: usize) -> Tensor<2> {
    match form {
        TargetForm::LikeOutputs if columns > 1 && natural.dims()[1] == 1 => {
            one_hot(natural.clone().squeeze_dim::<1>(1).int(), columns)
        }
        _ => natural.clone(),
    }
}

impl Measured {
    /// What an error calls it.
    fn part(&self) -> String {
        format!("metric `{}`", self.name)
    }
}

/// Ones and zeros for rows of outputs, where a step of the mask may have several.
fn row_mask(mask: Tensor<2, Bool>, rows: usize) -> Result<Tensor<1>, TensorError> {
    let [batch_size, steps] = mask.dims();
    let own = batch_size * steps;
    let mask = mask.float();
    if own == 0 || rows <= own || !rows.is_multiple_of(own) {
        return AnyTensor::from(mask).reshape(&[rows])?.into_rank();
    }
    let column: Tensor<2> = mask.reshape([own, 1]);
    Ok(column.expand([own, rows / own]).reshape([rows]))
}
