use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use burn::lr_scheduler::module_lr_scheduler::ModuleLearningRate;
use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{ExecutionError, Tensor};
use burn::train::metric::Adaptor;
use burn::train::{InferenceStep, ItemLazy, TrainOutput, TrainStep};
use firebrick_data::Batch;
use firebrick_model::Model;

use super::dashboard_metrics::DashboardFigures;
use crate::error::TrainError;
use crate::objective::{Assessed, Objective, named};
use crate::optimizers::Average;
use crate::outputs::Outputs;

/// A model with what it is trained for, as Burn's `Learner` wants it.
#[derive(Module, Debug)]
pub(crate) struct Compiled<M: Module> {
    model: M,
    #[module(skip)]
    objective: SharedObjective,
    /// Whether any weight is to be moved.
    #[module(skip)]
    is_trainable: bool,
    #[module(skip)]
    average: SharedAverage,
}

/// The moving average of a learner's weights, which all clones of its model share; absent where none is kept.
#[derive(Clone, Debug)]
struct SharedAverage(Arc<Mutex<Option<Average>>>);

/// An objective that all clones of a learner's model share, so that the next `fit` can set another.
#[derive(Clone, Debug)]
struct SharedObjective(Arc<RwLock<Arc<Objective>>>);

impl SharedObjective {
    fn new(objective: Objective) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(objective))))
    }

    fn get(&self) -> Arc<Objective> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn set(&self, objective: Objective) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(objective);
    }
}

impl SharedAverage {
    fn lock(&self) -> MutexGuard<'_, Option<Average>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a step says of its batch, still on the device.
pub(crate) struct StepOutput {
    pub(crate) samples: usize,
    /// The mean loss over the samples, then what each metric's sums grow by.
    pub(crate) figures: Tensor<1>,
    /// How many of the figures each metric has.
    pub(crate) lengths: Vec<usize>,
}

/// What travels to Burn's event processor: figures only, so that no tensor waits in its queue.
pub(crate) enum Output {
    Step(Box<StepOutput>),
    Figures(DashboardFigures),
}

impl<M: Model> Compiled<M> {
    pub(crate) fn new(model: M, objective: Objective) -> Self {
        Self {
            is_trainable: is_trainable(&model),
            model,
            objective: SharedObjective::new(objective),
            average: SharedAverage(Arc::new(Mutex::new(None))),
        }
    }

    /// Keeps this average of the weights from now on.
    pub(crate) fn with_average(mut self, average: Option<Average>) -> Self {
        self.average = SharedAverage(Arc::new(Mutex::new(average)));
        self
    }

    /// Whether any weight is moved by training.
    pub(crate) fn is_trainable(&self) -> bool {
        self.is_trainable
    }

    /// Whether an average of the weights is kept.
    pub(crate) fn is_averaged(&self) -> bool {
        self.average.lock().is_some()
    }

    /// The model with the average of its weights, if one is kept.
    pub(crate) fn averaged(self) -> Option<M> {
        let average = self.average.lock();
        average.as_ref().map(|average| average.replace(self.model))
    }

    pub(crate) fn objective(&self) -> Arc<Objective> {
        self.objective.get()
    }

    /// Sets what this model and all its clones learn from now on.
    pub(crate) fn set_objective(&self, objective: Objective) {
        self.objective.set(objective);
    }

    pub(crate) fn into_inner(self) -> M {
        self.model
    }

    /// Another model learning the same.
    pub(crate) fn replaced(self, model: M) -> Self {
        Self { model, ..self }
    }

    /// The figures of a batch and what the network answers to it.
    ///
    /// # Errors
    /// Samples that the network does not take; a network, a loss or a metric that panics.
    pub(crate) fn evaluate(&self, batch: Batch) -> Result<(StepOutput, Outputs), TrainError> {
        let samples = batch.num_samples();
        let Assessed {
            loss,
            sums,
            outputs,
        } = self.assess(batch)?;
        Ok((step_output(samples, loss, sums), outputs))
    }

    fn assess(&self, batch: Batch) -> Result<Assessed, TrainError> {
        let objective = self.objective.get();
        let inputs = objective.inputs(batch.inputs.clone())?;
        let part = || "forward pass of the network".to_owned();
        let output = named(part, || self.model.forward(inputs))??;
        let mut assessed = objective.assess(output, batch)?;
        if let Some(penalty) = self.model.penalty() {
            assessed.loss = assessed.loss + penalty;
        }
        Ok(assessed)
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

fn step_output(samples: usize, loss: Tensor<1>, sums: Vec<Tensor<1>>) -> StepOutput {
    let lengths = sums.iter().map(|sums| sums.dims()[0]).collect();
    let mut figures = vec![loss];
    figures.extend(sums);
    StepOutput {
        samples,
        figures: Tensor::cat(figures, 0),
        lengths,
    }
}

impl<M: Model> TrainStep for Compiled<M> {
    type Input = Batch;
    type Output = Output;

    /// # Panics
    /// With a [`TrainError`], which Burn's trait has no room for, if a batch does not fit or a part of the training
    /// panics.
    fn step(&self, batch: Batch) -> TrainOutput<Output> {
        let samples = batch.num_samples();
        match self.assess(self.objective.get().weigh(batch)) {
            Ok(Assessed { loss, sums, .. }) => {
                let output = step_output(samples, loss.clone().inner(), sums);
                let item = Output::Step(Box::new(output));
                if self.is_trainable {
                    TrainOutput::new(self, loss.backward(), item)
                } else {
                    let grads = GradientsParams::new();
                    TrainOutput { grads, item }
                }
            }
            Err(error) => resume_unwind(Box::new(error)),
        }
    }

    fn optimize(
        self,
        optimizer: &mut ModuleOptimizer,
        learning_rates: ModuleLearningRate,
        gradients: GradientsParams,
    ) -> Self {
        let moved = optimizer.step(learning_rates, self, gradients);
        let mut model = moved.model;
        if let Some(average) = &mut *moved.average.lock() {
            model = average.follow(model);
        }
        Self {
            model: model.constrained(),
            ..moved
        }
    }
}

impl<M: Model> InferenceStep for Compiled<M> {
    type Input = Batch;
    type Output = Output;

    /// # Panics
    /// As the step of a training.
    fn step(&self, batch: Batch) -> Output {
        match self.evaluate(batch) {
            Ok((output, _)) => Output::Step(Box::new(output)),
            Err(error) => resume_unwind(Box::new(error)),
        }
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
            Self::Figures(figures) => figures.clone(),
            // The epoch loop sends figures alone.
            Self::Step(_) => DashboardFigures::default(),
        }
    }
}
