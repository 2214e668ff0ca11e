/// Numbers from -1 to 1 that look random.
pub(crate) fn numbers(count: usize) -> Vec<f32> {
    let random = |index: usize| {
        let whole = (index + 1).wrapping_mul(2_654_435_761) % 20_011;
        whole as f32 / 10_005.5 - 1.0
    };
    (0..count).map(random).collect()
}
