//! Which function takes over which operator.

use super::node_call::{Given, NodeCall};
use super::operators::{
    activation, arithmetic, batch_normalization, clip, concatenate, constant, convolution, dense,
    embedding, flatten, gaussian_error, global_pooling, layer_normalization, merging, padding,
    parametric, passing, pooling, recurrent, reshape, resize, sample_normalization, shape, slice,
    softmax, squeeze, threshold, transpose, transposed_convolution,
};

/// What makes layers of a node.
pub(super) type Function = fn(&mut NodeCall<'_, '_>) -> Given;

/// In the order of their names.
const OPERATORS: &[(&str, Function)] = &[
    ("Add", arithmetic::add),
    ("AveragePool", pooling::averages),
    ("BatchNormalization", batch_normalization::batch),
    ("Cast", passing::cast),
    ("Celu", activation::celu),
    ("Clip", clip::clip),
    ("Concat", concatenate::concatenate),
    ("Constant", constant::constant),
    ("ConstantOfShape", constant::constant_of_shape),
    ("Conv", convolution::convolution),
    ("ConvTranspose", transposed_convolution::transposed),
    ("Div", arithmetic::divide),
    ("Dropout", passing::dropout),
    ("Elu", activation::elu),
    ("Erf", gaussian_error::error_function),
    ("Exp", activation::function),
    ("Expand", constant::expand),
    ("Flatten", flatten::flatten),
    ("GRU", recurrent::recurrent),
    ("Gather", embedding::gather),
    ("Gelu", activation::gelu),
    ("Gemm", dense::gemm),
    ("GlobalAveragePool", global_pooling::averages),
    ("GlobalMaxPool", global_pooling::maxima),
    ("Greater", threshold::greater),
    ("GroupNormalization", sample_normalization::group),
    ("HardSigmoid", activation::hard_sigmoid),
    ("HardSwish", activation::function),
    ("Identity", passing::identity),
    ("InstanceNormalization", sample_normalization::instance),
    ("LSTM", recurrent::recurrent),
    ("LayerNormalization", layer_normalization::layer),
    ("LeakyRelu", activation::leaky),
    ("LogSoftmax", softmax::log),
    ("MatMul", dense::product),
    ("Max", merging::maximum),
    ("MaxPool", pooling::maxima),
    ("Mean", merging::average),
    ("Min", merging::minimum),
    ("Mish", activation::function),
    ("Mul", arithmetic::multiply),
    ("Neg", arithmetic::negative),
    ("PRelu", parametric::parametric),
    ("Pad", padding::pad),
    ("RNN", recurrent::recurrent),
    ("ReduceMax", global_pooling::reduced_maxima),
    ("ReduceMean", global_pooling::reduced_averages),
    ("Relu", activation::function),
    ("Reshape", reshape::reshape),
    ("Resize", resize::resize),
    ("Selu", activation::selu),
    ("Shape", shape::shape),
    ("Shrink", activation::shrink),
    ("Sigmoid", activation::function),
    ("Slice", slice::slice),
    ("Softmax", softmax::softmax),
    ("Softplus", activation::function),
    ("Softsign", activation::function),
    ("Split", slice::split),
    ("Squeeze", squeeze::squeeze),
    ("Sub", arithmetic::subtract),
    ("Sum", merging::sum),
    ("Swish", activation::swish),
    ("Tanh", activation::function),
    ("ThresholdedRelu", activation::thresholded),
    ("Transpose", transpose::transpose),
    ("Unsqueeze", squeeze::unsqueeze),
    ("Upsample", resize::resize),
    ("Where", threshold::chosen),
];

/// The function for an operator, if there is one.
pub(super) fn find(operator: &str) -> Option<Function> {
    let place = OPERATORS
        .binary_search_by_key(&operator, |(name, _)| *name)
        .ok()?;
    Some(OPERATORS[place].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_is_found() {
        assert!(OPERATORS.is_sorted_by_key(|(name, _)| *name));
        for (name, _) in OPERATORS {
            assert!(find(name).is_some(), "{name}");
        }
        assert!(find("Loop").is_none());
    }
}
