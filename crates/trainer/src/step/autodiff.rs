mod cycle;
mod insight;
mod on_host;
mod second_part;
mod state;

use std::path::Path;
use std::sync::Arc;

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Shape, Tensor};
use firebrick_data::Batch;
use firebrick_model::{Draws, HostPass, Mode, Model, save_model, save_weights};
use firebrick_scheduler::{RateControl, Schedule};

use self::cycle::Cycle;
pub(crate) use self::second_part::SecondPart;
use super::held_model::HeldModel;
use super::judge::{Judge, assess, judge};
use super::measures::Measures;
use super::output::StepOutput;
use super::{Step, StepInsight, TestStep, Updates};
use crate::error::TrainError;
use crate::insight::Look;
use crate::non_finite::cause_by_rerun;
use crate::non_finite_cause::NonFiniteCause;
use crate::objective::{Assessed, Objective};
use crate::optimizers::Optimizer;
use crate::optimizers::{Accumulation, Average, Clipping};
use crate::proof::are_finite;
use crate::state::State;
use crate::step_kind::StepKind;

/// The training of a model by automatic differentiation: all that it is made of, as plain values. It goes on from one
/// `fit` to the next.
pub(crate) struct AutodiffStep<M: Model> {
    /// On a device with automatic differentiation.
    model: HeldModel<M>,
    objective: Arc<Objective>,
    kind: StepKind,
    /// The network over plain memory, where gradients come from there.
    host: Option<HostPass>,
    optimizer: ModuleOptimizer,
    rate: RateControl,
    cycle: Option<Cycle>,
    /// What begins at a later step, if anything does.
    second_part: Option<SecondPart<M>>,
    /// Of what layers draw at random.
    seed: u64,
    /// With automatic differentiation.
    device: Device,
    accumulation: Option<Accumulation>,
    clipping: Option<Clipping>,
    average: Option<Average>,
    /// Whether any weight is moved by training.
    is_trainable: bool,
    /// The rate of the last step, 0 before the first.
    learning_rate: f64,
    updates: Updates,
    /// At the layers in the course of an update, where somebody asks for one.
    look: Look<M>,
}

impl<M: Model> AutodiffStep<M> {
    /// Nothing learned yet; an optimizer is its description and itself, `device` is one without automatic differentiation.
    pub(crate) fn new(
        model: M,
        objective: Objective,
        (optimizer, at_work): (Optimizer, ModuleOptimizer),
        schedule: Arc<dyn Schedule>,
        seed: u64,
        device: &Device,
    ) -> Self {
        let model = model.train();
        Self {
            is_trainable: is_trainable(&model),
            model: HeldModel::new(model.fork(&device.clone().autodiff())),
            objective: Arc::new(objective),
            kind: StepKind::Autodiff,
            host: None,
            optimizer: at_work,
            rate: RateControl::new(schedule),
            cycle: None,
            second_part: None,
            seed,
            device: device.clone().autodiff(),
            accumulation: optimizer.accumulation(),
            clipping: optimizer.clipping(),
            average: optimizer.average(),
            learning_rate: 0.0,
            updates: Updates::default(),
            look: Look::None,
        }
    }

    /// Moves the weights by these gradients, their average with them.
    fn update(&mut self, gradients: GradientsParams) {
        let (optimizer, average) = (&mut self.optimizer, &mut self.average);
        let rate = self.learning_rate;
        self.model.change(|model| {
            let moved = optimizer.step(rate, model, gradients);
            let moved = match average {
                Some(average) => average.follow(moved),
                None => moved,
            };
            moved.constrained()
        });
    }

    fn by_autodiff(
        &self,
        batch: &Batch,
        mode: Mode,
    ) -> Result<(StepOutput, GradientsParams), TrainError> {
        let Assessed { loss, sums, .. } = assess(&*self.model, &self.objective, batch, mode)?;
        let output = StepOutput::of_sums(batch.num_samples(), loss.clone().inner(), sums);
        let gradients = if self.is_trainable {
            GradientsParams::from_grads(loss.backward(), &*self.model)
        } else {
            GradientsParams::new()
        };
        Ok((output, gradients))
    }

    /// Sets how gradients are computed from now on.
    ///
    /// # Errors
    /// A network or a device that cannot.
    pub(crate) fn set_kind(&mut self, kind: StepKind) -> Result<(), TrainError> {
        self.kind = kind;
        self.host = kind.host_pass(&*self.model, &self.device.clone().without_autodiff())?;
        Ok(())
    }

    /// Sets what it learns from now on.
    pub(crate) fn set_objective(&mut self, objective: Objective) {
        self.objective = Arc::new(objective);
    }

    /// Sets what layers draw by from now on, beside the number of the step.
    pub(crate) fn set_seed(&mut self, seed: u64) {
        self.seed = seed;
    }

