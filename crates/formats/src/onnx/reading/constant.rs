//! Numbers that are in the file.

use firebrick_model::WeightValue;

use super::fields::varint;
use crate::onnx::attribute::single;
use crate::onnx::proto::{
    BFLOAT16, BOOL, DOUBLE, FLOAT, FLOAT16, INT8, INT32, INT64, Tensor, UINT8,
};

/// The most whole numbers of a constant: they are shapes, axes and indices.
const MAX_INTS: usize = 1 << 16;

/// Numbers with a shape.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Constant {
    pub(super) shape: Vec<usize>,
    pub(super) numbers: Numbers,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Numbers {
    Floats(Vec<f32>),
    Ints(Vec<i64>),
}

impl Constant {
    /// What a tensor of the file holds.
    ///
    /// # Errors
    /// Another number of numbers than the shape says; a type that is not read; numbers that are in another file.
    pub(super) fn of(tensor: &Tensor) -> Result<Self, String> {
        if tensor.data_location == Some(1) {
            return Err(
                "its numbers are in a file beside this one, which is not read; save the model with all that it has in one \
                 file, e.g. by onnx.save(model, path, save_as_external_data=False)"
                    .to_owned(),
            );
        }
        let shape: Option<Vec<usize>> = tensor
            .dims
            .iter()
            .map(|size| usize::try_from(*size).ok())
            .collect();
        let shape = shape.filter(|shape| shape.len() <= 8);
        let shape = shape
            .ok_or_else(|| format!("its shape is {:?}, expected at most 8 sizes", tensor.dims))?;
        let count = shape
            .iter()
            .try_fold(1, |product: usize, size| product.checked_mul(*size))
            .ok_or_else(|| format!("its shape {shape:?} is too large"))?;
        let (numbers, received) = numbers_of(tensor, count)?;
        if received != count {
            return Err(format!(
                "its shape {shape:?} has {count} numbers, in the file there are {received}; save the model again"
            ));
        }
        Ok(Self { shape, numbers })
    }

    /// Whole numbers in a row.
    pub(super) fn ints(values: Vec<i64>) -> Self {
        Self {
            shape: vec![values.len()],
            numbers: Numbers::Ints(values),
        }
    }

    pub(super) fn len(&self) -> usize {
        match &self.numbers {
            Numbers::Floats(values) => values.len(),
            Numbers::Ints(values) => values.len(),
        }
    }

    /// The number, if it is one alone.
    pub(super) fn number(&self) -> Option<f32> {
        match &self.numbers {
            Numbers::Floats(values) if values.len() == 1 => Some(values[0]),
            #[expect(
                clippy::cast_precision_loss,
                reason = "networks are of single precision"
            )]
            Numbers::Ints(values) if values.len() == 1 => Some(values[0] as f32),
            _ => None,
        }
    }

    /// Floats as a weight.
    pub(super) fn to_weight(&self) -> Option<WeightValue> {
        match &self.numbers {
            Numbers::Floats(values) => WeightValue::new(self.shape.clone(), values.clone()).ok(),
            Numbers::Ints(_) => None,
        }
    }

    pub(super) fn to_ints(&self) -> Option<&[i64]> {
        match &self.numbers {
            Numbers::Ints(values) => Some(values),
            Numbers::Floats(_) => None,
        }
    }
}

/// So many numbers of a tensor, and how many there are.
fn numbers_of(tensor: &Tensor, count: usize) -> Result<(Numbers, usize), String> {
    let kind = tensor.data_type.unwrap_or_default();
    let is_int = matches!(kind, INT64 | INT32 | INT8 | UINT8 | BOOL);
    if is_int && count > MAX_INTS {
        return Err(format!(
            "it has {count} whole numbers, at most {MAX_INTS} are read; weights are expected as floats"
        ));
    }
    let raw = tensor.raw_data.as_deref();
    let bytes =
        |packed: &'_ Option<Vec<u8>>| raw.or(packed.as_deref()).unwrap_or_default().to_vec();
    Ok(match kind {
        FLOAT => floats(&bytes(&tensor.float_data), f32::from_le_bytes),
        DOUBLE => floats(&bytes(&tensor.double_data), |bytes| {
            single(f64::from_le_bytes(bytes))
        }),
        FLOAT16 => floats(&halves(tensor), |bytes| half(u16::from_le_bytes(bytes))),
        BFLOAT16 => floats(&halves(tensor), |bytes| {
            f32::from_bits(u32::from(u16::from_le_bytes(bytes)) << 16)
        }),
        INT64 => ints(raw, tensor.int64_data.as_deref(), i64::from_le_bytes),
        INT32 => ints(raw, tensor.int32_data.as_deref(), |bytes| {
            i32::from_le_bytes(bytes).into()
        }),
        INT8 => ints(raw, tensor.int32_data.as_deref(), |[byte]| {
            i8::from_le_bytes([byte]).into()
        }),
        UINT8 | BOOL => ints(raw, tensor.int32_data.as_deref(), |[byte]: [u8; 1]| {
            byte.into()
        }),
        other => {
            return Err(format!(
                "its numbers are of the type {other} of ONNX, expected floats of 16, 32 or 64 bits or whole numbers; convert \
                 the model to single precision, without quantization"
            ));
        }
    })
}

