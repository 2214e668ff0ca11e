//! The kernels there are.

mod convolution;
mod dense;
mod elementwise;
mod merge;
mod pooling;
mod scale;
mod softmax;

pub use convolution::Convolution;
pub use dense::Dense;
pub use elementwise::Elementwise;
pub use merge::{Concatenate, Sum};
pub use pooling::{AveragePooling, MaxPooling};
pub use scale::ByDrawn;
pub use softmax::Softmax;
