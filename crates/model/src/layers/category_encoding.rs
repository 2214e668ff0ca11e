use firebrick_tensor::AnyTensor;
use serde::{Deserialize, Serialize};

use super::checks::check_positive;
use super::output_mode::OutputMode;
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::{Signal, Signals};

/// Ones and zeros, or counts, for indices from 0 to `num_tokens - 1`.
///
/// With `output_mode` `count`, a second input may have the weight of each index, Keras' `count_weights`. An index beyond the
/// last one is an error in [`predict`](crate::Network::predict) and before a training; in
/// [`forward`](crate::Network::forward) nothing stands for it.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Int, Tensor};
/// use firebrick::layers::{CategoryEncoding, OutputMode};
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// let indices = Tensor::<2, Int>::from_ints([[0, 2, 2]], &device);
/// let encode = |encoding| Sequential::new([3]).add(encoding).build(1, &device)?.predict(indices.clone());
/// assert_eq!(encode(CategoryEncoding::new(4))?.into_vec()?, [1.0, 0.0, 1.0, 0.0]);
/// let counts = CategoryEncoding::new(4).with_output_mode(OutputMode::Count);
/// assert_eq!(encode(counts)?.into_vec()?, [1.0, 0.0, 2.0, 0.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input: `[batch_size, ..., indices]`; of weights the same
/// - output: `[batch_size, ..., num_tokens]`; `one_hot` of more than one index `[batch_size, ..., indices, num_tokens]`
///
/// # Source
/// <https://keras.io/api/layers/preprocessing_layers/categorical/category_encoding/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CategoryEncoding {
    num_tokens: usize,
    #[serde(default = "multi_hot")]
    output_mode: OutputMode,
}

impl CategoryEncoding {
    /// A one for each of so many indices that is in a sample, Keras' `multi_hot`.
    pub fn new(num_tokens: usize) -> Self {
        Self {
            num_tokens,
            output_mode: multi_hot(),
        }
    }

    /// Sets what it gives: [`MultiHot`](OutputMode::MultiHot), [`OneHot`](OutputMode::OneHot) or [`Count`](OutputMode::Count).
    #[must_use = "returns the changed layer"]
    pub fn with_output_mode(mut self, output_mode: OutputMode) -> Self {
        self.output_mode = output_mode;
        self
    }
}

fn multi_hot() -> OutputMode {
    OutputMode::MultiHot
}

impl Layer for CategoryEncoding {
    const CLASS_NAME: &'static str = "CategoryEncoding";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        check_positive("num_tokens", self.num_tokens)?;
        let known = [OutputMode::OneHot, OutputMode::MultiHot, OutputMode::Count];
        self.output_mode.check_among(&known)?;
        self.output_mode.shape(input, Some(self.num_tokens))
    }

    fn output_shapes(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
        match inputs {
            [input] => Ok(vec![self.output_shape(input)?]),
            [input, weights] if self.output_mode == OutputMode::Count => {
                if weights.merged(input).is_none() {
                    return Err(LayerProblem::input(
                        "a weight for each index",
                        "give both inputs the same shape",
                    ));
                }
                Ok(vec![self.output_shape(input)?])
            }
            _ => Err(LayerProblem::NumInputs {
                expected: "1, or with `output_mode` \"count\" indices and their weights,"
                    .to_owned(),
                received: inputs.len(),
            }),
        }
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        let mut inputs = inputs.into_iter().map(Signal::into_values);
        let indices = inputs.next().ok_or_else(|| LayerProblem::NumInputs {
            expected: "1".to_owned(),
            received: 0,
        })?;
        let weights = inputs.next();
        let mode = self.output_mode;
        Ok(mode.encoded_there(indices, weights, self.num_tokens).into())
    }

    fn has_limits(&self) -> bool {
        true
    }

    fn check(&self, inputs: &Signals) -> Result<(), LayerProblem> {
        let Some(indices) = inputs.get(0).map(Signal::values) else {
            return Ok(());
        };
        check_below(indices, self.num_tokens)
    }
}

/// Looks for an index that is not below.
fn check_below(indices: &AnyTensor, num_tokens: usize) -> Result<(), LayerProblem> {
    let width = indices.shape()[1..].iter().product::<usize>().max(1);
    let indices = indices.clone().into_ints().map_err(LayerProblem::device)?;
    let is_below = |index: i64| usize::try_from(index).is_ok_and(|index| index < num_tokens);
    match indices.iter().position(|&index| !is_below(index)) {
        Some(place) => Err(LayerProblem::Category {
            num_tokens,
            received: indices[place],
            sample: place / width,
            position: place % width,
        }),
        None => Ok(()),
    }
}
