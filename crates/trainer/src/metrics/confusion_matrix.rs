use std::fmt;

use burn::tensor::Tensor;

use super::checked::{checked, expect};
use super::class_matrix::{ClassForm, ClassMatrix};
use super::{Direction, MetricFunction};
use crate::error::TrainError;
use crate::outputs::Outputs;
use crate::target_form::TargetForm;

checked! {
    /// How often each class was taken for each: the matrix row by row, rows are the true classes, columns
    /// the predicted ones. Keras has no such metric.
    ///
    /// Outputs have one number a class, of which the largest counts; a single column is class 1 if it
    /// exceeds 0.5. Targets are class indices, or one-hot. What is no class is left out.
    ///
    /// ```
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::losses::Outputs;
    /// use firebrick::metrics::{ConfusionMatrix, MetricFunction};
    /// use firebrick::models::Activation;
    ///
    /// let device = Device::flex();
    /// let targets = Tensor::from_floats([[0.0], [1.0], [1.0]], &device);
    /// let outputs = Tensor::from_floats([[0.9, 0.1], [0.4, 0.6], [0.8, 0.2]], &device);
    /// let metric = ConfusionMatrix::new(2)?;
    /// let sums = metric.update(targets, &Outputs::new(outputs, Activation::Linear), None);
    /// let sums: Vec<f64> = sums.into_data().iter().collect();
    /// let table = metric.table(&metric.result(&sums))?;
    /// assert_eq!(table.rows(), [[1.0, 0.0], [1.0, 1.0]]);
    /// assert_eq!(table.to_string(), "       0 1\n    0  1 0\n    1  1 1\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[derive(Copy)]
    pub struct ConfusionMatrix {
        num_classes: usize,
    }
}

impl ConfusionMatrix {
    /// The most classes: every pair of them is a figure of the history. For more classes an evaluation counts what
    /// occurs, [`ConfusionCounts`](crate::ConfusionCounts).
    pub const MAX_CLASSES: usize = 256;

    /// For so many classes.
    ///
    /// # Errors
    /// If there is none or more than [`MAX_CLASSES`](Self::MAX_CLASSES).
    pub fn new(num_classes: usize) -> Result<Self, TrainError> {
        Self { num_classes }.checked()
    }

    /// The figures of this metric as a table.
    ///
    /// # Errors
    /// If there are not as many as pairs of classes.
    pub fn table(&self, figures: &[f64]) -> Result<ConfusionTable, TrainError> {
        let pairs = self.num_classes * self.num_classes;
        expect(
            figures.len() == pairs,
            "the confusion matrix",
            "one figure for every pair of classes",
            &format_args!("{} figures, not {pairs}", figures.len()),
        )?;
        let rows = figures.chunks_exact(self.num_classes);
        Ok(ConfusionTable {
            rows: rows.map(<[f64]>::to_vec).collect(),
        })
    }

    fn checked(self) -> Result<Self, TrainError> {
        expect(
            (1..=Self::MAX_CLASSES).contains(&self.num_classes),
            "num_classes",
            "a whole number from 1 to 256, every pair of which is a figure; leave the metric out for more, an evaluation \
             counts what occurs",
            &self.num_classes,
        )?;
        Ok(self)
    }
}

impl MetricFunction for ConfusionMatrix {
    fn name(&self) -> &'static str {
        "confusion_matrix"
    }

    fn target_form(&self) -> TargetForm {
        TargetForm::ClassIndex
    }

    fn direction(&self) -> Direction {
        Direction::Unknown
    }

    fn update(
        &self,
        targets: Tensor<2>,
        outputs: &Outputs,
        weights: Option<Tensor<1>>,
    ) -> Tensor<1> {
        let single = |numbers: &Tensor<2>| numbers.dims()[1] == 1;
        let matrix = ClassMatrix {
            num_classes: self.num_classes,
            ignore_class: None,
            targets: ClassForm::sparse(single(&targets)),
            outputs: if single(&outputs.raw()) {
                ClassForm::Above(0.5)
            } else {
                ClassForm::Largest
            },
        };
        matrix.update(targets, outputs, weights)
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        sums.to_vec()
    }
}

/// A confusion matrix to look at: rows are the true classes, columns the predicted ones.
///
/// ```
/// use firebrick::metrics::{ConfusionMatrix, Metric};
///
/// let matrix = ConfusionMatrix::new(2)?;
/// let figures = Metric::from(matrix).compute([0, 0, 1], [[0.9, 0.1], [0.3, 0.7], [0.2, 0.8]])?;
/// let table = matrix.table(&figures)?;
/// // Of the two of class 0 one was taken for class 1.
/// assert_eq!(table.rows(), [[1.0, 1.0], [0.0, 1.0]]);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ConfusionTable {
    rows: Vec<Vec<f64>>,
}

impl ConfusionTable {
    /// The rows, one a true class.
    pub fn rows(&self) -> &[Vec<f64>] {
        &self.rows
    }
}

impl fmt::Display for ConfusionTable {
    /// Classes at the top and at the left; weights with at most two decimals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.rows.iter().flatten().all(|cell| cell.fract() == 0.0);
        let decimals = if whole { 0 } else { 2 };
        let heads = (0..self.rows.len()).map(|class| class.to_string());
        let cells = |row: &[f64]| -> Vec<String> {
            row.iter()
                .map(|cell| format!("{cell:.decimals$}"))
                .collect()
        };
        let heads: Vec<String> = heads.collect();
        let rows: Vec<Vec<String>> = self.rows.iter().map(|row| cells(row)).collect();
        let all = rows.iter().flatten().chain(&heads);
        let width = all.map(String::len).max().unwrap_or(0);
        let mut line = |label: &str, cells: &[String]| {
            write!(f, "{label:>5} ")?;
            for cell in cells {
                write!(f, " {cell:>width$}")?;
            }
            writeln!(f)
        };
        line("", &heads)?;
        for (label, row) in heads.iter().zip(&rows) {
            line(label, row)?;
        }
        Ok(())
    }
}
