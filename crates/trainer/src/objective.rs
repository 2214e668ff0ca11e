//! What training makes small and what is measured beside it, for a network and data that have been
//! found to fit one another.

mod on_host;
mod output_objective;
mod suitability;

use burn::tensor::Tensor;
use firebrick_data::{Batch, TargetField};
use firebrick_model::{Activation, Signal, Signals, catch_panic};

use crate::compile::Compile;
use crate::detached::detached;
use crate::error::TrainError;
use crate::field_order::field_order;
use crate::figure_names;
use crate::figures::RunningFigures;
use crate::inputs::Inputs;
use crate::joint_loss::JointLoss;
use crate::logs::Logs;
use crate::metrics::Direction;
use crate::mismatch_error::MismatchError;
use crate::outputs::Outputs;

pub(crate) use on_host::HostAssessed;
pub(crate) use output_objective::{Misfit, OutputObjective, Place, TargetScan};

/// The name of the loss among the figures.
const LOSS: &str = "loss";

/// Losses and metrics, ready for batches.
#[derive(Clone, Debug)]
pub(crate) struct Objective {
    inputs: Inputs,
    /// Those of the network's outputs that have a loss.
    outputs: Vec<OutputObjective>,
    joint: Option<JointLoss>,
    activations: Vec<Activation>,
    /// What is measured, in the order of the sums.
    slots: Vec<Slot>,
}

/// What some sums are of.
#[derive(Clone, Debug)]
enum Slot {
    /// A part of the loss, by its name.
    Loss(String),
    /// A metric of an output.
    Metric { output: usize, metric: usize },
}

/// What a network gives.
pub(crate) struct Given<'a> {
    /// The names of the outputs.
    pub(crate) names: &'a [String],
    /// Their shapes, without the batch axis.
    pub(crate) shapes: &'a [Vec<usize>],
    pub(crate) activations: Vec<Activation>,
}

/// One of the figures that a metric gives.
pub(crate) struct Figure {
    pub(crate) name: String,
    value: f64,
    is_defined: bool,
}

/// What a batch comes to, still on the device.
pub(crate) struct Assessed {
    /// Differentiable, `[1]`.
    pub(crate) loss: Tensor<1>,
    /// What the sums of each figure beside the loss are joined with.
    pub(crate) sums: Vec<Tensor<1>>,
    /// Of each output that has a loss, `[rows, columns]`.
    pub(crate) outputs: Vec<Outputs>,
}

impl Objective {
    /// Makes sure that what a network gives can be compared with the targets.
    ///
    /// # Errors
    /// A loss or metric that outputs or targets do not suit; names that are none of the outputs; no loss at all.
    pub(crate) fn new(
        compile: &Compile,
        inputs: Inputs,
        targets: &[TargetField],
        given: Given<'_>,
    ) -> Result<Self, TrainError> {
        let asked = compile.asked(given.names)?;
        let joint = compile.joint.clone();
        if asked.is_empty() && joint.is_none() {
            let names = given.names.to_vec();
            return Err(MismatchError::NoLoss { names }.into());
        }
        let judged: Vec<String> = asked
            .iter()
            .map(|(output, _)| given.names[*output].clone())
            .collect();
        // A loss of all outputs sees all targets, those of the others too.
        let fields: Vec<usize> = (0..targets.len())
            .filter(|&field| {
                let name = targets[field].name.as_ref();
                joint.is_none() || name.is_none_or(|name| judged.contains(name))
            })
            .collect();
        let names: Vec<Option<&str>> = fields
            .iter()
            .map(|&field| targets[field].name.as_deref())
            .collect();
        let order = match judged.len() {
            0 => Vec::new(),
            _ => field_order("output", &names, &judged)?,
        };
        let outputs = asked
            .into_iter()
            .zip(order)
            .map(|((output, asked), field)| {
                let target = fields[field];
                let place = Place { output, target };
                let activation = given
                    .activations
                    .get(output)
                    .copied()
                    .unwrap_or(Activation::Linear);
                let own = targets[target].targets.clone();
                OutputObjective::new(asked, place, own, &given.shapes[output], activation)
            });
        let outputs: Vec<OutputObjective> = outputs.collect::<Result<_, _>>()?;
        let mut slots = Vec::new();
        if outputs.len() + usize::from(joint.is_some()) > 1 {
            slots.extend(judged.iter().map(|name| Slot::Loss(format!("{name}_loss"))));
            slots.extend(
                joint
                    .as_ref()
                    .map(|joint| Slot::Loss(joint.name().to_owned())),
            );
        }
        for (output, own) in outputs.iter().enumerate() {
            let metrics = 0..own.metric_names().count();
            slots.extend(metrics.map(|metric| Slot::Metric { output, metric }));
        }
        let losses = slots.iter().filter_map(|slot| match slot {
            Slot::Loss(name) => Some(name.as_str()),
            Slot::Metric { .. } => None,
        });
        let metrics = outputs.iter().flat_map(OutputObjective::metric_names);
        figure_names::check(losses.chain(metrics))?;
        Ok(Self {
            inputs,
            outputs,
            joint,
            activations: given.activations,
            slots,
        })
    }

