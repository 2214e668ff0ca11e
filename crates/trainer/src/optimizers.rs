//! Keras' update rules as Burn optimizers, one a file.

mod adam;
mod sgd;

pub(crate) use adam::Adam;
pub(crate) use sgd::Sgd;
