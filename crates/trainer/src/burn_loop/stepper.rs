use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Shape, Tensor};
use burn::train::Learner;
use firebrick_data::Batch;
use firebrick_model::Model;
use firebrick_scheduler::RateControl;

use super::compiled::{Compiled, Output, StepOutput};
use crate::optimizers::{Accumulation, Clipping};

/// A learner with all that a step needs beside it; it goes on from one `fit` to the next.
pub(crate) struct Stepper<M: Model> {
    pub(crate) learner: Learner<Compiled<M>>,
    pub(crate) state: StepState<M>,
}

/// What a step needs beside Burn's learner.
#[derive(Clone)]
pub(crate) struct StepState<M: Model> {
    pub(crate) control: RateControl,
    pub(crate) accumulation: Option<Accumulation<Compiled<M>>>,
    pub(crate) clipping: Option<Clipping>,
    /// Whether any weight is moved by training.
    pub(crate) is_trainable: bool,
    pub(crate) updates: Updates,
}

/// How often the weights were moved, over all fits.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Updates {
    pub(crate) count: u64,
    /// The learning rate of the last one.
    pub(crate) last_rate: Option<f64>,
}

impl<M: Model> Stepper<M> {
    /// Learns a batch; gives its figures from before the update.
    pub(crate) fn step(&mut self, batch: Batch) -> StepOutput {
        let output = self.learner.train_step(batch);
        self.learner.lr_step();
        let gradients = match &self.state.accumulation {
            Some(accumulation) => accumulation.add(&self.learner.model(), output.grads),
            None => Some(output.grads),
        };
        if gradients.is_some() && self.state.is_trainable {
            self.state.updates.count += 1;
            self.state.updates.last_rate = Some(self.learning_rate());
        }
        match (gradients, self.state.clipping) {
            (Some(gradients), Some(clipping)) => {
                let clipped = clipping.clip(&self.learner.model(), gradients);
                self.learner.optimizer_step(clipped);
            }
            (Some(gradients), None) => self.learner.optimizer_step(gradients),
            // The weights stay, but their average goes on towards them.
            (None, _) if self.learner.model().is_averaged() => {
                self.learner.optimizer_step(GradientsParams::new());
            }
            (None, _) => {}
        }
        match output.item {
            Output::Step(output) => *output,
            Output::Figures(_) => unreachable!("a training step gives the figures of its batch"),
        }
    }

    /// The rate of the last step.
    pub(crate) fn learning_rate(&self) -> f64 {
        self.learner.lr_current().base()
    }

    /// The model as it is now, without automatic differentiation.
    pub(crate) fn model(&self) -> M {
        self.compiled().into_inner()
    }

    /// The same with its objective.
    pub(crate) fn compiled(&self) -> Compiled<M> {
        self.learner.model().valid()
    }

    /// Whether these weights are of the shapes that the model has.
    pub(crate) fn takes(&self, model: &M) -> bool {
        shapes(model) == shapes(&self.model())
    }

    /// Replaces the weights; the state of the optimizer stays.
    pub(crate) fn load(&mut self, model: &M) {
        let record = self.learner.model().replaced(model.clone()).into_record();
        self.learner.load_model(record);
    }

    /// The model with the moving average of its weights, if one is kept.
    pub(crate) fn averaged(&self) -> Option<M> {
        self.compiled().averaged()
    }

    /// Makes the weights their moving average, if one is kept.
    pub(crate) fn finalize(&mut self) {
        if let Some(averaged) = self.averaged() {
            self.load(&averaged);
        }
    }
}

/// The shapes of all weights of a module, in order.
fn shapes(module: &impl Module) -> Vec<Shape> {
    struct Shapes(Vec<Shape>);
    impl ModuleVisitor for Shapes {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            self.0.push(param.val().shape());
        }
    }
    let mut shapes = Shapes(Vec::new());
    module.visit(&mut shapes);
    shapes.0
}
