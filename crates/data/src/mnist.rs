//! Training and test images that go together.

use std::path::Path;

use crate::error::DataError;
use crate::mnist_dataset::MnistDataset;

/// A training and a test set of images of one size, with the same classes.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::mnist_sample;
///
/// let sample = mnist_sample()?;
/// assert_eq!((sample.train.len(), sample.train.num_classes()), (1000, 10));
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Mnist {
    /// Images to learn from.
    pub train: MnistDataset,
    /// Images to judge by.
    pub test: MnistDataset,
    /// Where they come from, for people.
    pub origin: String,
}

impl Mnist {
    /// Checks that both sets fit together and gives them the same number of classes.
    pub(crate) fn new(
        train: MnistDataset,
        test: MnistDataset,
        test_images: &Path,
        origin: String,
    ) -> Result<Self, DataError> {
        let [expected, received] = [&train, &test].map(|set| [set.height(), set.width()]);
        if expected != received {
            return Err(DataError::SizeMismatch {
                path: test_images.to_owned(),
                expected,
                received,
            });
        }
        let num_classes = train.num_classes().max(test.num_classes());
        Ok(Self {
            train: train.with_num_classes(num_classes)?,
            test: test.with_num_classes(num_classes)?,
            origin,
        })
    }
}
