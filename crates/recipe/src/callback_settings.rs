use firebrick_trainer::callbacks::TensorBoard;
use firebrick_trainer::{Fit, Flag, RunDirectory, TrainError, settings};

use crate::checkpoint_every::CheckpointEvery;
use crate::checkpoint_rule::CheckpointRule;
use crate::named_callback::NamedCallback;
use crate::plateau::Plateau;
use crate::stopping_rule::StoppingRule;

/// The heading of the flags.
const LEARNING: &str = "Learning";

settings! {
    /// What is given of callbacks.
    ///
    /// ```
    /// use firebrick::recipes::GivenCallbacks;
    /// use firebrick::training::Fit;
    ///
    /// let given = GivenCallbacks { early_stopping: Some("val_loss:5".parse()?), ..GivenCallbacks::default() };
    /// let fit = given.applied_to(Fit::new(100).with_validation_split(0.2), None)?;
    /// # let _ = fit;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct GivenCallbacks {
        /// Stop where METRIC has not got better for so many epochs, e.g. `val_loss:5`; with `:restore` behind it leave the
        /// weights of the best epoch [default: none]
        early_stopping: StoppingRule, flag Flag::text("METRIC:EPOCHS").under(LEARNING);

        /// Lower the learning rate where METRIC has not got better for so many epochs, e.g. `val_loss:5`: to a tenth, or by
        /// the factor behind it, as in `val_loss:5:0.5` [default: none]
        reduce_lr_on_plateau: Plateau, flag Flag::text("METRIC:EPOCHS").under(LEARNING);

        /// Save models into the run's checkpoints folder: `best` (by `val_loss`), `every` epoch, or every so many epochs
        /// [default: none]
        checkpoint: CheckpointRule, flag Flag::number("best|every|N").under(LEARNING);

        /// How often the state of the training is saved, so that `--resume` goes on with it: `500steps`, `30s`, `1epoch`, or
        /// `none` [default: auto, every 60 s and at ends of epochs]
        checkpoint_every: CheckpointEvery, flag Flag::text("INTERVAL").under(LEARNING);

        /// Write the figures for TensorBoard into the run's tensorboard folder [default: false]
        tensorboard: bool, flag Flag::switch().under(LEARNING);
    }
}

impl GivenCallbacks {
    /// The same fit with these callbacks, whose files lie in `run`.
    ///
    /// # Errors
    /// A callback that cannot be.
    pub fn applied_to(&self, fit: Fit, run: Option<&RunDirectory>) -> Result<Fit, TrainError> {
        let mut fit = fit;
        let every = self.checkpoint_every.unwrap_or_default();
        if let Some(checkpoints) = every.checkpoints().filter(|_| run.is_some()) {
            fit = fit.with_checkpoints(checkpoints);
        }
        let plateau = self.reduce_lr_on_plateau.clone().unwrap_or_default();
        if let Some(plateau) = plateau.callback()? {
            fit = fit.with_callback(plateau);
        }
        if let Some(checkpoint) = self.checkpoint.unwrap_or_default().callback()? {
            fit = fit.with_callback(checkpoint);
        }
        if let Some(run) = run.filter(|_| self.tensorboard == Some(true)) {
            fit = fit.with_callback(TensorBoard::new(run.file(RunDirectory::TENSORBOARD)));
        }
        if let Some(stopping) = self
            .early_stopping
            .as_ref()
            .and_then(StoppingRule::callback)
        {
            fit = fit.with_callback(stopping);
        }
        Ok(fit)
    }

    /// Whether a flag says what this callback of a model file says.
    pub fn replaces(&self, callback: &NamedCallback) -> bool {
        match callback {
            NamedCallback::EarlyStopping(_) => self.early_stopping.is_some(),
            NamedCallback::ReduceLrOnPlateau(_) => self.reduce_lr_on_plateau.is_some(),
            NamedCallback::ModelCheckpoint(_) => self.checkpoint.is_some(),
            NamedCallback::TensorBoard(_) => self.tensorboard.is_some(),
            _ => false,
        }
    }

    /// What is asked for, without what says that there is to be none.
    #[must_use = "returns the changed settings"]
    pub fn without_none(mut self) -> Self {
        self.early_stopping
            .take_if(|rule| *rule == StoppingRule::Never);
        self.reduce_lr_on_plateau
            .take_if(|plateau| *plateau == Plateau::None);
        self.checkpoint
            .take_if(|rule| *rule == CheckpointRule::None);
        self.checkpoint_every
            .take_if(|every| *every == CheckpointEvery::Auto);
        self.tensorboard.take_if(|is_asked_for| !*is_asked_for);
        self
    }
}
