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
    pub(crate) fn new(loss: f64, confusion_matrix: Vec<Vec<usize>>) -> Self {
        let share = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
        let samples = confusion_matrix.iter().flatten().sum();
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
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precision_goes_down_the_columns_recall_along_the_rows() {
        let evaluation = Evaluation::new(0.5, vec![vec![3, 1, 0], vec![2, 4, 0], vec![0, 0, 0]]);
        assert_eq!(evaluation.samples, 10);
        assert!((evaluation.accuracy - 0.7).abs() < 1e-12);
        assert_eq!(evaluation.per_class[0].precision, Some(0.6));
        assert_eq!(evaluation.per_class[0].recall, Some(0.75));
        assert_eq!(evaluation.per_class[2].precision, None);
        assert_eq!(evaluation.per_class[2].support, 0);
    }
}
