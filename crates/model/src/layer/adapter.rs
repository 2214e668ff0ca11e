//! A product of low rank that is added to a weight.

use burn::tensor::Tensor;
use firebrick_tensor::AnyTensor;

/// Which weights of a layer are multiplied, by which factor, and added to which.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Adapter {
    pub(crate) weight: String,
    pub(crate) a: String,
    pub(crate) b: String,
    pub(crate) scale: f64,
}

impl Adapter {
    /// The same of a part of the layer.
    pub(crate) fn within(self, part: &str) -> Self {
        let within = |name: String| format!("{part}/{name}");
        Self {
            weight: within(self.weight),
            a: within(self.a),
            b: within(self.b),
            scale: self.scale,
        }
    }

    /// `weight + scale · a · b`, in the weight's shape.
    pub(crate) fn applied(&self, weight: AnyTensor, a: AnyTensor, b: AnyTensor) -> AnyTensor {
        let shape = weight.shape();
        let outputs = shape.last().copied().unwrap_or(1);
        let inputs = shape.iter().product::<usize>() / outputs.max(1);
        let rank = b.shape()[0];
        let a: Tensor<2> = a.reshaped(&[inputs, rank]).expect_rank();
        let b: Tensor<2> = b.expect_rank();
        let weight: Tensor<2> = weight.reshaped(&[inputs, outputs]).expect_rank();
        AnyTensor::from(weight + a.matmul(b) * self.scale).reshaped(&shape)
    }
}
