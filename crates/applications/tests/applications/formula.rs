//! Weights that are functions of their names, as those of `data/make_applications.py`.

use firebrick_model::{Network, WeightValue};

/// Numbers from -0.5 to 0.5.
pub(crate) fn uniform(name: &str, count: usize) -> impl Iterator<Item = f64> {
    let seed = name.bytes().fold(2_166_136_261_u32, |seed, byte| {
        (seed ^ u32::from(byte)).wrapping_mul(16_777_619)
    });
    let count = u32::try_from(count).unwrap();
    (0..count).map(move |place| {
        let mut x = place.wrapping_mul(2_654_435_761).wrapping_add(seed);
        x = (x ^ (x >> 16)).wrapping_mul(0x85EB_CA6B);
        x = (x ^ (x >> 13)).wrapping_mul(0xC2B2_AE35);
        x ^= x >> 16;
        f64::from(x) / 4_294_967_296.0 - 0.5
    })
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "weights are of single precision"
)]
pub(crate) fn value(path: &str, shape: &[usize]) -> WeightValue {
    let kind = path.rsplit('/').next().unwrap();
    let inputs = match shape {
        [height, width, _, 1] => height * width,
        [inputs @ .., _] => inputs.iter().product(),
        [] => 1,
    };
    let (offset, scale) = match kind {
        "kernel" => (0.0, (24.0 / inputs as f64).sqrt()),
        "gamma" | "moving_variance" => (1.0, 0.8),
        _ => (0.0, 0.5),
    };
    let values = uniform(path, shape.iter().product());
    let values: Vec<f32> = values.map(|u| (offset + u * scale) as f32).collect();
    WeightValue::new(shape, values).unwrap()
}

/// Gives a network weights by the names of its layers.
pub(crate) fn fill(network: &mut Network) {
    let specs = network.config().weights().unwrap().into_iter();
    let weights: Vec<WeightValue> = specs
        .map(|(layer, spec)| value(&format!("{layer}/{}", spec.name), &spec.shape))
        .collect();
    network.set_weights(weights).unwrap();
}
