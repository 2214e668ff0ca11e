use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use super::nested;
use super::recurrent::step_of;
use crate::layer::AnyLayer;
use crate::layer::Call;
use crate::layer::HostForm;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer::WeightSpec;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::{Signal, Signals};
use firebrick_tensor::AnyTensor;

/// A layer at every step, with the same weights.
///
/// All steps of a batch go through it at once, as if each were a sample. A batch normalization within so takes the
/// statistics of all of them, where Keras takes those of one step after the other.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Conv2D, Flatten, LSTM, TimeDistributed};
/// use firebrick::models::Sequential;
///
/// // Ten pictures of a film.
/// let network = Sequential::new([10, 28, 28, 1])
///     .add(TimeDistributed::new(Conv2D::new(4, 3)))
///     .add(TimeDistributed::new(Flatten::new()))
///     .add(LSTM::new(16));
/// assert_eq!(network.output_shape()?, [16]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input: `[batch_size, steps, ...]`
/// - output: `[batch_size, steps, ...]` with what the layer makes of the rest
///
/// A mask goes on as it is.
///
/// # Source
/// <https://keras.io/api/layers/recurrent_layers/time_distributed/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimeDistributed {
    #[serde(deserialize_with = "nested::layer")]
    layer: AnyLayer,
}

impl TimeDistributed {
    /// This layer at every step.
    pub fn new(layer: impl Into<AnyLayer>) -> Self {
        Self {
            layer: layer.into(),
        }
    }
}

/// The steps of a batch as its samples, with the number of both before.
fn steps_as_samples(x: AnyTensor) -> (AnyTensor, [usize; 2]) {
    let shape = x.shape();
    let (batch, step) = ([shape[0], shape[1]], &shape[2..]);
    let steps = [&[batch[0] * batch[1]], step].concat();
    (x.reshaped(&steps), batch)
}

impl Layer for TimeDistributed {
    const CLASS_NAME: &'static str = "TimeDistributed";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        let output = self.layer.output_shape(&step_of(input)?)?;
        let length = input.axes()[0];
        Ok([length]
            .into_iter()
            .chain(output.axes().iter().copied())
            .collect())
    }

    fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
        let step = step_of(&inputs[0]).unwrap_or_default();
        let weights = self.layer.weights(&[step]).into_iter();
        let name = self.layer.default_name();
        weights.map(|weight| weight.within(&name)).collect()
    }

    fn masking(&self) -> Masking {
        Masking::Passes
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let (x, mask) = inputs.into_one()?.into_parts();
        let (x, batch) = steps_as_samples(x);
        let call = call.within(&self.layer.default_name());
        let y = self.layer.call(x.into(), &call)?.into_values()?;
        let shape = [&batch, &y.shape()[1..]].concat();
        Ok(Signal::from(y.reshaped(&shape)).with_mask(mask).into())
    }

    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        let steps = inputs[0].axes().first().copied().flatten()?;
        let form = self.layer.host_form(&[step_of(&inputs[0]).ok()?])?;
        form.at_each_step(steps, &self.layer.default_name())
    }

    fn has_limits(&self) -> bool {
        self.layer.has_limits()
    }

    fn check(&self, inputs: &Signals) -> Result<(), LayerProblem> {
        let (x, [_, num_steps]) = steps_as_samples(inputs[0].values().clone());
        let width = x.shape()[1..].iter().product::<usize>();
        self.layer
            .check(&x.into())
            .map_err(|problem| match problem {
                // Counted from the beginning of the sample that the step belongs to.
                LayerProblem::Index {
                    num_rows,
                    received,
                    sample,
                    position,
                } => LayerProblem::Index {
                    num_rows,
                    received,
                    sample: sample / num_steps,
                    position: (sample % num_steps) * width + position,
                },
                problem => problem,
            })
    }

    fn probe(&self, inputs: &[Shape], device: &Device) -> Result<(), LayerProblem> {
        self.layer.probe(&[step_of(&inputs[0])?], device)
    }
}
