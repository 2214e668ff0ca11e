//! What programs keep their numbers in.

use std::fmt;

use burn::tensor::{Int, Tensor};
use firebrick_vocabulary::Encoded;
use ndarray::{ArrayBase, Data, Dimension};

use super::{ArrayData, Elements, Number};
use crate::array_error::ArrayError;

impl<T: Number> TryFrom<Vec<T>> for ArrayData {
    type Error = ArrayError;

    fn try_from(numbers: Vec<T>) -> Result<Self, ArrayError> {
        let shape = vec![numbers.len()];
        Self::new(T::elements(numbers), shape)
    }
}

impl<T: Number, const N: usize> TryFrom<[T; N]> for ArrayData {
    type Error = ArrayError;

    fn try_from(numbers: [T; N]) -> Result<Self, ArrayError> {
        numbers.to_vec().try_into()
    }
}

impl<T: Number> TryFrom<&[T]> for ArrayData {
    type Error = ArrayError;

    fn try_from(numbers: &[T]) -> Result<Self, ArrayError> {
        numbers.to_vec().try_into()
    }
}

impl<T: Number> TryFrom<Vec<Vec<T>>> for ArrayData {
    type Error = ArrayError;

    fn try_from(rows: Vec<Vec<T>>) -> Result<Self, ArrayError> {
        let width = rows.first().map_or(0, Vec::len);
        if let Some(row) = rows.iter().position(|row| row.len() != width) {
            return Err(ArrayError::Ragged {
                row,
                expected: width,
                received: rows[row].len(),
            });
        }
        let shape = vec![rows.len(), width];
        Self::new(T::elements(rows.concat()), shape)
    }
}

impl<T: Number, const N: usize> TryFrom<Vec<[T; N]>> for ArrayData {
    type Error = ArrayError;

    fn try_from(rows: Vec<[T; N]>) -> Result<Self, ArrayError> {
        let shape = vec![rows.len(), N];
        Self::new(T::elements(rows.concat()), shape)
    }
}

impl<T: Number, const N: usize, const M: usize> TryFrom<[[T; N]; M]> for ArrayData {
    type Error = ArrayError;

    fn try_from(rows: [[T; N]; M]) -> Result<Self, ArrayError> {
        Self::new(T::elements(rows.concat()), vec![M, N])
    }
}

impl<T: Number, S: Into<Vec<usize>>> TryFrom<(Vec<T>, S)> for ArrayData {
    type Error = ArrayError;

    fn try_from((numbers, shape): (Vec<T>, S)) -> Result<Self, ArrayError> {
        Self::new(T::elements(numbers), shape.into())
    }
}

impl<T, S, D> TryFrom<ArrayBase<S, D>> for ArrayData
where
    T: Number,
    S: Data<Elem = T>,
    D: Dimension,
{
    type Error = ArrayError;

    /// Without a copy where the array owns its numbers and has them in row-major order.
    fn try_from(array: ArrayBase<S, D>) -> Result<Self, ArrayError> {
        let shape = array.shape().to_vec();
        let numbers = if array.is_standard_layout() {
            let (mut numbers, offset) = array.into_owned().into_raw_vec_and_offset();
            numbers.drain(..offset.unwrap_or(0));
            numbers.truncate(shape.iter().product());
            numbers
        } else {
            array.iter().copied().collect()
        };
        Self::new(T::elements(numbers), shape)
    }
}

impl<T, S, D> TryFrom<&ArrayBase<S, D>> for ArrayData
where
    T: Number,
    S: Data<Elem = T>,
    D: Dimension,
{
    type Error = ArrayError;

    fn try_from(array: &ArrayBase<S, D>) -> Result<Self, ArrayError> {
        array.view().try_into()
    }
}

impl<const D: usize> TryFrom<Tensor<D>> for ArrayData {
    type Error = ArrayError;

    fn try_from(tensor: Tensor<D>) -> Result<Self, ArrayError> {
        let shape = tensor.dims().to_vec();
        let floats = tensor.try_into_vec_as().map_err(unreadable)?;
        Self::new(Elements::Floats(floats), shape)
    }
}

impl<const D: usize> TryFrom<Tensor<D, Int>> for ArrayData {
    type Error = ArrayError;

    fn try_from(tensor: Tensor<D, Int>) -> Result<Self, ArrayError> {
        let shape = tensor.dims().to_vec();
        let integers = tensor.try_into_vec_as().map_err(unreadable)?;
        Self::new(Elements::Integers(integers), shape)
    }
}

/// Writes conversions of lists of texts.
macro_rules! texts {
    ($($list:ty $(, $generic:ident)?;)+) => {$(
        impl $(<const $generic: usize>)? TryFrom<$list> for ArrayData {
            type Error = ArrayError;

            fn try_from(texts: $list) -> Result<Self, ArrayError> {
                Self::of_texts(texts.iter().map(ToString::to_string).collect())
            }
        }
    )+};
}

texts! {
    Vec<String>;
    &[String];
    &Vec<String>;
    Vec<&str>;
    &[&str];
    &Vec<&str>;
    [&str; N], N;
    &[&str; N], N;
}

impl TryFrom<Encoded> for ArrayData {
    type Error = ArrayError;

    fn try_from(encoded: Encoded) -> Result<Self, ArrayError> {
        match encoded {
            Encoded::Indices { indices, shape } => Self::new(Elements::Integers(indices), shape),
            Encoded::Values { values, shape } => Self::new(Elements::Floats(values), shape),
        }
    }
}

fn unreadable(error: impl fmt::Display) -> ArrayError {
    ArrayError::Device {
        message: error.to_string(),
    }
}
