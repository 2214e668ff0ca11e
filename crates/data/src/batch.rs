//! A batch of tensors, with the one place where bytes become numbers.

use burn::data::dataloader::batcher::Batcher;
use burn::data::dataset::DatasetError;
use burn::tensor::{Device, Int, Tensor, TensorData};

use crate::batch_loader::BatchSource;
use crate::data_description::DataDescription;
use crate::error::DataError;
use crate::mnist_dataset::{MnistDataset, MnistItem};
use crate::targets::Targets;

/// Examples as a network takes them, one a row: the shapes of a row are those of their
/// [`BatchSource`].
///
/// ```
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::datasets::Batch;
///
/// let device = Device::flex();
/// let inputs = Tensor::<2>::zeros([2, 784], &device);
/// let batch = Batch::new(inputs, Tensor::<1>::from_floats([1.0, 0.0], &device));
/// assert_eq!((batch.num_samples(), batch.targets.dims()), (2, [2, 1]));
/// assert_eq!(batch.one_hot_targets(2).into_data().to_vec::<f32>()?, [0.0, 1.0, 1.0, 0.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Batch {
    /// `[batch_size, input elements]`.
    pub inputs: Tensor<2>,
    /// `[batch_size, target elements]`; a class is the number of its index.
    pub targets: Tensor<2>,
    /// How much each example counts, `[batch_size]`; all the same if absent.
    pub sample_weights: Option<Tensor<1>>,
}

impl Batch {
    /// Inputs and targets of any rank, made flat: one row an example.
    ///
    /// # Shapes
    /// - inputs: `[batch_size, ...]`
    /// - targets: `[batch_size, ...]`
    pub fn new<const D: usize, const E: usize>(inputs: Tensor<D>, targets: Tensor<E>) -> Self {
        Self {
            inputs: rows(inputs),
            targets: rows(targets),
            sample_weights: None,
        }
    }

    /// Number of examples.
    pub fn num_samples(&self) -> usize {
        self.targets.dims()[0]
    }

    /// Targets that are classes, as whole numbers.
    ///
    /// # Shapes
    /// - output: `[batch_size]`
    pub fn classes(&self) -> Tensor<1, Int> {
        self.targets.clone().slice_dim(1, 0..1).squeeze_dim(1).int()
    }

    /// Targets that are classes, as rows with a one at the class and zeros elsewhere, see [`one_hot`].
    ///
    /// # Shapes
    /// - output: `[batch_size, num_classes]`
    pub fn one_hot_targets(&self, num_classes: usize) -> Tensor<2> {
        one_hot(self.classes(), num_classes)
    }

    /// Moves values of the host to the device.
    fn from_values(
        values: Vec<f32>,
        classes: Vec<f32>,
        num_features: usize,
        device: &Device,
    ) -> Self {
        let num_samples = classes.len();
        Self {
            inputs: Tensor::from_data(TensorData::new(values, [num_samples, num_features]), device),
            targets: Tensor::from_data(TensorData::new(classes, [num_samples, 1]), device),
            sample_weights: None,
        }
    }
}

/// Everything behind the first axis as one.
fn rows<const D: usize>(tensor: Tensor<D>) -> Tensor<2> {
    let shape = tensor.dims();
    tensor.reshape([shape[0], shape[1..].iter().product()])
}

/// Classes as rows with a one at the class and zeros elsewhere.
///
/// A class that is not below `num_classes` gives a row of zeros; nothing is read back from the device.
///
/// # Shapes
/// - classes: `[batch_size]`
/// - output: `[batch_size, num_classes]`
pub fn one_hot(classes: Tensor<1, Int>, num_classes: usize) -> Tensor<2> {
    let shape = [classes.dims()[0], num_classes];
    let last = i64::try_from(num_classes).unwrap_or(i64::MAX);
    let columns = Tensor::<1, Int>::arange(0..last, &classes.device()).unsqueeze_dim::<2>(0);
    let rows = classes.unsqueeze_dim::<2>(1);
    rows.expand(shape).equal(columns.expand(shape)).float()
}

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
/// assert_eq!(batch.inputs.into_data().to_vec::<f32>()?, [0.0, 1.0]);
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
            extend_scaled(&mut values, &item.image);
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
        let mut values = Vec::with_capacity(rows.len() * num_features);
        for &row in rows {
            extend_scaled(&mut values, self.image(row));
        }
        let targets = rows.iter().map(|&row| f32::from(self.label(row))).collect();
        Ok(Batch::from_values(values, targets, num_features, device))
    }

    fn class_indices(&self) -> Option<Vec<usize>> {
        Some(self.labels().map(usize::from).collect())
    }

    fn description(&self) -> Option<DataDescription> {
        self.own_description()
    }

    fn origin_row(&self, row: usize) -> usize {
        self.row_in_file(row)
    }
}

/// `x / 255` for every byte.
static UNIT: [f32; 256] = {
    let mut unit = [0.0; 256];
    let mut byte = 0;
    while byte < 256 {
        unit[byte] = byte as f32 / 255.0;
        byte += 1;
    }
    unit
};

/// Appends pixels as numbers from 0 to 1.
pub(crate) fn extend_scaled(values: &mut Vec<f32>, pixels: &[u8]) {
    values.extend(pixels.iter().map(|&pixel| UNIT[usize::from(pixel)]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_divided_by_255() {
        let mut values = Vec::new();
        extend_scaled(&mut values, &[0, 1, 51, 128, 255]);
        assert_eq!(values, [0.0, 1.0 / 255.0, 0.2, 128.0 / 255.0, 1.0]);
    }
}