fn floats<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f32) -> (Numbers, usize) {
    let (whole, rest) = bytes.as_chunks::<N>();
    let values: Vec<f32> = whole.iter().map(|bytes| number(*bytes)).collect();
    let count = values.len() + usize::from(!rest.is_empty());
    (Numbers::Floats(values), count)
}

/// Whole numbers as they are, or of seven bits a byte.
fn ints<const N: usize>(
    raw: Option<&[u8]>,
    packed: Option<&[u8]>,
    number: impl Fn([u8; N]) -> i64,
) -> (Numbers, usize) {
    let mut values: Vec<i64> = Vec::new();
    if let Some(raw) = raw {
        let whole = raw.as_chunks::<N>().0.iter().take(MAX_INTS + 1);
        values.extend(whole.map(|bytes| number(*bytes)));
    } else {
        let mut rest = packed.unwrap_or_default();
        while let Some((number, behind)) = varint(rest).filter(|_| values.len() <= MAX_INTS) {
            values.push(number.cast_signed());
            rest = behind;
        }
    }
    let count = values.len();
    (Numbers::Ints(values), count)
}

/// Halves as bytes; packed, each is a number of its own.
fn halves(tensor: &Tensor) -> Vec<u8> {
    if let Some(raw) = &tensor.raw_data {
        return raw.clone();
    }
    let mut rest = tensor.int32_data.as_deref().unwrap_or_default();
    let mut bytes = Vec::new();
    while let Some((number, behind)) = varint(rest) {
        bytes.extend_from_slice(&number.to_le_bytes()[..2]);
        rest = behind;
    }
    bytes
}

/// A float of 16 bits.
fn half(bits: u16) -> f32 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f32::from(bits & 0x3ff));
    let size = match exponent {
        0 => fraction * 2.0_f32.powi(-24),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        exponent => (1.0 + fraction / 1024.0) * 2.0_f32.powi(exponent - 15),
    };
    if bits & 0x8000 == 0 { size } else { -size }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensor(dims: &[i64], data_type: i32) -> Tensor {
        Tensor {
            dims: dims.to_vec(),
            data_type: Some(data_type),
            ..Tensor::default()
        }
    }

    #[test]
    fn numbers_are_read_in_every_form() {
        let mut own = tensor(&[2], FLOAT16);
        own.raw_data = Some(vec![0x00, 0x3c, 0x00, 0xc1]);
        let read = Constant::of(&own).unwrap();
        assert_eq!(read.numbers, Numbers::Floats(vec![1.0, -2.5]));
        let mut own = tensor(&[2], INT64);
        own.int64_data = Some(vec![
            0x05, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01,
        ]);
        assert_eq!(Constant::of(&own).unwrap().to_ints(), Some(&[5, -1][..]));
        let mut own = tensor(&[], FLOAT);
        own.float_data = Some(2.5_f32.to_le_bytes().to_vec());
        assert_eq!(Constant::of(&own).unwrap().number(), Some(2.5));
        assert_eq!(half(0x0001).to_bits(), 2.0_f32.powi(-24).to_bits());
    }

    #[test]
    fn shapes_that_lie_are_refused() {
        for dims in [&[1 << 40][..], &[-1], &[1 << 40, 1 << 40], &[2]] {
            let mut own = tensor(dims, FLOAT);
            own.raw_data = Some(vec![0; 4]);
            assert!(Constant::of(&own).is_err(), "{dims:?}");
        }
        let mut own = tensor(&[1], FLOAT);
        own.data_location = Some(1);
        assert!(Constant::of(&own).unwrap_err().contains("in one file"));
    }
}
