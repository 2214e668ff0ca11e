//! A training in a file: network, loss, optimizer and the settings of the fit, read from TOML.
//!
//! A crate of its own because a training needs none of it: what is read here becomes a
//! [`Compile`](firebrick_trainer::Compile) and a [`Fit`](firebrick_trainer::Fit), which a program can just as well write
//! down itself.

mod error;
mod model_file;

pub use error::RecipeError;
pub use model_file::{CompileSettings, ModelFile, ModelFileProblem};