    /// Batches whose gradients wait for an update.
    pub(crate) fn batches_waiting(&self) -> usize {
        self.accumulation.as_ref().map_or(0, Accumulation::batches)
    }
}

impl<M: Model> Step for AutodiffStep<M> {
    type Weights = M;

    fn measures(&self) -> Measures {
        Measures::of(&self.objective)
    }

    /// # Errors
    /// A batch that does not fit; a network, a loss or a metric that panics.
    fn train_step(&mut self, batch: Batch) -> Result<StepOutput, TrainError> {
        let next = self.rate.step();
        self.begin_second_part_if(|begins| begins == next);
        let batch = self.objective.weigh(batch);
        // One step of the schedule a batch, over all fits.
        let draws = Draws::new(self.seed, self.rate.step());
        let mode = Mode::Training(draws);
        let (output, gradients) = match &mut self.host {
            Some(host) => {
                let network = (&*self.model, &self.device);
                on_host::learn(host, network, &self.objective, batch, mode)?
            }
            None => self.by_autodiff(&batch, mode)?,
        };
        self.learning_rate = self.rate.advance();
        let gradients = match &mut self.accumulation {
            Some(accumulation) => accumulation.add(&*self.model, gradients),
            None => Some(gradients),
        };
        if let Some(gradients) = gradients.as_ref().filter(|_| self.is_trainable) {
            self.look.begin(&*self.model, gradients);
            self.updates.count += 1;
            self.updates.last_rate = Some(self.learning_rate);
        }
        match (gradients, self.clipping) {
            (Some(gradients), Some(clipping)) => {
                self.update(clipping.clip(&*self.model, gradients));
            }
            (Some(gradients), None) => self.update(gradients),
            // The weights stay, but their average goes on towards them.
            (None, _) if self.average.is_some() => self.update(GradientsParams::new()),
            (None, _) => {}
        }
        Ok(output)
    }

    fn test_step(&self, model: &M, batch: Batch) -> Result<Option<StepOutput>, TrainError> {
        let (output, _) = judge(model, &self.objective, &batch)?;
        Ok(Some(output))
    }

    fn prepared_test_step(&self, model: &M) -> Result<Option<TestStep>, TrainError> {
        let device = self.device.clone().without_autodiff();
        let judge = Judge::new(model, Arc::clone(&self.objective), self.kind, &device)?;
        let test = move |batch: Batch| judge.judge(batch).map(|(output, _)| output);
        Ok(Some(Box::new(test)))
    }

    fn iterations(&self) -> u64 {
        self.rate.step()
    }

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn weights(&self) -> M {
        self.model.valid()
    }

    fn set_weights(&mut self, model: &M) -> Result<(), TrainError> {
        self.model = HeldModel::new(with_weights_of((*self.model).clone(), model)?);
        Ok(())
    }

    fn state(&self) -> Option<State> {
        Some(self.whole_state())
    }

    fn restore(&mut self, state: &State) -> Result<(), TrainError> {
        Ok(self.restore_whole(state)?)
    }

    fn weights_state(model: &M) -> State {
        State::new().with_module("weights", model)
    }

    fn weights_from(&self, state: &State) -> Result<M, TrainError> {
        Ok(state.load_module("weights", self.weights())?)
    }

    fn insight(&mut self) -> Option<&mut dyn StepInsight<M>> {
        Some(self)
    }

    fn rate_control(&self) -> Option<&RateControl> {
        Some(&self.rate)
    }

    fn rate_control_mut(&mut self) -> Option<&mut RateControl> {
        Some(&mut self.rate)
    }

    fn updates(&self) -> Updates {
        self.updates
    }

    fn is_finite(&self, model: &M) -> Result<bool, TrainError> {
        are_finite(model)
    }

    fn non_finite_cause(&self, model: &M, batch: &Batch) -> NonFiniteCause {
        cause_by_rerun(model, &self.objective, batch)
    }

    fn weighed(&self, batch: Batch) -> Batch {
        self.objective.weigh(batch)
    }

    fn averaged_weights(&self) -> Option<M> {
        let average = self.average.as_ref()?;
        Some(average.replace(self.weights()))
    }

    fn finish(&mut self) -> Result<(), TrainError> {
        match self.averaged_weights() {
            Some(averaged) => self.set_weights(&averaged),
            None => Ok(()),
        }
    }

    fn save(&self, model: &M, path: &Path) -> Result<(), TrainError> {
        Ok(save_model(model, path)?)
    }

    fn save_weights(&self, model: &M, path: &Path) -> Result<(), TrainError> {
        Ok(save_weights(model, path)?)
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

/// A model with the weights of another one of its kind.
///
/// # Errors
/// Weights of another model.
pub(super) fn with_weights_of<M: Model>(model: M, other: &M) -> Result<M, TrainError> {
    if shapes(other) != shapes(&model) {
        return Err(TrainError::ForeignWeights);
    }
    Ok(model.load_record(other.clone().into_record()))
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
