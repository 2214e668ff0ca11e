use std::sync::{Arc, Mutex, PoisonError};

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::{GradientsAccumulator, GradientsParams};
use burn::tensor::Tensor;

/// Gathers the gradients of several batches for one update, which takes their mean.
///
/// Clones share what was gathered.
#[derive(Clone)]
pub(crate) struct Accumulation<M> {
    steps: usize,
    gathered: Arc<Mutex<Gathered<M>>>,
}

struct Gathered<M> {
    batches: usize,
    sums: GradientsAccumulator<M>,
}

impl<M: Module> Accumulation<M> {
    /// For an update every so many batches.
    pub(crate) fn new(steps: usize) -> Self {
        let gathered = Gathered {
            batches: 0,
            sums: GradientsAccumulator::new(),
        };
        Self {
            steps,
            gathered: Arc::new(Mutex::new(gathered)),
        }
    }

    /// Batches whose gradients wait for an update.
    pub(crate) fn batches(&self) -> usize {
        let gathered = self.gathered.lock().unwrap_or_else(PoisonError::into_inner);
        gathered.batches
    }

    /// Takes the gradients of a batch; gives the mean where they are enough for an update.
    pub(crate) fn add(&self, module: &M, gradients: GradientsParams) -> Option<GradientsParams> {
        let mut gathered = self.gathered.lock().unwrap_or_else(PoisonError::into_inner);
        gathered.sums.accumulate(module, gradients);
        gathered.batches += 1;
        if gathered.batches < self.steps {
            return None;
        }
        gathered.batches = 0;
        let mut mean = Mean {
            steps: self.steps as f64,
            gradients: gathered.sums.grads(),
        };
        module.visit(&mut mean);
        Some(mean.gradients)
    }
}

/// Divides sums by the number of batches.
struct Mean {
    steps: f64,
    gradients: GradientsParams,
}

impl ModuleVisitor for Mean {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(sum) = self.gradients.remove::<D>(param.id) {
            self.gradients
                .register(param.id, sum.div_scalar(self.steps));
        }
    }
}
