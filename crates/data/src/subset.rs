use std::sync::Arc;

use burn::data::dataset::DatasetError;
use burn::tensor::Device;

use crate::batch::Batch;
use crate::batch_loader::BatchSource;
use crate::error::DataError;
use crate::targets::Targets;
use crate::validation_split::ValidationSplit;

/// Some rows of a source, in an order of their own; the data is shared.
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

    /// Keeps the last rows back: by Keras' rule the first `floor(n · (1 - fraction))` are the first part.
    ///
    /// # Errors
    /// [`DataError::SplitFraction`] and [`DataError::SplitEmpty`] unless the fraction leaves examples on both sides.
    pub fn split_tail(
        source: &Arc<dyn BatchSource>,
        fraction: f64,
    ) -> Result<(Self, Self), DataError> {
        let labels = vec![0; source.num_samples()];
        let (first, last) = ValidationSplit::Tail { fraction }.rows(&labels)?;
        Ok((
            Self::new(Arc::clone(source), first)?,
            Self::new(Arc::clone(source), last)?,
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
}
