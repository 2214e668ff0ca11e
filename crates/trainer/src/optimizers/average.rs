use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;

use crate::checkpoint_error::CheckpointError;
use crate::state::{State, load_values, values_state};

/// How the moving average of the weights is kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ema {
    pub(crate) momentum: f64,
    /// Updates after which the weights become their average.
    pub(crate) overwrite_frequency: Option<usize>,
}

/// The exponential moving average of the weights that training moves, `average = momentum · average +
/// (1 - momentum) · weight`; it starts at the weights after the first update.
///
/// As in Keras it follows after every batch, also where gradients are gathered and the weights stay.
#[derive(Debug)]
pub(crate) struct Average {
    ema: Ema,
    /// Batches an update takes.
    accumulation_steps: usize,
    batches: usize,
    /// By the parameters' ids, as gradients are.
    values: GradientsParams,
}

impl Average {
    pub(crate) fn new(ema: Ema, accumulation_steps: usize) -> Self {
        Self {
            ema,
            accumulation_steps,
            batches: 0,
            values: GradientsParams::new(),
        }
    }

    /// Follows the weights after a batch; gives the average instead of them where it is time to.
    pub(crate) fn follow<M: Module>(&mut self, module: M) -> M {
        let updates = self.batches / self.accumulation_steps;
        self.batches += 1;
        module.visit(&mut Follow {
            momentum: if updates == 0 { 0.0 } else { self.ema.momentum },
            values: &mut self.values,
        });
        match self.ema.overwrite_frequency {
            Some(frequency) if (updates + 1).is_multiple_of(frequency) => self.replace(module),
            _ => module,
        }
    }

    /// The module with the average in place of every weight that has one.
    pub(crate) fn replace<M: Module>(&self, module: M) -> M {
        module.map(&mut Replace {
            values: &self.values,
        })
    }

    /// What there is to keep of it, beside this module.
    pub(crate) fn state(&self, module: &impl Module) -> State {
        State::new()
            .with("batches", self.batches)
            .with("values", values_state(module, &self.values))
    }

    /// Goes on where it was, for this module.
    ///
    /// # Errors
    /// The average of another network's weights.
    pub(crate) fn restore(
        &mut self,
        state: &State,
        module: &impl Module,
    ) -> Result<(), CheckpointError> {
        self.batches = state.get("batches")?;
        self.values = load_values(module, state, "values", "the weights' average")?;
        Ok(())
    }
}

struct Follow<'a> {
    momentum: f64,
    values: &'a mut GradientsParams,
}

impl ModuleVisitor for Follow<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let weight = param.val();
        if !weight.is_require_grad() {
            return;
        }
        let weight = weight.inner();
        let average = match self.values.remove::<D>(param.id) {
            Some(average) if self.momentum > 0.0 => {
                average.mul_scalar(self.momentum) + weight.mul_scalar(1.0 - self.momentum)
            }
            _ => weight,
        };
        self.values.register(param.id, average);
    }
}

struct Replace<'a> {
    values: &'a GradientsParams,
}

impl ModuleMapper for Replace<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(average) = self.values.get::<D>(param.id) else {
            return param;
        };
        param.map(|tensor| {
            if tensor.is_autodiff() {
                Tensor::from_inner(average).set_require_grad(tensor.is_require_grad())
            } else {
                average
            }
        })
    }
}
