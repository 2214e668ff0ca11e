//! Numbers of several widths as single floats.

use ::safetensors::Dtype;
use firebrick_model::burn::tensor::{bf16, f16};

/// The numbers of a tensor.
///
/// # Errors
/// Numbers that are no floats.
pub(crate) fn to_f32(dtype: Dtype, bytes: &[u8]) -> Result<Vec<f32>, String> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "weights are of single precision"
    )]
    let narrowed = |bytes| f64::from_le_bytes(bytes) as f32;
    Ok(match dtype {
        Dtype::F32 => each(bytes, f32::from_le_bytes),
        Dtype::F64 => each(bytes, narrowed),
        Dtype::F16 => each(bytes, |bytes| f16::from_le_bytes(bytes).to_f32()),
        Dtype::BF16 => each(bytes, |bytes| bf16::from_le_bytes(bytes).to_f32()),
        other => {
            return Err(format!(
                "they are {other}, expected F32, F64, F16 or BF16; convert them before"
            ));
        }
    })
}

fn each<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f32) -> Vec<f32> {
    let (numbers, _) = bytes.as_chunks::<N>();
    numbers.iter().map(|bytes| number(*bytes)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_of_all_widths_are_read() {
        assert_eq!(
            to_f32(Dtype::F16, &[0x00, 0x3c, 0x00, 0xc0]),
            Ok(vec![1.0, -2.0])
        );
        assert_eq!(to_f32(Dtype::BF16, &[0x80, 0x3f]), Ok(vec![1.0]));
        assert_eq!(to_f32(Dtype::F64, &0.5_f64.to_le_bytes()), Ok(vec![0.5]));
        assert!(
            to_f32(Dtype::I32, &[0; 4])
                .unwrap_err()
                .contains("expected F32")
        );
    }
}
