//! Losses over plain memory: the values of all rows and their slopes at once, where no tensors are needed.

use firebrick_host::vectorized::{dispatch, exp, sigmoid};
use firebrick_model::Activation;

use super::{Loss, Reduction};

/// Answers of a network and what was asked for, row by row, in the host's memory.
///
/// ```
/// use firebrick::losses::{HostRows, LossFunction, MeanSquaredError};
///
/// let rows = HostRows::new(&[1.0, 5.0], 1, &[0.0, 2.0]);
/// let Some(loss) = MeanSquaredError::new().on_host(&rows) else { unreachable!("it has a form for that") };
/// assert_eq!((loss.values, loss.slopes), (vec![1.0, 9.0], vec![2.0, 6.0]));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct HostRows<'a> {
    outputs: &'a [f32],
    columns: usize,
    targets: &'a [f32],
    activation: Activation,
}

/// The losses of rows, and how they change with what the network gives before its last activation.
///
/// ```
/// use firebrick::losses::{HostRows, LossFunction, SparseCategoricalCrossentropy};
///
/// // Two logits, both 0; the class is the first one.
/// let rows = HostRows::new(&[0.0, 0.0], 2, &[0.0]);
/// let loss = SparseCategoricalCrossentropy::new().from_logits().on_host(&rows);
/// assert_eq!(loss.map(|loss| loss.slopes), Some(vec![-0.5, 0.5]));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct HostValues {
    /// Of every row.
    pub values: Vec<f32>,
    /// Of every row by each of its columns.
    pub slopes: Vec<f32>,
    /// Ones for the rows that count and zeros for those left out; `None` where all count.
    pub mask: Option<Vec<f32>>,
}

impl<'a> HostRows<'a> {
    /// Answers with nothing kept apart.
    ///
    /// # Shapes
    /// - outputs: `[rows, columns]`
    /// - targets: as the loss or metric says, see [`LossFunction::values`](super::LossFunction::values)
    pub fn new(outputs: &'a [f32], columns: usize, targets: &'a [f32]) -> Self {
        Self {
            outputs,
            columns: columns.max(1),
            targets,
            activation: Activation::Linear,
        }
    }

    /// Says that the outputs are what comes before this activation.
    #[must_use = "returns the changed rows"]
    pub fn with_activation(mut self, activation: Activation) -> Self {
        self.activation = activation;
        self
    }

    /// What comes before the last activation, row by row.
    pub fn outputs(&self) -> &'a [f32] {
        self.outputs
    }

    /// Outputs a row.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// What was asked for, row by row.
    pub fn targets(&self) -> &'a [f32] {
        self.targets
    }

    /// The activation that is still to come; [`Activation::Linear`] for none.
    pub fn activation(&self) -> Activation {
        self.activation
    }

    /// The outputs, if they are logits of this activation: because it is still to come, or because a loss was told so.
    pub(super) fn logits(&self, activation: Activation, is_told: bool) -> Option<&'a [f32]> {
        let before = if is_told {
            Activation::Linear
        } else {
            activation
        };
        (self.activation == before).then_some(self.outputs)
    }
}

impl HostValues {
    /// Values where all rows count.
    pub(super) fn new(values: Vec<f32>, slopes: Vec<f32>) -> Self {
        Self {
            values,
            slopes,
            mask: None,
        }
    }

    /// The mean over the columns of what `of` makes of answer and target, `(answer, target) -> (value, slope)`, which is
    /// `#[inline(always)]`; `None` after an activation that it does not know, and for other targets than outputs.
    #[inline(always)]
    pub(super) fn of_columns(
        rows: &HostRows<'_>,
        of: impl Fn(f32, f32) -> (f32, f32),
    ) -> Option<Self> {
        let is_sigmoid = match rows.activation {
            Activation::Linear => false,
            Activation::Sigmoid => true,
            _ => return None,
        };
        Self::of_outputs(
            rows,
            #[inline(always)]
            |output, target| {
                if is_sigmoid {
                    let answer = sigmoid(output);
                    let (value, slope) = of(answer, target);
                    (value, slope * (answer * (1.0 - answer)))
                } else {
                    of(output, target)
                }
            },
        )
    }

