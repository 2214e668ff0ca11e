//! The list of all layers: a new one is a file of its own, its lines in `layers.rs` and its name here.
//!
//! A program that is to be small leaves the feature `all-layers` out and registers those that its network has: what nobody names
//! is not linked.

use super::register::Entry;
#[cfg(feature = "all-layers")]
#[allow(clippy::wildcard_imports, reason = "the list is of all layers")]
use super::*;
use crate::graph::{Graph, Sequential};

/// Writes the table of the kinds of layers.
macro_rules! known_layers {
    ($($layer:ident),* $(,)?) => {
        pub(super) const KNOWN: &[Entry] = &[
            $(Entry::of::<$layer>(),)*
            // Networks within networks.
            Entry::of::<Graph>(),
            Entry::of::<Sequential>(),
        ];
    };
}

#[cfg(not(feature = "all-layers"))]
known_layers!();
#[cfg(feature = "all-layers")]
known_layers!(
    Activation,
    ActivityRegularization,
    AdaptiveAveragePooling1D,
    AdaptiveAveragePooling2D,
    AdaptiveAveragePooling3D,
    AdaptiveMaxPooling1D,
    AdaptiveMaxPooling2D,
    AdaptiveMaxPooling3D,
    Add,
    AdditiveAttention,
    AlphaDropout,
    Attention,
    Average,
    AveragePooling1D,
    AveragePooling2D,
    AveragePooling3D,
    BatchNormalization,
    Bidirectional,
    CategoryEncoding,
    Concatenate,
    Conv1D,
    Conv1DTranspose,
    Conv2D,
    Conv2DTranspose,
    Conv3D,
    Conv3DTranspose,
    ConvLSTM1D,
    ConvLSTM2D,
    ConvLSTM3D,
    Cropping1D,
    Cropping2D,
    Cropping3D,
    Dense,
    DepthwiseConv1D,
    DepthwiseConv2D,
    Discretization,
    Dot,
    Dropout,
    ELU,
    EinsumDense,
    Embedding,
    Flatten,
    GRU,
    GRUCell,
    GaussianDropout,
    GaussianNoise,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalAveragePooling3D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    GlobalMaxPooling3D,
    GroupNormalization,
    GroupQueryAttention,
    HashedCrossing,
    Hashing,
    Identity,
    IntegerLookup,
    LSTM,
    LSTMCell,
    Lambda,
    LayerNormalization,
    LeakyReLU,
    Masking,
    MaxPooling1D,
    MaxPooling2D,
    MaxPooling3D,
    Maximum,
    Minimum,
    MultiHeadAttention,
    Multiply,
    Normalization,
    PReLU,
    Permute,
    RMSNormalization,
    RNN,
    ReLU,
    RepeatVector,
    Rescaling,
    Reshape,
    ReversibleEmbedding,
    SeparableConv1D,
    SeparableConv2D,
    SimpleRNN,
    SimpleRNNCell,
    Softmax,
    SpatialDropout1D,
    SpatialDropout2D,
    SpatialDropout3D,
    SpectralNormalization,
    StackedRNNCells,
    StringLookup,
    Subtract,
    TextVectorization,
    TimeDistributed,
    UnitNormalization,
    UpSampling1D,
    UpSampling2D,
    UpSampling3D,
    WithMask,
    ZeroPadding1D,
    ZeroPadding2D,
    ZeroPadding3D,
);
