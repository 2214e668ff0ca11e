use std::sync::Arc;

use burn::data::dataset::DatasetError;
use burn::tensor::Device;

use crate::batch::Batch;
use crate::data_description::DataDescription;
use crate::fields::{InputField, TargetField};
use crate::fingerprint::Fingerprint;
use crate::targets::Targets;

/// Examples that can be gathered by row number.
///
/// ```
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// use firebrick::burn::data::dataset::DatasetError;
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::datasets::{Batch, BatchSource, Targets};
///
/// /// The numbers from 0 on and their squares, made when they are asked for.
/// struct Squares(usize);
///
/// impl BatchSource for Squares {
///     fn num_samples(&self) -> usize {
///         self.0
///     }
///
///     fn input_shape(&self) -> Vec<usize> {
///         vec![1]
///     }
///
///     fn targets(&self) -> Targets {
///         Targets::Values { shape: vec![] }
///     }
///
///     fn gather(&self, rows: &[usize], device: &Device) -> Result<Batch, DatasetError> {
///         let numbers: Vec<f32> = rows.iter().map(|&row| row as f32).collect();
///         let inputs = Tensor::<1>::from_floats(numbers.as_slice(), device).unsqueeze_dim::<2>(1);
///         Ok(Batch::new(inputs.clone(), inputs.square()))
///     }
/// }
///
/// let batch = Squares(10).gather(&[3, 4], &Device::flex())?;
/// assert_eq!(batch.targets().into_data().to_vec::<f32>()?, [9.0, 16.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait BatchSource: Send + Sync {
    /// Number of examples.
    fn num_samples(&self) -> usize;

    /// The shape of one example's inputs, channels last; of several the first.
    fn input_shape(&self) -> Vec<usize>;

    /// What is asked for every example; of several outputs that of the first.
    fn targets(&self) -> Targets;

    /// What there is for each input of a network, in the order of a batch; by default floats for one input, without a name.
    fn all_inputs(&self) -> Vec<InputField> {
        vec![InputField::new(self.input_shape())]
    }

    /// What is asked of each output, in the order of a batch; by default of one output, without a name.
    fn all_targets(&self) -> Vec<TargetField> {
        vec![TargetField::new(self.targets())]
    }

    /// The examples of the given rows, in that order; rows are counted from 0.
    ///
    /// # Errors
    /// If a row does not exist or cannot be read.
    fn gather(&self, rows: &[usize], device: &Device) -> Result<Batch, DatasetError>;

    /// The class of every example, in order; `None`, the default, where there are no classes or only gathering all
    /// examples would tell.
    fn class_indices(&self) -> Option<Vec<usize>> {
        None
    }

    /// The data set that these examples to learn from belong to, where it can be written down; `None` by default.
    fn description(&self) -> Option<DataDescription> {
        None
    }

    /// What tells these examples from others, so that a training which was broken off goes on with the same ones; `None`,
    /// the default, where finding out would take too long. It looks at all of them.
    fn fingerprint(&self) -> Option<Fingerprint> {
        None
    }

    /// Where an example stood in the file or array that it comes from, counted from 0; the same row, by default, where
    /// examples were neither chosen nor put into another order.
    ///
    /// # Panics
    /// If there is no such example.
    fn origin_row(&self, row: usize) -> usize {
        row
    }
}

/// What is shared is the same source: any one behind an `Arc<dyn BatchSource>` can be trained on.
impl<S: BatchSource + ?Sized> BatchSource for Arc<S> {
    fn num_samples(&self) -> usize {
        self.as_ref().num_samples()
    }

    fn input_shape(&self) -> Vec<usize> {
        self.as_ref().input_shape()
    }

    fn targets(&self) -> Targets {
        self.as_ref().targets()
    }

    fn all_inputs(&self) -> Vec<InputField> {
        self.as_ref().all_inputs()
    }

    fn all_targets(&self) -> Vec<TargetField> {
        self.as_ref().all_targets()
    }

    fn gather(&self, rows: &[usize], device: &Device) -> Result<Batch, DatasetError> {
        self.as_ref().gather(rows, device)
    }

    fn class_indices(&self) -> Option<Vec<usize>> {
        self.as_ref().class_indices()
    }

    fn description(&self) -> Option<DataDescription> {
        self.as_ref().description()
    }

    fn fingerprint(&self) -> Option<Fingerprint> {
        self.as_ref().fingerprint()
    }

    fn origin_row(&self, row: usize) -> usize {
        self.as_ref().origin_row(row)
    }
}
