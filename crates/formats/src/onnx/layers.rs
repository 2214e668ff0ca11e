//! What each kind of layer is in operators, a family a file.

mod activation;
mod attention;
mod attention_mask;
mod cell;
mod convolution;
mod dense;
mod embedding;
mod global_pooling;
mod masking;
mod merging;
mod merging_mask;
mod normalization;
mod pooling;
mod recurrent;
mod recurrent_mask;
mod shaping;
mod single_attention;
mod softmax;
mod spectral_normalization;
mod time_distributed;
mod transposed_convolution;
mod window;

use super::layer_call::LayerCall;
use super::value::Value;
use crate::error::FormatProblem;

const UNKNOWN: &str = "it is not written by operators of ONNX; save the network as .keras, or take the layer out of it";

/// Writes a layer that is no network.
///
/// # Errors
/// A layer that ONNX has no operators for.
pub(super) fn written(
    call: &mut LayerCall<'_>,
    mut inputs: Vec<Value>,
) -> Result<Vec<Value>, FormatProblem> {
    if call.layer.class_name() != "Embedding" {
        for x in inputs.iter_mut().filter(|x| x.is_int) {
            x.name = embedding::as_floats(call, &x.name);
            x.is_int = false;
        }
    }
    let class_name = call.layer.class_name();
    match class_name {
        "Bidirectional" => return recurrent::both_directions(call, &inputs),
        "LSTM" | "GRU" | "SimpleRNN" | "RNN" => return recurrent::recurrent(call, &inputs),
        "MultiHeadAttention" | "GroupQueryAttention" => return attention::heads(call, &inputs),
        "Attention" | "AdditiveAttention" => return single_attention::attention(call, &inputs),
        "Add" | "Average" | "Maximum" | "Minimum" | "Multiply" | "Subtract" => {
            return Ok(vec![merging::elementwise(call, &inputs)?]);
        }
        "Concatenate" => return Ok(vec![merging::concatenate(call, &inputs)?]),
        "Dot" => return Ok(vec![merging::dot(call, &inputs)?]),
        _ => {}
    }
    let Ok([x]) = <[Value; 1]>::try_from(inputs) else {
        return Err(call.refused(UNKNOWN));
    };
    let y = match class_name {
        // What draws in training or adds to the loss does nothing afterwards.
        "ActivityRegularization"
        | "AlphaDropout"
        | "Dropout"
        | "GaussianDropout"
        | "GaussianNoise"
        | "Identity"
        | "SpatialDropout1D"
        | "SpatialDropout2D"
        | "SpatialDropout3D" => x,
        "Activation" | "ELU" | "LeakyReLU" | "ReLU" => activation::layer(call, &x)?,
        "PReLU" => activation::parametric(call, &x)?,
        "Softmax" => softmax::layer(call, &x)?,
        "Dense" => dense::dense(call, &x)?,
        "EinsumDense" => dense::einsum(call, &x)?,
        "Embedding" => embedding::embedding(call, &x)?,
        "ReversibleEmbedding" => embedding::reversible(call, &x)?,
        "Conv1D" | "Conv2D" | "Conv3D" => convolution::convolution(call, &x)?,
        "DepthwiseConv1D" | "DepthwiseConv2D" => convolution::depthwise(call, &x)?,
        "SeparableConv1D" | "SeparableConv2D" => convolution::separable(call, &x)?,
        "Conv1DTranspose" | "Conv2DTranspose" | "Conv3DTranspose" => {
            transposed_convolution::transposed(call, &x)?
        }
        "MaxPooling1D" | "MaxPooling2D" | "MaxPooling3D" => pooling::maxima(call, &x)?,
        "AveragePooling1D" | "AveragePooling2D" | "AveragePooling3D" => {
            pooling::averages(call, &x)?
        }
        "GlobalMaxPooling1D" | "GlobalMaxPooling2D" | "GlobalMaxPooling3D" => {
            global_pooling::global(call, &x, "ReduceMax")?
        }
        "GlobalAveragePooling1D" | "GlobalAveragePooling2D" | "GlobalAveragePooling3D" => {
            global_pooling::global(call, &x, "ReduceMean")?
        }
        "AdaptiveMaxPooling1D" | "AdaptiveMaxPooling2D" | "AdaptiveMaxPooling3D" => {
            global_pooling::adaptive(call, &x, "ReduceMax")?
        }
        "AdaptiveAveragePooling1D" | "AdaptiveAveragePooling2D" | "AdaptiveAveragePooling3D" => {
            global_pooling::adaptive(call, &x, "ReduceMean")?
        }
        "BatchNormalization" => normalization::batch(call, &x)?,
        "LayerNormalization" => normalization::layer(call, &x)?,
        "GroupNormalization" => normalization::group(call, &x)?,
        "RMSNormalization" => normalization::root_mean_square(call, &x)?,
        "UnitNormalization" => normalization::unit(call, &x)?,
        "Normalization" => normalization::by_statistics(call, &x)?,
        "Rescaling" => normalization::rescaling(call, &x)?,
        "Masking" => masking::masking(call, &x)?,
        "Flatten" => shaping::flatten(call, &x),
        "Reshape" => shaping::reshape(call, &x)?,
        "Permute" => shaping::permute(call, &x)?,
        "RepeatVector" => shaping::repeat_vector(call, &x)?,
        "Cropping1D" | "Cropping2D" | "Cropping3D" => shaping::cropping(call, &x)?,
        "ZeroPadding1D" | "ZeroPadding2D" | "ZeroPadding3D" => shaping::zero_padding(call, &x)?,
        "UpSampling1D" | "UpSampling2D" | "UpSampling3D" => shaping::up_sampling(call, &x)?,
        "SpectralNormalization" => spectral_normalization::divided(call, x)?,
        "TimeDistributed" => time_distributed::time_distributed(call, &x)?,
        _ => return Err(call.refused(UNKNOWN)),
    };
    Ok(vec![y])
}
