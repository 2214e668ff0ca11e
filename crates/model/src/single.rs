/// A number as precise as weights and what they are multiplied with.
#[expect(
    clippy::cast_possible_truncation,
    reason = "networks compute in single precision"
)]
pub(crate) fn single(number: f64) -> f32 {
    number as f32
}
