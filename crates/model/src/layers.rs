//! The layers of a network, with Keras' names, arguments and defaults.
//!
//! A module of its own, because some names (`Activation`, `Softmax`) mean a layer here and something
//! else outside.
//!
//! A layer is what [`Layer`] says; one of your own stands beside them. To add one here: a file, its two lines below and its
//! name in `known_layers.rs`.

mod activation;
mod activity_regularization;
mod adaptive_average_pooling1d;
mod adaptive_average_pooling2d;
mod adaptive_average_pooling3d;
mod adaptive_max_pooling1d;
mod adaptive_max_pooling2d;
mod adaptive_max_pooling3d;
mod adaptive_pooling;
mod add;
mod additive_attention;
mod alpha_dropout;
mod attention;
mod attention_weights;
mod average;
mod average_pooling1d;
mod average_pooling2d;
mod average_pooling3d;
mod batch_normalization;
mod bidirectional;
mod category_encoding;
mod checks;
mod concatenate;
mod conv1d;
mod conv1d_transpose;
mod conv2d;
mod conv2d_transpose;
mod conv3d;
mod conv3d_transpose;
mod conv_lstm;
mod conv_lstm1d;
mod conv_lstm2d;
mod conv_lstm3d;
mod convolution;
mod cropping;
mod cropping1d;
mod cropping2d;
mod cropping3d;
mod dense;
mod depthwise_conv1d;
mod depthwise_conv2d;
mod depthwise_convolution;
mod discretization;
mod dot;
mod dropout;
mod einsum_dense;
mod elu;
mod embedding;
mod extent;
mod flatten;
mod gaussian_dropout;
mod gaussian_noise;
mod global_average_pooling1d;
mod global_average_pooling2d;
mod global_average_pooling3d;
mod global_max_pooling1d;
mod global_max_pooling2d;
mod global_max_pooling3d;
mod global_pooling;
mod group_normalization;
mod group_query_attention;
mod gru;
mod gru_cell;
mod hashed_crossing;
mod hashing;
mod heads;
mod identity;
mod index_dtype;
mod index_lookup;
mod input_dtype;
mod integer_lookup;
mod interpolation;
mod known_layers;
mod lambda;
mod layer_normalization;
mod layer_weights;
mod leaky_relu;
mod lstm;
mod lstm_cell;
mod margins;
mod mask_steps;
mod max_pooling1d;
mod max_pooling2d;
mod max_pooling3d;
mod maximum;
mod merging;
mod minimum;
mod multi_head_attention;
mod multiply;
mod nested;
mod noise_shape;
mod normalization;
mod operators;
mod output_mode;
mod over_axes;
mod permute;
mod pooling;
mod prelu;
mod recurrent;
mod register;
mod relu;
mod repeat_vector;
mod rescaling;
mod reshape;
mod reversible_embedding;
mod rms_normalization;
mod rnn;
mod separable_conv1d;
mod separable_conv2d;
mod separable_convolution;
mod simple_rnn;
mod simple_rnn_cell;
mod size;
mod softmax;
mod spatial_dropout;
mod spatial_dropout1d;
mod spatial_dropout2d;
mod spatial_dropout3d;
mod spectral_normalization;
mod stacked_rnn_cells;
mod string_lookup;
mod subtract;
mod text_form;
mod text_vectorization;
mod time_distributed;
mod transposed_convolution;
mod unit_normalization;
mod up_sampling;
mod up_sampling1d;
mod up_sampling2d;
mod up_sampling3d;
mod window;
mod with_mask;
mod zero_padding;
mod zero_padding1d;
mod zero_padding2d;
mod zero_padding3d;

