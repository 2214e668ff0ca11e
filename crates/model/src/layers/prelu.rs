use burn::tensor::{Tensor, activation::relu};
use firebrick_host::kernels::Prelu;
use serde::{Deserialize, Serialize};

use super::layer_weights::{LayerWeights, layer_weights, weights_in_spec};
use crate::initializer::Initializer;
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer::{HostForm, Storage, WeightSpec, stretched};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;
use firebrick_tensor::{Axes, SameShape};

/// `x` where positive, else `alpha · x` with a learned `alpha` for every element of a sample, or for all along some axes.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::PReLU;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// // A slope for each of the two elements of a sample.
/// let model = Sequential::new([2])
///     .add(PReLU::new())
///     .build_with_weights([vec![0.5, 0.25]], &device)?;
/// let x = Tensor::<2>::from_floats([[-1.0, -1.0], [2.0, 2.0]], &device);
/// assert_eq!(model.predict(x)?.into_vec()?, [-0.5, -0.25, 2.0, 2.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input and output: any, the same
///
/// # Source
/// He et al., "Delving Deep into Rectifiers", ICCV 2015;
/// <https://keras.io/api/layers/activation_layers/prelu/>
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PReLU {
    #[serde(default)]
    shared_axes: Option<Axes>,
    #[serde(skip)]
    weights: LayerWeights<Self>,
}

layer_weights!(PReLU {
    alpha: Initializer::Zeros,
        with_alpha_initializer, with_alpha_regularizer, with_alpha_constraint;
});

impl PReLU {
    /// Starts with an `alpha` of 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// Shares an `alpha` along these axes, e.g. `[1, 2]` for one a channel of an image; the batch axis is 0.
    #[must_use = "returns the changed layer"]
    pub fn with_shared_axes(mut self, shared_axes: impl Into<Axes>) -> Self {
        self.shared_axes = Some(shared_axes.into());
        self
    }

    /// The shape of `alpha`.
    fn alpha_shape(&self, input: &Shape) -> Result<Vec<usize>, LayerProblem> {
        let shared = match &self.shared_axes {
            Some(axes) if !axes.as_slice().is_empty() => {
                let expected = || {
                    format!(
                        "different ones of the axes 1 to {} (0 is the batch)",
                        input.rank()
                    )
                };
                let axes = axes
                    .within(input.rank() + 1)
                    .filter(|axes| !axes.contains(&0));
                axes.ok_or_else(|| {
                    LayerProblem::argument("shared_axes", expected(), &self.shared_axes)
                })?
            }
            _ => Vec::new(),
        };
        let mut shape = input.clone();
        for axis in shared {
            shape.axes_mut()[axis - 1] = Some(1);
        }
        shape.known()
    }
}

impl Layer for PReLU {
    const CLASS_NAME: &'static str = "PReLU";

    weights_in_spec!();

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        self.alpha_shape(input)?;
        Ok(input.clone())
    }

    fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
        let shape = self.alpha_shape(&inputs[0]).unwrap_or_default();
        vec![self.weights.spec("alpha", shape).stored(Storage::Flat)]
    }

    fn masking(&self) -> Masking {
        Masking::Passes
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let x = inputs.into_values()?;
        let mut shape = vec![1];
        shape.extend(self.alpha_shape(&x.shape()[1..].into())?);
        let alpha = call.weight("alpha");
        Ok(x.map(&Bent { alpha, shape }).into())
    }

    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        let alpha = self.alpha_shape(&inputs[0]).ok()?;
        let sizes = inputs[0].known().ok()?;
        let places = stretched(&alpha, &sizes)?;
        Some(HostForm::of(Prelu::new(places), ["alpha"]))
    }
}

/// The function with its numbers, of this shape.
struct Bent {
    alpha: Tensor<1>,
    shape: Vec<usize>,
}

impl SameShape for Bent {
    fn apply<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        let shape: [usize; D] = std::array::from_fn(|axis| self.shape[axis]);
        relu(x.clone()) - relu(-x) * self.alpha.clone().reshape(shape)
    }
}
