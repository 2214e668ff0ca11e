use firebrick_host::Kernel;
use firebrick_host::kernels::{Elementwise, Glu, LogSoftmax, Softmax, Sparsemax};

use crate::activation::Activation;
use crate::single::single;

/// An activation over rows of which `len` floats leave, whose last axis has `last`; nothing for one that changes nothing.
pub(crate) fn activation_kernel(
    activation: Activation,
    len: usize,
    last: usize,
) -> Option<Box<dyn Kernel>> {
    let kernel = match activation {
        Activation::Linear => return None,
        Activation::Softmax => return Some(Softmax::new(len, last).into()),
        Activation::LogSoftmax => return Some(LogSoftmax::new(len, last).into()),
        Activation::Sparsemax => return Some(Sparsemax::new(len, last).into()),
        Activation::Glu => return Some(Glu::new(len, last).into()),
        Activation::Sigmoid => Elementwise::sigmoid(len),
        Activation::Relu => Elementwise::relu(len),
        Activation::Tanh => Elementwise::tanh(len),
        Activation::Gelu => Elementwise::gelu(len),
        Activation::GeluApproximate => Elementwise::gelu_approximate(len),
        Activation::Silu => Elementwise::silu(len),
        Activation::Elu { alpha } => Elementwise::elu(len, single(alpha)),
        Activation::Celu => Elementwise::elu(len, 1.0),
        Activation::Selu => Elementwise::selu(len),
        Activation::LeakyRelu { negative_slope } => {
            Elementwise::leaky_relu(len, single(negative_slope))
        }
        // At the threshold its slope is not 0.
        Activation::BentRelu {
            max_value: None,
            negative_slope,
            threshold: 0.0,
        } => Elementwise::leaky_relu(len, single(negative_slope)),
        Activation::BentRelu {
            max_value,
            negative_slope,
            threshold,
        } => {
            let max_value = max_value.map_or(f32::INFINITY, single);
            Elementwise::bent_relu(len, single(threshold), single(negative_slope), max_value)
        }
        Activation::Threshold {
            threshold,
            default_value,
        } => Elementwise::threshold(len, single(threshold), single(default_value)),
        Activation::Mish => Elementwise::mish(len),
        Activation::Softplus => Elementwise::softplus(len),
        Activation::Softsign => Elementwise::softsign(len),
        Activation::Exponential => Elementwise::exponential(len),
        Activation::HardSigmoid => Elementwise::hard_sigmoid(len),
        Activation::HardSilu => Elementwise::hard_silu(len),
        Activation::HardTanh => Elementwise::hard_tanh(len),
        Activation::Relu6 => Elementwise::relu6(len),
        Activation::LogSigmoid => Elementwise::log_sigmoid(len),
        Activation::SoftShrink => Elementwise::soft_shrink(len),
        Activation::HardShrink => Elementwise::hard_shrink(len),
        Activation::SparsePlus => Elementwise::sparse_plus(len),
        Activation::SparseSigmoid => Elementwise::sparse_sigmoid(len),
        Activation::Squareplus => Elementwise::squareplus(len),
        Activation::TanhShrink => Elementwise::tanh_shrink(len),
    };
    Some(kernel.into())
}
