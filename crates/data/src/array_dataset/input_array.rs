use burn::tensor::{Device, Tensor, TensorData};
use firebrick_tensor::{AnyTensor, TensorError};

use crate::array_data::{ArrayData, Elements, padded_bytes};
use crate::array_error::ArrayError;
use crate::fields::{InputField, NumberKind};
use crate::pixels::ByteScale;

/// The most axes of one sample.
const MAX_AXES: usize = 4;

/// The numbers of all samples for one input.
pub(super) struct InputArray {
    pub(super) field: InputField,
    /// Numbers a sample.
    size: usize,
    numbers: Numbers,
}

enum Numbers {
    Bytes { bytes: Vec<u8>, scale: ByteScale },
    Integers(Vec<i64>),
    Floats(Vec<f32>),
    Texts(Vec<String>),
}

impl InputArray {
    /// # Errors
    /// Samples of too many axes.
    pub(super) fn new(name: Option<String>, array: ArrayData) -> Result<Self, ArrayError> {
        let shape = match array.sample_shape() {
            [] => vec![1],
            shape if shape.len() <= MAX_AXES => shape.to_vec(),
            _ => {
                let shape = array.shape().to_vec();
                return Err(ArrayError::TooManyAxes { shape });
            }
        };
        let numbers = match array.into_bytes() {
            Ok((bytes, scale)) => Numbers::Bytes { bytes, scale },
            Err(array) => match array.into_elements() {
                Elements::Integers(integers) => Numbers::Integers(integers),
                Elements::Texts(texts) => Numbers::Texts(texts),
                elements => Numbers::Floats(elements.into_floats()),
            },
        };
        let kind = match numbers {
            Numbers::Integers(_) | Numbers::Texts(_) => NumberKind::Integers,
            _ => NumberKind::Floats,
        };
        Ok(Self {
            size: shape.iter().product(),
            field: InputField { name, shape, kind },
            numbers,
        })
    }

    /// The numbers of these samples as floats, one sample after the other.
    #[expect(
        clippy::cast_precision_loss,
        reason = "whoever asks for floats wants no more than their precision"
    )]
    pub(super) fn floats(&self, rows: impl ExactSizeIterator<Item = usize>) -> Vec<f32> {
        let mut gathered = Vec::with_capacity(rows.len() * self.size);
        for row in rows {
            let sample = row * self.size..(row + 1) * self.size;
            match &self.numbers {
                Numbers::Bytes { bytes, scale } => scale.extend(&mut gathered, &bytes[sample]),
                Numbers::Integers(integers) => {
                    gathered.extend(integers[sample].iter().map(|&integer| integer as f32));
                }
                Numbers::Floats(floats) => gathered.extend_from_slice(&floats[sample]),
                Numbers::Texts(texts) => {
                    let bytes = padded_bytes(&texts[row], self.size);
                    gathered.extend(bytes.map(f32::from));
                }
            }
        }
        gathered
    }

    /// These samples as rows on the device; whole numbers stay whole.
    ///
    /// # Errors
    /// A number that the device has no room for.
    pub(super) fn gather(
        &self,
        rows: impl ExactSizeIterator<Item = usize>,
        device: &Device,
    ) -> Result<AnyTensor, TensorError> {
        let shape = [rows.len(), self.size];
        let mut gathered: Vec<i64> = Vec::new();
        match &self.numbers {
            Numbers::Integers(integers) => {
                gathered.reserve(rows.len() * self.size);
                for row in rows {
                    gathered.extend_from_slice(&integers[row * self.size..(row + 1) * self.size]);
                }
            }
            Numbers::Texts(texts) => {
                gathered.reserve(rows.len() * self.size);
                for row in rows {
                    gathered.extend(padded_bytes(&texts[row], self.size).map(i64::from));
                }
            }
            Numbers::Bytes { .. } | Numbers::Floats(_) => {
                let data = TensorData::new(self.floats(rows), shape);
                return Ok(Tensor::<2>::from_data(data, device).into());
            }
        }
        AnyTensor::from_whole_numbers(gathered, &shape, device)
    }

    /// What tells a sample from others: its numbers, and of whole ones what their floats lack.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "what is lost in the first number is in the second"
    )]
    pub(super) fn marks(&self, row: usize) -> Vec<f32> {
        let mut marks = self.floats(std::iter::once(row));
        if let Numbers::Integers(integers) = &self.numbers {
            let sample = &integers[row * self.size..(row + 1) * self.size];
            let lost = sample
                .iter()
                .map(|&integer| i128::from(integer) - (integer as f32) as i128);
            marks.extend(lost.filter(|&lost| lost != 0).map(|lost| lost as f32));
        }
        marks
    }
}
