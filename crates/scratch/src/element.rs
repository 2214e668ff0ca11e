use ndarray::NdFloat;

/// The numbers a network calculates with: `f32` to train, `f64` to check gradients.
pub trait Element: NdFloat + From<u8> + Into<f64> {
    /// The nearest number of this type.
    fn from_f64(value: f64) -> Self;
}

impl Element for f32 {
    #[allow(clippy::cast_possible_truncation, reason = "rounding is meant")]
    fn from_f64(value: f64) -> Self {
        value as Self
    }
}

impl Element for f64 {
    fn from_f64(value: f64) -> Self {
        value
    }
}
