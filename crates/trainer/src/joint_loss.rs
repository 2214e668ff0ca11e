use std::fmt;
use std::sync::Arc;

use burn::tensor::Tensor;
use firebrick_data::Batch;
use firebrick_model::Signals;

/// A loss of one's own that sees all outputs of a network and all targets of a batch at once.
#[derive(Clone)]
pub(crate) struct JointLoss {
    name: String,
    function: Arc<Function>,
}

type Function = dyn Fn(&Signals, &Batch) -> Tensor<1> + Send + Sync;

impl JointLoss {
    pub(crate) fn new(
        name: impl Into<String>,
        function: impl Fn(&Signals, &Batch) -> Tensor<1> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            function: Arc::new(function),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Differentiable, of the shape `[1]`.
    pub(crate) fn forward(&self, answers: &Signals, batch: &Batch) -> Tensor<1> {
        (self.function)(answers, batch)
    }
}

impl fmt::Debug for JointLoss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("JointLoss").field(&self.name).finish()
    }
}
