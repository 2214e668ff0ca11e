use serde::Serialize;

/// How often each class was taken for each, by what occurs: it has room for the pairs that there are, at most one a sample,
/// and not for all pairs of classes.
///
/// ```
/// use firebrick::training::ConfusionCounts;
///
/// let counts = ConfusionCounts::new(3, &[0, 0, 1, 2], &[0, 1, 1, 1]);
/// assert_eq!(counts.get(0, 1), 1);
/// assert_eq!(counts.rows(), [[1, 1, 0], [0, 1, 0], [0, 1, 0]]);
/// assert_eq!(counts.cells().len(), 4);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfusionCounts {
    num_classes: usize,
    /// By true class, then by predicted class.
    cells: Vec<ConfusionCell>,
}

/// How often one class was taken for one.
///
/// ```
/// use firebrick::training::ConfusionCounts;
///
/// // One sample of class 0, taken for class 1.
/// let counts = ConfusionCounts::new(2, &[0], &[1]);
/// let cell = counts.cells()[0];
/// assert_eq!((cell.label, cell.predicted, cell.count, cell.is_right()), (0, 1, 1, false));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ConfusionCell {
    /// The true class, counted from 0.
    pub label: usize,
    /// The predicted class, counted from 0.
    pub predicted: usize,
    /// How many samples; at least 1.
    pub count: usize,
}

impl ConfusionCell {
    /// Whether the samples were taken for what they are.
    pub fn is_right(&self) -> bool {
        self.label == self.predicted
    }
}

impl ConfusionCounts {
    /// The most classes whose matrix is written out whole.
    pub const DENSE: usize = 100;

    /// From the true and the predicted class of every sample; what is not below `num_classes` is left out.
    pub fn new(num_classes: usize, targets: &[usize], predictions: &[usize]) -> Self {
        let pairs = targets.iter().copied().zip(predictions.iter().copied());
        let mut pairs: Vec<(usize, usize)> = pairs
            .filter(|&(label, predicted)| label < num_classes && predicted < num_classes)
            .collect();
        pairs.sort_unstable();
        let cells = pairs.chunk_by(|a, b| a == b).map(|same| ConfusionCell {
            label: same[0].0,
            predicted: same[0].1,
            count: same.len(),
        });
        Self {
            num_classes,
            cells: cells.collect(),
        }
    }

    /// How many classes there are.
    pub fn num_classes(&self) -> usize {
        self.num_classes
    }

    /// The pairs that occur, by true class, then by predicted class.
    pub fn cells(&self) -> &[ConfusionCell] {
        &self.cells
    }

    /// How many samples of the class `label` were taken for `predicted`.
    pub fn get(&self, label: usize, predicted: usize) -> usize {
        let key = |cell: &ConfusionCell| (cell.label, cell.predicted);
        let found = self.cells.binary_search_by_key(&(label, predicted), key);
        found.map_or(0, |index| self.cells[index].count)
    }

    /// Samples that were taken for what they are.
    pub fn num_right(&self) -> usize {
        let right = self.cells.iter().filter(|cell| cell.is_right());
        right.map(|cell| cell.count).sum()
    }

    /// The whole matrix, rows: true class, columns: predicted class. It has the square of the number of classes.
    pub fn rows(&self) -> Vec<Vec<usize>> {
        let mut rows = vec![vec![0; self.num_classes]; self.num_classes];
        for cell in &self.cells {
            rows[cell.label][cell.predicted] = cell.count;
        }
        rows
    }

    /// The pairs of different classes, the most frequent first.
    pub fn worst(&self) -> Vec<ConfusionCell> {
        let wrong = self.cells.iter().filter(|cell| !cell.is_right());
        let mut worst: Vec<ConfusionCell> = wrong.copied().collect();
        worst.sort_by_key(|cell| std::cmp::Reverse(cell.count));
        worst
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_taken_by_what_occurs() {
        let classes = 1_000_000_000_000;
        let counts = ConfusionCounts::new(classes, &[7, classes - 1, 7], &[3, classes - 1, 3]);
        let cell = |label, predicted, count| ConfusionCell {
            label,
            predicted,
            count,
        };
        assert_eq!(
            counts.cells(),
            [cell(7, 3, 2), cell(classes - 1, classes - 1, 1)]
        );
        assert_eq!(
            (counts.num_right(), counts.get(7, 3), counts.get(3, 7)),
            (1, 2, 0)
        );
        assert_eq!(counts.worst(), [cell(7, 3, 2)]);
    }
}
