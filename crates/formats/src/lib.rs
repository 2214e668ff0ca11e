//! Models in the files of others: Keras and safetensors.
//!
//! It stands apart from `firebrick-model`, so that an app that reads the framework's own files depends on none of this.

mod error;
mod format;
pub mod keras;
pub mod safetensors;

pub use error::{FormatError, FormatProblem};
pub use format::Format;
