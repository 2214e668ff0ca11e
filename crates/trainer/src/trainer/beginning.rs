//! A training that begins where another one has come to.

use std::path::Path;

use firebrick_model::Model;
use firebrick_tensor::catch_panic;

use super::Trainer;
use crate::checkpoint_error::CheckpointError;
use crate::checkpoints::{Found, newest};
use crate::error::TrainError;
use crate::optimizers::Optimizer;
use crate::state::State;

impl<M: Model> Trainer<M> {
    /// Begins with the weights and with all that the optimizer remembers in the newest checkpoint of another training, of a run
    /// or of an import: the first step is the one after its last. Data, loss, schedule and callbacks may be others.
    ///
    /// ```
    /// use firebrick::layers::Dense;
    /// use firebrick::prelude::*;
    /// use firebrick::training::{CheckpointInterval, Checkpoints};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let trainer = || {
    ///     let model = Sequential::new([1]).add(Dense::new(1)).build(1, &Device::flex())?;
    ///     Ok::<_, Box<dyn std::error::Error>>(Compile::by_name("adam", "mse", [])?.model(model))
    /// };
    /// let data = ArrayDataset::new([[0.0], [1.0]], [1.0, 3.0])?;
    /// let checkpoints = Checkpoints::every(CheckpointInterval::Epochs(1)).in_folder(folder.path());
    /// let fit = |epochs| Fit::new(epochs).without_shuffle().with_display(Display::Quiet);
    /// trainer()?.fit(&data, &fit(3).with_checkpoints(checkpoints))?;
    /// let next = trainer()?.with_optimizer_state(folder.path())?.fit(&data, &fit(2))?;
    ///
    /// // The losses are those of five epochs in one training.
    /// let whole = trainer()?.fit(&data, &fit(5))?;
    /// assert_eq!(next["loss"], whole["loss"][3..]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// No checkpoint, or one of another network or of another optimizer.
    pub fn with_optimizer_state(mut self, from: impl AsRef<Path>) -> Result<Self, TrainError> {
        let found = newest(from.as_ref())?;
        self.check_optimizer(&found)?;
        let step: State = found.state.get("step")?;
        self.model = step.load_module("network", self.model)?;
        let paths = self.model.weight_paths();
        let optimizer = &self.compile.optimizer;
        let optimizer = optimizer.build_for(&paths, &self.compile.weight_groups)?;
        // Burn says by a panic what does not fit its records.
        let loaded = catch_panic(|| step.load_optimizer("optimizer", optimizer));
        loaded.map_err(|reason| CheckpointError::Part {
            part: "the optimizer".to_owned(),
            action: "taken over",
            reason,
        })??;
        self.begins_with = Some(step);
        Ok(self)
    }

    /// Makes sure that the optimizer of a checkpoint keeps what this one does.
    fn check_optimizer(&self, found: &Found) -> Result<(), CheckpointError> {
        const WHAT: &str = "the optimizer";
        let facts = found.state.find::<State>("facts")?.unwrap_or_default();
        let before = facts.find::<String>(WHAT)?;
        let own = &self.compile.optimizer;
        let keeps_the_same = |before: &Optimizer| {
            let slots = |optimizer: &Optimizer| {
                let ranks = 1..=6;
                ranks
                    .map(|rank| optimizer.slot_names(rank))
                    .collect::<Vec<_>>()
            };
            before.name() == own.name() && slots(before) == slots(own)
        };
        let read = before.as_ref().and_then(|text| text.parse().ok());
        if read.as_ref().is_some_and(keeps_the_same) {
            return Ok(());
        }
        let now = own
            .to_spec()
            .map_or_else(|| own.to_string(), |spec| spec.to_string());
        Err(CheckpointError::Contradiction {
            path: found.path.clone(),
            what: WHAT,
            before: before.unwrap_or_else(|| "not written down".to_owned()),
            now,
            hint: "take the optimizer that it was, or begin with the weights alone",
        })
    }
}
