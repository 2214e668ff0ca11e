//! The one place where bytes become numbers.

/// `x / 255` for every byte.
static UNIT: [f32; 256] = {
    let mut unit = [0.0; 256];
    let mut byte = 0;
    while byte < 256 {
        unit[byte] = byte as f32 / 255.0;
        byte += 1;
    }
    unit
};

/// Appends pixels as numbers from 0 to 1.
pub(crate) fn extend_scaled(values: &mut Vec<f32>, pixels: &[u8]) {
    values.extend(pixels.iter().map(|&pixel| UNIT[usize::from(pixel)]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_divided_by_255() {
        let mut values = Vec::new();
        extend_scaled(&mut values, &[0, 1, 51, 128, 255]);
        assert_eq!(values, [0.0, 1.0 / 255.0, 0.2, 128.0 / 255.0, 1.0]);
    }
}
