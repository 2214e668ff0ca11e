//! The sample of MNIST inside the program.

use std::path::Path;

use crate::data_description::DataDescription;
use crate::data_source::DataSource;
use crate::error::DataError;
use crate::idx::{parse_images, parse_labels};
use crate::mnist::Mnist;
use crate::mnist_dataset::MnistDataset;

const TRAIN_IMAGES: &[u8] = include_bytes!("../sample/train-images-idx3-ubyte.gz");
const TRAIN_LABELS: &[u8] = include_bytes!("../sample/train-labels-idx1-ubyte.gz");
const TEST_IMAGES: &[u8] = include_bytes!("../sample/t10k-images-idx3-ubyte.gz");
const TEST_LABELS: &[u8] = include_bytes!("../sample/t10k-labels-idx1-ubyte.gz");

/// 1,000 training and 500 test images of MNIST, as many of each digit, without a file or a network.
///
/// ```
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// let mnist = firebrick::datasets::mnist_sample()?;
/// assert_eq!(mnist.train.class_counts(), [100; 10]);
/// assert_eq!(mnist.test.class_counts(), [50; 10]);
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
///
/// # Errors
/// Only if the program itself is damaged.
pub fn mnist_sample() -> Result<Mnist, DataError> {
    let description = DataDescription::Images(DataSource::MnistSample);
    let train = set(TRAIN_IMAGES, TRAIN_LABELS, "train")?.described_as(description);
    let test = set(TEST_IMAGES, TEST_LABELS, "t10k")?;
    let origin = format!(
        "the built-in sample of MNIST ({} + {} images)",
        train.len(),
        test.len()
    );
    Mnist::new(train, test, Path::new("built-in t10k-images"), origin)
}

fn set(images: &[u8], labels: &[u8], part: &str) -> Result<MnistDataset, DataError> {
    MnistDataset::new(
        parse_images(images, format!("built-in {part}-images"))?,
        parse_labels(labels, format!("built-in {part}-labels"))?,
    )
}
