//! How often a class was taken for which, and what follows from it.

use burn::tensor::{Int, Tensor};

use super::checked::expect;
use super::histogram::{histogram, whole};
use super::thresholds::{as_one_label, weights_of_columns};
use crate::error::TrainError;
use crate::outputs::Outputs;

/// Keras' guard of a division by 0.
const EPSILON: f64 = 1e-7;

/// How a column or several say which class is meant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum ClassForm {
    /// Every number is the index of a class.
    Index,
    /// The largest number of a row is where the class is.
    Largest,
    /// Every number is class 1 from here on, class 0 below.
    From(f64),
    /// Every number is class 1 above this, class 0 up to it.
    Above(f64),
}

/// Which classes are told apart, and how targets and outputs say them.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClassMatrix {
    pub(super) num_classes: usize,
    pub(super) ignore_class: Option<i64>,
    pub(super) targets: ClassForm,
    pub(super) outputs: ClassForm,
}

impl ClassForm {
    /// Keras' `sparse_y_true` and `sparse_y_pred`.
    pub(super) fn sparse(sparse: bool) -> Self {
        if sparse { Self::Index } else { Self::Largest }
    }

    fn classes(self, numbers: Tensor<2>) -> Tensor<1, Int> {
        match self {
            Self::Index => as_one_label(numbers).int(),
            Self::Largest => numbers.argmax(1),
            Self::From(threshold) => as_one_label(numbers).greater_equal_elem(threshold).int(),
            Self::Above(threshold) => as_one_label(numbers).greater_elem(threshold).int(),
        }
        .squeeze_dim(1)
    }
}

/// The true and the predicted class of every sample, and how much it counts.
struct Pairs {
    targets: Tensor<1, Int>,
    answers: Tensor<1, Int>,
    weights: Tensor<1>,
}

impl ClassMatrix {
    /// The weight of every pair of classes, row by row; pairs with a class that is none are left out.
    ///
    /// # Shapes
    /// - weights: `[rows]`
    /// - output: `[num_classes · num_classes]`
    pub(super) fn update(
        self,
        targets: Tensor<2>,
        outputs: &Outputs,
        weights: Option<Tensor<1>>,
    ) -> Tensor<1> {
        let pairs = self.pairs(targets, outputs, weights);
        histogram(
            pairs.targets * whole(self.num_classes) + pairs.answers,
            Some(pairs.weights),
            self.num_classes * self.num_classes,
        )
    }

    /// What [`mean_iou`](Self::mean_iou) needs of the matrix, without its square of numbers: of every class the weight that is
    /// both the class and taken for it, then what is the class, then what is taken for it.
    ///
    /// # Shapes
    /// - weights: `[rows]`
    /// - output: `[3 · num_classes]`
    pub(super) fn overlaps(
        self,
        targets: Tensor<2>,
        outputs: &Outputs,
        weights: Option<Tensor<1>>,
    ) -> Tensor<1> {
        let Pairs {
            targets,
            answers,
            weights,
        } = self.pairs(targets, outputs, weights);
        let differs = targets.clone().not_equal(answers.clone());
        let both = weights.clone().mask_fill(differs, 0.0);
        let sums = |classes, weights| histogram(classes, Some(weights), self.num_classes);
        Tensor::cat(
            vec![
                sums(targets.clone(), both),
                sums(targets, weights.clone()),
                sums(answers, weights),
            ],
            0,
        )
    }

    /// The pairs; those with a class that is none weigh nothing and are of class 0.
    fn pairs(self, targets: Tensor<2>, outputs: &Outputs, weights: Option<Tensor<1>>) -> Pairs {
        let num_classes = whole(self.num_classes);
        let targets = self.targets.classes(targets);
        let [rows, columns] = outputs.raw().dims();
        let answers = self.outputs.classes(outputs.values());
        let outside = |classes: &Tensor<1, Int>| {
            classes
                .clone()
                .lower_elem(0)
                .bool_or(classes.clone().greater_equal_elem(num_classes))
        };
        let mut left_out = outside(&targets).bool_or(outside(&answers));
        if let Some(class) = self.ignore_class {
            left_out = left_out.bool_or(targets.clone().equal_elem(class));
        }
        let weights = match weights {
            Some(weights) if answers.dims() == [rows] => weights,
            Some(weights) => as_one_label(weights_of_columns(weights, columns)).squeeze_dim(1),
            None => Tensor::ones(answers.dims(), &answers.device()),
        };
        Pairs {
            targets: targets.mask_fill(left_out.clone(), 0),
            answers: answers.mask_fill(left_out.clone(), 0),
            weights: weights.mask_fill(left_out, 0.0),
        }
    }

    /// The mean over these classes of how much of a class and of what was taken for it is both, from the sums of
    /// [`overlaps`](Self::overlaps).
    pub(super) fn mean_iou(
        self,
        classes: impl IntoIterator<Item = usize>,
        overlaps: &[f64],
    ) -> Vec<f64> {
        let size = self.num_classes;
        let present: Vec<f64> = classes
            .into_iter()
            .filter_map(|class| {
                let [both, own, taken] = [0, size, 2 * size].map(|start| overlaps[start + class]);
                let either = own + taken - both;
                (either > 1e-9).then_some(both / (either + EPSILON))
            })
            .collect();
        vec![present.iter().sum::<f64>() / (present.len() as f64 + EPSILON)]
    }
}

/// Refuses classes that are none of so many, and none at all.
pub(super) fn check_class_ids(class_ids: &[usize], num_classes: usize) -> Result<(), TrainError> {
    expect(
        !class_ids.is_empty() && class_ids.iter().all(|class| *class < num_classes),
        "target_class_ids",
        "at least one class, each below the number of classes",
        &format_args!("{class_ids:?} of {num_classes} classes"),
    )
}
