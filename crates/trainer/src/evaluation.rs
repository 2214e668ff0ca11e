mod confusion_counts;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::logs::Logs;

pub use confusion_counts::{ConfusionCell, ConfusionCounts};

/// How well a model does on labelled samples.
///
/// ```
/// use firebrick::{layers::Dense, prelude::*};
///
/// // Says class 1 where the number is above 2.
/// let network = Sequential::new([1]).add(Dense::new(2).with_activation(Activation::Softmax));
/// let model = network.build_with_weights([vec![0.0, 1.0], vec![2.0, 0.0]], &Device::flex())?;
/// let trainer = Compile::by_name("adam", "sparse_categorical_crossentropy", ["accuracy"])?.model(model);
/// let data = ArrayDataset::new([[0.0], [1.0], [3.0], [4.0]], [0, 1, 1, 1])?;
/// let evaluation = trainer.evaluate(&data)?;
/// assert_eq!((evaluation.samples, evaluation.get("accuracy")), (4, Some(0.75)));
/// let classes = evaluation.classes.ok_or("the targets are classes")?;
/// assert_eq!(classes.predictions, [0, 0, 1, 1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// As JSON it has `per_class`, and for up to [`ConfusionCounts::DENSE`] classes `confusion_matrix`, row by row; for more, whose
/// matrix would be almost empty and larger than anything else, instead of it `confusions`, a list of what occurs,
/// `{"label": 0, "predicted": 1, "count": 1}`.
///
/// ```
/// # use firebrick::{layers::Dense, prelude::*};
/// # let network = Sequential::new([1]).add(Dense::new(2).with_activation(Activation::Softmax));
/// # let model = network.build_with_weights([vec![0.0, 1.0], vec![2.0, 0.0]], &Device::flex())?;
/// # let trainer = Compile::by_name("adam", "sparse_categorical_crossentropy", ["accuracy"])?.model(model);
/// # let data = ArrayDataset::new([[0.0], [1.0], [3.0], [4.0]], [0, 1, 1, 1])?;
/// // Samples of the classes 0, 1, 1 and 1, the second of which is taken for 0.
/// let classes = trainer.evaluate(&data)?.classes.ok_or("the targets are classes")?;
/// assert_eq!(classes.predictions, [0, 0, 1, 1]);
/// assert_eq!(classes.accuracy(), 0.75);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ClassEvaluation {
    /// One report a class.
    pub per_class: Vec<ClassReport>,
    /// How often each class was taken for each.
    pub confusion_matrix: ConfusionCounts,
    /// The predicted class of every sample, in order.
    pub predictions: Vec<usize>,
}

/// How well one class is recognized.
///
/// ```
/// # use firebrick::{layers::Dense, prelude::*};
/// # let network = Sequential::new([1]).add(Dense::new(2).with_activation(Activation::Softmax));
/// # let model = network.build_with_weights([vec![0.0, 1.0], vec![2.0, 0.0]], &Device::flex())?;
/// # let trainer = Compile::by_name("adam", "sparse_categorical_crossentropy", ["accuracy"])?.model(model);
/// # let data = ArrayDataset::new([[0.0], [1.0], [3.0], [4.0]], [0, 1, 1, 1])?;
/// // Samples of the classes 0, 1, 1 and 1, the second of which is taken for 0.
/// let classes = trainer.evaluate(&data)?.classes.ok_or("the targets are classes")?;
/// let zero = &classes.per_class[0];
/// assert_eq!((zero.label, zero.support), (0, 1));
/// assert_eq!((zero.precision, zero.recall), (Some(0.5), Some(1.0)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
        let confusion_matrix = ConfusionCounts::new(num_classes, targets, &predictions);
        let mut per_class: Vec<Tally> = vec![Tally::default(); num_classes];
        for cell in confusion_matrix.cells() {
            per_class[cell.label].support += cell.count;
            per_class[cell.predicted].predicted += cell.count;
            if cell.is_right() {
                per_class[cell.label].right += cell.count;
            }
        }
        let reports = per_class.into_iter().enumerate();
        Self {
            per_class: reports.map(|(label, tally)| tally.report(label)).collect(),
            confusion_matrix,
            predictions,
        }
    }

    /// The share of right answers, 0 to 1.
    pub fn accuracy(&self) -> f64 {
        let right = self.confusion_matrix.num_right();
        right as f64 / self.predictions.len().max(1) as f64
    }
}

impl Serialize for ClassEvaluation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let counts = &self.confusion_matrix;
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("per_class", &self.per_class)?;
        if counts.num_classes() <= ConfusionCounts::DENSE {
            map.serialize_entry("confusion_matrix", &counts.rows())?;
        } else {
            map.serialize_entry("confusions", counts.cells())?;
        }
        map.end()
    }
}

/// What is counted of a class.
#[derive(Clone, Copy, Default)]
struct Tally {
    support: usize,
    predicted: usize,
    right: usize,
}

impl Tally {
    fn report(self, label: usize) -> ClassReport {
        let share = |whole: usize| (whole > 0).then(|| self.right as f64 / whole as f64);
        ClassReport {
            label,
            precision: share(self.predicted),
            recall: share(self.support),
            support: self.support,
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
        let classes = ClassEvaluation::new(3, &targets, predictions);
        assert_eq!(
            classes.confusion_matrix.rows(),
            [[3, 1, 0], [2, 4, 0], [0, 0, 0]]
        );
        assert!((classes.accuracy() - 0.7).abs() < 1e-12);
        assert_eq!(classes.per_class[0].precision, Some(0.6));
        assert_eq!(classes.per_class[0].recall, Some(0.75));
        assert_eq!(classes.per_class[2].precision, None);
        assert_eq!(classes.per_class[2].support, 0);
    }

    #[test]
    fn few_classes_are_written_as_a_matrix_and_many_by_what_occurs() {
        let written = |num_classes| {
            let classes = ClassEvaluation::new(num_classes, &[1, 1], vec![0, 0]);
            serde_json::to_value(classes).unwrap()
        };
        assert_eq!(
            written(2)["confusion_matrix"],
            serde_json::json!([[0, 0], [2, 0]])
        );
        let many = written(101);
        assert!(many.get("confusion_matrix").is_none());
        let cell = serde_json::json!([{"label": 1, "predicted": 0, "count": 2}]);
        assert_eq!(many["confusions"], cell);
        assert_eq!(many["per_class"].as_array().map(Vec::len), Some(101));
    }
}
