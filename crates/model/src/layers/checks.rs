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

/// `[height, width, channels]` of an image.
pub(crate) fn image(input: &[usize]) -> Result<[usize; 3], LayerProblem> {
    match *input {
        [height, width, channels] => Ok([height, width, channels]),
        _ => Err(LayerProblem::input(
            "[height, width, channels]",
            "place it before the layer that flattens, or put a Reshape in front of it",
        )),
    }
}

/// `[steps, channels]` of a sequence.
pub(crate) fn sequence(input: &[usize]) -> Result<[usize; 2], LayerProblem> {
    match *input {
        [steps, channels] => Ok([steps, channels]),
        _ => Err(LayerProblem::input(
            "[steps, channels]",
            "put a Reshape in front of it",
        )),
    }
}
