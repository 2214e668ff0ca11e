use burn::tensor::Tensor;
use firebrick_host::kernels::{MaskedSteps, StepMask};
use serde::{Deserialize, Serialize};

use super::checks::check_number;
use crate::layer::Call;
use crate::layer::HostForm;
use crate::layer::Layer;
use crate::layer::Masking as MaskPolicy;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::{Signal, Signals};
use crate::single::single;

/// Marks steps as padding whose features all have one value: layers behind it that know masks pass over them.
///
/// The features of such a step become 0.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::{GlobalAveragePooling1D, Masking};
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// let network = Sequential::new([3, 2]).add(Masking::new()).add(GlobalAveragePooling1D::new());
/// let steps = Tensor::<3>::from_floats([[[1.0, 5.0], [3.0, 0.0], [0.0, 0.0]]], &device);
/// // The mean of the first two.
/// assert_eq!(network.build(1, &device)?.predict(steps)?.into_vec()?, [2.0, 2.5]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input and output: `[batch_size, steps, features]`
///
/// # Source
/// <https://keras.io/api/layers/core_layers/masking/>
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Masking {
    mask_value: f64,
}

impl Masking {
    /// Padding is 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the value of all features of a step that is padding.
    #[must_use = "returns the changed layer"]
    pub fn with_mask_value(mut self, mask_value: f64) -> Self {
        self.mask_value = mask_value;
        self
    }
}

impl Layer for Masking {
    const CLASS_NAME: &'static str = "Masking";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        check_number("mask_value", self.mask_value, "a finite number", |_| true)?;
        if input.rank() != 2 {
            return Err(LayerProblem::input(
                "[steps, features]",
                "put a Reshape in front of it",
            ));
        }
        Ok(input.clone())
    }

    fn masking(&self) -> MaskPolicy {
        MaskPolicy::Creates
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        let x = inputs.into_rank::<3>()?;
        let counts = x.clone().not_equal_elem(self.mask_value).any_dim(2);
        let [batch_size, steps, _] = x.dims();
        let padding = counts.clone().bool_not().expand(x.dims());
        let steps = counts.reshape([batch_size, steps]);
        let x: Tensor<3> = x.mask_fill(padding, 0.0);
        Ok(Signal::from(x).with_mask(steps).into())
    }

    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        let &[steps, features] = &inputs[0].known().ok()?[..] else {
            return None;
        };
        let mask = StepMask::new([steps, features], single(self.mask_value));
        let form = HostForm::of(MaskedSteps::new(mask.clone()), []);
        (features > 0).then(|| form.making_mask(mask, 0))
    }
}
