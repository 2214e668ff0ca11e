use burn::tensor::Tensor;

/// The steps one by one.
///
/// The gradient of a slice is as large as what it was cut from, so that cutting every step from the whole would cost the
/// square of their number: it is halved until little is left.
///
/// # Shapes
/// - input: `[steps, batch_size, features]`
/// - output: `[batch_size, features]` each
pub(crate) fn unstacked(steps: Tensor<3>) -> Vec<Tensor<2>> {
    let [num_steps, samples, features] = steps.dims();
    match num_steps {
        0 => Vec::new(),
        1 => vec![steps.reshape([samples, features])],
        _ => {
            let half = num_steps / 2;
            let mut first = unstacked(steps.clone().slice_dim(0, 0..half));
            first.extend(unstacked(steps.slice_dim(0, half..num_steps)));
            first
        }
    }
}

/// Equal parts of the columns.
pub(crate) fn gates<const N: usize>(columns: &Tensor<2>) -> [Tensor<2>; N] {
    let [_, width] = columns.dims();
    let units = width / N;
    std::array::from_fn(|gate| {
        columns
            .clone()
            .slice_dim(1, gate * units..(gate + 1) * units)
    })
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    #[test]
    fn steps_come_in_their_order_with_their_gradients() {
        let device = Device::flex().autodiff();
        let values: Vec<f32> = (0..14_u8).map(f32::from).collect();
        let x = Tensor::<1>::from_floats(&values[..], &device).reshape([7, 1, 2]);
        let x = x.require_grad();
        let steps = unstacked(x.clone());
        assert_eq!(steps.len(), 7);
        let first: Vec<f32> = steps[3].clone().into_data().iter().collect();
        assert_eq!(first, [6.0, 7.0]);
        let weighted = steps
            .into_iter()
            .zip(0_u8..)
            .map(|(step, index)| step * f32::from(index));
        let sum = Tensor::cat(weighted.collect(), 0).sum();
        let gradient = x.grad(&sum.backward()).unwrap();
        let gradient: Vec<f32> = gradient.into_data().iter().collect();
        let expected: Vec<f32> = (0..14_u8).map(|place| f32::from(place / 2)).collect();
        assert_eq!(gradient, expected);
    }
}
