//! The built-in digits and the first ones of MNIST, as arrays.

use firebrick::datasets::{DataError, DataSource, MnistDataset, load};

use crate::Scale;

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

/// The first digits of MNIST to learn from, and the first of its test data; with `--quick` a few of both.
pub(crate) fn mnist(
    scale: Scale,
    train: usize,
    test: usize,
) -> Result<[MnistDataset; 2], DataError> {
    let data = load(&DataSource::Mnist)?;
    Ok([
        data.train.first(scale.samples(train))?,
        data.test.first(scale.samples(test))?,
    ])
}

/// Prints digits of 784 pixels each beside each other, every second line of them.
pub(crate) fn show(digits: &[f32]) {
    let shade = |light: &f32| match light {
        0.66.. => '#',
        0.33.. => '+',
        _ => ' ',
    };
    for line in (0..28).step_by(2) {
        let lights = digits
            .chunks(784)
            .flat_map(|digit| &digit[line * 28..line * 28 + 28]);
        println!("   {}", lights.map(shade).collect::<String>());
    }
}
