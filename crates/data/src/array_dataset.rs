//! Samples from arrays in memory.

mod input_array;

use std::fmt;
use std::sync::Arc;

use burn::data::dataset::DatasetError;
use burn::tensor::{Device, Tensor, TensorData};
use firebrick_spec::UnknownName;
use firebrick_tensor::AnyTensor;

use crate::array_data::{ArrayData, NamedArray};
use crate::array_error::{ArrayError, ArrayPart};
use crate::batch::Batch;
use crate::batch_source::BatchSource;
use crate::data_description::DataDescription;
use crate::error::DataError;
use crate::fields::{InputField, TargetField};
use crate::fingerprint::Fingerprint;
use crate::targets::Targets;
use crate::validation_split::ValidationSplit;
use input_array::InputArray;

/// Up to here single precision knows every whole number.
const MAX_CLASSES: usize = 1 << 24;

/// What all views of a set share.
struct Storage {
    inputs: Vec<InputArray>,
    /// Of each target the numbers of all samples.
    targets: Vec<Vec<f32>>,
}

/// Samples from arrays in memory: Keras' `x` and `y`.
///
/// Anything that becomes an [`ArrayData`] is taken: vectors, `ndarray` arrays, Burn tensors. Inputs have one to four axes a
/// sample, channels last; where they are one number a sample, that is a single feature. Integers stay whole numbers, exact however
/// large, for layers that look them up; so do texts, as their bytes, for layers that read them. Of the targets,
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
    targets: Vec<TargetField>,
    /// Of each target, one for each of the rows.
    sample_weights: Vec<Option<Arc<[f32]>>>,
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
        Ok(Self::join(vec![(None, inputs)], vec![(None, targets)])?)
    }

    /// Joins several inputs and targets, which a network takes and gives by these names: Keras' dictionaries `x` and `y`.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
    /// use firebrick::datasets::{ArrayData, ArrayDataset, BatchSource, Targets};
    ///
    /// let data = ArrayDataset::of_named(
    ///     [
    ///         ArrayData::named("user", [16_777_217, 3])?,
    ///         ArrayData::named("film", [[0.5, 1.0], [0.1, 0.0]])?,
    ///     ],
    ///     [ArrayData::named("class", [0, 1])?, ArrayData::named("box", [[0.5], [0.25]])?],
    /// )?;
    /// assert_eq!(data.all_inputs()[1].shape, [2]);
    /// assert_eq!(data.all_targets()[0].targets, Targets::Classes { num_classes: 2 });
    /// # Ok::<(), firebrick::datasets::DataError>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`new`](Self::new), with the name of the array; no inputs or targets, two of one name.
    pub fn of_named(
        inputs: impl IntoIterator<Item = NamedArray>,
        targets: impl IntoIterator<Item = NamedArray>,
    ) -> Result<Self, DataError> {
        let parts = |array: NamedArray| {
            let (name, data) = array.into_parts();
            (Some(name), data)
        };
        Ok(Self::join(
            inputs.into_iter().map(parts).collect(),
            targets.into_iter().map(parts).collect(),
        )?)
    }

    fn join(inputs: Vec<Part>, targets: Vec<Part>) -> Result<Self, ArrayError> {
        check_parts(&inputs, ArrayPart::Inputs)?;
        check_parts(&targets, ArrayPart::Targets)?;
        let num_samples = num_samples(&inputs, &targets)?;
        let mut own_inputs = Vec::with_capacity(inputs.len());
        for (name, array) in inputs {
            let input = InputArray::new(name.clone(), array);
            own_inputs.push(input.map_err(|error| error.of(name.as_deref()))?);
        }
        let (mut fields, mut own_targets) = (Vec::new(), Vec::new());
        for (name, array) in targets {
            let asked = asked(&array).map_err(|error| error.of(name.as_deref()))?;
            fields.push(TargetField {
                name,
                targets: asked,
            });
            own_targets.push(array.into_floats());
        }
        Ok(Self {
            sample_weights: vec![None; fields.len()],
            targets: fields,
            storage: Arc::new(Storage {
                inputs: own_inputs,
                targets: own_targets,
            }),
            rows: (0..num_samples).collect(),
            description: None,
            origins: None,
        })
    }

    /// Says where the rows stood in a file of which some were left out.
    pub(crate) fn with_origins(mut self, origins: impl IntoIterator<Item = usize>) -> Self {
        self.origins = Some(origins.into_iter().collect());
        self
    }

    /// Sets the number of classes, e.g. where the largest one has no sample. Of several targets those are meant that are the
    /// first classes; see [`with_num_classes_of`](Self::with_num_classes_of).
    ///
    /// # Errors
    /// [`ArrayError::LabelOutOfRange`] if a label does not fit, [`ArrayError::NoClasses`] if the targets are no class
    /// indices.
    pub fn with_num_classes(self, num_classes: usize) -> Result<Self, DataError> {
        let target = self.first_classes("a number of classes")?;
        Ok(self.with_classes(target, num_classes)?)
    }

    /// The same of the targets of this name.
    ///
    /// # Errors
    /// Those of [`with_num_classes`](Self::with_num_classes); [`ArrayError::UnknownTarget`].
    pub fn with_num_classes_of(self, name: &str, num_classes: usize) -> Result<Self, DataError> {
        let target = self.target(name)?;
        if let Targets::Values { shape } = &self.targets[target].targets {
            return Err(DataError::from(ArrayError::NoClasses {
                asked: "a number of classes",
                shape: shape.clone(),
            }));
        }
        Ok(self.with_classes(target, num_classes)?)
    }

    fn with_classes(mut self, target: usize, num_classes: usize) -> Result<Self, ArrayError> {
        let labels = self.labels_of(target);
        if let Some(row) = labels.iter().position(|&label| label >= num_classes) {
            return Err(ArrayError::LabelOutOfRange {
                row,
                received: labels[row],
                num_classes,
            });
        }
        self.targets[target].targets = Targets::Classes { num_classes };
        Ok(self)
    }

    /// Sets how much each sample counts in the loss and in weighted metrics, of several targets for each of them: Keras'
    /// `sample_weight`.
    ///
    /// # Errors
    /// [`ArrayError::NumWeights`] unless there is one a sample, [`ArrayError::Weight`] for one that is negative or not
    /// finite, [`ArrayError::WeightsAllZero`].
    pub fn with_sample_weights(
        mut self,
        sample_weights: impl Into<Vec<f32>>,
    ) -> Result<Self, DataError> {
        let weights = checked_weights(sample_weights.into(), self.len())?;
        self.sample_weights.fill(Some(weights));
        Ok(self)
    }

    /// The same for the targets of this name alone.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_data as datasets; }
    /// use firebrick::datasets::{ArrayData, ArrayDataset};
    ///
    /// let inputs = [ArrayData::named("picture", [[0.5], [0.1]])?];
    /// let targets = [ArrayData::named("class", [0, 1])?, ArrayData::named("box", [[0.5], [0.25]])?];
    /// // The second sample has no box.
    /// let data = ArrayDataset::of_named(inputs, targets)?.with_sample_weights_of("box", [1.0, 0.0])?;
    /// let error = data.with_sample_weights_of("boxes", [1.0, 0.0]).unwrap_err();
    /// assert!(error.to_string().contains("did you mean `box`?"));
    /// # Ok::<(), firebrick::datasets::DataError>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`with_sample_weights`](Self::with_sample_weights); [`ArrayError::UnknownTarget`].
    pub fn with_sample_weights_of(
        mut self,
        name: &str,
        sample_weights: impl Into<Vec<f32>>,
    ) -> Result<Self, DataError> {
        let target = self.target(name)?;
        let weights = checked_weights(sample_weights.into(), self.len())?;
        self.sample_weights[target] = Some(weights);
        Ok(self)
    }

    /// The index of the targets of this name.
    fn target(&self, name: &str) -> Result<usize, ArrayError> {
        let named = |field: &TargetField| field.name.as_deref() == Some(name);
        self.targets.iter().position(named).ok_or_else(|| {
            let known: Vec<&str> = self
                .targets
                .iter()
                .filter_map(|field| field.name.as_deref())
                .collect();
            ArrayError::UnknownTarget(UnknownName::new("target", name, &known))
        })
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Always `false`: nothing that makes a set makes an empty one.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The inputs of all samples, of several the first, e.g. for a `Normalization` layer to adapt to.
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
        let input = self.first_input();
        let mut shape = vec![self.len()];
        shape.extend(&input.field.shape);
        if shape.len() != D {
            return Err(DataError::from(ArrayError::Rank { shape, asked: D }));
        }
        let data = TensorData::new(input.floats(self.rows.iter().copied()), shape);
        Ok(Tensor::from_data(data, device))
    }

    /// There is one at least.
    fn first_input(&self) -> &InputArray {
        &self.storage.inputs[0]
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
    /// [`ArrayError::NoClasses`] for a stratified split of targets that are no class indices. Of several the first classes are
    /// stratified by.
    pub fn split(&self, split: &ValidationSplit) -> Result<(Self, Self), DataError> {
        let labels = match split {
            ValidationSplit::Tail { .. } | ValidationSplit::Random { .. } => vec![0; self.len()],
            ValidationSplit::Stratified { .. } => {
                self.labels_of(self.first_classes("a stratified split")?)
            }
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
            let mut numbers = Vec::new();
            for input in &self.storage.inputs {
                numbers.extend(input.marks(self.rows[row]));
            }
            for (target, weights) in self.sample_weights.iter().enumerate() {
                numbers.extend(self.target_values(target, &[row]));
                numbers.extend(weights.as_ref().map(|weights| weights[row]));
            }
            numbers
        };
        Fingerprint::of((0..self.len()).map(numbers))
    }

    /// The rows at these positions.
    fn view(&self, positions: &[usize]) -> Self {
        let chosen = |weights: &Arc<[f32]>| positions.iter().map(|&row| weights[row]).collect();
        let weights = self.sample_weights.iter();
        Self {
            rows: positions
                .iter()
                .map(|&position| self.rows[position])
                .collect(),
            sample_weights: weights.map(|own| own.as_ref().map(chosen)).collect(),
            ..self.clone()
        }
    }

    /// The index of the first targets that are classes, for what only classes have.
    fn first_classes(&self, asked: &'static str) -> Result<usize, ArrayError> {
        let is_class = |field: &TargetField| field.targets.num_classes().is_some();
        let found = self.targets.iter().position(is_class);
        found.ok_or_else(|| ArrayError::NoClasses {
            asked,
            shape: match self.targets() {
                Targets::Values { shape } => shape,
                Targets::Classes { .. } => Vec::new(),
            },
        })
    }

    /// The class of every sample, of targets that are classes.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a class index was a whole number of at least 0 before it was kept as a float"
    )]
    fn labels_of(&self, target: usize) -> Vec<usize> {
        let label = |&row: &usize| self.storage.targets[target][row] as usize;
        self.rows.iter().map(label).collect()
    }

    /// Targets at these positions, one sample after the other.
    fn target_values(&self, target: usize, positions: &[usize]) -> Vec<f32> {
        let size = self.targets[target].targets.num_columns();
        let mut gathered = Vec::with_capacity(positions.len() * size);
        for &position in positions {
            let start = self.rows[position] * size;
            gathered.extend_from_slice(&self.storage.targets[target][start..start + size]);
        }
        gathered
    }
}

