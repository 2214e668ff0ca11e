use std::sync::Arc;

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Shape, Tensor};
use firebrick_data::Batch;
use firebrick_model::{Draws, Model};
use firebrick_scheduler::{RateControl, Schedule};

use super::judge::assess;
use super::output::StepOutput;
use crate::error::TrainError;
use crate::objective::{Assessed, Objective};
use crate::optimizer::Optimizer;
use crate::optimizers::{Accumulation, Average, Clipping, Path};

/// The training of a model by automatic differentiation: all that it is made of, as plain values. It goes on from one
/// `fit` to the next.
pub(crate) struct AutodiffStep<M: Model> {
    /// On a device with automatic differentiation.
    model: M,
    objective: Arc<Objective>,
    optimizer: ModuleOptimizer,
    rate: RateControl,
    /// Of what layers draw at random.
    seed: u64,
    accumulation: Option<Accumulation<M>>,
    clipping: Option<Clipping>,
    average: Option<Average>,
    /// Whether any weight is moved by training.
    is_trainable: bool,
    /// The rate of the last step, 0 before the first.
    learning_rate: f64,
    /// How often the weights were moved, over all fits.
    updates: u64,
    /// The rate of the last time they were.
    updated_at: Option<f64>,
}

impl<M: Model> AutodiffStep<M> {
    /// Nothing learned yet; `device` is one without automatic differentiation.
    pub(crate) fn new(
        model: M,
        objective: Objective,
        optimizer: Optimizer,
        schedule: Arc<dyn Schedule>,
        seed: u64,
        device: &Device,
    ) -> Self {
        let model = model.train();
        Self {
            is_trainable: is_trainable(&model),
            model: model.fork(&device.clone().autodiff()),
            objective: Arc::new(objective),
            optimizer: optimizer.build(Path::Fastest),
            rate: RateControl::new(schedule),
            seed,
            accumulation: optimizer.accumulation(),
            clipping: optimizer.clipping(),
            average: optimizer.average(),
            learning_rate: 0.0,
            updates: 0,
            updated_at: None,
        }
    }

    /// Learns a batch; gives its figures from before the update.
    ///
    /// # Errors
    /// A batch that does not fit; a network, a loss or a metric that panics.
    pub(crate) fn train(&mut self, batch: Batch) -> Result<StepOutput, TrainError> {
        let samples = batch.num_samples();
        let batch = self.objective.weigh(batch);
        // One step of the schedule a batch, over all fits.
        let draws = Draws::new(self.seed, self.rate.step());
        let Assessed { loss, sums, .. } = assess(&self.model, &self.objective, batch, |inputs| {
            self.model.forward_training(inputs, draws)
        })?;
        let output = StepOutput::new(samples, loss.clone().inner(), sums);
        let gradients = if self.is_trainable {
            GradientsParams::from_grads(loss.backward(), &self.model)
        } else {
            GradientsParams::new()
        };
        self.learning_rate = self.rate.advance();
        let gradients = match &mut self.accumulation {
            Some(accumulation) => accumulation.add(&self.model, gradients),
            None => Some(gradients),
        };
        if gradients.is_some() && self.is_trainable {
            self.updates += 1;
            self.updated_at = Some(self.learning_rate);
        }
        match (gradients, self.clipping) {
            (Some(gradients), Some(clipping)) => {
                self.update(clipping.clip(&self.model, gradients));
            }
            (Some(gradients), None) => self.update(gradients),
            // The weights stay, but their average goes on towards them.
            (None, _) if self.average.is_some() => self.update(GradientsParams::new()),
            (None, _) => {}
        }
        Ok(output)
    }

    /// Moves the weights by these gradients, their average with them.
    fn update(&mut self, gradients: GradientsParams) {
        let model = self.model.clone();
        let mut model = self.optimizer.step(self.learning_rate, model, gradients);
        if let Some(average) = &mut self.average {
            model = average.follow(model);
        }
        self.model = model.constrained();
    }

    /// What it learns.
    pub(crate) fn objective(&self) -> &Arc<Objective> {
        &self.objective
    }

    /// Sets what it learns from now on.
    pub(crate) fn set_objective(&mut self, objective: Objective) {
        self.objective = Arc::new(objective);
    }

    /// Sets what layers draw by from now on, beside the number of the step.
    pub(crate) fn set_seed(&mut self, seed: u64) {
        self.seed = seed;
    }

    /// The rates of the steps to come.
    pub(crate) fn rate_control(&self) -> &RateControl {
        &self.rate
    }

    /// The same, to change them.
    pub(crate) fn rate_control_mut(&mut self) -> &mut RateControl {
        &mut self.rate
    }

    /// The rate of the last step.
    pub(crate) fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    /// How often the weights were moved, over all fits.
    pub(crate) fn updates(&self) -> u64 {
        self.updates
    }

    /// The rate of the last time they were.
    pub(crate) fn updated_at(&self) -> Option<f64> {
        self.updated_at
    }

    /// Batches whose gradients wait for an update.
    pub(crate) fn batches_waiting(&self) -> usize {
        self.accumulation.as_ref().map_or(0, Accumulation::batches)
    }

    /// The model as it is now, without automatic differentiation.
    pub(crate) fn model(&self) -> M {
        self.model.valid()
    }

    /// Whether these weights are of the shapes that the model has.
    pub(crate) fn takes(&self, model: &M) -> bool {
        shapes(model) == shapes(&self.model())
    }

    /// Replaces the weights; the state of the optimizer stays.
    pub(crate) fn load(&mut self, model: &M) {
        let record = model.clone().into_record();
        self.model = self.model.clone().load_record(record);
    }

    /// The model with the moving average of its weights, if one is kept.
    pub(crate) fn averaged(&self) -> Option<M> {
        let average = self.average.as_ref()?;
        Some(average.replace(self.model()))
    }

    /// Makes the weights their moving average, if one is kept.
    pub(crate) fn finalize(&mut self) {
        if let Some(averaged) = self.averaged() {
            self.load(&averaged);
        }
    }
}

/// Whether any weight of a module wants a gradient.
fn is_trainable(module: &impl Module) -> bool {
    struct Wanted(bool);
    impl ModuleVisitor for Wanted {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            self.0 |= param.is_require_grad();
        }
    }
    let mut wanted = Wanted(false);
    module.visit(&mut wanted);
    wanted.0
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
