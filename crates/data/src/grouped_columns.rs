use std::sync::Arc;

use burn::data::dataset::DatasetError;
use burn::tensor::Device;

use crate::batch::Batch;
use crate::batch_source::BatchSource;
use crate::column_group::ColumnGroup;
use crate::data_description::DataDescription;
use crate::fields::{InputField, NumberKind, TargetField};
use crate::fingerprint::Fingerprint;
use crate::targets::Targets;

/// Samples of one input and one target, divided into those of a network that has several.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use std::sync::Arc;
///
/// use firebrick::datasets::{ArrayDataset, BatchSource, ColumnGroup, GroupedColumns, NumberKind};
///
/// let group = |name: &str, columns: &[usize]| ColumnGroup {
///     name: name.to_owned(),
///     columns: columns.to_vec(),
///     kind: NumberKind::Floats,
/// };
/// let rows = ArrayDataset::new([[0.5, 1.5, 3.0], [0.25, 2.5, 7.0]], [[0.0], [1.0]])?;
/// let inputs = vec![group("wide", &[2]), group("deep", &[0, 1])];
/// let data = GroupedColumns::new(Arc::new(rows)).with_inputs(inputs);
/// assert_eq!(data.all_inputs()[1].shape, [2]);
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
#[derive(Clone)]
pub struct GroupedColumns {
    source: Arc<dyn BatchSource>,
    /// All columns, without a name, if there are none.
    inputs: Arc<[ColumnGroup]>,
    outputs: Arc<[ColumnGroup]>,
}

impl GroupedColumns {
    /// The samples as they are.
    pub fn new(source: Arc<dyn BatchSource>) -> Self {
        Self {
            source,
            inputs: Arc::new([]),
            outputs: Arc::new([]),
        }
    }

    /// Sets which columns of the samples go into which input.
    #[must_use = "returns the changed samples"]
    pub fn with_inputs(mut self, inputs: Vec<ColumnGroup>) -> Self {
        self.inputs = inputs.into();
        self
    }

    /// Sets which columns of the targets are asked of which output.
    #[must_use = "returns the changed samples"]
    pub fn with_outputs(mut self, outputs: Vec<ColumnGroup>) -> Self {
        self.outputs = outputs.into();
        self
    }
}

impl BatchSource for GroupedColumns {
    fn num_samples(&self) -> usize {
        self.source.num_samples()
    }

    fn input_shape(&self) -> Vec<usize> {
        let first = self.inputs.first();
        first.map_or_else(
            || self.source.input_shape(),
            |group| vec![group.columns.len()],
        )
    }

    fn targets(&self) -> Targets {
        let first = self.all_targets().into_iter().next();
        first.map_or_else(|| self.source.targets(), |field| field.targets)
    }

    fn all_inputs(&self) -> Vec<InputField> {
        if self.inputs.is_empty() {
            return self.source.all_inputs();
        }
        let field = |group: &ColumnGroup| {
            let field = InputField::new([group.columns.len()]).named(&group.name);
            match group.kind {
                NumberKind::Floats => field,
                NumberKind::Integers => field.of_integers(),
            }
        };
        self.inputs.iter().map(field).collect()
    }

    fn all_targets(&self) -> Vec<TargetField> {
        if self.outputs.is_empty() {
            return self.source.all_targets();
        }
        let all = self.source.targets();
        let field = |group: &ColumnGroup| {
            let targets = match (&all, group.columns.len()) {
                (Targets::Classes { .. }, _) => all.clone(),
                (Targets::Values { .. }, 1) => Targets::Values { shape: vec![] },
                (Targets::Values { .. }, columns) => Targets::Values {
                    shape: vec![columns],
                },
            };
            TargetField::new(targets).named(&group.name)
        };
        self.outputs.iter().map(field).collect()
    }

    fn gather(&self, rows: &[usize], device: &Device) -> Result<Batch, DatasetError> {
        let batch = self.source.gather(rows, device)?;
        let weights = batch.sample_weights();
        let inputs = if self.inputs.is_empty() {
            batch.all_inputs().to_vec()
        } else {
            let rows = batch.inputs();
            self.inputs.iter().map(|group| group.of(&rows)).collect()
        };
        let targets = if self.outputs.is_empty() {
            batch.all_targets().to_vec()
        } else {
            let rows = batch.targets();
            self.outputs.iter().map(|group| group.of(&rows)).collect()
        };
        Ok(Batch::of(inputs, targets).with_sample_weights(weights))
    }

    fn class_indices(&self) -> Option<Vec<usize>> {
        self.source.class_indices()
    }

    fn description(&self) -> Option<DataDescription> {
        self.source.description()
    }

    fn fingerprint(&self) -> Option<Fingerprint> {
        self.source.fingerprint()
    }

    fn origin_row(&self, row: usize) -> usize {
        self.source.origin_row(row)
    }
}
