use std::path::PathBuf;

use burn::data::dataset::DatasetError;
use firebrick_data::Targets;
use firebrick_model::shortened;
use firebrick_scheduler::ScheduleError;
use firebrick_spec::{RegisterError, SpecError, UnknownName};

use crate::checkpoint_error::CheckpointError;
use crate::lock_holder::LockHolder;
use crate::memory_error::MemoryError;
use crate::mismatch_error::MismatchError;
use crate::non_finite_cause::NonFiniteCause;
use crate::sample_place::SamplePlace;
use crate::target_domain::TargetDomain;

/// What can go wrong between compiling a model and reading its history.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// From the data crate.
    #[error(transparent)]
    Data(#[from] firebrick_data::DataError),

    /// From the tensor crate.
    #[error(transparent)]
    Tensor(#[from] firebrick_tensor::TensorError),

    /// From the model crate.
    #[error(transparent)]
    Model(#[from] firebrick_model::ModelError),

    /// From the scheduler crate.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),

    /// From keeping the state of a training.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),

    /// From the plot crate.
    #[error(transparent)]
    Curves(#[from] firebrick_plot::CurvesError),

    /// What is to run over plain memory and cannot.
    #[error("the step `host` cannot run this: {reason}; take `auto` or `autodiff`")]
    NoHostStep {
        /// What is in the way.
        reason: String,
    },

    /// A setting outside its range.
    #[error("{setting} is {received}, expected {expected}")]
    Setting {
        /// The setting's name.
        setting: &'static str,
        /// What it may be.
        expected: &'static str,
        /// What it was.
        received: String,
    },

    /// A setting of other optimizers.
    #[error(
        "{setting} is {received}, expected none with the optimizer {optimizer}; choose {} to use it",
        takers.join(" or ")
    )]
    ForeignSetting {
        /// The setting's name.
        setting: &'static str,
        /// What it was.
        received: String,
        /// The optimizer that lacks it.
        optimizer: String,
        /// The optimizers that have it.
        takers: Vec<&'static str>,
    },

    /// A group of weights in which there is none.
    #[error(
        "no weight is like `{}`, the nearest are {}; give the path of a weight, with `*` for any text",
        shortened(pattern),
        nearest.join(", ")
    )]
    UnknownWeights {
        /// The pattern of the group.
        pattern: String,
        /// The paths that are most like it.
        nearest: Vec<String>,
    },

    /// A name or an argument of a loss or a metric that is not known, or a value that it cannot have.
    #[error(transparent)]
    Spec(#[from] SpecError),

    /// A loss, a metric, an optimizer or a callback of one's own that cannot have this name.
    #[error(transparent)]
    Register(#[from] RegisterError),

    /// A name that is not known: of an optimizer, a display.
    #[error(transparent)]
    UnknownName(#[from] UnknownName),

    /// Model, data, loss, metrics and weights of classes that do not go together.
    #[error(transparent)]
    Mismatch(#[from] MismatchError),

    /// More memory than there is.
    #[error(transparent)]
    Memory(#[from] MemoryError),

    /// A dashboard that cannot be opened, or a run behind it that cannot be read.
    #[cfg(feature = "tui")]
    #[error(transparent)]
    Dashboard(#[from] firebrick_dashboard::DashboardError),

    /// The dashboard asked for where it cannot be shown.
    #[error("the dashboard cannot be shown: {reason}; use `lines` (one line an epoch) instead")]
    NoDashboard {
        /// What is missing.
        reason: &'static str,
    },

    /// Validation data of another kind than the training data.
    #[error(
        "the validation data has inputs of shape {:?} and {}, the training data inputs of shape {:?} and {}; make both \
         in the same way",
        validation.0, validation.1, training.0, training.1
    )]
    ValidationMismatch {
        /// Inputs and targets of a training sample.
        training: (Vec<usize>, Targets),
        /// Inputs and targets of a validation sample.
        validation: (Vec<usize>, Targets),
    },

    /// A class index that no output stands for.
    #[error(
        "the target of sample {sample}{place} is {target}, expected a class index: a whole number from 0 to {}; check the labels, or give the last layer more units",
        num_classes - 1
    )]
    TargetOutOfRange {
        /// Counted from 0, in the order of the data before any split.
        sample: usize,
        /// Which data it is of.
        place: SamplePlace,
        /// What stands there.
        target: f32,
        /// Classes the network tells apart.
        num_classes: usize,
    },

    /// A target that a loss or a metric does not take.
    #[error(
        "the target of sample {sample}{place} is {received}, the {taker} takes {domain}; {}",
        domain.advice()
    )]
    TargetOutsideDomain {
        /// Counted from 0, in the order of the data before any split.
        sample: usize,
        /// Which data it is of.
        place: SamplePlace,
        /// What stands there.
        received: String,
        /// The loss or the metric, e.g. `loss poisson`.
        taker: String,
        /// What it takes.
        domain: TargetDomain,
    },

    /// Inputs that the network has no answer to.
    #[error("{}{source}", if place.data() == "the data" { "" } else { "the validation data: " })]
    UnusableInputs {
        /// Which data it is.
        place: SamplePlace,
        /// The layer, what it expects and where the input stands.
        source: firebrick_model::ModelError,
    },

    /// A figure to watch that nothing produces.
    #[error(
        "{callback} watches `{}`, which this training does not have{}; it has {}", shortened(monitor),
        if monitor.starts_with("val_") && !known.iter().any(|name| name.starts_with("val_")) { " (give it validation data?)" } else { "" },
        known.join(", ")
    )]
    UnknownMonitor {
        /// The callback.
        callback: String,
        /// What it wants to see.
        monitor: String,
        /// The figures there are.
        known: Vec<String>,
    },

    /// A batch of targets that are not one a sample.
    #[error("the batch has {inputs} inputs and {targets} targets; give one target a sample")]
    BatchMismatch {
        /// Samples of the inputs.
        inputs: usize,
        /// Samples of the targets.
        targets: usize,
    },

    /// A callback of the weights' moving average where there is none.
    #[error(
        "{callback} needs the moving average of the weights, which this optimizer does not keep; give it one by `with_ema`"
    )]
    NoAverage {
        /// The callback.
        callback: String,
    },

    /// A figure whose direction nobody knows.
    #[error(
        "{callback} watches `{monitor}`, of which nothing says whether more or less of it is better; set \
         `MonitorMode::Max` or `MonitorMode::Min` with `with_mode`"
    )]
    UnknownDirection {
        /// The callback.
        callback: &'static str,
        /// What it watches.
        monitor: String,
    },

    /// A file name with placeholders that cannot be filled.
    #[error(
        "the file name `{pattern}` cannot be used: {reason}; expected one like \
         `model-{{epoch:02d}}-{{val_loss:.2f}}.bpk`"
    )]
    FileNamePattern {
        /// The name as given.
        pattern: String,
        /// What is wrong with which part of it.
        reason: String,
    },

    /// A figure that a table begun earlier has no column for.
    #[error(
        "`{}` has no column for `{figure}`, it has {}; write to another file, or without `with_append`",
        path.display(), columns.join(", ")
    )]
    MissingColumn {
        /// The file.
        path: PathBuf,
        /// The figure.
        figure: String,
        /// The columns of the file.
        columns: Vec<String>,
    },

    /// A learning rate from a function that is none.
    #[error(
        "{callback} received the learning rate {learning_rate} for epoch {epoch}, expected a finite number of \
         at least 0; correct its function"
    )]
    UnusableRate {
        /// The callback.
        callback: &'static str,
        /// What its function gave.
        learning_rate: f64,
        /// Counted from 1.
        epoch: usize,
    },

    /// A panic in a callback.
    #[error(
        "the callback {callback} panicked: {message}; the weights of the last whole epoch are kept. Let its \
         hooks return an error instead"
    )]
    CallbackPanicked {
        /// The callback.
        callback: String,
        /// The panic's message.
        message: String,
    },

    /// Weights put back where nothing is learned.
    #[error(
        "weights cannot be restored in an evaluation or a prediction, which change nothing; restore them \
         in a hook of a training"
    )]
    NothingLearned,

    /// Weights of another model.
    #[error("the weights belong to a model of another type; restore those of this training")]
    ForeignWeights,

    /// A loss that is not a number any more.
    #[error(
        "the loss became {loss} in epoch {epoch}, batch {batch}{}: {cause}; the weights from before are kept. {}",
        after(*learning_rate), cause.advice()
    )]
    NonFiniteLoss {
        /// Counted from 1.
        epoch: usize,
        /// Counted from 1.
        batch: usize,
        /// `NaN` or `inf`.
        loss: f64,
        /// The rate of the last update before this batch, `None` where none was made.
        learning_rate: Option<f64>,
        /// What is known of why.
        cause: Box<NonFiniteCause>,
    },

    /// Weights or a validation loss that are not numbers any more at the end of an epoch.
    #[error(
        "{what} is not a finite number after epoch {epoch}{}: {cause}; the weights from before are kept. {}",
        after(*learning_rate), cause.advice()
    )]
    Diverged {
        /// What was found.
        what: &'static str,
        /// Counted from 1.
        epoch: usize,
        /// The rate of the last update, `None` where none was made.
        learning_rate: Option<f64>,
        /// What is known of why.
        cause: Box<NonFiniteCause>,
    },

    /// Samples that cannot be read.
    #[error(
        "samples could not be read{}: {source}; check the file or the data set that they come from{}",
        in_epoch(*epoch), if *epoch > 0 { "; what was learned before is kept" } else { "" }
    )]
    Samples {
        /// Counted from 1; 0 outside of a training.
        epoch: usize,
        /// What the data set said.
        source: DatasetError,
    },

    /// A step of one's own whose batches give other figures than it says.
    #[error(
        "the step measures {} {} beside the loss ({}), one of its batches gave {}; give a number of shape [1] for each, in this \
         order",
        expected.len(), if expected.len() == 1 { "figure" } else { "figures" }, expected.join(", "), received_text(received)
    )]
    StepOutput {
        /// Their names.
        expected: Vec<String>,
        /// How many numbers each had that was there.
        received: Vec<usize>,
    },

    /// Validation data for a step that cannot be judged.
    #[error(
        "the step has no `test_step`, so that it cannot be validated; write one, or leave the validation data out"
    )]
    NoTestStep,

    /// A file for a model that is none.
    #[error(
        "the step has no `save`, so that its model has no file; write one, or keep its weights in a callback"
    )]
    NoModelFile,

    /// A device that failed while computing.
    #[error(
        "reading back from the device failed{}: {message}; try another device, `flex` is the CPU", in_epoch(*epoch)
    )]
    Device {
        /// Counted from 1; 0 outside of a training.
        epoch: usize,
        /// What Burn said.
        message: String,
    },

    /// An error from Burn's training machinery.
    #[error("training stopped in epoch {epoch}: {message}; what was learned before is kept")]
    Burn {
        /// Counted from 1.
        epoch: usize,
        /// What Burn said.
        message: String,
    },

    /// A panic in a loss, a metric or a model.
    #[error(
        "the {part} panicked: {message}; if it is your own, check the shapes it computes with, else its arguments"
    )]
    PartPanicked {
        /// Which, by its name.
        part: String,
        /// The panic's message.
        message: String,
    },

    /// A panic in the code of a model or a step, or in a backend.
    #[error(
        "training panicked: {message}; the weights of the last whole epoch are kept. If the model is your own, check the shapes in \
         its forward pass; if the step is, that no loss is learned from twice"
    )]
    Panicked {
        /// The panic's message.
        message: String,
    },

    /// The dashboard's "kill".
    #[error(
        "training was killed from the dashboard; what the run's directory held after the last epoch is still there"
    )]
    Killed,

    /// A file of a run that could not be read or written.
    #[error("cannot {action} `{}`: {source}; check the path, its permissions and the free space", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the system said.
        source: std::io::Error,
    },

    /// A run that is already there.
    #[error("the run `{}` is already there; choose another name, or pass `--overwrite` to replace it", path.display())]
    RunExists {
        /// The run's directory.
        path: PathBuf,
    },

    /// A run that somebody else writes into.
    #[error(
        "`{}` is being written into by {}; wait until that ends, stop it, or choose another name",
        path.display(), holder_text(holder.as_ref())
    )]
    RunBusy {
        /// The run's directory.
        path: PathBuf,
        /// Who does, as far as that is known.
        holder: Option<LockHolder>,
    },

    /// A run whose files are not those of the end of the training.
    #[error("{source}; {on_disk}")]
    Unsaved {
        /// Why they could not be brought up to date.
        source: Box<Self>,
        /// What they hold.
        on_disk: String,
    },

    /// A training that failed, and whose run's files could not be brought up to date.
    #[error("{source}; besides, {saving}")]
    FailedUnsaved {
        /// Why the training failed.
        source: Box<Self>,
        /// Why its files could not be brought up to date, and what they hold.
        saving: Box<Self>,
    },

    /// A history file that does not hold a history.
    #[error("`{}` is not a history: {reason}; expected the columns epoch, learning_rate, loss, further figures, seconds", path.display())]
    MalformedHistory {
        /// The file.
        path: PathBuf,
        /// Row, column and what was there.
        reason: String,
    },

    /// Ctrl-C cannot be listened to.
    #[error(
        "cannot listen to Ctrl-C: {source}; leave out `stopped_by_ctrl_c` and `on_ctrl_c` where the program has a handler of its own"
    )]
    CtrlC {
        /// What the system said.
        source: std::io::Error,
    },
}

