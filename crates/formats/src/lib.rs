//! Models in the files of others: Keras, PyTorch, safetensors and ONNX.
//!
//! It stands apart from `firebrick-model`, so that an app that reads the framework's own files depends on none of this.

mod blocks;
mod counterparts;
mod error;
mod format;
pub mod keras;
mod mapping;
mod numbers;
pub mod onnx;
pub mod pytorch;
pub mod safetensors;
mod stored_tensor;
mod weight_names;
mod whole_file;

pub use error::{FormatError, FormatProblem};
pub use format::Format;
pub use mapping::{Mapping, NameTable};
pub use stored_tensor::TensorInfo;
