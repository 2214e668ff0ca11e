//! The pass over labelled samples that judges a model.

use std::iter::Take;
use std::sync::Arc;

use burn::data::dataloader::DataLoaderIterator;
use burn::tensor::Tensor;
use firebrick_data::{Batch, Samples};
use firebrick_model::Model;

use super::checks::Checks;
use super::loading::Loader;
use super::passing::Passing;
use super::{Trainer, predicting};
use crate::displays::PassLines;
use crate::error::TrainError;
use crate::evaluation::{ClassEvaluation, Evaluation};
use crate::outputs::Outputs;
use crate::pass::Pass;
use crate::passes::{self, DataPass, Hook, Phase};
use crate::sample_place::SamplePlace;
use crate::step::{Judge, Measures};

/// An evaluation at work.
struct Evaluating<'a, M: Model> {
    passing: Passing<'a, M>,
    batches: Take<Box<dyn DataLoaderIterator<Batch> + 'a>>,
    judge: Judge<M>,
    lines: PassLines,
}

pub(super) fn evaluate<M: Model>(
    trainer: &Trainer<M>,
    data: &Samples,
    pass: &Pass,
) -> Result<Evaluation, TrainError> {
    let batch_size = predicting::batch_size(trainer, pass, data)?;
    let objective = trainer.objective(data)?;
    trainer.check_samples(data, &objective, SamplePlace::new())?;
    trainer.check_outputs(data, &objective)?;
    let num_classes = objective.num_told_apart();
    let checks = Some(Checks::new(&trainer.model, &objective));
    let loader = Loader::of_training(data, (batch_size, None), checks, &trainer.device)?;
    let steps = predicting::steps(pass, loader.num_batches())?;
    let loader = loader.shared();
    let objective = Arc::new(objective);
    let measures = Some(Measures::of(&objective));
    let judge = Judge::new(&trainer.model, objective, pass.step, &trainer.device)?;
    let mut evaluating = Evaluating {
        passing: Passing::new(trainer, measures, &pass.callbacks, steps, batch_size),
        batches: loader.iter().take(pass.steps()?.unwrap_or(usize::MAX)),
        judge,
        lines: PassLines::new(trainer.display, steps),
    };
    let passing = &mut evaluating.passing;
    passing.call(&mut |callback, training| callback.on_test_begin(training))?;
    passes::run(&mut evaluating)?;
    let Evaluating { mut passing, .. } = evaluating;
    let figures = passing.tally.logs()?;
    passing.call(&mut |callback, training| callback.on_test_end(training, &figures))?;
    let answers = passing.tally.take_others();
    Ok(Evaluation {
        figures,
        samples: passing.tally.figures().samples(),
        classes: num_classes.map(|num_classes| class_evaluation(num_classes, &answers)),
    })
}

impl<M: Model> DataPass for Evaluating<'_, M> {
    type Batch = Batch;
    type Error = TrainError;

    const PHASE: Phase = Phase::Test;

    fn next_batch(&mut self) -> Result<Option<Batch>, TrainError> {
        let batch = self.batches.next().transpose();
        let batch = batch.map_err(TrainError::samples)?;
        if batch.is_some() {
            self.passing.tally.begin_batch();
        }
        Ok(batch)
    }

    fn call(&mut self, hook: &mut Hook<'_>) -> Result<(), TrainError> {
        self.passing.call(hook)
    }

    fn take(&mut self, batch: Batch) -> Result<(), TrainError> {
        let has_classes = self.judge.objective().num_told_apart().is_some();
        let classes = has_classes.then(|| batch.classes());
        let (output, outputs) = self.judge.judge(batch)?;
        let tally = &mut self.passing.tally;
        let decided = outputs.first().map(Outputs::decided);
        match classes.zip(decided) {
            // Whole numbers below 2^24 are the same in single precision.
            Some((classes, decided)) => {
                let answers = Tensor::cat(vec![classes.float(), decided], 0);
                tally.push_with(output, answers);
            }
            None => tally.push(output, None)?,
        }
        self.lines.batch_done();
        Ok(())
    }

    fn is_stopped(&mut self) -> bool {
        self.passing.is_stopped
    }

    fn is_due(&self) -> bool {
        self.passing.tally.is_due()
    }

    fn look(&mut self) -> Result<(), TrainError> {
        self.passing.tally.read()?;
        self.lines.show(&self.passing.tally.logs()?);
        Ok(())
    }

    fn end(&mut self) -> Result<(), TrainError> {
        self.passing.tally.read()?;
        self.lines.end(&self.passing.tally.logs()?);
        Ok(())
    }
}

/// What there is to say of each class, by the classes of each batch and those that were decided for, one behind the other.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "classes are whole numbers, from 0 on"
)]
fn class_evaluation(num_classes: usize, batches: &[Vec<f32>]) -> ClassEvaluation {
    let class = |&number: &f32| number as usize;
    let (mut targets, mut predictions) = (Vec::new(), Vec::new());
    for batch in batches {
        let (own, answers) = batch.split_at(batch.len() / 2);
        targets.extend(own.iter().map(class));
        predictions.extend(answers.iter().map(class));
    }
    ClassEvaluation::new(num_classes, &targets, predictions)
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;
    use firebrick_data::ArrayDataset;
    use firebrick_model::MlpConfig;

    use crate::compile::Compile;
    use crate::pass::Pass;
    use crate::read_back::tests::reads;

    #[test]
    fn an_evaluation_reads_back_as_rarely_as_a_training() {
        let inputs: Vec<[f32; 1]> = (0..200_u8)
            .map(|value| [f32::from(value) / 200.0])
            .collect();
        let classes: Vec<usize> = (0..200).map(|value| value / 100).collect();
        let data = ArrayDataset::new(inputs, classes).unwrap();
        let model = MlpConfig::new(1, 2).init(1, &Device::flex()).unwrap();
        let loss = "sparse_categorical_crossentropy";
        let compile = Compile::by_name("sgd", loss, ["accuracy"]).unwrap();
        let trainer = compile.model(model);
        let evaluate = |batch_size| {
            let pass = Pass::new().with_batch_size(batch_size);
            reads(|| trainer.evaluate_with(&data, &pass).unwrap())
        };
        let (at_once, whole) = evaluate(200);
        let (one_by_one, parts) = evaluate(1);
        assert!(
            one_by_one < at_once + 50,
            "{one_by_one} reads for 200 batches, {at_once} for one"
        );
        assert_eq!(whole.classes, parts.classes);
    }
}
