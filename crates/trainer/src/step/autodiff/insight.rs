//! What a training by automatic differentiation says of itself.

use std::sync::Arc;

use burn::tensor::Tensor;
use firebrick_data::Batch;
use firebrick_model::Model;
use firebrick_session::LayerNumbers;

use super::super::{StepInsight, TestStep};
use super::{AutodiffStep, Judge};
use crate::error::TrainError;
use crate::insight::{Look, RowForm, SampleWatch, sample_rows};
use crate::read_back::read_back;

impl<M: Model> StepInsight<M> for AutodiffStep<M> {
    fn look_at_next(&mut self) {
        self.look = Look::Wanted;
    }

    fn take_look(&mut self) -> Result<Option<Vec<LayerNumbers>>, TrainError> {
        self.look.take(&*self.model)
    }

    fn watched_test_step(&self, model: &M) -> Result<Option<(TestStep, SampleWatch)>, TrainError> {
        let Some(form) = RowForm::of(&self.objective) else {
            return Ok(None);
        };
        let device = self.device.clone().without_autodiff();
        let judge = Judge::new(model, Arc::clone(&self.objective), self.kind, &device)?;
        let watch = SampleWatch::new(form);
        let own = watch.clone();
        let test = move |batch: Batch| {
            // The targets are shared, not copied.
            let targets = batch.clone().without_inputs();
            let (output, outputs) = judge.judge(batch)?;
            own.timed(
                || match sample_rows(judge.objective(), &outputs, &targets) {
                    Some(rows) => own.push(rows),
                    None => Ok(()),
                },
            )?;
            Ok(output)
        };
        Ok(Some((Box::new(test), watch)))
    }

    fn dead_units(&self, model: &M, batch: &Batch) -> Result<Vec<(String, f64)>, TrainError> {
        let dead = model.dead_units(self.objective.inputs().of(batch)?)?;
        if dead.is_empty() {
            return Ok(Vec::new());
        }
        let (layers, shares): (Vec<String>, Vec<Tensor<1>>) = dead
            .into_iter()
            .map(|dead| (dead.layer, dead.share))
            .unzip();
        let shares = read_back(Tensor::cat(shares, 0))?;
        Ok(layers
            .into_iter()
            .zip(shares.into_iter().map(f64::from))
            .collect())
    }
}
