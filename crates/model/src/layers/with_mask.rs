use burn::tensor::{Bool, Tensor};
use firebrick_host::kernels::StepMask;
use serde::{Deserialize, Serialize};

use crate::layer::Call;
use crate::layer::HostForm;
use crate::layer::Layer;
use crate::layer::Masking as MaskPolicy;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;

/// Gives its first input the second one as its mask: steps where that is 0 are padding for the layers behind.
///
/// Keras gives a mask to a call, `lstm(x, mask=mask)`; here it is `lstm.on(WithMask::new().on([&x, &mask]))`. A mask that `x` had
/// before is replaced.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::{GlobalAveragePooling1D, Layer, WithMask};
/// use firebrick::models::{Graph, Signal, input};
///
/// let device = Device::flex();
/// let (steps, mask) = (input([3, 1]), input([3]));
/// let mean = GlobalAveragePooling1D::new().on(WithMask::new().on([&steps, &mask]));
/// let network = Graph::new([steps, mask], [mean]).build(1, &device)?;
/// let steps = Signal::from(Tensor::<3>::from_floats([[[1.0], [3.0], [9.0]]], &device));
/// let mask = Signal::from(Tensor::<2>::from_floats([[1.0, 1.0, 0.0]], &device));
/// // The mean of the first two.
/// assert_eq!(network.predict_all([steps, mask].into())?[0].values().clone().into_vec()?, [2.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input: `[batch_size, steps, ...]`
/// - mask: `[batch_size, steps]`, floats or whole numbers
/// - output: as the input
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WithMask {}

impl WithMask {
    /// One that has no arguments.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Layer for WithMask {
    const CLASS_NAME: &'static str = "WithMask";

    fn output_shapes(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
        let [input, mask] = inputs else {
            return Err(LayerProblem::NumInputs {
                expected: "2".to_owned(),
                received: inputs.len(),
            });
        };
        let fits = match (input.axes(), mask.axes()) {
            ([steps, ..], [masked]) => steps.is_none() || masked.is_none() || steps == masked,
            _ => false,
        };
        if !fits {
            return Err(LayerProblem::input(
                "[steps, ...] and a mask of as many steps, [steps]",
                "give a number for each step, 0 where it is padding",
            ));
        }
        Ok(vec![input.clone()])
    }

    fn masking(&self) -> MaskPolicy {
        MaskPolicy::Creates
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        let [x, mask] = inputs.into_array()?;
        let shape = mask.shape();
        let mask = mask.into_values().into_floats();
        let mask: Tensor<2> = Signals::from(mask).into_rank()?;
        if shape[..] != x.shape()[..2] {
            return Err(LayerProblem::input(
                format!("a mask of the shape {:?}, not {shape:?}", &x.shape()[..2]),
                "give a number for each step, 0 where it is padding",
            ));
        }
        let mask: Tensor<2, Bool> = mask.not_equal_elem(0.0);
        Ok(x.with_mask(mask).into())
    }

    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        let [_, mask] = inputs else {
            return None;
        };
        let steps = mask.num_elements()?;
        Some(HostForm::unchanged().making_mask(StepMask::new([steps, 1], 0.0), 1))
    }
}
