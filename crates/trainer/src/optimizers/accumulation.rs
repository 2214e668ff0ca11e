use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;

use crate::checkpoint_error::CheckpointError;
use crate::state::{State, load_values, values_state};

/// Gathers the gradients of several batches for one update, which takes their mean.
pub(crate) struct Accumulation {
    steps: usize,
    /// Those whose gradients wait.
    batches: usize,
    sums: GradientsParams,
}

impl Accumulation {
    /// For an update every so many batches.
    pub(crate) fn new(steps: usize) -> Self {
        Self {
            steps,
            batches: 0,
            sums: GradientsParams::new(),
        }
    }

    /// Batches whose gradients wait for an update.
    pub(crate) fn batches(&self) -> usize {
        self.batches
    }

    /// Takes the gradients of a batch; gives the mean where they are enough for an update.
    pub(crate) fn add(
        &mut self,
        module: &impl Module,
        gradients: GradientsParams,
    ) -> Option<GradientsParams> {
        module.visit(&mut Sum {
            sums: &mut self.sums,
            gradients,
        });
        self.batches += 1;
        if self.batches < self.steps {
            return None;
        }
        self.batches = 0;
        let mut mean = Mean {
            steps: self.steps as f64,
            gradients: std::mem::take(&mut self.sums),
        };
        module.visit(&mut mean);
        Some(mean.gradients)
    }

    /// What there is to keep of it, beside this module.
    pub(crate) fn state(&self, module: &impl Module) -> State {
        State::new()
            .with("batches", self.batches)
            .with("sums", values_state(module, &self.sums))
    }

    /// Goes on where it was, for this module.
    ///
    /// # Errors
    /// What was gathered of another network.
    pub(crate) fn restore(
        &mut self,
        state: &State,
        module: &impl Module,
    ) -> Result<(), CheckpointError> {
        self.batches = state.get("batches")?;
        self.sums = load_values(module, state, "sums", "the gathered gradients")?;
        Ok(())
    }
}

/// Adds gradients to sums.
struct Sum<'a> {
    sums: &'a mut GradientsParams,
    gradients: GradientsParams,
}

impl ModuleVisitor for Sum<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let new = self.gradients.remove::<D>(param.id);
        let sum = match (self.sums.remove::<D>(param.id), new) {
            (Some(sum), Some(new)) => sum + new,
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => return,
        };
        self.sums.register(param.id, sum);
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
