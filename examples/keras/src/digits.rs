//! The built-in digits as arrays.

use firebrick::datasets::MnistDataset;

/// Pixels from 0 to 1, and their shape `[samples, 28, 28, 1]`.
pub(crate) fn images(data: &MnistDataset) -> (Vec<f32>, [usize; 4]) {
    let pixels = (0..data.len())
        .flat_map(|row| data.image(row))
        .map(|&byte| f32::from(byte) / 255.0);
    (
        pixels.collect(),
        [data.len(), data.height(), data.width(), 1],
    )
}
