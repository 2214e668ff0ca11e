use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::Tensor;

use crate::error::TrainError;
use crate::read_back::read_back;

/// Whether all weights of a module are numbers.
///
/// # Errors
/// A device that fails.
pub(crate) fn are_finite(module: &impl Module) -> Result<bool, TrainError> {
    struct Sums(Vec<Tensor<1>>);
    impl ModuleVisitor for Sums {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            // Not a number as soon as one of them is none.
            self.0.push(param.val().sum());
        }
    }
    let mut sums = Sums(Vec::new());
    module.visit(&mut sums);
    if sums.0.is_empty() {
        return Ok(true);
    }
    let sums = read_back(Tensor::cat(sums.0, 0))?;
    Ok(sums.into_iter().all(f32::is_finite))
}
