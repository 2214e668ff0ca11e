//! The axis along which a cross-entropy finds its classes.

use firebrick_model::AnyTensor;

use crate::error::TrainError;

/// That of outputs with channels last, as Keras counts: that of the batch is 0.
pub(crate) const LAST: i64 = -1;

/// Which axis of a sample has the classes, counted from 0; `None` for the last one.
///
/// # Errors
/// An axis that samples of this shape do not have.
pub(crate) fn of_sample(axis: i64, shape: &[usize]) -> Result<Option<usize>, TrainError> {
    let count = shape.len();
    let rank = i64::try_from(count).unwrap_or(i64::MAX - 1) + 1;
    let counted = if axis < 0 { axis + rank } else { axis };
    match usize::try_from(counted) {
        // Samples of a single number have no axis, and one column.
        Ok(0 | 1) if count == 0 && axis == LAST => Ok(None),
        Ok(own @ 1..) if own == count => Ok(None),
        Ok(own @ 1..) if own < count => Ok(Some(own - 1)),
        _ => Err(TrainError::Setting {
            setting: "axis",
            expected: "an axis of the outputs behind that of the batch, counted with it; -1 is the last one",
            received: format!("{axis} with outputs of shape {shape:?} a sample"),
        }),
    }
}

/// The shape of a sample with this axis last.
pub(crate) fn shape_with_last(shape: &[usize], axis: Option<usize>) -> Vec<usize> {
    let mut shape = shape.to_vec();
    if let Some(axis) = axis {
        let classes = shape.remove(axis);
        shape.push(classes);
    }
    shape
}

/// A batch of samples with this axis of a sample last.
pub(crate) fn batch_with_last(values: AnyTensor, axis: Option<usize>) -> AnyTensor {
    let Some(axis) = axis else {
        return values;
    };
    let mut order: Vec<usize> = (0..values.rank()).collect();
    let classes = order.remove(axis + 1);
    order.push(classes);
    values.permuted(&order)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_is_counted_with_the_batch_and_from_the_end() {
        for (axis, shape, expected) in [
            (-1, &[3, 4][..], None),
            (2, &[3, 4], None),
            (1, &[3, 4], Some(0)),
            (-2, &[3, 4], Some(0)),
            (-2, &[3, 4, 5], Some(1)),
            (1, &[3], None),
            (-1, &[], None),
        ] {
            assert_eq!(
                of_sample(axis, shape).unwrap(),
                expected,
                "{axis} {shape:?}"
            );
        }
        for (axis, shape) in [(0, &[3, 4][..]), (3, &[3, 4]), (-3, &[3, 4]), (-2, &[3])] {
            let message = of_sample(axis, shape).unwrap_err().to_string();
            assert!(message.starts_with("axis is "), "{message}");
        }
    }

    #[test]
    fn the_axis_of_a_shape_goes_to_its_end() {
        assert_eq!(shape_with_last(&[3, 4, 5], Some(0)), [4, 5, 3]);
        assert_eq!(shape_with_last(&[3, 4, 5], Some(1)), [3, 5, 4]);
        assert_eq!(shape_with_last(&[3, 4, 5], None), [3, 4, 5]);
    }
}
