//! Labelled grey images of one size, in one block of bytes.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use burn::data::dataset::{Dataset, DatasetError};

use crate::data_description::DataDescription;
use crate::error::DataError;
use crate::idx::{IdxImages, IdxLabels};
use crate::shuffle::ShuffleState;
use crate::validation_split::ValidationSplit;

/// One image with its label.
///
/// ```
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// use firebrick::burn::data::dataset::Dataset;
/// use firebrick::datasets::{MnistItem, mnist_sample};
///
/// let sample = mnist_sample()?.train;
/// let item: MnistItem = sample.get(0)?;
/// assert_eq!((item.image.len(), item.label), (784, sample.label(0)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MnistItem {
    /// Pixels row by row, 0 the background, 255 full ink.
    pub image: Vec<u8>,
    /// The class, counted from 0.
    pub label: u8,
}

/// What all views of a set share.
struct Storage {
    pixels: Vec<u8>,
    labels: Vec<u8>,
    height: usize,
    width: usize,
    labels_path: PathBuf,
}

/// Labelled grey images of one size: MNIST or any set of its form.
///
/// A clone, a [split](Self::split) or the [first](Self::first) rows share the pixels and hold row numbers only. It is
/// never empty.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{IdxImages, IdxLabels, MnistDataset};
///
/// let images = IdxImages::new(vec![0, 255, 255, 0, 9, 9, 9, 9], 2, 2)?;
/// let data = MnistDataset::new(images, IdxLabels::new(vec![1, 0])?)?;
/// assert_eq!((data.len(), data.num_features(), data.num_classes()), (2, 4, 2));
/// assert_eq!((data.image(0), data.label(0)), (&[0, 255, 255, 0][..], 1));
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
#[derive(Clone)]
pub struct MnistDataset {
    storage: Arc<Storage>,
    rows: Arc<[usize]>,
    num_classes: usize,
    /// The set whose training images these are, if they are.
    description: Option<Arc<DataDescription>>,
}

impl MnistDataset {
    /// Joins images with their labels. The number of classes is the largest label plus one; see
    /// [`with_num_classes`](Self::with_num_classes).
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
    /// use firebrick::datasets::{IdxImages, IdxLabels, MnistDataset};
    ///
    /// let images = IdxImages::new(vec![0; 3 * 4], 2, 2)?;
    /// let dataset = MnistDataset::new(images, IdxLabels::new(vec![0, 1, 1])?)?;
    /// assert_eq!((dataset.len(), dataset.num_features(), dataset.num_classes()), (3, 4, 2));
    /// # Ok::<(), firebrick::datasets::DataError>(())
    /// ```
    ///
    /// # Errors
    /// [`DataError::CountMismatch`] unless there is one label an image.
    pub fn new(images: IdxImages, labels: IdxLabels) -> Result<Self, DataError> {
        let (num_images, num_labels) = (images.count(), labels.labels().len());
        if num_images != num_labels {
            return Err(DataError::CountMismatch {
                images_path: images.path().to_owned(),
                images: num_images,
                labels_path: labels.path().to_owned(),
                labels: num_labels,
            });
        }
        let largest = labels.labels().iter().copied().max().unwrap_or(0);
        let (height, width) = (images.height(), images.width());
        let labels_path = labels.path().to_owned();
        let storage = Storage {
            pixels: images.into_pixels(),
            labels: labels.into_labels(),
            height,
            width,
            labels_path,
        };
        Ok(Self {
            storage: Arc::new(storage),
            rows: (0..num_images).collect(),
            num_classes: usize::from(largest) + 1,
            description: None,
        })
    }

    /// The same images, read from what is described.
    pub(crate) fn described_as(mut self, description: DataDescription) -> Self {
        self.description = Some(Arc::new(description));
        self
    }

    /// What the images were read from.
    pub(crate) fn own_description(&self) -> Option<DataDescription> {
        self.description.as_deref().cloned()
    }

    /// Sets the number of classes, e.g. where the largest one has no example.
    ///
    /// # Errors
    /// [`DataError::LabelOutOfRange`] if a label does not fit.
    pub fn with_num_classes(self, num_classes: usize) -> Result<Self, DataError> {
        let misfit = self
            .rows
            .iter()
            .find(|&&row| usize::from(self.storage.labels[row]) >= num_classes);
        match misfit {
            Some(&row) => Err(DataError::LabelOutOfRange {
                path: self.storage.labels_path.clone(),
                row,
                label: self.storage.labels[row],
                num_classes,
            }),
            None => Ok(Self {
                num_classes,
                ..self
            }),
        }
    }

