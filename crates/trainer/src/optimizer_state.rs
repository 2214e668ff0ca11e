//! What an optimizer remembers, as Keras has it: read from a checkpoint, and written as one.

mod held;
mod reading;
mod writing;

use std::collections::BTreeMap;

use firebrick_model::WeightValue;

/// What an optimizer remembers of the weights of a network, under Keras' names and in Keras' layouts.
///
/// ```
/// use firebrick::models::AnyModel;
/// use firebrick::layers::Dense;
/// use firebrick::prelude::*;
/// use firebrick::training::{Checkpoints, CheckpointInterval, OptimizerState};
///
/// # let folder = tempfile::tempdir()?;
/// let network = || Sequential::new([1]).add(Dense::new(1)).build(1, &Device::flex()).map(AnyModel::from);
/// let compile = Compile::by_name("adam", "mse", [])?;
/// let data = ArrayDataset::new([[0.0], [1.0]], [1.0, 3.0])?;
/// let checkpoints = Checkpoints::every(CheckpointInterval::Epochs(1)).in_folder(folder.path());
/// let fit = Fit::new(3).with_checkpoints(checkpoints).with_display(Display::Quiet);
/// compile.clone().model(network()?).fit(&data, &fit)?;
///
/// let state = OptimizerState::read(folder.path(), &compile, &network()?)?;
/// assert_eq!(state.iterations, 3);
/// assert_eq!(state.values["dense/kernel/velocity"].shape(), [1, 1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OptimizerState {
    /// Batches learned from, also where several of them make an update.
    pub iterations: u64,
    /// The learning rate that the training has come to.
    pub learning_rate: f64,
    /// Whether that is not the rate of the schedule, because something has changed it since.
    pub is_rate_changed: bool,
    /// By weight and name, `dense/kernel/velocity`, in Keras' layout; besides what the optimizer has of its own `average` of a moving
    /// average and `gradient_accumulator` of gradients that are gathered.
    pub values: BTreeMap<String, WeightValue>,
    /// What of a checkpoint is not the same for Keras, or cannot be had, and what to do.
    pub notes: Vec<String>,
}

/// Keras' name of the moving average of a weight.
const AVERAGE: &str = "average";
/// Keras' name of the gradients of a weight that are gathered.
const ACCUMULATOR: &str = "gradient_accumulator";
