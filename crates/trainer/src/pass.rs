use std::sync::{Arc, Mutex};

use firebrick_model::ModelSize;

use crate::callback::{Callback, Callbacks};
use crate::error::TrainError;
use crate::step_kind::StepKind;

/// The settings of a pass over data that learns nothing, an evaluation or a prediction.
///
/// A callback that says [`Flow::Stop`](crate::Flow::Stop) ends the pass after the batch it is at: figures and
/// answers are then those of the samples up to there.
///
/// ```
/// # use firebrick::{layers::Dense, prelude::*};
/// use firebrick::training::Pass;
///
/// # let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
/// # let network = Sequential::new([1]).add(Dense::new(1));
/// # let model = network.build_with_weights([vec![2.0], vec![0.0]], &Device::flex())?;
/// # let trainer = Compile::by_name("adam", "mse", [])?.model(model);
/// // The network answers 2 x where 2 x + 1 was asked for.
/// let evaluation = trainer.evaluate_with(&data, &Pass::new().with_batch_size(1))?;
/// assert_eq!(evaluation.loss(), 1.0);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
#[derive(Clone)]
pub struct Pass {
    /// Absent where the network decides.
    batch_size: Option<usize>,
    steps: Option<usize>,
    pub(crate) step: StepKind,
    pub(crate) callbacks: Callbacks,
}

/// Larger than Keras' 32, because nothing but speed depends on it.
const BATCH_SIZE: usize = 500;
/// What the layers of a network may give for a batch, in numbers, where nothing is said of the batch: 256 MiB.
const MOST_NUMBERS: usize = 1 << 26;

impl Default for Pass {
    fn default() -> Self {
        Self::new()
    }
}

impl Pass {
    /// Batches of 500 samples, or of fewer where the network gives very much for each; no callbacks.
    pub fn new() -> Self {
        Self {
            batch_size: None,
            steps: None,
            step: StepKind::default(),
            callbacks: Callbacks::default(),
        }
    }

    /// Samples a batch.
    #[must_use = "returns the changed settings"]
    pub fn with_batch_size(mut self, batch_size: usize) -> Self {
        self.batch_size = Some(batch_size);
        self
    }

    /// Batches to take at most, Keras' `steps`; a stream without an end needs it. The batches of a stream have the size that
    /// it gives them.
    #[must_use = "returns the changed settings"]
    pub fn with_steps(mut self, steps: usize) -> Self {
        self.steps = Some(steps);
        self
    }

    /// How the answers to a batch are computed, as [`Fit::with_step`](crate::Fit::with_step) says it of gradients: over plain
    /// memory where the device is this machine's processor and all layers can, unless it is said otherwise.
    ///
    /// ```
    /// use firebrick::{layers::Dense, prelude::*};
    /// use firebrick::training::{Pass, StepKind};
    ///
    /// let model = Sequential::new([1]).add(Dense::new(1)).build(1, &Device::flex())?;
    /// let trainer = Compile::by_name("adam", "mse", [])?.model(model);
    /// let x = Tensor::<2>::ones([40, 1], &Device::flex());
    /// let plain = trainer.predict_with(x.clone(), &Pass::new().with_step(StepKind::Autodiff))?.into_vec()?;
    /// assert!((trainer.predict(x)?.into_vec()?[7] - plain[7]).abs() < 1e-6);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use = "returns the changed settings"]
    pub fn with_step(mut self, step: StepKind) -> Self {
        self.step = step;
        self
    }

    /// Adds a callback; those added first are called first.
    #[must_use = "returns the changed settings"]
    pub fn with_callback(self, callback: impl Callback + 'static) -> Self {
        self.with_shared_callback(Arc::new(Mutex::new(callback)))
    }

    /// Adds a callback that can be looked at afterwards.
    #[must_use = "returns the changed settings"]
    pub fn with_shared_callback(mut self, callback: Arc<Mutex<dyn Callback>>) -> Self {
        self.callbacks.push(callback);
        self
    }

    /// Batches to take at most.
    ///
    /// # Errors
    /// None at all.
    pub(crate) fn steps(&self) -> Result<Option<usize>, TrainError> {
        match self.steps {
            Some(0) => Err(TrainError::Setting {
                setting: "steps",
                expected: "at least 1",
                received: 0.to_string(),
            }),
            steps => Ok(steps),
        }
    }

    /// Samples a batch, for a network of this size.
    pub(crate) fn batch_size(&self, size: Option<&ModelSize>) -> Result<usize, TrainError> {
        match (self.batch_size, size) {
            (Some(0), _) => Err(TrainError::Setting {
                setting: "batch_size",
                expected: "at least 1",
                received: 0.to_string(),
            }),
            (Some(batch_size), _) => Ok(batch_size),
            (None, Some(size)) => Ok((MOST_NUMBERS / size.widest.max(1)).clamp(1, BATCH_SIZE)),
            (None, None) => Ok(BATCH_SIZE),
        }
    }
}

#[cfg(test)]
mod tests {
    use firebrick_model::MlpConfig;

    use super::*;

    #[test]
    fn a_network_that_gives_much_is_asked_in_smaller_batches() {
        let size = |classes| MlpConfig::new(10, classes).summary().unwrap().size();
        let of = |pass: Pass, classes| pass.batch_size(Some(&size(classes))).unwrap();
        assert_eq!(of(Pass::new(), 1000), 500);
        assert_eq!(of(Pass::new(), 1_000_000), 67);
        assert_eq!(of(Pass::new(), 90_000_000), 1);
        assert_eq!(of(Pass::new().with_batch_size(700), 1_000_000), 700);
    }
}