/// What was done before.
fn after(learning_rate: Option<f64>) -> String {
    learning_rate.map_or_else(
        || ", before any update of this training".to_owned(),
        |rate| format!(", after an update at learning rate {rate}"),
    )
}

impl TrainError {
    /// Samples that cannot be read, outside of a training.
    pub(crate) fn samples(source: DatasetError) -> Self {
        Self::Samples { epoch: 0, source }
    }

    /// This error, where it is that of rates that count epochs of a stream whose length nobody knows.
    pub(crate) fn of_unknown_length(self, steps: Option<usize>) -> Self {
        match self {
            Self::Schedule(ScheduleError::StepsPerEpoch { .. }) if steps.is_none() => {
                Self::Setting {
                    setting: "steps_per_epoch",
                    expected: "a number, as the schedule counts epochs and nobody knows how long one of this stream is; set it, or \
                           say with `with_num_batches` how many batches there are",
                    received: "not set".to_owned(),
                }
            }
            error => error,
        }
    }

    /// A device that failed, outside of a training.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "it is what `map_err` hands over"
    )]
    pub(crate) fn device(message: impl ToString) -> Self {
        Self::Device {
            epoch: 0,
            message: message.to_string(),
        }
    }

    /// The same error in an epoch, counted from 1.
    pub(crate) fn in_epoch(mut self, now: usize) -> Self {
        if let Self::Device { epoch, .. } | Self::Samples { epoch, .. } = &mut self {
            *epoch = now;
        }
        self
    }

    /// This error of a training, and that of saving it, which may have been the reason.
    pub(crate) fn besides(self, saving: Self) -> Self {
        if let Self::Unsaved { source, .. } = &saving
            && source.to_string() == self.to_string()
        {
            return saving;
        }
        Self::FailedUnsaved {
            source: Box::new(self),
            saving: Box::new(saving),
        }
    }
}

fn in_epoch(epoch: usize) -> String {
    match epoch {
        0 => String::new(),
        _ => format!(" in epoch {epoch}"),
    }
}

/// How many figures there were, and how many numbers in each where that is not one.
fn received_text(lengths: &[usize]) -> String {
    if lengths.iter().all(|&length| length == 1) {
        lengths.len().to_string()
    } else {
        format!("{} of {lengths:?} numbers", lengths.len())
    }
}

fn holder_text(holder: Option<&LockHolder>) -> String {
    holder.map_or_else(|| "another process".to_owned(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_is_told_as_what_it_is() {
        let samples = || TrainError::samples(DatasetError::new(std::io::Error::other("gone")));
        let device = || TrainError::device("lost");
        for (error, expected) in [
            (
                samples(),
                "samples could not be read: gone; check the file or the data set that they come from",
            ),
            (
                samples().in_epoch(2),
                "samples could not be read in epoch 2: gone; check the file or the data set that they come from; what was \
                 learned before is kept",
            ),
            (
                device(),
                "reading back from the device failed: lost; try another device, `flex` is the CPU",
            ),
            (
                device().in_epoch(3),
                "reading back from the device failed in epoch 3: lost; try another device, `flex` is the CPU",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
