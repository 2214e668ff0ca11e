use burn::module::Module;
use burn::tensor::{ExecutionError, Int, Tensor};
use burn::train::metric::Adaptor;
use burn::train::{InferenceStep, ItemLazy, TrainOutput, TrainStep};
use firebrick_data::{Batch, one_hot};
use firebrick_model::{Activation, Model};

use super::dashboard_metrics::DashboardFigures;
use crate::{Loss, Outputs, TargetForm};

/// A model with the loss it is trained on, as Burn's `Learner` wants it.
#[derive(Module, Debug)]
pub(crate) struct Compiled<M: Module> {
    model: M,
    #[module(skip)]
    loss: Loss,
}

/// What a step says of its batch, still on the device.
pub(crate) struct StepOutput {
    pub(crate) samples: usize,
    /// Mean over the samples, `[1]`.
    pub(crate) loss: Tensor<1>,
    /// Count of right answers, `[1]`.
    pub(crate) correct: Tensor<1, Int>,
}

/// What travels to Burn's event processor: figures only, so that no tensor waits in its queue.
pub(crate) enum Output {
    Step(Box<StepOutput>),
    Figures(DashboardFigures),
}

impl<M: Model> Compiled<M> {
    pub(crate) fn new(model: M, loss: Loss) -> Self {
        Self { model, loss }
    }

    pub(crate) fn into_inner(self) -> M {
        self.model
    }

    fn loss_of(&self, logits: Tensor<2>, classes: Tensor<1, Int>) -> Tensor<1> {
        let [_, num_classes] = logits.dims();
        let targets = match self.loss.function().target_form() {
            TargetForm::ClassIndex => classes.float().unsqueeze_dim(1),
            TargetForm::LikeOutputs => one_hot(classes, num_classes),
        };
        let outputs = Outputs::new(logits, Activation::Softmax);
        self.loss.forward(targets, &outputs, None)
    }

    /// Logits and loss of a batch.
    fn forward(&self, batch: Batch) -> (Tensor<1>, StepOutput) {
        let samples = batch.num_samples();
        let logits = self.model.forward(batch.inputs);
        let answers: Tensor<1, Int> = logits.clone().inner().argmax(1).squeeze_dim(1);
        let correct = answers.equal(batch.targets.clone().inner()).int().sum();
        let loss = self.loss_of(logits, batch.targets);
        let output = StepOutput {
            samples,
            loss: loss.clone().inner(),
            correct,
        };
        (loss, output)
    }

    /// The figures of a batch, its logits' classes included.
    ///
    /// # Shapes
    /// - classes: `[batch_size]`
    pub(crate) fn evaluate(&self, batch: Batch) -> (StepOutput, Tensor<1, Int>) {
        let samples = batch.num_samples();
        let logits = self.model.forward(batch.inputs);
        let classes: Tensor<1, Int> = logits.clone().argmax(1).squeeze_dim(1);
        let correct = classes.clone().equal(batch.targets.clone()).int().sum();
        let loss = self.loss_of(logits, batch.targets);
        (
            StepOutput {
                samples,
                loss,
                correct,
            },
            classes,
        )
    }
}

impl<M: Model> TrainStep for Compiled<M> {
    type Input = Batch;
    type Output = Output;

    fn step(&self, batch: Batch) -> TrainOutput<Output> {
        let (loss, output) = self.forward(batch);
        TrainOutput::new(self, loss.backward(), Output::Step(Box::new(output)))
    }
}

impl<M: Model> InferenceStep for Compiled<M> {
    type Input = Batch;
    type Output = Output;

    fn step(&self, batch: Batch) -> Output {
        Output::Step(Box::new(self.evaluate(batch).0))
    }
}

impl ItemLazy for Output {
    fn sync(self) -> Result<Self, ExecutionError> {
        Ok(self)
    }
}

impl Adaptor<DashboardFigures> for Output {
    fn adapt(&self) -> DashboardFigures {
        match self {
            Self::Figures(figures) => *figures,
            // The epoch loop sends figures alone.
            Self::Step(_) => DashboardFigures::default(),
        }
    }
}