    /// Number of images.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Always `false`: nothing that makes a set makes an empty one.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Rows of one image.
    pub fn height(&self) -> usize {
        self.storage.height
    }

    /// Columns of one image.
    pub fn width(&self) -> usize {
        self.storage.width
    }

    /// Pixels of one image, `height * width`: the features of an example.
    pub fn num_features(&self) -> usize {
        self.storage.height * self.storage.width
    }

    /// Number of classes; every label is below it.
    pub fn num_classes(&self) -> usize {
        self.num_classes
    }

    /// The pixels of one image, row by row, 0 the background, 255 full ink.
    ///
    /// # Panics
    /// If `row` is not below [`len`](Self::len).
    pub fn image(&self, row: usize) -> &[u8] {
        let start = self.rows[row] * self.num_features();
        &self.storage.pixels[start..start + self.num_features()]
    }

    /// The class of one image, counted from 0.
    ///
    /// # Panics
    /// If `row` is not below [`len`](Self::len).
    pub fn label(&self, row: usize) -> u8 {
        self.storage.labels[self.rows[row]]
    }

    /// Where the image stands in the files.
    pub(crate) fn row_in_file(&self, row: usize) -> usize {
        self.rows[row]
    }

    /// The labels in order.
    pub fn labels(&self) -> impl ExactSizeIterator<Item = u8> + '_ {
        self.rows.iter().map(|&row| self.storage.labels[row])
    }

    /// Number of images of each class, [`num_classes`](Self::num_classes) numbers.
    pub fn class_counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.num_classes];
        for label in self.labels() {
            counts[usize::from(label)] += 1;
        }
        counts
    }

    /// The first rows alone, e.g. for a quick trial.
    ///
    /// # Errors
    /// [`DataError::RowCount`] unless `num_rows` is from 1 to [`len`](Self::len).
    pub fn first(&self, num_rows: usize) -> Result<Self, DataError> {
        if num_rows == 0 || num_rows > self.len() {
            return Err(DataError::RowCount {
                requested: num_rows,
                available: self.len(),
            });
        }
        Ok(Self {
            rows: self.rows[..num_rows].into(),
            ..self.clone()
        })
    }

    /// The same rows in an order that the seed decides.
    #[must_use = "returns the rows in another order"]
    pub fn shuffled(&self, seed: u64) -> Self {
        let order = ShuffleState::new(seed).permutation(self.len());
        Self {
            rows: order
                .into_iter()
                .map(|position| self.rows[position])
                .collect(),
            ..self.clone()
        }
    }

    /// The first rows and the others.
    ///
    /// # Errors
    /// [`DataError::RowCount`] unless both have at least one row.
    pub fn split_at(&self, num_rows: usize) -> Result<(Self, Self), DataError> {
        let (first, others) = match self.rows.split_at_checked(num_rows) {
            Some((first, others)) if !first.is_empty() && !others.is_empty() => (first, others),
            _ => {
                return Err(DataError::RowCount {
                    requested: num_rows,
                    available: self.len() - 1,
                });
            }
        };
        let view = |rows: &[usize]| Self {
            rows: rows.into(),
            ..self.clone()
        };
        Ok((view(first), view(others)))
    }

    /// Divides the rows into a training and a validation set.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
    /// use firebrick::datasets::{ValidationSplit, mnist_sample};
    ///
    /// let (train, validation) = mnist_sample()?.train.split(&ValidationSplit::Tail { fraction: 0.1 })?;
    /// assert_eq!((train.len(), validation.len()), (900, 100));
    /// # Ok::<(), firebrick::datasets::DataError>(())
    /// ```
    ///
    /// # Errors
    /// [`DataError::SplitFraction`] and [`DataError::SplitEmpty`] unless the fraction leaves examples on both sides.
    pub fn split(&self, split: &ValidationSplit) -> Result<(Self, Self), DataError> {
        let labels: Vec<usize> = self.labels().map(usize::from).collect();
        let (train, validation) = split.rows(&labels)?;
        let view = |positions: Vec<usize>| Self {
            rows: positions
                .into_iter()
                .map(|position| self.rows[position])
                .collect(),
            ..self.clone()
        };
        Ok((view(train), view(validation)))
    }
}

impl Dataset<MnistItem> for MnistDataset {
    fn get(&self, index: usize) -> Result<MnistItem, DatasetError> {
        Ok(MnistItem {
            image: self.image(index).to_vec(),
            label: self.label(index),
        })
    }

    fn len(&self) -> usize {
        self.len()
    }
}

impl fmt::Debug for MnistDataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MnistDataset")
            .field("shape", &[self.len(), self.height(), self.width()])
            .field("class_counts", &self.class_counts())
            .finish_non_exhaustive()
    }
}
