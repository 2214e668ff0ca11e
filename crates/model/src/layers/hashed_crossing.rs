use firebrick_vocabulary as vocabulary;
use firebrick_vocabulary::Token;
use serde::{Deserialize, Serialize};

use super::checks::check_positive;
use super::index_dtype::IndexDtype;
use super::input_dtype::{InputDtype, Tokens};
use super::output_mode::{OutputMode, on_device};
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::{Signal, Signals};

/// A bin for the categories of several inputs together, by their hash: each combination is a category of its own.
///
/// Whole numbers by default; which inputs are texts, [`with_input_dtypes`](Self::with_input_dtypes) says. They are hashed on
/// the host; no gradient goes through.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Int, Tensor};
/// use firebrick::layers::{HashedCrossing, Layer};
/// use firebrick::models::{Graph, Signal, named_input};
///
/// let device = Device::flex();
/// let (hour, day) = (named_input("hour", [1]), named_input("day", [1]));
/// let both = HashedCrossing::new(50).on([&hour, &day]);
/// let model = Graph::new([hour, day], [both]).build(1, &device)?;
/// let number = |number: i64| Signal::from(Tensor::<2, Int>::from_ints([[number]], &device));
/// let bin = model.predict_all([number(7), number(2)].into())?.into_values()?.into_ints()?;
/// assert!((0..50).contains(&bin[0]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Shapes
/// - inputs: one category a sample, whole numbers `[batch_size, 1]` or texts `[batch_size, bytes]`
/// - output: `[batch_size, 1]`, or `one_hot` `[batch_size, num_bins]`
///
/// # Source
/// <https://keras.io/api/layers/preprocessing_layers/categorical/hashed_crossing/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HashedCrossing {
    num_bins: usize,
    #[serde(default)]
    output_mode: OutputMode,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    input_dtypes: Vec<InputDtype>,
    #[serde(default, skip_serializing)]
    dtype: IndexDtype,
}

impl HashedCrossing {
    /// So many bins.
    pub fn new(num_bins: usize) -> Self {
        Self {
            num_bins,
            output_mode: OutputMode::Int,
            input_dtypes: Vec::new(),
            dtype: IndexDtype,
        }
    }

    /// Says of each input whether it is of whole numbers or of texts.
    #[must_use = "returns the changed layer"]
    pub fn with_input_dtypes(mut self, input_dtypes: impl Into<Vec<InputDtype>>) -> Self {
        self.input_dtypes = input_dtypes.into();
        self
    }

    /// Sets what it gives: the index of the bin, as by default, or a one at it among zeros.
    #[must_use = "returns the changed layer"]
    pub fn with_output_mode(mut self, output_mode: OutputMode) -> Self {
        self.output_mode = output_mode;
        self
    }

    /// How the input of this place is read.
    fn dtype_of(&self, input: usize) -> InputDtype {
        self.input_dtypes.get(input).copied().unwrap_or_default()
    }
}

impl Layer for HashedCrossing {
    const CLASS_NAME: &'static str = "HashedCrossing";

    fn output_shapes(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
        check_positive("num_bins", self.num_bins)?;
        let known = [OutputMode::Int, OutputMode::OneHot];
        self.output_mode.check_among(&known)?;
        if inputs.len() < 2 {
            return Err(LayerProblem::NumInputs {
                expected: "2 or more".to_owned(),
                received: inputs.len(),
            });
        }
        if !self.input_dtypes.is_empty() && self.input_dtypes.len() != inputs.len() {
            let expected = format!("one of each of its {} inputs", inputs.len());
            return Err(LayerProblem::argument(
                "input_dtypes",
                expected,
                &self.input_dtypes,
            ));
        }
        for (place, input) in inputs.iter().enumerate() {
            if self.dtype_of(place).token_shape(input)? != [1] {
                return Err(LayerProblem::input(
                    "one category a sample at each input, [1] or a text",
                    "give it each category as an input of its own, and say by `input_dtypes` which are texts",
                ));
            }
        }
        Ok(vec![
            self.output_mode.shape(&[1].into(), Some(self.num_bins))?,
        ])
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        let device = inputs[0].device();
        let mut read = Vec::with_capacity(inputs.len());
        for (place, values) in inputs.into_iter().map(Signal::into_values).enumerate() {
            read.push(self.dtype_of(place).read(values)?.0);
        }
        let crossing = vocabulary::HashedCrossing::new(self.num_bins);
        let crossing = crossing.map_err(LayerProblem::vocabulary)?;
        let count = read.iter().map(Tokens::len).min().unwrap_or_default();
        let mut bins = Vec::with_capacity(count);
        for sample in 0..count {
            let row: Vec<&dyn Token> = read.iter().filter_map(|own| own.get(sample)).collect();
            let bin = crossing.bin_of(&row).map_err(LayerProblem::vocabulary)?;
            bins.push(i64::try_from(bin).unwrap_or(i64::MAX));
        }
        let encoded = self
            .output_mode
            .encoded(bins, vec![count, 1], self.num_bins);
        Ok(on_device(encoded, &device).into())
    }
}
