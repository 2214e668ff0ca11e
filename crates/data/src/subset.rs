use std::sync::Arc;

use burn::data::dataset::DatasetError;
use burn::tensor::Device;

use crate::batch::Batch;
use crate::batch_source::BatchSource;
use crate::data_description::DataDescription;
use crate::error::DataError;
use crate::fields::{InputField, TargetField};
use crate::fingerprint::Fingerprint;
use crate::targets::Targets;
use crate::validation_split::ValidationSplit;

/// Some rows of a source, in an order of their own; the data is shared.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use std::sync::Arc;
///
/// use firebrick::datasets::{ArrayDataset, BatchSource, Subset};
///
/// let data = ArrayDataset::new([[0.0], [1.0], [2.0]], [0.0, 1.0, 4.0])?;
/// let first_and_last = Subset::new(Arc::new(data), vec![0, 2])?;
/// assert_eq!(first_and_last.num_samples(), 2);
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
#[derive(Clone)]
pub struct Subset {
    source: Arc<dyn BatchSource>,
    rows: Arc<[usize]>,
}

impl Subset {
    /// These rows, counted from 0; each may come several times.
    ///
    /// # Errors
    /// [`DataError::RowOutOfRange`] for a row that the source does not have.
    pub fn new(source: Arc<dyn BatchSource>, rows: Vec<usize>) -> Result<Self, DataError> {
        let available = source.num_samples();
        match rows.iter().find(|&&row| row >= available) {
            Some(&row) => Err(DataError::RowOutOfRange { row, available }),
            None => Ok(Self {
                source,
                rows: rows.into(),
            }),
        }
    }

    /// The first rows alone, e.g. for a quick trial.
    ///
    /// # Errors
    /// [`DataError::RowCount`] unless `num_rows` is from 1 to the number of samples.
    pub fn first(source: Arc<dyn BatchSource>, num_rows: usize) -> Result<Self, DataError> {
        let available = source.num_samples();
        if num_rows == 0 || num_rows > available {
            return Err(DataError::RowCount {
                requested: num_rows,
                available,
            });
        }
        Self::new(source, (0..num_rows).collect())
    }

    /// Divides the rows into those to train on and those that are kept back.
    ///
    /// # Errors
    /// [`DataError::SplitFraction`] and [`DataError::SplitEmpty`] unless the fraction leaves examples on both sides;
    /// [`DataError::NoStrata`] for a stratified split of a source that does not know its
    /// [`class_indices`](BatchSource::class_indices).
    pub fn split(
        source: &Arc<dyn BatchSource>,
        split: &ValidationSplit,
    ) -> Result<(Self, Self), DataError> {
        let labels = match split {
            ValidationSplit::Tail { .. } | ValidationSplit::Random { .. } => {
                vec![0; source.num_samples()]
            }
            ValidationSplit::Stratified { .. } => {
                source.class_indices().ok_or_else(|| DataError::NoStrata {
                    targets: source.targets(),
                })?
            }
        };
        let (train, held_back) = split.rows(&labels)?;
        Ok((
            Self::new(Arc::clone(source), train)?,
            Self::new(Arc::clone(source), held_back)?,
        ))
    }
}

impl BatchSource for Subset {
    fn num_samples(&self) -> usize {
        self.rows.len()
    }

    fn input_shape(&self) -> Vec<usize> {
        self.source.input_shape()
    }

    fn targets(&self) -> Targets {
        self.source.targets()
    }

    fn all_inputs(&self) -> Vec<InputField> {
        self.source.all_inputs()
    }

    fn all_targets(&self) -> Vec<TargetField> {
        self.source.all_targets()
    }

    fn gather(&self, rows: &[usize], device: &Device) -> Result<Batch, DatasetError> {
        let available = self.rows.len();
        let rows: Vec<usize> = rows
            .iter()
            .map(|&row| {
                let own = self.rows.get(row).copied();
                own.ok_or_else(|| DatasetError::new(DataError::RowOutOfRange { row, available }))
            })
            .collect::<Result<_, _>>()?;
        self.source.gather(&rows, device)
    }

    fn class_indices(&self) -> Option<Vec<usize>> {
        let classes = self.source.class_indices()?;
        Some(self.rows.iter().map(|&row| classes[row]).collect())
    }

    fn fingerprint(&self) -> Option<Fingerprint> {
        Some(self.source.fingerprint()?.of_chosen(&self.rows))
    }

    fn description(&self) -> Option<DataDescription> {
        self.source.description()
    }

    fn origin_row(&self, row: usize) -> usize {
        self.source.origin_row(self.rows[row])
    }
}
