//! The one place where bytes become numbers.

use firebrick_host::vectorized::dispatch;

/// What bytes stand for: themselves over a divisor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ByteScale {
    divisor: f32,
    /// The divisor's inverse in two parts: a product with the first is exact, and with the second the sum of both is the
    /// quotient as it is rounded. That takes a third of the time of a division.
    inverse: Option<[f32; 2]>,
}

impl ByteScale {
    /// Numbers from 0 to 1.
    pub(crate) const UNIT: Self = Self::new(255.0);

    #[expect(
        clippy::cast_possible_truncation,
        clippy::float_cmp,
        reason = "the second part is what the first one lacks, as far as a float holds it, and the same is asked for"
    )]
    pub(crate) const fn new(divisor: f32) -> Self {
        // Bytes have 8 bits and a product has room for 24.
        let high = f32::from_bits((1.0 / divisor).to_bits() & !0xff);
        let low = (1.0 / divisor as f64 - high as f64) as f32;
        let mut is_exact = true;
        let mut byte = 0;
        while byte < 256 {
            let number = byte as f32;
            is_exact &= number * high + number * low == number / divisor;
            byte += 1;
        }
        Self {
            divisor,
            inverse: if is_exact { Some([high, low]) } else { None },
        }
    }

    /// Appends what bytes stand for.
    pub(crate) fn extend(&self, values: &mut Vec<f32>, bytes: &[u8]) {
        let before = values.len();
        values.resize(before + bytes.len(), 0.0);
        self.fill(&mut values[before..], bytes);
    }

    /// Puts what bytes stand for into a place of as many numbers.
    pub(crate) fn fill(&self, values: &mut [f32], bytes: &[u8]) {
        dispatch(
            #[inline(always)]
            || {
                let places = values.iter_mut().zip(bytes);
                if let Some([high, low]) = self.inverse {
                    for (value, byte) in places {
                        let own = f32::from(*byte);
                        *value = own * high + own * low;
                    }
                } else {
                    for (value, byte) in places {
                        *value = f32::from(*byte) / self.divisor;
                    }
                }
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_divided_as_a_division_does_it() {
        let bytes: Vec<u8> = (0..=255).collect();
        for divisor in [255.0, 1.0, 127.5, 256.0, 3.0, 0.3, 77.7, 1e-30, 3e38] {
            let mut values = Vec::new();
            ByteScale::new(divisor).extend(&mut values, &bytes);
            let expected = bytes.iter().map(|&byte| f32::from(byte) / divisor);
            assert!(values.into_iter().eq(expected), "{divisor}");
        }
    }

    #[test]
    fn pixels_need_no_division() {
        assert!(ByteScale::UNIT.inverse.is_some());
    }
}
