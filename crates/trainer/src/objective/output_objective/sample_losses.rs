//! What single samples come to.

use burn::tensor::Tensor;
use firebrick_data::Batch;
use firebrick_model::Activation;

use super::{OutputObjective, targets_as};
use crate::outputs::Outputs;
use crate::target_form::TargetForm;

impl OutputObjective {
    /// How many classes there are where each sample's is a one beside zeros.
    pub(crate) fn num_one_hot(&self) -> Option<usize> {
        let is_row = self.form == TargetForm::LikeOutputs
            && self.activation == Activation::Softmax
            && self.steps == 1
            && self.columns > 1;
        (is_row && self.targets.num_columns() == self.columns).then_some(self.columns)
    }

    /// The numbers of a sample's targets where each is compared with one of the outputs.
    pub(crate) fn num_compared(&self) -> Option<usize> {
        let is_alike = self.form == TargetForm::LikeOutputs && self.targets.num_classes().is_none();
        is_alike.then_some(self.columns * self.steps)
    }

    /// Columns that the answers are compared in, and the classes that targets are the indices of, if they are; `None` where the order
    /// of the columns is another one than that of the targets, or rows of labels are no answers.
    pub(crate) fn compared(&self) -> Option<(usize, Option<usize>)> {
        if self.axis.is_some() || !self.loss.is_mean() {
            return None;
        }
        match self.form {
            TargetForm::ClassIndex => Some((self.columns, Some(self.columns))),
            TargetForm::LikeOutputs => Some((self.columns, self.targets.num_classes())),
            TargetForm::Label | TargetForm::LabelSequence => None,
        }
    }

    /// The loss of each sample, whatever it weighs; of a sequence the mean of those of its steps that count. `None` where the
    /// loss takes several samples together.
    ///
    /// # Shapes
    /// - output: `[samples]`
    pub(crate) fn sample_losses(&self, outputs: &Outputs, batch: &Batch) -> Option<Tensor<1>> {
        let [rows, columns] = outputs.raw().dims();
        let samples = batch.num_samples();
        let natural = self.natural_targets(batch, [rows, columns]);
        let targets = targets_as(self.loss.function().target_form(), &natural, columns);
        let (values, mask) = self.loss.weighted_values(targets, outputs, None);
        let [count] = values.dims();
        if count == samples {
            return Some(values);
        }
        if samples == 0 || count != rows || !rows.is_multiple_of(samples) {
            return None;
        }
        let of_steps = |numbers: Tensor<1>| numbers.reshape([samples, rows / samples]);
        let mean = match mask {
            None => of_steps(values).mean_dim(1),
            Some(mask) => {
                let counted = of_steps(mask.clone()).sum_dim(1).clamp_min(1.0);
                of_steps(values * mask).sum_dim(1) / counted
            }
        };
        Some(mean.squeeze_dim(1))
    }
}
