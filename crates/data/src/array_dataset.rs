//! Samples from arrays in memory.

use std::fmt;
use std::sync::Arc;

use burn::data::dataset::DatasetError;
use burn::tensor::{Device, Tensor, TensorData};

use crate::array_data::ArrayData;
use crate::array_error::{ArrayError, ArrayPart};
use crate::batch::Batch;
use crate::batch_source::BatchSource;
use crate::data_description::DataDescription;
use crate::error::DataError;
use crate::fingerprint::Fingerprint;
use crate::targets::Targets;
use crate::validation_split::ValidationSplit;

/// The most axes of one sample.
const MAX_AXES: usize = 4;
/// Up to here single precision knows every whole number.
const MAX_CLASSES: usize = 1 << 24;

/// What all views of a set share.
struct Storage {
    inputs: Inputs,
    input_shape: Vec<usize>,
    input_size: usize,
    targets: Vec<f32>,
}

enum Inputs {
    /// With what each byte stands for.
    Bytes {
        bytes: Vec<u8>,
        values: Box<[f32; 256]>,
    },
    Floats(Vec<f32>),
}

/// Samples from arrays in memory: Keras' `x` and `y`.
///
/// Anything that becomes an [`ArrayData`] is taken: vectors, `ndarray` arrays, Burn tensors. Inputs have one to four axes a
/// sample, channels last; where they are one number a sample, that is a single feature. Of the targets,
/// - one integer a sample is the index of a class; the number of classes is the largest index plus one, see
///   [`with_num_classes`](Self::with_num_classes);
/// - floats, and integers of more than one axis, are values: numbers to predict, one or more columns, one-hot rows, the
///   index of a class at every step of a sequence.
///
/// A clone, a [split](Self::split) or the [first](Self::first) rows share the numbers and hold row numbers only. It is
/// never empty, and all its numbers are finite.
///
/// ```
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// use firebrick::datasets::{ArrayDataset, BatchSource, Targets};
///
/// // The exclusive or.
/// let data = ArrayDataset::new([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])?;
/// assert_eq!((data.len(), data.input_shape()), (4, vec![2]));
/// assert_eq!(data.targets(), Targets::Classes { num_classes: 2 });
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
#[derive(Clone)]
pub struct ArrayDataset {
    storage: Arc<Storage>,
    rows: Arc<[usize]>,
    targets: Targets,
    /// One for each of the rows.
    sample_weights: Option<Arc<[f32]>>,
    /// What it was read from, if it was.
    description: Option<Arc<DataDescription>>,
    /// Where each of the arrays' rows stood in a file of which rows were left out.
    origins: Option<Arc<[usize]>>,
}

impl ArrayDataset {
    /// Joins inputs with their targets; the first axis of both is the sample.
    ///
    /// # Errors
    /// What [`ArrayError`] lists: different numbers of samples, no samples, axes of length 0, numbers that are not finite,
    /// labels that are no class indices.
    pub fn new<X, Y>(inputs: X, targets: Y) -> Result<Self, DataError>
    where
        X: TryInto<ArrayData, Error: Into<DataError>>,
        Y: TryInto<ArrayData, Error: Into<DataError>>,
    {
        let inputs = inputs.try_into().map_err(Into::into)?;
        let targets = targets.try_into().map_err(Into::into)?;
        Ok(Self::join(inputs, targets)?)
    }

    fn join(inputs: ArrayData, targets: ArrayData) -> Result<Self, ArrayError> {
        inputs.check(ArrayPart::Inputs)?;
        targets.check(ArrayPart::Targets)?;
        let [num_inputs, num_targets] = [&inputs, &targets].map(|array| array.shape()[0]);
        if num_inputs != num_targets {
            return Err(ArrayError::NumSamples {
                inputs: num_inputs,
                targets: num_targets,
            });
        }
        let input_shape = match inputs.sample_shape() {
            [] => vec![1],
            shape if shape.len() <= MAX_AXES => shape.to_vec(),
            _ => {
                return Err(ArrayError::TooManyAxes {
                    shape: inputs.shape().to_vec(),
                });
            }
        };
        let asked = match targets.labels() {
            Some(labels) => Targets::Classes {
                num_classes: num_classes(&labels)?,
            },
            None => Targets::Values {
                shape: targets.sample_shape().to_vec(),
            },
        };
        let storage = Storage {
            input_size: input_shape.iter().product(),
            input_shape,
            inputs: match inputs.into_bytes() {
                Ok((bytes, values)) => Inputs::Bytes {
                    bytes,
                    values: Box::new(values),
                },
                Err(inputs) => Inputs::Floats(inputs.into_floats()),
            },
            targets: targets.into_floats(),
        };
        Ok(Self {
            storage: Arc::new(storage),
            rows: (0..num_inputs).collect(),
            targets: asked,
            sample_weights: None,
            description: None,
            origins: None,
        })
    }

