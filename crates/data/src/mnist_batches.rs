//! Images as batches of tensors.

use burn::data::dataloader::batcher::Batcher;
use burn::data::dataset::DatasetError;
use burn::tensor::Device;
use rayon::prelude::*;

use crate::batch::Batch;
use crate::batch_source::BatchSource;
use crate::data_description::DataDescription;
use crate::error::DataError;
use crate::fingerprint::Fingerprint;
use crate::mnist_dataset::{MnistDataset, MnistItem};
use crate::pixels::ByteScale;
use crate::targets::Targets;

/// How many features a core takes at a time; for fewer no other one is worth waking up.
const FEATURES_AT_ONCE: usize = 1 << 15;

/// Makes a [`Batch`] of single items, for Burn's own data loaders.
///
/// Gives the same numbers, bit by bit, as a [`BatchLoader`](crate::BatchLoader), which copies less.
///
/// ```
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// use firebrick::burn::data::dataloader::batcher::Batcher;
/// use firebrick::burn::tensor::Device;
/// use firebrick::datasets::{Batch, MnistBatcher, MnistItem};
///
/// let item = MnistItem { image: vec![0, 255], label: 7 };
/// let batch: Batch = MnistBatcher.batch(vec![item], &Device::flex());
/// assert_eq!(batch.inputs().into_data().to_vec::<f32>()?, [0.0, 1.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct MnistBatcher;

impl Batcher<MnistItem, Batch> for MnistBatcher {
    /// # Panics
    /// If the images differ in size, which those of one [`MnistDataset`] never do.
    fn batch(&self, items: Vec<MnistItem>, device: &Device) -> Batch {
        let num_features = items.first().map_or(0, |item| item.image.len());
        let mut values = Vec::with_capacity(items.len() * num_features);
        for item in &items {
            assert_eq!(
                item.image.len(),
                num_features,
                "all images of a batch must have the same size"
            );
            ByteScale::UNIT.extend(&mut values, &item.image);
        }
        let targets = items.iter().map(|item| f32::from(item.label)).collect();
        Batch::from_values(values, targets, num_features, device)
    }
}

impl BatchSource for MnistDataset {
    fn num_samples(&self) -> usize {
        self.len()
    }

    fn input_shape(&self) -> Vec<usize> {
        vec![self.num_features()]
    }

    fn targets(&self) -> Targets {
        Targets::Classes {
            num_classes: self.num_classes(),
        }
    }

    fn gather(&self, rows: &[usize], device: &Device) -> Result<Batch, DatasetError> {
        if let Some(&row) = rows.iter().find(|&&row| row >= self.len()) {
            return Err(DatasetError::new(DataError::RowOutOfRange {
                row,
                available: self.len(),
            }));
        }
        let num_features = self.num_features();
        let mut values = vec![0.0; rows.len() * num_features];
        let at_once = (FEATURES_AT_ONCE / num_features.max(1)).max(1);
        let parts = values.par_chunks_mut((at_once * num_features).max(1));
        parts
            .zip(rows.par_chunks(at_once))
            .for_each(|(values, rows)| {
                for (values, &row) in values.chunks_exact_mut(num_features).zip(rows) {
                    ByteScale::UNIT.fill(values, self.image(row));
                }
            });
        let targets = rows.iter().map(|&row| f32::from(self.label(row))).collect();
        Ok(Batch::from_values(values, targets, num_features, device))
    }

    fn class_indices(&self) -> Option<Vec<usize>> {
        Some(self.labels().map(usize::from).collect())
    }

    fn fingerprint(&self) -> Option<Fingerprint> {
        let rows = (0..self.len()).into_par_iter();
        let images = rows.map(|row| (self.image(row), self.label(row)));
        Some(Fingerprint::of_images(images))
    }

    fn description(&self) -> Option<DataDescription> {
        self.own_description()
    }

    fn origin_row(&self, row: usize) -> usize {
        self.row_in_file(row)
    }
}
