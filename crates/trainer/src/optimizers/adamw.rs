use burn::optim::ModuleOptimizer;
use serde::{Deserialize, Serialize};

use super::Adam;
use super::description::Description;
use super::rule::Work;

/// [`Adam`] with a weight decay of 0.004 unless another is set.
///
/// # Source
/// Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2017
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct AdamW(Adam);

impl Description for AdamW {
    const WEIGHT_DECAY: f64 = 0.004;

    fn num_slots(&self) -> usize {
        self.0.num_slots()
    }

    fn slot_names(&self, num_axes: usize) -> &'static [&'static str] {
        self.0.slot_names(num_axes)
    }

    fn build(self, work: Work) -> ModuleOptimizer {
        self.0.build(work)
    }
}