    /// Says where the rows stood in a file of which some were left out.
    pub(crate) fn with_origins(mut self, origins: impl IntoIterator<Item = usize>) -> Self {
        self.origins = Some(origins.into_iter().collect());
        self
    }

    /// Sets the number of classes, e.g. where the largest one has no sample.
    ///
    /// # Errors
    /// [`ArrayError::LabelOutOfRange`] if a label does not fit, [`ArrayError::NoClasses`] if the targets are no class
    /// indices.
    pub fn with_num_classes(mut self, num_classes: usize) -> Result<Self, DataError> {
        let labels = self.labels("a number of classes")?;
        if let Some(row) = labels.iter().position(|&label| label >= num_classes) {
            return Err(DataError::from(ArrayError::LabelOutOfRange {
                row,
                received: labels[row],
                num_classes,
            }));
        }
        self.targets = Targets::Classes { num_classes };
        Ok(self)
    }

    /// Sets how much each sample counts in the loss and in weighted metrics: Keras' `sample_weight`.
    ///
    /// # Errors
    /// [`ArrayError::NumWeights`] unless there is one a sample, [`ArrayError::Weight`] for one that is negative or not
    /// finite, [`ArrayError::WeightsAllZero`].
    pub fn with_sample_weights(
        mut self,
        sample_weights: impl Into<Vec<f32>>,
    ) -> Result<Self, DataError> {
        let weights = sample_weights.into();
        if weights.len() != self.len() {
            return Err(DataError::from(ArrayError::NumWeights {
                expected: self.len(),
                received: weights.len(),
            }));
        }
        let is_weight = |weight: f32| weight.is_finite() && weight >= 0.0;
        if let Some(row) = weights.iter().position(|&weight| !is_weight(weight)) {
            return Err(DataError::from(ArrayError::Weight {
                row,
                received: weights[row],
            }));
        }
        if weights.iter().all(|&weight| weight <= 0.0) {
            return Err(DataError::from(ArrayError::WeightsAllZero));
        }
        self.sample_weights = Some(weights.into());
        Ok(self)
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Always `false`: nothing that makes a set makes an empty one.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The inputs of all samples, e.g. for a `Normalization` layer to adapt to.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
    /// use firebrick::burn::tensor::Device;
    /// use firebrick::datasets::ArrayDataset;
    ///
    /// let data = ArrayDataset::new([[1.0, 2.0], [3.0, 4.0]], [0.5, 1.5])?;
    /// assert_eq!(data.inputs::<2>(&Device::flex())?.dims(), [2, 2]);
    /// # Ok::<(), firebrick::datasets::DataError>(())
    /// ```
    ///
    /// # Shapes
    /// - output: `[num_samples, ...]`
    ///
    /// # Errors
    /// [`ArrayError::Rank`] unless `D` is the number of axes of a sample plus one.
    pub fn inputs<const D: usize>(&self, device: &Device) -> Result<Tensor<D>, DataError> {
        let mut shape = vec![self.len()];
        shape.extend(&self.storage.input_shape);
        if shape.len() != D {
            return Err(DataError::from(ArrayError::Rank { shape, asked: D }));
        }
        let rows: Vec<usize> = (0..self.len()).collect();
        let data = TensorData::new(self.input_values(&rows), shape);
        Ok(Tensor::from_data(data, device))
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
        Ok(self.view(&(0..num_rows).collect::<Vec<_>>()))
    }

    /// Divides the rows into a training and a validation set.
    ///
    /// # Errors
    /// [`DataError::SplitFraction`] and [`DataError::SplitEmpty`] unless the fraction leaves samples on both sides;
    /// [`ArrayError::NoClasses`] for a stratified split of targets that are no class indices.
    pub fn split(&self, split: &ValidationSplit) -> Result<(Self, Self), DataError> {
        let labels = match split {
            ValidationSplit::Tail { .. } | ValidationSplit::Random { .. } => vec![0; self.len()],
            ValidationSplit::Stratified { .. } => self.labels("a stratified split")?,
        };
        let (train, validation) = split.rows(&labels)?;
        Ok((self.view(&train), self.view(&validation)))
    }

    /// The same rows, read from what is described.
    pub(crate) fn described_as(mut self, description: DataDescription) -> Self {
        self.description = Some(Arc::new(description));
        self
    }

    /// What tells these samples from others, their order included.
    pub(crate) fn sum_of_rows(&self) -> Fingerprint {
        let numbers = |row| {
            let mut numbers = self.input_values(&[row]);
            numbers.extend(self.target_values(&[row]));
            numbers.extend(self.sample_weights.as_ref().map(|weights| weights[row]));
            numbers
        };
        Fingerprint::of((0..self.len()).map(numbers))
    }

    /// The rows at these positions.
    fn view(&self, positions: &[usize]) -> Self {
        let weights = self.sample_weights.as_ref();
        Self {
            rows: positions
                .iter()
                .map(|&position| self.rows[position])
                .collect(),
            sample_weights: weights.map(|weights| {
                positions
                    .iter()
                    .map(|&position| weights[position])
                    .collect()
            }),
            ..self.clone()
        }
    }

    /// The class of every sample, for what only classes have.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a class index was a whole number of at least 0 before it was kept as a float"
    )]
    fn labels(&self, asked: &'static str) -> Result<Vec<usize>, ArrayError> {
        match &self.targets {
            Targets::Classes { .. } => {
                let label = |&row: &usize| self.storage.targets[row] as usize;
                Ok(self.rows.iter().map(label).collect())
            }
            Targets::Values { shape } => Err(ArrayError::NoClasses {
                asked,
                shape: shape.clone(),
            }),
        }
    }

    /// The inputs at these positions, one sample after the other.
    fn input_values(&self, positions: &[usize]) -> Vec<f32> {
        let size = self.storage.input_size;
        let mut gathered = Vec::with_capacity(positions.len() * size);
        for &position in positions {
            let start = self.rows[position] * size;
            let sample = start..start + size;
            match &self.storage.inputs {
                Inputs::Bytes { bytes, values } => {
                    let value = |&byte: &u8| values[usize::from(byte)];
                    gathered.extend(bytes[sample].iter().map(value));
                }
                Inputs::Floats(floats) => gathered.extend_from_slice(&floats[sample]),
            }
        }
        gathered
    }

    /// The targets at these positions, one sample after the other.
    fn target_values(&self, positions: &[usize]) -> Vec<f32> {
        let size = self.targets.num_columns();
        let mut gathered = Vec::with_capacity(positions.len() * size);
        for &position in positions {
            let start = self.rows[position] * size;
            gathered.extend_from_slice(&self.storage.targets[start..start + size]);
        }
        gathered
    }
}

