//! The list of all layers: a new one is a file of its own, its lines in `layers.rs` and its name here.

use super::registry::Entry;
#[allow(clippy::wildcard_imports, reason = "the list is of all layers")]
use super::*;
use crate::graph::{Graph, Sequential};

/// Writes the table of the kinds of layers.
macro_rules! known_layers {
    ($($layer:ident),+ $(,)?) => {
        pub(super) const KNOWN: &[Entry] = &[
            $(Entry::of::<$layer>(),)+
            // Networks within networks.
            Entry::of::<Graph>(),
            Entry::of::<Sequential>(),
        ];
    };
}

known_layers!(
    Activation,
    ActivityRegularization,
    Add,
    AdditiveAttention,
    AlphaDropout,
    Attention,
    Average,
    AveragePooling1D,
    AveragePooling2D,
    BatchNormalization,
    Bidirectional,
    Concatenate,
    Conv1D,
    Conv2D,
    ConvLSTM1D,
    ConvLSTM2D,
    Cropping1D,
    Cropping2D,
    Cropping3D,
    Dense,
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
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    GroupNormalization,
    GroupQueryAttention,
    Identity,
    LSTM,
    LSTMCell,
    Lambda,
    LayerNormalization,
    LeakyReLU,
    Masking,
    MaxPooling1D,
    MaxPooling2D,
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
    SimpleRNN,
    SimpleRNNCell,
    Softmax,
    SpatialDropout1D,
    SpatialDropout2D,
    SpatialDropout3D,
    SpectralNormalization,
    StackedRNNCells,
    Subtract,
    TimeDistributed,
    UnitNormalization,
    UpSampling1D,
    UpSampling2D,
    UpSampling3D,
    ZeroPadding1D,
    ZeroPadding2D,
    ZeroPadding3D,
);
