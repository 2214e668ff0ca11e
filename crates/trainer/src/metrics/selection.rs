//! What precision, recall and the operating points look at: all columns, the largest, or one class.

use burn::tensor::Tensor;

use super::checked::{class_below, expect};
use super::threshold_list::ThresholdList;
use super::thresholds::{Thresholds, as_one_label, weights_of_columns};
use super::top_k::top_k;
use crate::error::TrainError;
use crate::outputs::Outputs;

/// Below every threshold: what an output counts as that is not among the largest.
const NOWHERE: f64 = -1e10;

/// Which outputs count, and against what.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    pub(super) thresholds: Thresholds,
    pub(super) top_k: Option<usize>,
    pub(super) class_id: Option<usize>,
}

impl Selection {
    /// At these thresholds; without any at 0.5, or at none where the largest outputs are positive.
    pub(super) fn of_settings(
        thresholds: Option<&ThresholdList>,
        top_k: Option<usize>,
        class_id: Option<usize>,
    ) -> Self {
        let default = top_k.map_or(0.5, |_| NOWHERE);
        Self {
            thresholds: ThresholdList::or(thresholds, default),
            top_k,
            class_id,
        }
    }

    /// What a batch adds to the counts at the thresholds.
    ///
    /// # Shapes
    /// - targets: `[rows, columns]`
    /// - weights: `[rows]`
    pub(super) fn update(
        &self,
        mut targets: Tensor<2>,
        outputs: &Outputs,
        weights: Option<Tensor<1>>,
    ) -> Tensor<1> {
        let mut outputs = outputs.values();
        if let Some(k) = self.top_k {
            let others = top_k(outputs.clone(), k).bool_not();
            outputs = outputs.mask_fill(others, NOWHERE);
        }
        if let Some(class) = self.class_id {
            targets = targets.narrow(1, class, 1);
            outputs = outputs.narrow(1, class, 1);
        }
        let [_, columns] = outputs.dims();
        let weights = weights.map(|weights| as_one_label(weights_of_columns(weights, columns)));
        self.thresholds
            .update(as_one_label(targets), as_one_label(outputs), weights)
    }
}

/// Refuses a class that is no column, and more of the largest outputs than there are.
pub(super) fn check_columns(
    top_k: Option<usize>,
    class_id: Option<usize>,
    columns: usize,
) -> Result<(), TrainError> {
    if let Some(class) = class_id {
        class_below("class_id", class, columns)?;
    }
    let k = top_k.unwrap_or(0);
    expect(
        k <= columns,
        "top_k",
        "at most the number of outputs",
        &format_args!("{k} for {columns} columns"),
    )
}