    /// Sets how much the samples of each class count; 1 for those that are not listed.
    ///
    /// # Errors
    /// Weights for targets that are no classes, or for several outputs.
    pub(crate) fn with_class_weights(
        mut self,
        weights: &[(usize, f64)],
    ) -> Result<Self, TrainError> {
        let outputs = std::mem::take(&mut self.outputs);
        let [output] = <[OutputObjective; 1]>::try_from(outputs).map_err(|outputs| {
            MismatchError::ClassWeightsOfSeveral {
                outputs: outputs.len(),
            }
        })?;
        self.outputs = vec![output.with_class_weights(weights)?];
        Ok(self)
    }

    /// What has to be looked at in the targets of each output.
    pub(crate) fn target_scans(&self) -> Vec<TargetScan> {
        let outputs = self.outputs.iter();
        outputs.map(OutputObjective::target_scan).collect()
    }

    /// Whether classes weigh more or less than one another.
    pub(crate) fn weighs_classes(&self) -> bool {
        self.outputs.iter().any(OutputObjective::weighs_classes)
    }

    /// The outputs that have a loss.
    pub(crate) fn outputs(&self) -> &[OutputObjective] {
        &self.outputs
    }

    /// Whether there is a loss of all outputs together.
    pub(crate) fn has_joint_loss(&self) -> bool {
        self.joint.is_some()
    }

    /// What the losses are called.
    pub(crate) fn loss_names(&self) -> String {
        let own = self.outputs.iter().map(|output| output.loss().name());
        let names: Vec<&str> = own
            .chain(self.joint.as_ref().map(JointLoss::name))
            .collect();
        names.join(" + ")
    }

    /// How many classes the outputs tell apart where every sample has one and there is one output.
    pub(crate) fn num_told_apart(&self) -> Option<usize> {
        match &self.outputs[..] {
            [output] => output.num_told_apart(),
            _ => None,
        }
    }

    /// The figures of these sums.
    ///
    /// # Errors
    /// A metric that panics.
    pub(crate) fn logs(&self, figures: &RunningFigures) -> Result<Logs, TrainError> {
        let mut logs = Logs::new();
        logs.insert(LOSS, figures.loss());
        for figure in self.measured(figures)? {
            if figure.is_defined {
                logs.insert(figure.name, figure.value);
            } else {
                logs.insert_undefined(figure.name, figure.value);
            }
        }
        Ok(logs)
    }

    /// What is made of these sums.
    ///
    /// # Errors
    /// A metric that panics.
    pub(crate) fn measured(&self, figures: &RunningFigures) -> Result<Vec<Figure>, TrainError> {
        let mut all = Vec::new();
        for (slot, sums) in self.slots.iter().zip(figures.sums()) {
            match slot {
                Slot::Loss(name) => all.push(Figure {
                    name: name.clone(),
                    value: sums.iter().sum::<f64>() / figures.samples() as f64,
                    is_defined: true,
                }),
                Slot::Metric { output, metric } => {
                    all.extend(self.outputs[*output].measured(*metric, sums)?);
                }
            }
        }
        Ok(all)
    }

    /// Joins the sums of the figure of this index, without the loss, with the numbers of another batch.
    pub(crate) fn join(&self, figure: usize, sums: &mut [f64], batch: &[f64]) {
        match self.slots.get(figure) {
            Some(Slot::Metric { output, metric }) => {
                self.outputs[*output].join(*metric, sums, batch);
            }
            Some(Slot::Loss(_)) => {
                for (sum, number) in sums.iter_mut().zip(batch) {
                    *sum += number;
                }
            }
            None => {}
        }
    }

