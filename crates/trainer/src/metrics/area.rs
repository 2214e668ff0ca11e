//! The area under a curve that is known at some points, of falling abscissa.

use serde::{Deserialize, Serialize};

use super::mean::ratio;
use super::thresholds::Counts;

/// What [`AUC`](super::AUC) is the area under.
///
/// ```
/// use firebrick::metrics::{AUC, AUCCurve, Metric};
///
/// let of = |curve| Metric::from(AUC::new().with_curve(curve)).compute([0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9]);
/// assert!((of(AUCCurve::Roc)?[0] - 0.75).abs() < 1e-5);
/// assert!((of(AUCCurve::PrecisionRecall)?[0] - 0.797_267).abs() < 1e-5);
/// assert!((of(AUCCurve::PrecisionRecallGain)?[0] - 0.25).abs() < 1e-5);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AUCCurve {
    /// The share of the true targets found over the share of the false ones taken for true.
    #[default]
    #[serde(rename = "ROC", alias = "roc")]
    Roc,
    /// The precision over the recall.
    #[serde(rename = "PR", alias = "pr")]
    PrecisionRecall,
    /// What precision gains on a classifier that says always true, over what recall does.
    #[serde(rename = "PRGAIN", alias = "prgain")]
    PrecisionRecallGain,
}

/// What lies between two points of the curve.
///
/// ```
/// use firebrick::metrics::{AUC, AUCSummationMethod, Metric};
///
/// // Few thresholds leave much room between their points.
/// let coarse = AUC::new().with_num_thresholds(3)?;
/// let of = |method| {
///     let metric = Metric::from(coarse.clone().with_summation_method(method));
///     metric.compute([0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9])
/// };
/// assert!((of(AUCSummationMethod::Interpolation)?[0] - 0.75).abs() < 1e-5);
/// assert!((of(AUCSummationMethod::Majoring)?[0] - 1.0).abs() < 1e-5);
/// assert!((of(AUCSummationMethod::Minoring)?[0] - 0.5).abs() < 1e-5);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AUCSummationMethod {
    /// A straight line; for precision and recall the curve that counts in proportion give.
    #[default]
    #[serde(alias = "Interpolation")]
    Interpolation,
    /// The higher of the two.
    #[serde(alias = "Majoring")]
    Majoring,
    /// The lower of the two.
    #[serde(alias = "Minoring")]
    Minoring,
}

/// The area under the curve of these counts.
pub(super) fn area(curve: AUCCurve, method: AUCSummationMethod, counts: &Counts) -> f64 {
    let (x, y) = match (curve, method) {
        (AUCCurve::PrecisionRecall, AUCSummationMethod::Interpolation) => {
            return precision_recall_area(counts);
        }
        (AUCCurve::Roc, _) => (counts.fall_outs(), counts.recalls()),
        (AUCCurve::PrecisionRecall, _) => (counts.recalls(), counts.precisions()),
        (AUCCurve::PrecisionRecallGain, _) => gains(counts),
    };
    let steps = x.windows(2).map(|ends| ends[0] - ends[1]);
    let heights = y.windows(2).map(|ends| match method {
        AUCSummationMethod::Interpolation => f64::midpoint(ends[0], ends[1]),
        AUCSummationMethod::Majoring => ends[0].max(ends[1]),
        AUCSummationMethod::Minoring => ends[0].min(ends[1]),
    });
    steps.zip(heights).map(|(step, height)| step * height).sum()
}

/// Gain of recall and of precision: 0 for the classifier that says always true, 1 at best.
///
/// # Source
/// Flach and Kull, Precision-Recall-Gain Curves (2015)
fn gains(counts: &Counts) -> (Vec<f64>, Vec<f64>) {
    let positives = counts.true_positives.iter().zip(&counts.false_positives);
    let negatives = counts.false_negatives.iter().zip(&counts.true_negatives);
    positives
        .zip(negatives)
        .map(|((&hits, &false_alarms), (&misses, &rejections))| {
            if hits == 0.0 {
                return (0.0, 1.0);
            }
            let scale = ratio(hits + misses, rejections + false_alarms);
            let recall = (1.0 - scale * misses / hits).max(0.0);
            (recall, 1.0 - scale * false_alarms / hits)
        })
        .unzip()
}

/// Between two thresholds the false positives grow in proportion to the true ones.
///
/// # Source
/// Davis and Goadrich, The Relationship Between Precision-Recall and ROC Curves (2006)
fn precision_recall_area(counts: &Counts) -> f64 {
    let hits = &counts.true_positives;
    let positives: Vec<f64> = hits
        .iter()
        .zip(&counts.false_positives)
        .map(|(hits, false_alarms)| hits + false_alarms)
        .collect();
    (1..hits.len())
        .map(|index| {
            let step = hits[index - 1] - hits[index];
            let (more, fewer) = (positives[index - 1], positives[index]);
            let slope = ratio(step, (more - fewer).max(0.0));
            let intercept = hits[index] - slope * fewer;
            let growth = if more > 0.0 && fewer > 0.0 {
                more / fewer
            } else {
                1.0
            };
            let wanted = hits[index] + counts.false_negatives[index];
            ratio(slope * (step + intercept * growth.ln()), wanted)
        })
        .sum()
}
