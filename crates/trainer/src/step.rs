//! What a training does with a batch: it moves the weights and gives figures.

mod autodiff;
mod held_model;
mod insight;
mod judge;
mod measures;
mod output;
mod trainee;

use std::path::Path;

use firebrick_data::Batch;
use firebrick_scheduler::RateControl;

pub(crate) use autodiff::{AutodiffStep, SecondPart};
pub(crate) use insight::StepInsight;
pub(crate) use judge::{Judge, judge};
pub use measures::Measures;
pub(crate) use output::Figures;
pub use output::StepOutput;
pub use trainee::Trainee;

use crate::checkpoint_error::CheckpointError;
use crate::error::TrainError;
use crate::non_finite_cause::NonFiniteCause;
use crate::state::State;

/// What a training does with a batch: it moves the weights and gives figures.
///
/// Where a [`Trainer`](crate::Trainer) does not do, because a training has several models and optimizers, as that of
/// adversaries, or losses that are no function of outputs and targets, a step of one's own says what happens to a batch,
/// and a [`StepTrainer`](crate::StepTrainer) runs the epochs around it: order of the samples, callbacks, displays, history,
/// run directory, validation and stopping are those of any other training.
///
/// A [`Trainee`] is what such a step is mostly made of where its models are of this crate's layers; this one moves a module of
/// Burn's:
///
/// ```
/// use firebrick::burn::nn::{Linear, LinearConfig};
/// use firebrick::burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
/// use firebrick::datasets::Batch;
/// use firebrick::prelude::*;
/// use firebrick::training::{Measures, Step, StepOutput, StepTrainer, TrainError};
///
/// /// A line through points, by the mean of the distances and a bit of the slope.
/// struct Line {
///     model: Linear,
///     optimizer: ModuleOptimizer,
///     batches: u64,
/// }
///
/// impl Line {
///     /// The loss and its part that is a distance.
///     fn losses(model: &Linear, batch: &Batch) -> [Tensor<1>; 2] {
///         let distance = (model.forward(batch.inputs()) - batch.targets()).abs().mean();
///         let slope = model.weight.val().abs().sum();
///         [distance.clone() + slope * 0.001, distance]
///     }
/// }
///
/// impl Step for Line {
///     type Weights = Linear;
///
///     fn measures(&self) -> Measures {
///         Measures::means(["distance"])
///     }
///
///     fn train_step(&mut self, batch: Batch) -> Result<StepOutput, TrainError> {
///         let [loss, distance] = Self::losses(&self.model, &batch);
///         let gradients = GradientsParams::from_grads(loss.backward(), &self.model);
///         self.model = self.optimizer.step(self.learning_rate(), self.model.clone(), gradients);
///         self.batches += 1;
///         Ok(StepOutput::new(batch.num_samples(), loss, [distance]))
///     }
///
///     fn test_step(&self, weights: &Linear, batch: Batch) -> Result<Option<StepOutput>, TrainError> {
///         let [loss, distance] = Self::losses(weights, &batch);
///         Ok(Some(StepOutput::new(batch.num_samples(), loss, [distance])))
///     }
///
///     fn iterations(&self) -> u64 {
///         self.batches
///     }
///
///     fn learning_rate(&self) -> f64 {
///         0.05
///     }
///
///     fn weights(&self) -> Linear {
///         self.model.valid()
///     }
///
///     fn set_weights(&mut self, weights: &Linear) -> Result<(), TrainError> {
///         self.model = self.model.clone().load_record(weights.clone().into_record());
///         Ok(())
///     }
/// }
///
/// // y = 2 x + 1
/// let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
/// let device = Device::flex();
/// let line = Line {
///     model: LinearConfig::new(1, 1).init(&device.clone().autodiff()),
///     optimizer: AdamConfig::new().init(),
///     batches: 0,
/// };
/// let mut trainer = StepTrainer::new(line, &device);
/// let fit = Fit::new(200).with_batch_size(2).with_validation(&data).with_display(Display::Quiet);
/// let history = trainer.fit(&data, &fit)?;
/// assert!(history["val_distance"][199] < 0.2);
/// # Ok::<(), TrainError>(())
/// ```
pub trait Step: 'static {
    /// The weights of a moment, without automatic differentiation: to go back to, to be judged and to be saved.
    type Weights: Clone + Send + 'static;

    /// What it measures of every batch.
    fn measures(&self) -> Measures;

    /// Learns a batch, whose tensors can be differentiated; gives its figures from before the update.
    ///
    /// # Errors
    /// A batch that it cannot learn from. An error ends the training, as a panic does.
    fn train_step(&mut self, batch: Batch) -> Result<StepOutput, TrainError>;

    /// The figures of a batch with these weights, learning nothing; `None`, the default, where there are none and a
    /// training cannot be validated.
    ///
    /// # Errors
    /// A batch that it cannot judge.
    fn test_step(
        &self,
        _weights: &Self::Weights,
        _batch: Batch,
    ) -> Result<Option<StepOutput>, TrainError> {
        Ok(None)
    }

    /// What judges batch after batch of a pass with these weights, as [`test_step`](Self::test_step) does, where it is worth it to
    /// prepare something of them once for all batches. `None`, the default, where it is not.
    ///
    /// # Errors
    /// Weights that nothing can be prepared of.
    fn prepared_test_step(&self, _weights: &Self::Weights) -> Result<Option<TestStep>, TrainError> {
        Ok(None)
    }

    /// Batches learned so far, in earlier fits too.
    fn iterations(&self) -> u64;

    /// The learning rate of the last batch, for displays and history; of several the one that says most.
    fn learning_rate(&self) -> f64;

    /// The weights of this moment.
    fn weights(&self) -> Self::Weights;

    /// Goes back to weights of an earlier moment; the state of the optimizers stays.
    ///
    /// # Errors
    /// Weights of another model.
    fn set_weights(&mut self, weights: &Self::Weights) -> Result<(), TrainError>;

    /// What it can say of its layers and of single samples, for those who watch; by default nothing.
    #[doc(hidden)]
    fn insight(&mut self) -> Option<&mut dyn StepInsight<Self::Weights>> {
        None
    }

    /// What callbacks change the rates to come by, if they can.
    fn rate_control(&self) -> Option<&RateControl> {
        None
    }

    /// The same, to be changed.
    fn rate_control_mut(&mut self) -> Option<&mut RateControl> {
        None
    }

    /// How often the weights were moved; with every batch by default.
    fn updates(&self) -> Updates {
        let count = self.iterations();
        Updates {
            count,
            last_rate: (count > 0).then(|| self.learning_rate()),
        }
    }

    /// Whether all weights are numbers, as far as that is looked at: after every epoch. By default it is not.
    ///
    /// # Errors
    /// A device that fails.
    fn is_finite(&self, _weights: &Self::Weights) -> Result<bool, TrainError> {
        Ok(true)
    }

    /// Why the loss of this batch, whose own numbers are finite, is not with these weights; by default nobody knows.
    fn non_finite_cause(&self, _weights: &Self::Weights, _batch: &Batch) -> NonFiniteCause {
        NonFiniteCause::Unknown
    }

    /// A training batch as it counts in the loss, with the weights of the classes, say; by default as it is.
    fn weighed(&self, batch: Batch) -> Batch {
        batch
    }

    /// A moving average of the weights, if one is kept.
    fn averaged_weights(&self) -> Option<Self::Weights> {
        None
    }

    /// After the last epoch of a fit that does not fail, before callbacks see its end: weights may become their average.
    /// Nothing by default.
    ///
    /// # Errors
    /// Those of [`set_weights`](Self::set_weights).
    fn finish(&mut self) -> Result<(), TrainError> {
        Ok(())
    }

    /// All that it is made of, so that another step of the same kind goes on where this one is: weights, the state of
    /// optimizers and whatever else it remembers. `None`, the default, where a training cannot be kept in checkpoints.
    fn state(&self) -> Option<State> {
        None
    }

    /// Goes on where the step was that gave this [`state`](Self::state).
    ///
    /// # Errors
    /// By default an error; the state of another step.
    fn restore(&mut self, _state: &State) -> Result<(), TrainError> {
        Err(CheckpointError::NoState.into())
    }

    /// What is kept of weights that a callback holds; nothing by default.
    fn weights_state(_weights: &Self::Weights) -> State {
        State::new()
    }

    /// Weights whose [`weights_state`](Self::weights_state) was kept.
    ///
    /// # Errors
    /// By default an error; the state of other weights.
    fn weights_from(&self, _state: &State) -> Result<Self::Weights, TrainError> {
        Err(CheckpointError::NoState.into())
    }

    /// Writes the model with these weights into a file, whole or not at all.
    ///
    /// # Errors
    /// [`TrainError::NoModelFile`] by default, which leaves the run directory without a model; a file that cannot be
    /// written.
    fn save(&self, _weights: &Self::Weights, _path: &Path) -> Result<(), TrainError> {
        Err(TrainError::NoModelFile)
    }

    /// Writes these weights alone; by default the same as [`save`](Self::save).
    ///
    /// # Errors
    /// Those of [`save`](Self::save).
    fn save_weights(&self, weights: &Self::Weights, path: &Path) -> Result<(), TrainError> {
        self.save(weights, path)
    }
}

/// The figures of one batch after the other, with weights that stay.
///
/// ```
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::datasets::Batch;
/// use firebrick::training::{StepOutput, TestStep};
///
/// // A loss that is always the mean of what was asked for.
/// let mut test: TestStep = Box::new(|batch: Batch| Ok(StepOutput::new(batch.num_samples(), batch.targets().mean(), [])));
/// let ones = || Tensor::<2>::ones([4, 1], &Device::flex());
/// assert_eq!(test(Batch::new(ones(), ones()))?.num_samples(), 4);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
pub type TestStep = Box<dyn FnMut(Batch) -> Result<StepOutput, TrainError>>;

/// How often a step has moved the weights, over all fits.
///
/// ```
/// use firebrick::training::Updates;
///
/// let updates = Updates::default();
/// assert_eq!((updates.count, updates.last_rate), (0, None));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Updates {
    /// How often.
    pub count: u64,
    /// The learning rate of the last time.
    pub last_rate: Option<f64>,
}