    /// Which way a figure gets better, one of the validation data too; a loss falls.
    pub(crate) fn direction(&self, name: &str) -> Direction {
        let name = name.strip_prefix("val_").unwrap_or(name);
        let is_loss = |slot: &Slot| matches!(slot, Slot::Loss(own) if own == name);
        if self.slots.iter().any(is_loss) {
            return Direction::Down;
        }
        let found = self
            .outputs
            .iter()
            .find_map(|output| output.direction(name));
        found.unwrap_or(Direction::Down)
    }

    /// What of a batch goes into the network, and the rest of the batch, which holds no inputs that only the network reads: those
    /// are not copied then.
    ///
    /// # Errors
    /// Inputs of another size or number than the data set said.
    pub(crate) fn take_inputs(&self, batch: Batch) -> Result<(Signals, Batch), TrainError> {
        let inputs = self.inputs.of(&batch)?;
        // A loss of all outputs sees whole batches.
        let rest = if self.joint.is_some() {
            batch
        } else {
            batch.without_inputs()
        };
        Ok((inputs, rest))
    }

    /// What of a batch goes into the network.
    pub(crate) fn inputs(&self) -> &Inputs {
        &self.inputs
    }

    /// The batch as training counts it: with the weights of the classes in those of the samples.
    pub(crate) fn weigh(&self, batch: Batch) -> Batch {
        self.outputs
            .iter()
            .fold(batch, |batch, output| output.weigh(batch))
    }

    /// The weighted sum of the losses, and sums of a batch.
    ///
    /// # Errors
    /// Outputs of another shape or number than before, a loss or a metric that panics.
    pub(crate) fn assess(&self, outputs: Signals, batch: &Batch) -> Result<Assessed, TrainError> {
        let received = outputs.len();
        let joint = self.joint.as_ref().map(|joint| {
            let answers = activated(&outputs, &self.activations);
            named(
                || format!("loss `{}`", joint.name()),
                || joint.forward(&answers, batch),
            )
        });
        let mut outputs: Vec<Option<Signal>> = outputs.into_iter().map(Some).collect();
        let (mut losses, mut sums, mut all) = (Vec::new(), Vec::new(), Vec::new());
        let mut total: Option<Tensor<1>> = None;
        for own in &self.outputs {
            let output = outputs.get_mut(own.place().output).and_then(Option::take);
            let output = output.ok_or(MismatchError::NumOutputs { received })?;
            let assessed = own.assess(output, batch)?;
            losses.push(assessed.loss.clone());
            // A weight of 1 is left out: the loss of a single output is that of the training.
            let term = if own.weight().to_bits() == 1.0_f64.to_bits() {
                assessed.loss
            } else {
                assessed.loss.mul_scalar(own.weight())
            };
            total = Some(match total {
                Some(total) => total + term,
                None => term,
            });
            sums.extend(assessed.sums);
            all.push(assessed.outputs);
        }
        if let Some(joint) = joint.transpose()? {
            losses.push(joint.clone());
            total = Some(match total {
                Some(total) => total + joint,
                None => joint,
            });
        }
        let names = self.loss_names();
        let loss = total.ok_or(MismatchError::NoLoss { names: vec![names] })?;
        if losses.len() > 1 {
            let samples = batch.num_samples() as f64;
            let parts = losses
                .into_iter()
                .map(|loss| detached(loss).mul_scalar(samples));
            sums = parts.chain(sums).collect();
        }
        Ok(Assessed {
            loss,
            sums,
            outputs: all,
        })
    }
}

/// What a network answers, its last activations included.
fn activated(outputs: &Signals, activations: &[Activation]) -> Signals {
    let outputs = outputs.iter().cloned().enumerate();
    outputs
        .map(|(index, output)| {
            let (values, mask) = output.into_parts();
            let activation = activations
                .get(index)
                .copied()
                .unwrap_or(Activation::Linear);
            Signal::from(activation.activate(values)).with_mask(mask)
        })
        .collect()
}

/// Runs a part of the training that may be the user's own; a panic becomes an error that names it.
pub(crate) fn named<T>(
    part: impl Fn() -> String,
    run: impl FnOnce() -> T,
) -> Result<T, TrainError> {
    catch_panic(run).map_err(|message| TrainError::PartPanicked {
        part: part(),
        message,
    })
}