impl BatchSource for ArrayDataset {
    fn num_samples(&self) -> usize {
        self.len()
    }

    fn input_shape(&self) -> Vec<usize> {
        self.storage.input_shape.clone()
    }

    fn targets(&self) -> Targets {
        self.targets.clone()
    }

    fn gather(&self, rows: &[usize], device: &Device) -> Result<Batch, DatasetError> {
        if let Some(&row) = rows.iter().find(|&&row| row >= self.len()) {
            return Err(DatasetError::new(DataError::RowOutOfRange {
                row,
                available: self.len(),
            }));
        }
        let matrix = |values: Vec<f32>, width: usize| {
            Tensor::from_data(TensorData::new(values, [rows.len(), width]), device)
        };
        let weights = self.sample_weights.as_ref().map(|weights| {
            let own: Vec<f32> = rows.iter().map(|&row| weights[row]).collect();
            Tensor::from_data(TensorData::new(own, [rows.len()]), device)
        });
        Ok(Batch {
            inputs: matrix(self.input_values(rows), self.storage.input_size),
            targets: matrix(self.target_values(rows), self.targets.num_columns()),
            sample_weights: weights,
        })
    }

    fn class_indices(&self) -> Option<Vec<usize>> {
        self.labels("a list of classes").ok()
    }

    fn fingerprint(&self) -> Option<Fingerprint> {
        Some(self.sum_of_rows())
    }

    fn description(&self) -> Option<DataDescription> {
        self.description.as_deref().cloned()
    }

    fn origin_row(&self, row: usize) -> usize {
        let own = self.rows[row];
        self.origins.as_ref().map_or(own, |origins| origins[own])
    }
}

impl fmt::Debug for ArrayDataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArrayDataset")
            .field("len", &self.len())
            .field("input_shape", &self.storage.input_shape)
            .field("targets", &self.targets)
            .field("is_weighted", &self.sample_weights.is_some())
            .finish_non_exhaustive()
    }
}

/// The largest label plus one.
fn num_classes(labels: &[i64]) -> Result<usize, ArrayError> {
    let mut num_classes = 0;
    for (row, &label) in labels.iter().enumerate() {
        match usize::try_from(label) {
            Ok(class) if class < MAX_CLASSES => num_classes = num_classes.max(class + 1),
            _ => {
                return Err(ArrayError::Label {
                    row,
                    received: label,
                    limit: MAX_CLASSES,
                });
            }
        }
    }
    Ok(num_classes)
}
