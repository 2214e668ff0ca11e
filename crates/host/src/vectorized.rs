//! Loops over slices, compiled for the processor that is there, and functions that such loops can hold.

use pulp::Arch;

/// Runs a loop compiled for the widest vectors of this processor. The closure has to be `#[inline(always)]`, and so has what it
/// calls.
///
/// ```
/// use firebrick_host::vectorized::dispatch;
///
/// let mut values = [1.0_f32, 2.0, 3.0];
/// dispatch(
///     #[inline(always)]
///     || values.iter_mut().for_each(|value| *value *= 2.0),
/// );
/// assert_eq!(values, [2.0, 4.0, 6.0]);
/// ```
#[inline(always)]
pub fn dispatch<R>(body: impl FnOnce() -> R) -> R {
    struct Body<F>(F);
    impl<R, F: FnOnce() -> R> pulp::NullaryFnOnce for Body<F> {
        type Output = R;
        #[inline(always)]
        fn call(self) -> R {
            (self.0)()
        }
    }
    Arch::new().dispatch(Body(body))
}

/// `eˣ` within two units in the last place, 0 where that is below the normal numbers: a power of two, and a polynomial
/// for what is left of the exponent.
///
/// ```
/// assert_eq!(firebrick_host::vectorized::exp(0.0), 1.0);
/// ```
///
/// # Source
/// Cody and Waite, "Software Manual for the Elementary Functions", 1980, chapter 6; coefficients as in the Cephes library's `expf`
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    /// Adding it leaves a whole number in the last bits.
    const SHIFT: f32 = 12_582_912.0;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    const LEAST: f32 = -87.336_54;
    const MOST: f32 = 88.722_83;
    // What is no number goes through.
    let clamped = x.clamp(LEAST, MOST);
    let shifted = clamped * std::f32::consts::LOG2_E + SHIFT;
    let twos = shifted - SHIFT;
    let rest = (clamped - twos * LN_2_HIGH) - twos * LN_2_LOW;
    let p = 1.987_569_1e-4;
    let p = p * rest + 1.398_199_9e-3;
    let p = p * rest + 8.333_452e-3;
    let p = p * rest + 4.166_579_6e-2;
    let p = p * rest + 1.666_666_5e-1;
    let p = p * rest + 0.5;
    let y = p * (rest * rest) + rest + 1.0;
    let exponent = shifted
        .to_bits()
        .wrapping_sub(SHIFT.to_bits())
        .wrapping_add(127);
    let power = f32::from_bits(exponent << 23);
    let y = if x > MOST { f32::INFINITY } else { y * power };
    if x < LEAST { 0.0 } else { y }
}

/// `1 / (1 + e⁻ˣ)`
///
/// ```
/// assert_eq!(firebrick_host::vectorized::sigmoid(0.0), 0.5);
/// ```
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// `tanh(x)` by `e²ˣ`, near 0 by its series, where a difference would lose digits.
///
/// ```
/// assert_eq!(firebrick_host::vectorized::tanh(0.0), 0.0);
/// ```
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    let square = x * x;
    let series = -5.706_498_6e-3;
    let series = series * square + 2.063_905_9e-2;
    let series = series * square - 5.373_971_4e-2;
    let series = series * square + 1.333_144_2e-1;
    let series = series * square - 3.333_328e-1;
    let near = series * square * x + x;
    let far = 1.0 - 2.0 / (exp(2.0 * x.abs()) + 1.0);
    let far = far.copysign(x);
    if x.abs() < 0.625 { near } else { far }
}

/// `ln(1 + x)` for x from 0 to 1, by the series of the inverse hyperbolic tangent.
#[inline(always)]
fn ln_1p(x: f32) -> f32 {
    let s = x / (2.0 + x);
    let square = s * s;
    let series = 1.0 / 13.0;
    let series = series * square + 1.0 / 11.0;
    let series = series * square + 1.0 / 9.0;
    let series = series * square + 1.0 / 7.0;
    let series = series * square + 1.0 / 5.0;
    let series = series * square + 1.0 / 3.0;
    2.0 * (s * square * series + s)
}

/// `ln(1 + eˣ)`, without overflow.
///
/// ```
/// assert_eq!(firebrick_host::vectorized::softplus(100.0), 100.0);
/// ```
#[inline(always)]
pub fn softplus(x: f32) -> f32 {
    x.max(0.0) + ln_1p(exp(-x.abs()))
}

/// The normal distribution's cumulative function, by that part of its tail which is no exponential: a polynomial of
/// `1 / (1 + |x| / √8)`, fitted to it.
///
/// ```
/// assert!((firebrick_host::vectorized::normal_cdf(0.0) - 0.5).abs() < 1e-6);
/// ```
#[inline(always)]
pub fn normal_cdf(x: f32) -> f32 {
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.5 * z);
    let p = -0.059_069_216;
    let p = p * t + 0.284_576_18;
    let p = p * t - 0.487_202_32;
    let p = p * t + 0.278_069_8;
    let p = p * t - 0.026_627_386;
    let p = p * t + 0.202_687_56;
    let p = p * t + 0.243_103_6;
    let p = p * t + 0.282_375_34;
    let p = p * t + 0.282_086_4;
    let tail = 0.5 * p * t * exp(-z * z);
    if x < 0.0 { tail } else { 1.0 - tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest relative distance from the function in 64 bits.
    fn worst(own: fn(f32) -> f32, exact: fn(f64) -> f64, range: std::ops::Range<i32>) -> f64 {
        let points = range.map(|step| step as f32 * 1e-3 + 1.7e-4);
        let distance = |x: f32| {
            let exact = exact(f64::from(x));
            (f64::from(own(x)) - exact).abs() / exact.abs()
        };
        points.map(distance).fold(0.0, f64::max)
    }

    #[test]
    fn functions_are_exact_to_a_few_units_in_the_last_place() {
        assert!(worst(exp, f64::exp, -80_000..80_000) < 2.0e-7);
        assert!(worst(tanh, f64::tanh, -20_000..20_000) < 3.0e-7);
        assert!(worst(sigmoid, |x| 1.0 / (1.0 + (-x).exp()), -20_000..20_000) < 3.0e-7);
        assert!(worst(softplus, |x| x.exp().ln_1p(), -20_000..20_000) < 3.0e-7);
    }

    #[test]
    fn the_normal_distribution_is_that_of_tables() {
        for (x, expected) in [
            (0.0, 0.5),
            (1.0, 0.841_344_746_068_543),
            (-1.0, 0.158_655_253_931_457),
            (-3.0, 1.349_898_031_630_095e-3),
            (-6.0, 9.865_876_450_377e-10),
            (2.5, 0.993_790_334_674_224),
        ] {
            let distance = (f64::from(normal_cdf(x)) - expected).abs() / expected;
            assert!(distance < 2e-6, "{x}: {distance}");
        }
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "limits are met exactly")]
    fn what_is_no_number_stays_so_and_limits_are_met() {
        for function in [exp, sigmoid, tanh, softplus, normal_cdf] {
            assert!(function(f32::NAN).is_nan());
        }
        let at_ends = |function: fn(f32) -> f32| [f32::NEG_INFINITY, f32::INFINITY].map(function);
        assert_eq!(at_ends(exp), [0.0, f32::INFINITY]);
        assert_eq!(at_ends(sigmoid), [0.0, 1.0]);
        assert_eq!(at_ends(tanh), [-1.0, 1.0]);
        assert_eq!(at_ends(softplus), [0.0, f32::INFINITY]);
        assert_eq!(at_ends(normal_cdf), [0.0, 1.0]);
    }
}