impl BatchSource for ArrayDataset {
    fn num_samples(&self) -> usize {
        self.len()
    }

    fn input_shape(&self) -> Vec<usize> {
        self.first_input().field.shape.clone()
    }

    fn targets(&self) -> Targets {
        self.targets[0].targets.clone()
    }

    fn all_inputs(&self) -> Vec<InputField> {
        let inputs = self.storage.inputs.iter();
        inputs.map(|input| input.field.clone()).collect()
    }

    fn all_targets(&self) -> Vec<TargetField> {
        self.targets.clone()
    }

    fn gather(&self, rows: &[usize], device: &Device) -> Result<Batch, DatasetError> {
        if let Some(&row) = rows.iter().find(|&&row| row >= self.len()) {
            return Err(DatasetError::new(DataError::RowOutOfRange {
                row,
                available: self.len(),
            }));
        }
        let inputs = self.storage.inputs.iter();
        let inputs = inputs
            .map(|input| input.gather(rows.iter().map(|&row| self.rows[row]), device))
            .collect::<Result<Vec<_>, _>>()
            .map_err(DatasetError::new)?;
        let targets = self.targets.iter().enumerate().map(|(target, field)| {
            let shape = [rows.len(), field.targets.num_columns()];
            let data = TensorData::new(self.target_values(target, rows), shape);
            AnyTensor::from(Tensor::<2>::from_data(data, device))
        });
        let mut batch = Batch::of(inputs, targets);
        for (target, weights) in self.sample_weights.iter().enumerate() {
            if let Some(weights) = weights {
                let own: Vec<f32> = rows.iter().map(|&row| weights[row]).collect();
                let own = Tensor::<1>::from_data(TensorData::new(own, [rows.len()]), device);
                batch = batch.with_weights_of(target, own);
            }
        }
        Ok(batch)
    }

