use serde::{Deserialize, Serialize};

use super::checks::check_number;
use crate::layer::Call;
use crate::layer::HostForm;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer_problem::LayerProblem;
use crate::regularizer::Regularizer;
use crate::shape::Shape;
use crate::signal::Signals;

/// Passes everything on and adds `(l1 · Σ |x| + l2 · Σ x²) / batch_size` to the loss.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::ActivityRegularization;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// let sparse = ActivityRegularization::new().with_l1(0.01);
/// let model = Sequential::new([2]).add(sparse).build(1, &device)?;
/// let x = Tensor::<2>::from_floats([[1.0, -2.0]], &device);
/// assert_eq!(model.predict(x)?.into_vec()?, [1.0, -2.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input and output: any, the same
///
/// # Source
/// <https://keras.io/api/layers/regularization_layers/activity_regularization/>
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ActivityRegularization {
    l1: f64,
    l2: f64,
}

impl ActivityRegularization {
    /// Adds nothing before a factor is set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the factor of the absolute values.
    #[must_use = "returns the changed layer"]
    pub fn with_l1(mut self, l1: f64) -> Self {
        self.l1 = l1;
        self
    }

    /// Sets the factor of the squares.
    #[must_use = "returns the changed layer"]
    pub fn with_l2(mut self, l2: f64) -> Self {
        self.l2 = l2;
        self
    }
}

impl Layer for ActivityRegularization {
    const CLASS_NAME: &'static str = "ActivityRegularization";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        for (name, factor) in [("l1", self.l1), ("l2", self.l2)] {
            check_number(name, factor, "a number from 0 on", |factor| factor >= 0.0)?;
        }
        Ok(input.clone())
    }

    fn masking(&self) -> Masking {
        Masking::Passes
    }

    fn activity_regularizer(&self) -> Option<Regularizer> {
        let (l1, l2) = (self.l1, self.l2);
        (l1 > 0.0 || l2 > 0.0).then_some(Regularizer::L1L2 { l1, l2 })
    }

    /// What is regularized has none.
    fn host_form(&self, _inputs: &[Shape]) -> Option<HostForm> {
        Some(HostForm::unchanged())
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        Ok(inputs.into_one()?.into())
    }
}
