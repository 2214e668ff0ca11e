//! What `FBetaScore` and `F1Score` share.

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::checked::expect;
use crate::error::TrainError;
use crate::outputs::Outputs;

/// Keras' guard of a division by 0.
const EPSILON: f64 = 1e-7;

/// How the scores of the classes become one.
///
/// ```
/// use firebrick::metrics::{Average, F1Score, Metric};
///
/// let (targets, outputs) = ([[1, 1, 1], [1, 0, 0], [1, 1, 0]], [[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0.0]]);
/// let metric = F1Score::new().with_threshold(0.5)?;
/// let of = |average| Metric::from(metric.clone().with_average(average)).compute(targets, outputs);
/// assert_eq!(of(Average::None)?.len(), 3);
/// assert!((of(Average::Micro)?[0] - 0.666_667).abs() < 1e-5);
/// assert!((of(Average::Macro)?[0] - 0.655_556).abs() < 1e-5);
/// assert!((of(Average::Weighted)?[0] - 0.627_778).abs() < 1e-5);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Average {
    /// They do not: one figure a class.
    #[default]
    None,
    /// The score of the counts of all classes together.
    Micro,
    /// The mean of the scores.
    Macro,
    /// The mean of the scores, weighted by how often the classes are true.
    Weighted,
}

/// What a batch adds for every class: true positives, positives, true.
///
/// # Shapes
/// - targets: `[rows, columns]`
/// - weights: `[rows]`
/// - output: `[3 · columns]`
pub(super) fn f_score_sums(
    threshold: Option<f64>,
    targets: Tensor<2>,
    outputs: &Outputs,
    weights: Option<Tensor<1>>,
) -> Tensor<1> {
    let outputs = outputs.values();
    let [_, columns] = outputs.dims();
    let positive = if let Some(threshold) = threshold {
        outputs.greater_elem(threshold).float()
    } else {
        let largest = outputs
            .clone()
            .greater_equal(outputs.clone().max_dim(1).expand(outputs.dims()));
        largest.bool_and(outputs.abs().greater_elem(1e-9)).float()
    };
    let mut terms = Tensor::cat(
        vec![positive.clone() * targets.clone(), positive, targets],
        1,
    );
    if let Some(weights) = weights {
        terms = terms * weights.unsqueeze_dim::<2>(1);
    }
    terms.sum_dim(0).reshape([3 * columns])
}

/// The scores of such sums.
pub(super) fn f_scores(average: Average, beta: f64, sums: &[f64]) -> Vec<f64> {
    let columns = sums.len() / 3;
    let score = |hits: f64, positives: f64, wanted: f64| {
        let precision = hits / (positives + EPSILON);
        let recall = hits / (wanted + EPSILON);
        let square = beta * beta;
        (1.0 + square) * precision * recall / (square * precision + recall + EPSILON)
    };
    let (hits, rest) = sums.split_at(columns);
    let (positives, wanted) = rest.split_at(columns);
    let total = |of: &[f64]| of.iter().sum::<f64>();
    let scores: Vec<f64> = (0..columns)
        .map(|class| score(hits[class], positives[class], wanted[class]))
        .collect();
    match average {
        Average::None => scores,
        Average::Micro => vec![score(total(hits), total(positives), total(wanted))],
        Average::Macro => vec![total(&scores) / columns as f64],
        Average::Weighted => {
            let weighted = scores
                .iter()
                .zip(wanted)
                .map(|(score, weight)| score * weight);
            vec![weighted.sum::<f64>() / (total(wanted) + EPSILON)]
        }
    }
}

/// Refuses a threshold that no output can be on both sides of.
pub(super) fn check_threshold(threshold: Option<f64>) -> Result<(), TrainError> {
    let Some(threshold) = threshold else {
        return Ok(());
    };
    expect(
        threshold > 0.0 && threshold <= 1.0,
        "threshold",
        "a number above 0, at most 1",
        &threshold,
    )
}
