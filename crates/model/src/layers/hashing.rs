use firebrick_vocabulary as vocabulary;
use serde::{Deserialize, Serialize};

use super::checks::check_positive;
use super::index_dtype::IndexDtype;
use super::index_lookup::Salt;
use super::input_dtype::{InputDtype, Tokens};
use super::output_mode::{OutputMode, on_device};
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;

/// A bin for each category by its hash, without a vocabulary; categories may share a bin.
///
/// Whole numbers by default, texts by [`of_text`](Self::of_text). They are hashed on the host; no gradient goes through.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::Device;
/// use firebrick::layers::Hashing;
/// use firebrick::models::{AnyTensor, Sequential, Shape};
///
/// let device = Device::flex();
/// let model = Sequential::new(Shape::text()).add(Hashing::new(3).of_text()).build(1, &device)?;
/// let colors = AnyTensor::from_texts(&["red", "blue"], &device);
/// assert_eq!(model.predict(colors)?.into_ints()?, [2, 0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input: whole numbers, `[batch_size, ...]`, or texts, `[batch_size, bytes]` or `[batch_size, ..., texts, bytes]`
/// - output: bins, `[batch_size, ...]`, of a text a sample `[batch_size, 1]`; of the other output modes
///   `[batch_size, ..., num_bins]`, `one_hot` of more than one category `[batch_size, ..., categories, num_bins]`
///
/// # Source
/// <https://keras.io/api/layers/preprocessing_layers/categorical/hashing/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hashing {
    num_bins: usize,
    #[serde(default)]
    mask_value: Option<MaskValue>,
    #[serde(default)]
    salt: Option<Salt>,
    #[serde(default)]
    output_mode: OutputMode,
    #[serde(default, skip_serializing_if = "InputDtype::is_integers")]
    input_dtype: InputDtype,
    #[serde(default, skip_serializing)]
    dtype: IndexDtype,
}

/// A category that says that nothing is there, with a bin of its own.
///
/// ```
/// # mod firebrick { pub use firebrick_model::layers; }
/// use firebrick::layers::{Hashing, MaskValue};
///
/// let layer = Hashing::new(10).with_mask_value("unknown");
/// assert_eq!(layer, Hashing::new(10).of_text().with_mask_value(MaskValue::Text("unknown".to_owned())));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum MaskValue {
    /// A number.
    Integer(i64),
    /// A text.
    Text(String),
}

impl From<i64> for MaskValue {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<&str> for MaskValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl Hashing {
    /// So many bins.
    pub fn new(num_bins: usize) -> Self {
        Self {
            num_bins,
            mask_value: None,
            salt: None,
            output_mode: OutputMode::Int,
            input_dtype: InputDtype::Integers,
            dtype: IndexDtype,
        }
    }

    /// Hashes texts.
    #[must_use = "returns the changed layer"]
    pub fn of_text(mut self) -> Self {
        self.input_dtype = InputDtype::Text;
        self
    }

    /// Sets a category that has bin 0 for itself, a number or a text; with a text, texts are hashed.
    #[must_use = "returns the changed layer"]
    pub fn with_mask_value(mut self, mask_value: impl Into<MaskValue>) -> Self {
        let mask_value = mask_value.into();
        if let MaskValue::Text(_) = mask_value {
            self.input_dtype = InputDtype::Text;
        }
        self.mask_value = Some(mask_value);
        self
    }

    /// Hashes by a keyed hash, so that nobody who does not know the key can foresee which categories share a bin.
    #[must_use = "returns the changed layer"]
    pub fn with_salt(mut self, salt: impl Into<Salt>) -> Self {
        self.salt = Some(salt.into());
        self
    }

    /// Sets what it gives; the index of the bin by default.
    #[must_use = "returns the changed layer"]
    pub fn with_output_mode(mut self, output_mode: OutputMode) -> Self {
        self.output_mode = output_mode;
        self
    }

    /// What it hashes: texts, too, where a file says no more than a mask that is one.
    fn dtype(&self) -> InputDtype {
        match self.mask_value {
            Some(MaskValue::Text(_)) => InputDtype::Text,
            _ => self.input_dtype,
        }
    }

    fn bins_of(&self, tokens: &Tokens) -> Result<Vec<i64>, LayerProblem> {
        let hashing = vocabulary::Hashing::new(self.num_bins).map_err(LayerProblem::vocabulary)?;
        let hashing = match self.salt {
            Some(salt) => hashing.with_salt(salt.key()),
            None => hashing,
        };
        let bins: Vec<usize> = match (tokens, &self.mask_value) {
            (Tokens::Integers(numbers), Some(MaskValue::Integer(mask))) => {
                let numbers = numbers.iter();
                numbers
                    .map(|number| hashing.bin_beside(mask, number))
                    .collect()
            }
            (Tokens::Texts(texts), Some(MaskValue::Text(mask))) => {
                let texts = texts.iter();
                texts.map(|text| hashing.bin_beside(mask, text)).collect()
            }
            (Tokens::Integers(numbers), _) => numbers
                .iter()
                .map(|number| hashing.bin_of(number))
                .collect(),
            (Tokens::Texts(texts), _) => texts.iter().map(|text| hashing.bin_of(text)).collect(),
        };
        let index = |bin: usize| i64::try_from(bin).unwrap_or(i64::MAX);
        Ok(bins.into_iter().map(index).collect())
    }
}

impl Layer for Hashing {
    const CLASS_NAME: &'static str = "Hashing";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        check_positive("num_bins", self.num_bins)?;
        if let (InputDtype::Text, Some(MaskValue::Integer(mask))) = (self.dtype(), &self.mask_value)
        {
            return Err(LayerProblem::argument(
                "mask_value",
                "a text among texts",
                mask,
            ));
        }
        self.output_mode.check_among(&OutputMode::OF_BINS)?;
        let tokens = self.dtype().token_shape(input)?;
        self.output_mode.shape(&tokens, Some(self.num_bins))
    }

    fn masking(&self) -> Masking {
        self.output_mode.masking()
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        let values = inputs.into_values()?;
        let device = values.device();
        let (tokens, shape) = self.dtype().read(values)?;
        let bins = self.bins_of(&tokens)?;
        let encoded = self.output_mode.encoded(bins, shape, self.num_bins);
        Ok(on_device(encoded, &device).into())
    }
}
