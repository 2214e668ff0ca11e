use serde::Serialize;

use crate::Logs;

/// How well a model does on labelled samples.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// `loss` and the metrics.
    #[serde(flatten)]
    pub figures: Logs,
    /// Number of samples.
    pub samples: usize,
    /// What there is to say of each class, where the targets are classes.
    #[serde(flatten)]
    pub classes: Option<ClassEvaluation>,
}

/// How well the classes are told apart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassEvaluation {
    /// One report a class.
    pub per_class: Vec<ClassReport>,
    /// Rows: true class; columns: predicted class.
    pub confusion_matrix: Vec<Vec<usize>>,
    /// The predicted class of every sample, in order.
    #[serde(skip)]
    pub predictions: Vec<usize>,
}

/// How well one class is recognized.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassReport {
    /// The class, counted from 0.
    pub label: usize,
    /// Of what was taken for this class, the share that was; absent if nothing was.
    pub precision: Option<f64>,
    /// Of this class, the share that was found; absent if there was none.
    pub recall: Option<f64>,
    /// Samples of this class.
    pub support: usize,
}

impl Evaluation {
    /// The figure of this name, e.g. `accuracy`.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.figures.get(name)
    }

    /// The mean of the loss over the samples.
    pub fn loss(&self) -> f64 {
        self.get("loss").unwrap_or(f64::NAN)
    }
}

impl ClassEvaluation {
    /// From the true and the predicted class of every sample, each below `num_classes`.
    pub(crate) fn new(num_classes: usize, targets: &[usize], predictions: Vec<usize>) -> Self {
        let mut confusion_matrix = vec![vec![0; num_classes]; num_classes];
        for (&target, &prediction) in targets.iter().zip(&predictions) {
            confusion_matrix[target][prediction] += 1;
        }
        let share = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
        let per_class = confusion_matrix
            .iter()
            .enumerate()
            .map(|(label, row)| {
                let predicted = confusion_matrix.iter().map(|row| row[label]).sum();
                let support = row.iter().sum();
                ClassReport {
                    label,
                    precision: share(row[label], predicted),
                    recall: share(row[label], support),
                    support,
                }
            })
            .collect();
        Self {
            per_class,
            confusion_matrix,
            predictions,
        }
    }

    /// The share of right answers, 0 to 1.
    pub fn accuracy(&self) -> f64 {
        let right: usize = self
            .confusion_matrix
            .iter()
            .enumerate()
            .map(|(class, row)| row[class])
            .sum();
        right as f64 / self.predictions.len().max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precision_goes_down_the_columns_recall_along_the_rows() {
        let targets = [0, 0, 0, 0, 1, 1, 1, 1, 1, 1];
        let predictions = vec![0, 0, 0, 1, 0, 0, 1, 1, 1, 1];
        let classes = ClassEvaluation::new(3, &targets, predictions);
        assert_eq!(classes.confusion_matrix, [[3, 1, 0], [2, 4, 0], [0, 0, 0]]);
        assert!((classes.accuracy() - 0.7).abs() < 1e-12);
        assert_eq!(classes.per_class[0].precision, Some(0.6));
        assert_eq!(classes.per_class[0].recall, Some(0.75));
        assert_eq!(classes.per_class[2].precision, None);
        assert_eq!(classes.per_class[2].support, 0);
    }
}