pub use crate::layer::Masking as MaskPolicy;
pub use crate::layer::{
    AnyLayer, Cell, CellSteps, HostForm, Layer, NewLayer, SharedLayer, WeightSpec,
};
pub use crate::layer_problem::LayerProblem;
pub use activation::Activation;
pub use activity_regularization::ActivityRegularization;
pub use adaptive_average_pooling1d::AdaptiveAveragePooling1D;
pub use adaptive_average_pooling2d::AdaptiveAveragePooling2D;
pub use adaptive_average_pooling3d::AdaptiveAveragePooling3D;
pub use adaptive_max_pooling1d::AdaptiveMaxPooling1D;
pub use adaptive_max_pooling2d::AdaptiveMaxPooling2D;
pub use adaptive_max_pooling3d::AdaptiveMaxPooling3D;
pub use add::Add;
pub use additive_attention::AdditiveAttention;
pub use alpha_dropout::AlphaDropout;
pub use attention::{Attention, ScoreMode};
pub use average::Average;
pub use average_pooling1d::AveragePooling1D;
pub use average_pooling2d::AveragePooling2D;
pub use average_pooling3d::AveragePooling3D;
pub use batch_normalization::{BatchNormalization, RenormClipping};
pub use bidirectional::{Bidirectional, MergeMode};
pub use category_encoding::CategoryEncoding;
pub use concatenate::Concatenate;
pub use conv_lstm1d::ConvLSTM1D;
pub use conv_lstm2d::ConvLSTM2D;
pub use conv_lstm3d::ConvLSTM3D;
pub use conv1d::Conv1D;
pub use conv1d_transpose::Conv1DTranspose;
pub use conv2d::Conv2D;
pub use conv2d_transpose::Conv2DTranspose;
pub use conv3d::Conv3D;
pub use conv3d_transpose::Conv3DTranspose;
pub use cropping1d::Cropping1D;
pub use cropping2d::Cropping2D;
pub use cropping3d::Cropping3D;
pub use dense::Dense;
pub use depthwise_conv1d::DepthwiseConv1D;
pub use depthwise_conv2d::DepthwiseConv2D;
pub use discretization::Discretization;
pub use dot::Dot;
pub use dropout::Dropout;
pub use einsum_dense::EinsumDense;
pub use elu::ELU;
pub use embedding::Embedding;
pub use firebrick_vocabulary::{Encoded, Split, Standardize};
pub use flatten::Flatten;
pub use gaussian_dropout::GaussianDropout;
pub use gaussian_noise::GaussianNoise;
pub use global_average_pooling1d::GlobalAveragePooling1D;
pub use global_average_pooling2d::GlobalAveragePooling2D;
pub use global_average_pooling3d::GlobalAveragePooling3D;
pub use global_max_pooling1d::GlobalMaxPooling1D;
pub use global_max_pooling2d::GlobalMaxPooling2D;
pub use global_max_pooling3d::GlobalMaxPooling3D;
pub use group_normalization::GroupNormalization;
pub use group_query_attention::GroupQueryAttention;
pub use gru::GRU;
pub use gru_cell::GRUCell;
pub use hashed_crossing::HashedCrossing;
pub use hashing::{Hashing, MaskValue};
pub use identity::Identity;
pub use index_lookup::Salt;
pub use input_dtype::InputDtype;
pub use integer_lookup::IntegerLookup;
pub use interpolation::Interpolation;
pub use lambda::Lambda;
pub use layer_normalization::LayerNormalization;
pub use leaky_relu::LeakyReLU;
pub use lstm::LSTM;
pub use lstm_cell::LSTMCell;
pub use margins::{Margins1D, Margins2D, Margins3D};
pub use mask_steps::Masking;
pub use max_pooling1d::MaxPooling1D;
pub use max_pooling2d::MaxPooling2D;
pub use max_pooling3d::MaxPooling3D;
pub use maximum::Maximum;
pub use minimum::Minimum;
pub use multi_head_attention::MultiHeadAttention;
pub use multiply::Multiply;
pub use normalization::Normalization;
pub use output_mode::OutputMode;
pub use permute::Permute;
pub use prelu::PReLU;
pub use register::register;
pub use relu::ReLU;
pub use repeat_vector::RepeatVector;
pub use rescaling::Rescaling;
pub use reshape::Reshape;
pub use reversible_embedding::ReversibleEmbedding;
pub use rms_normalization::RMSNormalization;
pub use rnn::RNN;
pub use separable_conv1d::SeparableConv1D;
pub use separable_conv2d::SeparableConv2D;
pub use simple_rnn::SimpleRNN;
pub use simple_rnn_cell::SimpleRNNCell;
pub use size::{Size1D, Size2D, Size3D};
pub use softmax::Softmax;
pub use spatial_dropout1d::SpatialDropout1D;
pub use spatial_dropout2d::SpatialDropout2D;
pub use spatial_dropout3d::SpatialDropout3D;
pub use spectral_normalization::SpectralNormalization;
pub use stacked_rnn_cells::StackedRNNCells;
pub use string_lookup::StringLookup;
pub use subtract::Subtract;
pub use text_vectorization::{Ngrams, TextVectorization};
pub use time_distributed::TimeDistributed;
pub use transposed_convolution::TransposedFit;
pub use unit_normalization::UnitNormalization;
pub use up_sampling1d::UpSampling1D;
pub use up_sampling2d::UpSampling2D;
pub use up_sampling3d::UpSampling3D;
pub use window::Padding;
pub use with_mask::WithMask;
pub use zero_padding1d::ZeroPadding1D;
pub use zero_padding2d::ZeroPadding2D;
pub use zero_padding3d::ZeroPadding3D;

// Defaults that several descriptions share.

fn linear_activation() -> crate::activation::Activation {
    crate::activation::Activation::Linear
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_keras_gives() {
        for (layer, name) in [
            (AnyLayer::from(Conv2D::new(1, 1)), "conv2d"),
            (MaxPooling2D::new(2).into(), "max_pooling2d"),
            (
                GlobalAveragePooling1D::new().into(),
                "global_average_pooling1d",
            ),
            (BatchNormalization::new().into(), "batch_normalization"),
            (ReLU::new().into(), "re_lu"),
            (LeakyReLU::new().into(), "leaky_re_lu"),
            (PReLU::new().into(), "p_re_lu"),
            (ELU::new().into(), "elu"),
            (UpSampling2D::new(2).into(), "up_sampling2d"),
            (ZeroPadding2D::new(1).into(), "zero_padding2d"),
            (RepeatVector::new(2).into(), "repeat_vector"),
        ] {
            assert_eq!(layer.default_name(), name);
        }
    }
}
