//! The callbacks that a training's settings ask for.

use firebrick::callbacks::TensorBoard;
use firebrick::training::{Fit, RunDirectory, TrainError};

use crate::train_settings::TrainSettings;

/// The same fit with the callbacks of these settings, whose files lie in `run`.
pub(crate) fn with_callbacks(
    fit: Fit,
    settings: &TrainSettings,
    run: Option<&RunDirectory>,
) -> Result<Fit, TrainError> {
    let mut fit = fit;
    if let Some(plateau) = settings.reduce_lr_on_plateau.callback()? {
        fit = fit.with_callback(plateau);
    }
    if let Some(checkpoint) = settings.checkpoint.callback()? {
        fit = fit.with_callback(checkpoint);
    }
    if let Some(run) = run.filter(|_| settings.tensorboard) {
        fit = fit.with_callback(TensorBoard::new(run.file(RunDirectory::TENSORBOARD)));
    }
    if let Some(stopping) = settings.early_stopping.callback() {
        fit = fit.with_callback(stopping);
    }
    Ok(fit)
}
