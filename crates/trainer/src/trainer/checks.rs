//! Batches of a stream, looked at before they are learned, judged or answered.

use std::sync::{Arc, Mutex, PoisonError};

use firebrick_data::{Batch, BatchCheck};
use firebrick_model::Model;

use super::samples::find;
use crate::error::TrainError;
use crate::objective::Objective;
use crate::sample_place::SamplePlace;

/// What a batch has to be: targets that loss and metrics take, inputs that the network has an answer to.
#[derive(Clone)]
pub(super) struct Checks(Arc<BatchCheck>);

impl Checks {
    /// For this network and what is made of its answers.
    pub(super) fn new<M: Model>(model: &M, objective: &Objective) -> Self {
        let objective = objective.clone();
        // A network of the user's own need not be shared between threads.
        let model = model.has_input_limits().then(|| Mutex::new(model.clone()));
        let check = move |batch: &Batch| {
            let error = |error: TrainError| error.to_string();
            if let Some((sample, misfit)) =
                find(&objective, &mut objective.target_scans(), batch).map_err(error)?
            {
                return Err(misfit.at(sample, SamplePlace::new()).to_string());
            }
            let Some(model) = &model else {
                return Ok(());
            };
            let inputs = objective.inputs().of(batch).map_err(error)?;
            let model = model.lock().unwrap_or_else(PoisonError::into_inner);
            model.check_all_inputs(inputs).map_err(|source| {
                let place = SamplePlace::new();
                error(TrainError::UnusableInputs { place, source })
            })
        };
        Self(Arc::new(check))
    }

    pub(super) fn into_check(self) -> Arc<BatchCheck> {
        self.0
    }
}
