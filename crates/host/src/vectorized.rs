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

/// `eˣ` within two units in the last place: a power of two, and a polynomial for what is left of the exponent.
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
    let clamped = x.clamp(-87.336_54, 88.722_83);
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
    if x.is_nan() { x } else { y * power }
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

/// `ln(1 + eˣ)`, without overflow.
///
/// ```
/// assert_eq!(firebrick_host::vectorized::softplus(100.0), 100.0);
/// ```
#[inline(always)]
pub fn softplus(x: f32) -> f32 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
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
    }

    #[test]
    fn what_is_not_finite_stays_so() {
        for function in [exp, sigmoid, tanh, softplus] {
            assert!(function(f32::NAN).is_nan());
        }
        assert_eq!(
            (sigmoid(f32::INFINITY), sigmoid(f32::NEG_INFINITY) < 1e-37),
            (1.0, true)
        );
        assert_eq!((tanh(f32::INFINITY), tanh(f32::NEG_INFINITY)), (1.0, -1.0));
    }
}
