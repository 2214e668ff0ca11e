//! Checks that layers have in common.

use crate::layer_problem::LayerProblem;

/// An argument that counts something: at least 1.
pub(crate) fn check_positive(argument: &'static str, value: usize) -> Result<(), LayerProblem> {
    if value == 0 {
        return Err(LayerProblem::argument(argument, "at least 1", &value));
    }
    Ok(())
}

/// An argument that is a number in an interval.
pub(crate) fn check_number(
    argument: &'static str,
    value: f64,
    expected: &str,
    fits: impl Fn(f64) -> bool,
) -> Result<(), LayerProblem> {
    if !value.is_finite() || !fits(value) {
        return Err(LayerProblem::argument(argument, expected, &value));
    }
    Ok(())
}
