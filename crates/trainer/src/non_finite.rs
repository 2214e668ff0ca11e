use std::fmt;

use burn::tensor::Tensor;
use firebrick_data::Batch;
use firebrick_model::{Model, catch_panic};

use crate::losses::OutputForm;
use crate::objective::Objective;
use crate::step::are_finite;

/// What is known of why a loss is not finite.
///
/// ```
/// use firebrick::training::NonFiniteCause;
///
/// let cause = NonFiniteCause::Layer { layer: "layer `dense` (Dense, index 0)".to_owned() };
/// assert!(matches!(&cause, NonFiniteCause::Layer { layer } if layer.contains("dense")));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum NonFiniteCause {
    /// A number of the data that is not finite.
    Data {
        /// `input`, `target` or `weight`.
        part: &'static str,
        /// Its sample, counted from 0 in the order of the data before any split.
        sample: usize,
        /// What stands there.
        value: f32,
    },
    /// The weights were not finite before anything was learned.
    Weights,
    /// A part of the network whose output is not finite, for inputs and weights that are.
    Layer {
        /// What it is called, e.g. ``layer `dense` (Dense, index 0)``.
        layer: String,
    },
    /// An output that the loss does not take.
    Outputs {
        /// The loss.
        loss: String,
        /// What it takes.
        expected: OutputForm,
        /// What the network answers.
        value: f32,
    },
    /// The loss itself, of outputs and targets that are finite.
    Loss {
        /// The loss.
        loss: String,
    },
    /// What the regularized weights add.
    Penalty,
    /// The updates: with the weights from before, the same batch has a finite loss.
    Updates,
    /// Nothing more is known.
    Unknown,
}

impl NonFiniteCause {
    /// A number of the batch, as training counts it, that is not finite; `number` is what its samples are called.
    pub(crate) fn of_data(batch: &Batch, number: impl Fn(usize) -> usize) -> Option<Self> {
        let (part, sample, value) = spoiled_number(batch)?;
        Some(Self::Data {
            part,
            sample: number(sample),
            value,
        })
    }

    /// Reruns a batch whose numbers are finite with these weights, as training counts it.
    pub(crate) fn of_finite<M: Model>(model: &M, objective: &Objective, batch: &Batch) -> Self {
        let found = catch_panic(|| Self::found(model, objective, batch));
        found.ok().flatten().unwrap_or(Self::Unknown)
    }

    /// `None` where nothing can be found out.
    fn found<M: Model>(model: &M, objective: &Objective, batch: &Batch) -> Option<Self> {
        if !are_finite(model).ok()? {
            return Some(Self::Weights);
        }
        let inputs = objective.inputs(batch.inputs.clone()).ok()?;
        if let Some(layer) = model.first_not_finite(inputs.clone()).ok()? {
            return Some(Self::Layer { layer });
        }
        let output = model.forward(inputs).ok()?;
        let assessed = objective.assess(output, batch.clone()).ok()?;
        let outputs = numbers(assessed.outputs.values())?;
        if outputs.iter().any(|value| !value.is_finite()) {
            let layer = "the network".to_owned();
            return Some(Self::Layer { layer });
        }
        let loss = objective.loss();
        let is_spoiled = |values: &[f32]| values.iter().any(|value| !value.is_finite());
        if is_spoiled(&numbers(assessed.loss.unsqueeze::<2>())?) {
            let expected = loss.function().output_form();
            let outside = outputs.into_iter().find(|&value| !expected.takes(value));
            let loss = loss.name().to_owned();
            return Some(match outside {
                Some(value) => Self::Outputs {
                    loss,
                    expected,
                    value,
                },
                None => Self::Loss { loss },
            });
        }
        let penalty = model.penalty();
        if let Some(penalty) = penalty
            && is_spoiled(&numbers(penalty.unsqueeze::<2>())?)
        {
            return Some(Self::Penalty);
        }
        Some(Self::Updates)
    }

    /// Of what was found with the latest weights and what is with those from before, what is to blame.
    pub(crate) fn with_earlier(self, earlier: impl FnOnce() -> Self) -> Self {
        match self {
            // True whatever the weights are.
            Self::Data { .. } | Self::Outputs { .. } | Self::Updates => self,
            _ => earlier(),
        }
    }

    /// The same after an update at this rate: without any, chance in the network has a part in what is finite when it is
    /// looked at again.
    pub(crate) fn after(self, learning_rate: Option<f64>) -> Self {
        match (self, learning_rate) {
            (Self::Updates, None) => Self::Unknown,
            (cause, _) => cause,
        }
    }

    /// What to do about it.
    pub(crate) fn advice(&self) -> String {
        let advice = match self {
            Self::Data { .. } => "Fill in or remove the samples where a number is missing",
            Self::Weights => "Build the network anew, or load other weights",
            Self::Layer { .. } => "Look at what it receives, and scale inputs that are large",
            Self::Outputs { expected, .. } => {
                return format!("End the network with {}", expected.endings());
            }
            Self::Loss { .. } => {
                "Look for a logarithm of 0 or a division by 0 in its formula, or scale targets that are large"
            }
            Self::Penalty => "Make the regularization or the weights smaller",
            Self::Updates => "Try a smaller learning rate, a tenth of it first",
            Self::Unknown => "Look at the data, the loss and the learning rate",
        };
        advice.to_owned()
    }
}

impl fmt::Display for NonFiniteCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Data {
                part,
                sample,
                value,
            } => write!(f, "the {part} of sample {sample} (counted from 0) is {value}"),
            Self::Weights => f.write_str("the weights of the network were not finite before"),
            Self::Layer { layer } => write!(
                f,
                "of the network, {layer} is the first whose output is not finite"
            ),
            Self::Outputs {
                loss,
                expected,
                value,
            } => write!(
                f,
                "the loss {loss} takes {expected}, the network answers {value}"
            ),
            Self::Loss { loss } => write!(
                f,
                "inputs, outputs and targets of the batch are finite, the loss {loss} of them is not"
            ),
            Self::Penalty => f.write_str("what the regularized weights add to it is not finite"),
            Self::Updates => f.write_str(
                "with the weights from before, the same batch has a finite loss, so the updates since have brought it there",
            ),
            Self::Unknown => f.write_str("nothing more is known of it"),
        }
    }
}

/// The first number of a batch that is not finite: what it is, its sample and the number.
fn spoiled_number(batch: &Batch) -> Option<(&'static str, usize, f32)> {
    let weights = batch.sample_weights.clone();
    let parts = [
        ("input", Some(batch.inputs.clone())),
        ("target", Some(batch.targets.clone())),
        ("weight", weights.map(|weights| weights.unsqueeze_dim(1))),
    ];
    parts.into_iter().find_map(|(part, tensor)| {
        let tensor: Tensor<2> = tensor?;
        let width = tensor.dims()[1].max(1);
        let values = numbers(tensor)?;
        let place = values.iter().position(|value| !value.is_finite())?;
        Some((part, place / width, values[place]))
    })
}

fn numbers(tensor: Tensor<2>) -> Option<Vec<f32>> {
    let data = tensor.try_into_data_as::<f32>().ok()?;
    Some(data.iter::<f32>().collect())
}
