use firebrick::datasets::MnistDataset;
use serde::{Deserialize, Serialize};

/// How well a network does on the test images.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Judgement {
    pub(super) accuracy: f64,
    /// Rows: true class; columns: predicted class.
    pub(super) confusion_matrix: Vec<Vec<usize>>,
    /// The wrong answers given with most confidence, the most confident first.
    pub(super) mistakes: Vec<Mistake>,
}

/// A wrong answer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Mistake {
    /// The image's number among the test images, counted from 0.
    pub(super) row: usize,
    pub(super) class: usize,
    pub(super) predicted: usize,
    /// What the network gave the wrong class, 0 to 1.
    pub(super) probability: f32,
}

impl Judgement {
    /// Wrong answers that are kept.
    const MISTAKES: usize = 20;

    /// From the probabilities of all images, row by row.
    pub(super) fn new(probabilities: &[f32], data: &MnistDataset) -> Self {
        let num_classes = data.num_classes();
        let mut confusion_matrix = vec![vec![0; num_classes]; num_classes];
        let mut mistakes = Vec::new();
        let answers = probabilities.chunks_exact(num_classes).zip(data.labels());
        for (row, (answer, label)) in answers.enumerate() {
            let class = usize::from(label);
            let (predicted, probability) = most_probable(answer);
            confusion_matrix[class][predicted] += 1;
            if predicted != class {
                mistakes.push(Mistake {
                    row,
                    class,
                    predicted,
                    probability,
                });
            }
        }
        let wrong = mistakes.len();
        mistakes.sort_by(|a, b| {
            b.probability
                .total_cmp(&a.probability)
                .then(a.row.cmp(&b.row))
        });
        mistakes.truncate(Self::MISTAKES);
        Self {
            accuracy: (data.len() - wrong) as f64 / data.len() as f64,
            confusion_matrix,
            mistakes,
        }
    }
}

/// The first of the most probable classes, with its probability.
fn most_probable(answer: &[f32]) -> (usize, f32) {
    let first = (0, f32::NEG_INFINITY);
    answer.iter().copied().enumerate().fold(
        first,
        |best, own| {
            if own.1 > best.1 { own } else { best }
        },
    )
}

#[cfg(test)]
mod tests {
    use firebrick::datasets::{IdxImages, IdxLabels};

    use super::*;

    #[test]
    fn the_most_confident_mistake_comes_first() {
        let images = IdxImages::new(vec![0; 4], 1, 1).unwrap();
        let labels = IdxLabels::new(vec![0, 1, 1, 0]).unwrap();
        let data = MnistDataset::new(images, labels).unwrap();
        let probabilities = [0.9, 0.1, 0.6, 0.4, 0.2, 0.8, 0.1, 0.9];
        let judgement = Judgement::new(&probabilities, &data);
        assert!((judgement.accuracy - 0.5).abs() < 1e-12);
        assert_eq!(judgement.confusion_matrix, [[1, 1], [1, 1]]);
        let rows: Vec<(usize, usize, usize)> = judgement
            .mistakes
            .iter()
            .map(|mistake| (mistake.row, mistake.class, mistake.predicted))
            .collect();
        assert_eq!(rows, [(3, 0, 1), (1, 1, 0)]);
    }
}
