//! Loss and sums of an output over plain memory.

use std::cell::OnceCell;

use burn::tensor::{Device, Tensor, TensorData};
use firebrick_data::Batch;
use firebrick_model::Activation;

use super::OutputObjective;
use crate::error::TrainError;
use crate::losses::HostRows;
use crate::metrics::MetricFunction;
use crate::objective::named;
use crate::outputs::Outputs;
use crate::target_form::TargetForm;

/// What an output of a batch comes to.
pub(in crate::objective) struct OnHost {
    pub(in crate::objective) loss: f32,
    /// What each metric's sums are joined with.
    pub(in crate::objective) sums: Vec<Vec<f32>>,
    /// Of the loss by what the network gives.
    pub(in crate::objective) slopes: Vec<f32>,
}

/// The rows of an output of a batch.
struct Judged<'a> {
    outputs: &'a [f32],
    columns: usize,
    activation: Activation,
    /// As they come.
    targets: Vec<f32>,
    /// The same where they are classes and somebody asks for a column each.
    one_hot: OnceCell<Vec<f32>>,
    weights: Option<Vec<f32>>,
    /// Rows of a sample.
    steps: usize,
    /// Without automatic differentiation.
    device: Device,
}

impl OutputObjective {
    /// Loss, sums and the slopes of the loss; `None` where the loss takes tensors.
    ///
    /// # Errors
    /// A loss or a metric that panics, a device that fails.
    pub(in crate::objective) fn assess_on_host(
        &self,
        output: &[f32],
        batch: &Batch,
    ) -> Result<Option<OnHost>, TrainError> {
        let Some(judged) = self.judged(output, batch)? else {
            return Ok(None);
        };
        let Some(rows) = judged.rows(self.loss.function().target_form()) else {
            return Ok(None);
        };
        let weights = judged.weights.as_deref();
        let part = || format!("loss `{}`", self.loss);
        let Some((loss, slopes)) = named(part, || self.loss.on_host(&rows, weights))? else {
            return Ok(None);
        };
        let mut sums = Vec::with_capacity(self.metrics.len());
        for measured in self.metrics.iter() {
            let function = self.function(measured);
            let Some(rows) = judged.rows(function.target_form()) else {
                return Ok(None);
            };
            let weights = weights.filter(|_| measured.is_weighted);
            let own = || match function.on_host(&rows, weights) {
                Some(sums) => Ok(sums),
                None => judged.by_tensors(function, &rows, weights),
            };
            sums.push(named(|| measured.part(), own)??);
        }
        Ok(Some(OnHost { loss, sums, slopes }))
    }

    /// What tensors are made of what the network gives.
    pub(in crate::objective) fn outputs_of(&self, values: Vec<f32>, device: &Device) -> Outputs {
        let shape = [values.len() / self.columns.max(1), self.columns];
        let raw = Tensor::<2>::from_data(TensorData::new(values, shape), device);
        Outputs::new(raw, self.activation).with_steps(self.steps)
    }

    /// The rows of an output; `None` where they have to be brought into another order.
    fn judged<'a>(
        &self,
        output: &'a [f32],
        batch: &Batch,
    ) -> Result<Option<Judged<'a>>, TrainError> {
        let target = self.place.target;
        let samples = batch.num_samples().max(1);
        let rows = output.len() / self.columns.max(1);
        let is_plain = self.axis.is_none() && rows.is_multiple_of(samples);
        if !is_plain || rows * self.columns != output.len() {
            return Ok(None);
        }
        let steps = rows / samples;
        let targets = batch.targets_of(target);
        let device = targets.device().without_autodiff();
        let weights = batch.weights_of(target).map(numbers).transpose()?;
        let of_rows = |weights: Vec<f32>| match steps {
            1 => weights,
            _ => weights
                .into_iter()
                .flat_map(|own| std::iter::repeat_n(own, steps))
                .collect(),
        };
        Ok(Some(Judged {
            outputs: output,
            columns: self.columns,
            activation: self.activation,
            targets: numbers(targets)?,
            one_hot: OnceCell::new(),
            weights: weights.map(of_rows),
            steps,
            device,
        }))
    }
}

impl Judged<'_> {
    /// With targets of this form, if they have one.
    fn rows(&self, form: TargetForm) -> Option<HostRows<'_>> {
        let is_alike = self.targets.len() == self.outputs.len();
        let is_class = self.targets.len() * self.columns == self.outputs.len();
        let targets = match form {
            TargetForm::LikeOutputs if is_alike => &self.targets,
            TargetForm::LikeOutputs if is_class => {
                self.one_hot.get_or_init(|| self.columns_of_classes())
            }
            TargetForm::ClassIndex | TargetForm::Label if is_class => &self.targets,
            _ => return None,
        };
        Some(HostRows::new(self.outputs, self.columns, targets).with_activation(self.activation))
    }

    /// Ones at the classes, zeros elsewhere.
    fn columns_of_classes(&self) -> Vec<f32> {
        let mut columns = vec![0.0; self.outputs.len()];
        for (row, class) in columns.chunks_exact_mut(self.columns).zip(&self.targets) {
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a class is a small whole number, and none below 0 has a column"
            )]
            if *class >= 0.0
                && let Some(own) = row.get_mut(*class as usize)
            {
                *own = 1.0;
            }
        }
        columns
    }

    /// The sums of a metric that has no form for plain memory.
    fn by_tensors(
        &self,
        function: &dyn MetricFunction,
        rows: &HostRows<'_>,
        weights: Option<&[f32]>,
    ) -> Result<Vec<f32>, TrainError> {
        let count = self.outputs.len() / self.columns;
        let matrix = |values: &[f32]| {
            let shape = [count, values.len() / count.max(1)];
            Tensor::<2>::from_data(TensorData::new(values.to_vec(), shape), &self.device)
        };
        let outputs = Outputs::new(matrix(self.outputs), self.activation).with_steps(self.steps);
        let weights = weights.map(|own| Tensor::<1>::from_floats(own, &self.device));
        numbers(function.update(matrix(rows.targets()), &outputs, weights))
    }
}

/// The numbers of a tensor on a device whose memory is the host's.
fn numbers<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, TrainError> {
    let data = tensor
        .try_into_data_as::<f32>()
        .map_err(TrainError::device)?;
    Ok(data.iter::<f32>().collect())
}