    /// The same of what comes before the activation.
    #[inline(always)]
    pub(super) fn of_outputs(
        rows: &HostRows<'_>,
        of: impl Fn(f32, f32) -> (f32, f32),
    ) -> Option<Self> {
        let (outputs, targets) = (rows.outputs, rows.targets);
        if outputs.len() != targets.len() {
            return None;
        }
        let columns = rows.columns as f32;
        let mut parts = vec![0.0; outputs.len()];
        let mut slopes = vec![0.0; outputs.len()];
        dispatch(
            #[inline(always)]
            || {
                let places = parts.iter_mut().zip(&mut slopes);
                for ((part, slope), (output, target)) in places.zip(outputs.iter().zip(targets)) {
                    let (value, own) = of(*output, *target);
                    *part = value;
                    *slope = own / columns;
                }
            },
        );
        let values = parts.chunks_exact(rows.columns);
        let values = values.map(|parts| sum(parts) / columns).collect();
        Some(Self::new(values, slopes))
    }
}

/// The shares of a softmax, row by row, and of each row the logarithm of what they were divided by with the largest logit in it.
///
/// `ln p` of a column is its logit less that.
pub(super) fn softmax(logits: &[f32], columns: usize) -> (Vec<f32>, Vec<f32>) {
    let mut shares = logits.to_vec();
    let mut logs = Vec::with_capacity(logits.len() / columns);
    dispatch(
        #[inline(always)]
        || {
            for row in shares.chunks_exact_mut(columns) {
                let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                for logit in row.iter_mut() {
                    *logit -= largest;
                }
                logs.push(largest);
            }
            for own in &mut shares {
                *own = exp(*own);
            }
            for (row, log) in shares.chunks_exact_mut(columns).zip(&mut logs) {
                let total: f32 = row.iter().sum();
                for own in row.iter_mut() {
                    *own /= total;
                }
                *log += total.ln();
            }
        },
    );
    (shares, logs)
}

/// -1, 0 or 1; what is not a number stays so.
#[inline(always)]
pub(super) fn sign(x: f32) -> f32 {
    if x == 0.0 || x.is_nan() {
        x
    } else {
        1.0_f32.copysign(x)
    }
}

/// The sum, of sixteen sums.
pub(super) fn sum(values: &[f32]) -> f32 {
    const LANES: usize = 16;
    let chunks = values.chunks_exact(LANES);
    let rest: f32 = chunks.remainder().iter().sum();
    let mut sums = [0.0; LANES];
    for chunk in chunks {
        for (sum, value) in sums.iter_mut().zip(chunk) {
            *sum += value;
        }
    }
    sums.iter().sum::<f32>() + rest
}

impl Loss {
    /// The loss of rows and its slopes by what comes before the last activation; `None` where it takes tensors.
    ///
    /// # Shapes
    /// - weights: `[rows]`
    /// - slopes: `[rows, columns]`
    pub(crate) fn on_host(
        &self,
        rows: &HostRows<'_>,
        weights: Option<&[f32]>,
    ) -> Option<(f32, Vec<f32>)> {
        let HostValues {
            values,
            mut slopes,
            mask,
        } = self.function().on_host(rows)?;
        let count = match self.reduction {
            Reduction::Sum => 1.0,
            Reduction::SumOverBatchSize | Reduction::Mean => match &mask {
                Some(mask) => sum(mask).max(f32::MIN_POSITIVE),
                None => values.len() as f32,
            },
            Reduction::MeanWithSampleWeight => match both(mask.as_deref(), weights) {
                Some(weights) => sum(&weights).max(f32::MIN_POSITIVE),
                None => values.len() as f32,
            },
        };
        let Some(weights) = both(mask.as_deref(), weights) else {
            for slope in &mut slopes {
                *slope /= count;
            }
            return Some((sum(&values) / count, slopes));
        };
        let weighted: Vec<f32> = values
            .iter()
            .zip(&weights)
            .map(|(own, by)| own * by)
            .collect();
        for (row, weight) in slopes.chunks_exact_mut(rows.columns).zip(&weights) {
            let share = weight / count;
            for slope in row.iter_mut() {
                *slope *= share;
            }
        }
        Some((sum(&weighted) / count, slopes))
    }
}

/// The product of what there is.
pub(crate) fn both(mask: Option<&[f32]>, weights: Option<&[f32]>) -> Option<Vec<f32>> {
    match (mask, weights) {
        (Some(mask), Some(weights)) => Some(mask.iter().zip(weights).map(|(a, b)| a * b).collect()),
        (mask, weights) => mask.or(weights).map(<[f32]>::to_vec),
    }
}

#[cfg(test)]
mod tests;
