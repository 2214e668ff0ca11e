use firebrick_data::Batch;
use firebrick_session::LayerNumbers;

use super::TestStep;
use crate::error::TrainError;
use crate::insight::SampleWatch;

/// What a step can say of itself beside its figures; nothing of it changes what it learns.
pub trait StepInsight<W> {
    /// Has the next update be looked at.
    fn look_at_next(&mut self);

    /// How the layers did in the update that was looked at, once, right after its batch.
    ///
    /// # Errors
    /// A device that fails.
    fn take_look(&mut self) -> Result<Option<Vec<LayerNumbers>>, TrainError>;

    /// What judges batch after batch of a validation as without a watch, and what sees their samples; `None` where there is nothing
    /// to say of single samples.
    ///
    /// # Errors
    /// Weights that nothing can be prepared of.
    fn watched_test_step(&self, weights: &W)
    -> Result<Option<(TestStep, SampleWatch)>, TrainError>;

    /// The share of dead units by layer, with these weights on this batch; waits for the device once.
    ///
    /// # Errors
    /// A batch that the network does not take, a device that fails.
    fn dead_units(&self, weights: &W, batch: &Batch) -> Result<Vec<(String, f64)>, TrainError>;
}
