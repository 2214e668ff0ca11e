use burn::tensor::Tensor;
use firebrick_host::kernels::Affine;
use serde::{Deserialize, Serialize};

use super::checks::check_number;
use crate::layer::Call;
use crate::layer::HostForm;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;
use crate::single::single;
use firebrick_tensor::SameShape;

/// `scale · x + offset`
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::Rescaling;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// let model = Sequential::new([3]).add(Rescaling::new(2.0 / 255.0).with_offset(-1.0)).build(1, &device)?;
/// let pixels = Tensor::<2>::from_floats([[0.0, 127.5, 255.0]], &device);
/// let y = model.predict(pixels)?.into_vec()?;
/// assert!(y.iter().zip([-1.0, 0.0, 1.0]).all(|(y, expected)| (y - expected).abs() < 1e-3), "{y:?}");
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input and output: any, the same
///
/// # Source
/// <https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rescaling {
    scale: f64,
    #[serde(default)]
    offset: f64,
}

impl Rescaling {
    /// A factor, e.g. `1.0 / 255.0`, and an offset of 0.
    pub fn new(scale: f64) -> Self {
        Self { scale, offset: 0.0 }
    }

    /// Sets what is added.
    #[must_use = "returns the changed layer"]
    pub fn with_offset(mut self, offset: f64) -> Self {
        self.offset = offset;
        self
    }
}

impl SameShape for Rescaling {
    fn apply<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        x * self.scale + self.offset
    }
}

impl Layer for Rescaling {
    const CLASS_NAME: &'static str = "Rescaling";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        check_number("scale", self.scale, "a finite number", |_| true)?;
        check_number("offset", self.offset, "a finite number", |_| true)?;
        Ok(input.clone())
    }

    fn masking(&self) -> Masking {
        Masking::Passes
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        Ok(inputs.into_values()?.map_elements(self).into())
    }

    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        let len = inputs[0].num_elements()?;
        let all = |number: f64| vec![single(number); len];
        Some(HostForm::of(
            Affine::new(len, all(self.scale), all(self.offset)),
            [],
        ))
    }
}
