use burn::tensor::{Bool, Tensor};
use firebrick_host::kernels;
use serde::{Deserialize, Serialize};

use super::attention_weights::{both, wrong_number};
use super::over_axes::{over_axes, over_axes_on_host, sample_axes};
use crate::activation::Activation;
use crate::layer::Call;
use crate::layer::HostForm;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;
use firebrick_tensor::{AnyTensor, Axes};

/// `exp(x) / Σ exp(x)` along the last axis, or along others.
///
/// A second input of the same shape, if there is one, is 0 where an element does not count: its probability is 0. So it is for
/// steps that are masked, of samples of one axis.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::Softmax;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// let model = Sequential::new([2]).add(Softmax::new()).build(1, &device)?;
/// let logits = Tensor::<2>::from_floats([[0.0, 3.0_f32.ln()]], &device);
/// let y = model.predict(logits)?.into_vec()?;
/// assert!(y.iter().zip([0.25, 0.75]).all(|(y, expected)| (y - expected).abs() < 1e-3), "{y:?}");
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - inputs and output: any, the same
///
/// # Source
/// <https://keras.io/api/layers/activation_layers/softmax/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Softmax {
    axis: Axes,
}

impl Softmax {
    /// Probabilities along the last axis.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the axes along which the probabilities add up to 1, all at once; the batch axis, which cannot be among them, is 0.
    #[must_use = "returns the changed layer"]
    pub fn with_axis(mut self, axis: impl Into<Axes>) -> Self {
        self.axis = axis.into();
        self
    }
}

impl Default for Softmax {
    fn default() -> Self {
        Self {
            axis: Axes::One(-1),
        }
    }
}

/// What stands for the logit of an element that does not count, as in Keras.
const PADDING_LOGIT: f64 = -1e9;

impl Layer for Softmax {
    const CLASS_NAME: &'static str = "Softmax";

    fn output_shapes(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
        let (x, mask) = match inputs {
            [x] => (x, x),
            [x, mask] => (x, mask),
            _ => return Err(wrong_number("1 or 2", inputs.len())),
        };
        sample_axes(&self.axis, x)?;
        if x.merged(mask).is_none() {
            let expected = format!("{x} as its mask, which is the second");
            return Err(LayerProblem::input(expected, "give both the same shape"));
        }
        Ok(vec![x.clone()])
    }

    fn masking(&self) -> Masking {
        Masking::Passes
    }

    fn last_activation(&self) -> Activation {
        if self.axis == Axes::One(-1) {
            Activation::Softmax
        } else {
            Activation::Linear
        }
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        // What was not known before is now.
        let shapes: Vec<Shape> = inputs
            .iter()
            .map(|signal| signal.shape()[1..].into())
            .collect();
        self.output_shapes(&shapes)?;
        let mut inputs = inputs.into_iter();
        let Some(signal) = inputs.next() else {
            return Err(wrong_number("1 or 2", 0));
        };
        let given = inputs
            .next()
            .map(|mask| flat(mask.into_values()).not_equal_elem(0.0));
        let (x, steps) = signal.into_parts();
        let shape = x.shape();
        if steps.is_some() && shape.len() != 2 {
            return Err(LayerProblem::Mask);
        }
        let counts: Option<Tensor<2, Bool>> = both(steps, given);
        let padding = counts.map(Tensor::bool_not);
        let without = |x: AnyTensor, value: f64| match &padding {
            Some(padding) => {
                AnyTensor::from(flat(x).mask_fill(padding.clone(), value)).reshaped(&shape)
            }
            None => x,
        };
        let x = without(x, PADDING_LOGIT);
        if self.axis == Axes::One(-1) {
            let y = call.activate(Activation::Softmax, x);
            return Ok(if call.leaves_activation() {
                y
            } else {
                without(y, 0.0)
            }
            .into());
        }
        let axes = sample_axes(&self.axis, &shapes[0])?;
        let y = over_axes(x, &axes, |x| Activation::Softmax.forward(x));
        Ok(without(y, 0.0).into())
    }

    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        let [input] = inputs else {
            return None;
        };
        if self.axis == Axes::One(-1) {
            return Some(HostForm::unchanged().ending_with(Activation::Softmax));
        }
        over_axes_on_host(&self.axis, input, |len, size| {
            HostForm::of(kernels::Softmax::new(len, size), [])
        })
    }
}

/// A sample a row.
fn flat(x: AnyTensor) -> Tensor<2> {
    let shape = x.shape();
    let elements = shape[1..].iter().product();
    x.reshaped(&[shape[0], elements]).expect_rank()
}
