//! What the dropouts of whole channels have in common.

use burn::tensor::Tensor;
use firebrick_tensor::AnyTensor;

use super::dropout::check_rate;
use super::noise_shape::NoiseShape;
use crate::layer::{Call, HostDrawn, HostForm, Numbers};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;

/// Checks rate and shape; `expected` are the axes of a sample in words.
pub(super) fn check(rate: f64, input: &Shape, expected: &[&str]) -> Result<Shape, LayerProblem> {
    check_rate(rate)?;
    if input.rank() != expected.len() {
        let expected = format!("[{}]", expected.join(", "));
        return Err(LayerProblem::input(
            expected,
            "place it before the layer that flattens, or put a Reshape in front of it",
        ));
    }
    Ok(input.clone())
}

/// The same over plain memory.
pub(super) fn dropped_on_host(rate: f64, seed: Option<u64>, input: &Shape) -> Option<HostForm> {
    if rate <= 0.0 {
        return Some(HostForm::unchanged());
    }
    let mut by_channel = vec![Some(1); input.rank() + 1];
    by_channel[0] = None;
    *by_channel.last_mut()? = None;
    let drawn = HostDrawn {
        numbers: Numbers::Dropout { rate },
        seed,
        spread: NoiseShape::spread(Some(&NoiseShape::new(by_channel)), input)?,
    };
    Some(HostForm::times_drawn(input.num_elements()?, drawn))
}

/// In training, zeroes whole channels of `[batch_size, ..., channels]`.
pub(super) fn dropped<const D: usize>(
    x: AnyTensor,
    rate: f64,
    seed: Option<u64>,
    call: &Call,
) -> AnyTensor
where
    AnyTensor: From<Tensor<D>>,
{
    let Some(draws) = call.draws().filter(|_| rate > 0.0) else {
        return x;
    };
    let x = x.expect_channels_first::<D>();
    let mut shape = [1; D];
    shape[..2].copy_from_slice(&x.dims()[..2]);
    let factors = draws.with_seed(seed).dropout(shape, rate, &x.device());
    AnyTensor::from_channels_first(x * factors)
}
