//! Functions of some axes of a batch, written for rows.

use burn::tensor::Tensor;
use firebrick_tensor::{AnyTensor, Axes};

use crate::layer::HostForm;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;

/// Those axes of a batch of samples that `axis` names, in ascending order; the batch axis, 0, cannot be among them.
pub(super) fn sample_axes(axis: &Axes, input: &Shape) -> Result<Vec<usize>, LayerProblem> {
    axis.within(input.rank() + 1)
        .filter(|axes| !axes.is_empty() && !axes.contains(&0))
        .ok_or_else(|| {
            let expected = format!(
                "one or more of the axes 1 to {} (0 is the batch)",
                input.rank()
            );
            LayerProblem::argument("axis", expected, axis)
        })
}

/// The sizes of these axes of a batch.
pub(super) fn sizes_of(axes: &[usize], input: &Shape) -> Result<Vec<usize>, LayerProblem> {
    let sizes: Shape = axes.iter().map(|axis| input.axes()[axis - 1]).collect();
    sizes.known()
}

/// Applies a function of `[rows, elements]` that keeps the shape to a batch: these axes of it, in ascending order, are the
/// elements of a row, all others the rows.
pub(super) fn over_axes(
    x: AnyTensor,
    axes: &[usize],
    function: impl FnOnce(Tensor<2>) -> Tensor<2>,
) -> AnyTensor {
    let shape = x.shape();
    let kept = (0..shape.len()).filter(|axis| !axes.contains(axis));
    let order: Vec<usize> = kept.chain(axes.iter().copied()).collect();
    let turned: Vec<usize> = order.iter().map(|&axis| shape[axis]).collect();
    let (rows, row) = turned.split_at(shape.len() - axes.len());
    let sizes = [rows, row].map(|sizes| sizes.iter().product());
    let x = x.permuted(&order).reshaped(&sizes).expect_rank::<2>();
    let mut inverse = vec![0; order.len()];
    for (place, &axis) in order.iter().enumerate() {
        inverse[axis] = place;
    }
    AnyTensor::from(function(x))
        .reshaped(&turned)
        .permuted(&inverse)
}

/// A form that reads `[rows, elements]` of these axes, from how many floats a sample has and how many elements a row: turned
/// and back where they are not the last ones.
pub(super) fn over_axes_on_host(
    axis: &Axes,
    input: &Shape,
    form: impl FnOnce(usize, usize) -> HostForm,
) -> Option<HostForm> {
    let sizes = input.known().ok()?;
    let own = sample_axes(axis, input).ok()?;
    let own: Vec<usize> = own.iter().map(|place| place - 1).collect();
    let kept = (0..sizes.len()).filter(|place| !own.contains(place));
    let order: Vec<usize> = kept.chain(own.iter().copied()).collect();
    let turned: Vec<usize> = order.iter().map(|&place| sizes[place]).collect();
    let mut inverse = vec![0; order.len()];
    for (index, &place) in order.iter().enumerate() {
        inverse[place] = index;
    }
    let size = own.iter().map(|&place| sizes[place]).product();
    let form = form(sizes.iter().product(), size);
    let there = HostForm::turning(&sizes, &order)?;
    let back = HostForm::turning(&turned, &inverse)?;
    Some(there.followed_by(form).followed_by(back))
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    #[test]
    fn the_elements_of_a_row_are_those_along_the_axes() {
        let values: Vec<f32> = (0..12_u8).map(f32::from).collect();
        let x = Tensor::<1>::from_floats(&values[..], &Device::flex()).reshape([2, 3, 2]);
        for (axes, expected) in [
            (&[1][..], [[0.0, 2.0, 4.0], [1.0, 3.0, 5.0]].concat()),
            (&[2], (0..6_u8).map(f32::from).collect()),
            (&[1, 2], (0..6_u8).map(f32::from).collect()),
        ] {
            let y = over_axes(x.clone().into(), axes, |rows| {
                let row: Vec<f32> = rows.clone().into_data().iter().collect();
                assert_eq!(row[..6], expected);
                rows
            });
            assert_eq!(
                (y.shape(), y.into_vec().unwrap()),
                (vec![2, 3, 2], values.clone())
            );
        }
    }
}
