//! The kernels there are.

mod batch_normalization;
mod channels;
mod convolution;
mod dense;
mod depthwise;
mod elementwise;
mod embedding;
mod gather;
mod glu;
mod grouped;
mod merge;
mod pooling;
mod prelu;
mod scale;
mod softmax;
mod standardize;

pub use batch_normalization::BatchNormalization;
pub use channels::{Affine, ScaleAndShift};
pub use convolution::Convolution;
pub use dense::Dense;
pub use depthwise::DepthwiseConvolution;
pub use elementwise::Elementwise;
pub use embedding::Embedding;
pub use gather::Gather;
pub use glu::Glu;
pub use grouped::GroupedConvolution;
pub use merge::{Concatenate, Extreme, Product, Sum};
pub use pooling::{AveragePooling, MaxPooling};
pub use prelu::Prelu;
pub use scale::{ByDrawn, PlusDrawn};
pub use softmax::{LogSoftmax, Softmax, Sparsemax};
pub use standardize::Standardize;
