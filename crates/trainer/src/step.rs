//! What a training does with a batch: it moves the weights and gives figures.

mod autodiff;
mod judge;
mod output;
mod proof;

pub(crate) use autodiff::AutodiffStep;
pub(crate) use judge::judge;
pub(crate) use output::StepOutput;
pub(crate) use proof::are_finite;
