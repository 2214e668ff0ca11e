use burn::tensor::Tensor;

/// The same numbers without a way back to gradients.
pub(crate) fn detached<const D: usize>(tensor: Tensor<D>) -> Tensor<D> {
    if tensor.is_autodiff() {
        tensor.inner()
    } else {
        tensor
    }
}