    fn class_indices(&self) -> Option<Vec<usize>> {
        let classes = self.first_classes("a list of classes").ok()?;
        Some(self.labels_of(classes))
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
            .field("inputs", &self.all_inputs())
            .field("targets", &self.targets)
            .field(
                "is_weighted",
                &self.sample_weights.iter().any(Option::is_some),
            )
            .finish_non_exhaustive()
    }
}

/// An array and its name, if it has one.
type Part = (Option<String>, ArrayData);

/// Makes sure of names and numbers of all inputs or all targets.
fn check_parts(arrays: &[Part], part: ArrayPart) -> Result<(), ArrayError> {
    if arrays.is_empty() {
        return Err(ArrayError::NoArrays { part });
    }
    for (index, (name, array)) in arrays.iter().enumerate() {
        let is_taken = arrays[..index].iter().any(|(other, _)| other == name);
        match name {
            Some(name) if is_taken => {
                let name = name.clone();
                return Err(ArrayError::DuplicateName { part, name });
            }
            _ => array
                .check(part)
                .map_err(|error| error.of(name.as_deref()))?,
        }
    }
    Ok(())
}

/// How many samples all of them have.
fn num_samples(inputs: &[Part], targets: &[Part]) -> Result<usize, ArrayError> {
    let (first, expected) = (&inputs[0].0, inputs[0].1.shape()[0]);
    for (name, array) in inputs.iter().chain(targets) {
        let received = array.shape()[0];
        if received == expected {
            continue;
        }
        return Err(match (name, first) {
            (Some(name), Some(first)) => ArrayError::NumSamplesOf {
                name: name.clone(),
                first: first.clone(),
                expected,
                received,
            },
            _ => ArrayError::NumSamples {
                inputs: expected,
                targets: received,
            },
        });
    }
    Ok(expected)
}

/// What an array asks of a network.
fn asked(targets: &ArrayData) -> Result<Targets, ArrayError> {
    if targets.is_text() {
        return Err(ArrayError::TextTargets);
    }
    Ok(match targets.labels() {
        Some(labels) => Targets::Classes {
            num_classes: num_classes(&labels)?,
        },
        None => Targets::Values {
            shape: targets.sample_shape().to_vec(),
        },
    })
}

/// Weights of so many samples.
fn checked_weights(weights: Vec<f32>, num_samples: usize) -> Result<Arc<[f32]>, ArrayError> {
    if weights.len() != num_samples {
        return Err(ArrayError::NumWeights {
            expected: num_samples,
            received: weights.len(),
        });
    }
    let is_weight = |weight: f32| weight.is_finite() && weight >= 0.0;
    if let Some(row) = weights.iter().position(|&weight| !is_weight(weight)) {
        return Err(ArrayError::Weight {
            row,
            received: weights[row],
        });
    }
    if weights.iter().all(|&weight| weight <= 0.0) {
        return Err(ArrayError::WeightsAllZero);
    }
    Ok(weights.into())
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
