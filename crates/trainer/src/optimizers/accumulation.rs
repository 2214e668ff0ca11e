use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::{GradientsAccumulator, GradientsParams};
use burn::tensor::Tensor;

/// Gathers the gradients of several batches for one update, which takes their mean.
pub(crate) struct Accumulation<M> {
    steps: usize,
    /// Those whose gradients wait.
    batches: usize,
    sums: GradientsAccumulator<M>,
}

impl<M: Module> Accumulation<M> {
    /// For an update every so many batches.
    pub(crate) fn new(steps: usize) -> Self {
        Self {
            steps,
            batches: 0,
            sums: GradientsAccumulator::new(),
        }
    }

    /// Batches whose gradients wait for an update.
    pub(crate) fn batches(&self) -> usize {
        self.batches
    }

    /// Takes the gradients of a batch; gives the mean where they are enough for an update.
    pub(crate) fn add(
        &mut self,
        module: &M,
        gradients: GradientsParams,
    ) -> Option<GradientsParams> {
        self.sums.accumulate(module, gradients);
        self.batches += 1;
        if self.batches < self.steps {
            return None;
        }
        self.batches = 0;
        let mut mean = Mean {
            steps: self.steps as f64,
            gradients: self.sums.grads(),
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
