use burn::tensor::Tensor;
use firebrick_data::Targets;
use firebrick_model::AnyTensor;

use crate::class_axis;

/// Targets like the outputs whose columns lie along another axis than the last one.
#[derive(Clone, Debug)]
pub(super) struct TurnedTargets {
    /// Of a sample, as they come.
    shape: Vec<usize>,
    axis: usize,
}

impl TurnedTargets {
    /// Of outputs of this shape, with the axis of the columns last; `None` for targets that are not like them.
    pub(super) fn new(axis: Option<usize>, outputs: &[usize], targets: &Targets) -> Option<Self> {
        let (axis, Targets::Values { shape }) = (axis?, targets) else {
            return None;
        };
        let own = Self {
            shape: shape.clone(),
            axis,
        };
        let is_alike = shape.len() == outputs.len()
            && class_axis::shape_with_last(shape, Some(axis)) == outputs;
        is_alike.then_some(own)
    }

    /// What they are when they are turned.
    pub(super) fn targets(&self) -> Targets {
        Targets::Values {
            shape: class_axis::shape_with_last(&self.shape, Some(self.axis)),
        }
    }

    /// Rows of samples with the axis of the columns last.
    pub(super) fn turn(&self, targets: Tensor<2>) -> Tensor<2> {
        let [samples, width] = targets.dims();
        let shape = [&[samples], &self.shape[..]].concat();
        let own = AnyTensor::from(targets).reshaped(&shape);
        let turned = class_axis::batch_with_last(own, Some(self.axis));
        turned.reshaped(&[samples, width]).expect_rank()
    }
}
