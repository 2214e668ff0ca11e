use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Random numbers that mean the same on every machine and in every version.
///
/// The bits come from `ChaCha8`, the distributions are made of them here, with nothing but
/// `+ - · / √`, which IEEE 754 rounds the same everywhere; a logarithm of the system would not.
/// Initial weights are made of them; what layers draw in every step comes from
/// [`normal_numbers`](crate::ziggurat::normal_numbers).
pub(crate) struct Deviates {
    rng: ChaCha8Rng,
    /// The second normal deviate of the last pair.
    spare: Option<f64>,
}

impl Deviates {
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self { rng, spare: None }
    }

    /// Uniform in `(-1, 1)`, of 24 bits: every value is exact in `f32`, the limits are excluded.
    pub(crate) fn uniform(&mut self) -> f64 {
        let unit = (f64::from(self.rng.next_u32() >> 8) + 0.5) / f64::from(1_u32 << 24);
        2.0 * unit - 1.0
    }

    /// Of the normal distribution with mean 0 and standard deviation 1, by the polar method.
    ///
    /// # Source
    /// Marsaglia and Bray, "A convenient method for generating normal variables", SIAM Review 6,
    /// 1964
    pub(crate) fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let (x, y) = (self.fine_uniform(), self.fine_uniform());
            let square = x * x + y * y;
            if square < 1.0 {
                let factor = (-2.0 * ln(square) / square).sqrt();
                self.spare = Some(y * factor);
                return x * factor;
            }
        }
    }

    /// As [`normal`](Self::normal), values beyond two standard deviations drawn again.
    pub(crate) fn truncated_normal(&mut self) -> f64 {
        loop {
            let value = self.normal();
            if value.abs() <= 2.0 {
                return value;
            }
        }
    }

    /// Uniform in `(-1, 1)`, of 52 bits, never 0.
    fn fine_uniform(&mut self) -> f64 {
        let high = f64::from(self.rng.next_u32());
        let low = f64::from(self.rng.next_u32() >> 12);
        let unit = (high * f64::from(1_u32 << 20) + low + 0.5) / (1_u64 << 52) as f64;
        2.0 * unit - 1.0
    }
}

/// The natural logarithm of a positive normal number, the same on every machine: `x = m · 2^e`,
/// `ln x = e · ln 2 + 2 · artanh((m - 1) / (m + 1))`.
pub(crate) fn ln(x: f64) -> f64 {
    const EXPONENT: u64 = 0x7ff << 52;
    let bits = x.to_bits();
    let mut exponent = ((bits & EXPONENT) >> 52) as f64 - 1023.0;
    let mut mantissa = f64::from_bits(bits & !EXPONENT | 1023 << 52);
    if mantissa > std::f64::consts::SQRT_2 {
        mantissa /= 2.0;
        exponent += 1.0;
    }
    let t = (mantissa - 1.0) / (mantissa + 1.0);
    // t² < 0.03: twelve terms of artanh(t) = t + t³/3 + t⁵/5 + … are exact in double precision.
    let series = (0..12)
        .rev()
        .fold(0.0, |sum, k| sum * t * t + 1.0 / f64::from(2 * k + 1));
    exponent * std::f64::consts::LN_2 + 2.0 * t * series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_is_the_logarithm() {
        for x in (1..4000).map(|i| f64::from(i) / 4000.0) {
            for x in [x, x * x, x.powi(12), x * 1e-30] {
                let error = (ln(x) - x.ln()).abs();
                assert!(error <= 1e-15 * x.ln().abs(), "ln({x}) is off by {error}");
            }
        }
    }

    #[test]
    fn normal_deviates_have_the_shape_of_the_bell() {
        let mut deviates = Deviates::new(5, 0);
        let values: Vec<f64> = (0..400_000).map(|_| deviates.normal()).collect();
        let mean_of = |f: &dyn Fn(f64) -> f64| {
            values.iter().map(|&value| f(value)).sum::<f64>() / values.len() as f64
        };
        let share_below = |limit: f64| mean_of(&|value| f64::from(value < limit));
        for (name, measured, expected) in [
            ("mean", mean_of(&|value| value), 0.0),
            ("variance", mean_of(&|value| value.powi(2)), 1.0),
            ("skewness", mean_of(&|value| value.powi(3)), 0.0),
            ("kurtosis", mean_of(&|value| value.powi(4)), 3.0),
            ("Φ(-2)", share_below(-2.0), 0.022_75),
            ("Φ(-1)", share_below(-1.0), 0.158_66),
            ("Φ(0.5)", share_below(0.5), 0.691_46),
            ("Φ(1.5)", share_below(1.5), 0.933_19),
        ] {
            let allowed = if name == "kurtosis" { 0.06 } else { 0.01 };
            assert!(
                (measured - expected).abs() < allowed,
                "{name}: {measured} instead of {expected}"
            );
        }
        // Neighbours, which come from one pair, do not go together.
        let together: f64 = values.chunks(2).map(|pair| pair[0] * pair[1]).sum();
        assert!((together / 200_000.0).abs() < 0.01);
    }

    #[test]
    fn truncated_deviates_stay_within_two_and_keep_their_share() {
        let mut deviates = Deviates::new(6, 1);
        let values: Vec<f64> = (0..200_000).map(|_| deviates.truncated_normal()).collect();
        assert!(values.iter().all(|value| value.abs() <= 2.0));
        let variance = values.iter().map(|value| value * value).sum::<f64>() / 200_000.0;
        assert!((variance.sqrt() - 0.879_625_66).abs() < 0.005);
    }
}
