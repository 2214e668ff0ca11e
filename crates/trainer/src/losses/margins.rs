use burn::tensor::Tensor;

use crate::outputs::Outputs;

/// `max(1 - target · output, 0)`; targets that are all 0 or 1 become -1 and 1.
///
/// # Shapes
/// - targets, outputs and output: `[rows, columns]`
pub(super) fn margins(targets: Tensor<2>, outputs: &Outputs) -> Tensor<2> {
    (-signs(targets) * outputs.values() + 1.0).clamp_min(0.0)
}

/// `t + b · (t - 1)`, where `b` is 1 if all targets are 0 or 1, else 0: decided on the device.
fn signs(targets: Tensor<2>) -> Tensor<2> {
    let are_zero = targets.clone().equal_elem(0.0);
    let are_one = targets.clone().equal_elem(1.0);
    let is_binary = are_zero.bool_or(are_one).all().float().unsqueeze();
    targets.clone() + (targets - 1.0) * is_binary
}
