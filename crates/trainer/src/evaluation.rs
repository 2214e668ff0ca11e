use serde::Serialize;

/// How well a model does on labelled samples.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// Mean over the samples.
    pub loss: f64,
    /// Share of correct answers, 0 to 1.
    pub accuracy: f64,
    /// Number of samples.
    pub samples: usize,
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
    /// From the mean loss, and the true and the predicted class of every sample, each below
    /// `num_classes`.
    pub(crate) fn new(
        loss: f64,
        num_classes: usize,
        targets: &[usize],
        predictions: Vec<usize>,
    ) -> Self {
        let mut confusion_matrix = vec![vec![0; num_classes]; num_classes];
        for (&target, &prediction) in targets.iter().zip(&predictions) {
            confusion_matrix[target][prediction] += 1;
        }
        let share = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
        let samples = predictions.len();
        let correct: usize = confusion_matrix
            .iter()
            .enumerate()
            .map(|(i, row)| row[i])
            .sum();
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
        let accuracy = share(correct, samples).unwrap_or(0.0);
        Self {
            loss,
            accuracy,
            samples,
            per_class,
            confusion_matrix,
            predictions,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precision_goes_down_the_columns_recall_along_the_rows() {
        let targets = [0, 0, 0, 0, 1, 1, 1, 1, 1, 1];
        let predictions = vec![0, 0, 0, 1, 0, 0, 1, 1, 1, 1];
        let evaluation = Evaluation::new(0.5, 3, &targets, predictions);
        assert_eq!(
            evaluation.confusion_matrix,
            [[3, 1, 0], [2, 4, 0], [0, 0, 0]]
        );
        assert_eq!(evaluation.samples, 10);
        assert!((evaluation.accuracy - 0.7).abs() < 1e-12);
        assert_eq!(evaluation.per_class[0].precision, Some(0.6));
        assert_eq!(evaluation.per_class[0].recall, Some(0.75));
        assert_eq!(evaluation.per_class[2].precision, None);
        assert_eq!(evaluation.per_class[2].support, 0);
    }
}
