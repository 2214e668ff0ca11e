use serde::{Deserialize, Serialize};

use super::checks::check_positive;
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer::{HostForm, whole};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;

/// The same vector at each of `n` steps.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::RepeatVector;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// let model = Sequential::new([2]).add(RepeatVector::new(3)).build(1, &device)?;
/// let x = Tensor::<2>::from_floats([[1.0, 2.0]], &device);
/// assert_eq!(model.predict(x)?.into_vec()?, [1.0, 2.0, 1.0, 2.0, 1.0, 2.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input: `[batch_size, features]`
/// - output: `[batch_size, n, features]`
///
/// # Source
/// <https://keras.io/api/layers/reshaping_layers/repeat_vector/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RepeatVector {
    n: usize,
}

impl RepeatVector {
    /// The number of steps.
    pub fn new(n: usize) -> Self {
        Self { n }
    }
}

impl Layer for RepeatVector {
    const CLASS_NAME: &'static str = "RepeatVector";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        check_positive("n", self.n)?;
        match *input.axes() {
            [features] => Ok([Some(self.n), features].into()),
            _ => Err(LayerProblem::input(
                "[features]",
                "put a Flatten in front of it",
            )),
        }
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        let x = inputs.into_rank::<2>()?.unsqueeze_dim::<3>(1);
        Ok(x.repeat_dim(1, self.n).into())
    }

    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        let features = inputs[0].num_elements()?;
        let axes = [(0, vec![Some(0); self.n]), (0, whole(features))];
        HostForm::moving(&[features], &axes)
    }
}
