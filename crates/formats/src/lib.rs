//! Models in the files of others: Keras, safetensors and ONNX.
//!
//! It stands apart from `firebrick-model`, so that an app that reads the framework's own files depends on none of this.

mod blocks;
mod error;
mod format;
pub mod keras;
pub mod onnx;
pub mod safetensors;
mod weight_names;
mod whole_file;

pub use error::{FormatError, FormatProblem};
pub use format::Format;
