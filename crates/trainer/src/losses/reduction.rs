use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

/// How the losses of the rows become the loss of the batch.
///
/// ```
/// use firebrick::losses::{Loss, MeanSquaredError, Reduction};
///
/// // The rows have losses of 1 and 9.
/// let of = |reduction| Loss::from(MeanSquaredError::new()).with_reduction(reduction).compute([0.0, 0.0], [1.0, 3.0]);
/// assert_eq!(of(Reduction::SumOverBatchSize)?, 5.0);
/// assert_eq!(of(Reduction::Sum)?, 10.0);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/losses/>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reduction {
    /// The weighted sum over the number of rows that count, Keras' default.
    #[default]
    SumOverBatchSize,
    /// The weighted sum.
    Sum,
    /// The weighted sum over the number of rows that count, under Keras' other name for it.
    Mean,
    /// The weighted sum over the sum of the weights.
    MeanWithSampleWeight,
}

impl Reduction {
    pub(crate) fn is_default(self) -> bool {
        self == Self::default()
    }

    /// One number of values, of ones for those that count and of weights.
    ///
    /// # Shapes
    /// - values: `[rows]`, or `[1]` for one value of all rows, which every weight takes part of
    /// - mask, weights: `[rows]`
    /// - output: `[1]`
    pub(crate) fn reduce(
        self,
        values: Tensor<1>,
        mask: Option<Tensor<1>>,
        weights: Option<Tensor<1>>,
    ) -> Tensor<1> {
        let weights = match (mask.clone(), weights) {
            (Some(mask), Some(weights)) => Some(mask * weights),
            (mask, weights) => mask.or(weights),
        };
        let values = match weights.clone() {
            Some(weights) => values * weights,
            None => values,
        };
        let [rows] = values.dims();
        let sum = values.sum();
        match self {
            Self::Sum => sum,
            Self::SumOverBatchSize | Self::Mean => match mask {
                Some(mask) => sum / mask.sum().clamp_min(f32::MIN_POSITIVE),
                None => sum / rows as f64,
            },
            Self::MeanWithSampleWeight => match weights {
                Some(weights) => sum / weights.sum().clamp_min(f32::MIN_POSITIVE),
                None => sum / rows as f64,
            },
        }
    }
}
