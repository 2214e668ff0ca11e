//! A part of a training in which other weights learn, at other rates.

use burn::optim::ModuleOptimizer;
use burn::tensor::Device;
use firebrick_model::Model;
use firebrick_scheduler::OneCycle;

use super::{AutodiffStep, HeldModel, is_trainable};
use crate::optimizers::Optimizer;

/// What comes after the first part of a fine-tuning.
pub(crate) struct SecondPart<M> {
    /// The first of its steps.
    pub(crate) begins: u64,
    /// With the weights that learn then; their values are those of that time.
    pub(crate) model: M,
    pub(crate) optimizer: (Optimizer, ModuleOptimizer),
    pub(crate) cycle: OneCycle,
    /// Without automatic differentiation.
    pub(crate) device: Device,
}

impl<M: Model> AutodiffStep<M> {
    /// Begins a second part when its first step comes.
    pub(crate) fn begin_second_part_later(&mut self, part: SecondPart<M>) {
        self.second_part = Some(part);
    }

    /// Forgets a second part that did not begin.
    pub(crate) fn forget_second_part(&mut self) {
        self.second_part = None;
    }

    /// Begins the second part, if the next step is one that is meant.
    pub(super) fn begin_second_part_if(&mut self, is_meant: impl FnOnce(u64) -> bool) {
        let Some(part) = self.second_part.take_if(|part| is_meant(part.begins)) else {
            return;
        };
        let record = self.model.valid().into_record();
        let model = part.model.train().fork(&part.device.clone().autodiff());
        self.model = HeldModel::new(model.load_record(record));
        self.is_trainable = is_trainable(&*self.model);
        // What the layers are is as before, so what could be done then can be done now.
        let host = self.kind.host_pass(&*self.model, &part.device);
        self.host = host.unwrap_or(None);
        let (described, at_work) = part.optimizer;
        self.optimizer = at_work;
        self.accumulation = described.accumulation();
        self.end_cycle();
        self.begin_cycle(part.cycle);
    }
}
