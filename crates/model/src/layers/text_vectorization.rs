mod form;
mod ngrams;

use burn::tensor::Device;
use firebrick_spec::{Spec, SpecError};
use firebrick_tensor::AnyTensor;
use firebrick_vocabulary::{Encoded, Split, Standardize, Tokenizer};
use serde::{Deserialize, Serialize};

use super::checks::check_positive;
use super::index_lookup::{IndexLookup, read_texts, token_shape};
use super::output_mode::{OutputMode, on_device};
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;
use form::Form;

pub use ngrams::Ngrams;

/// Turns texts into the indices of their words, or into one row of ones, counts or weights a text.
///
/// A text is standardized (small letters, no punctuation), split (at whitespace), perhaps joined to n-grams, and each token
/// looked up: 0 is padding, 1 what is not in the vocabulary, the tokens follow, the most frequent first. The vocabulary belongs
/// to the description and is saved with it: given by [`with_vocabulary`](Self::with_vocabulary), or learned before the network
/// is built, by [`adapt`](Self::adapt) or for all such layers of a network by [`Graph::adapt`](crate::Graph::adapt). Text
/// enters a network by [`text_input`](crate::text_input); it is read on the host, and no gradient goes through the layer. An
/// [`Embedding`](super::Embedding) with a mask of zeros behind it passes over the padding.
///
/// Alone it prepares the data of a training, and later stands in front of the trained network:
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::Device;
/// use firebrick::layers::{Embedding, GlobalAveragePooling1D, TextVectorization};
/// use firebrick::models::{AnyTensor, Sequential, Shape};
///
/// let words = TextVectorization::new().with_output_sequence_length(4).adapt(&["foo bar", "bar baz", "baz bada boom"])?;
/// assert_eq!(words.get_vocabulary()?, ["", "[UNK]", "baz", "bar", "foo", "boom", "bada"]);
/// let indices = words.apply(&["Foo, qux bar!", "qux baz"])?;
/// assert_eq!(indices.indices(), Some(&[4, 1, 3, 0, 1, 2, 0, 0][..]));
///
/// let device = Device::flex();
/// let network = Sequential::new(Shape::text())
///     .add(words)
///     .add(Embedding::new(7, 16).with_mask_zero())
///     .add(GlobalAveragePooling1D::new());
/// let texts = AnyTensor::from_texts(&["foo qux bar"], &device);
/// assert_eq!(network.build(1, &device)?.predict(texts)?.shape(), [1, 16]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Shapes
/// - input: texts, `[batch_size, bytes]`; without splitting also `[batch_size, tokens, bytes]`
/// - output: indices, `[batch_size, output_sequence_length]`, without that as many as the longest text of the batch has; of the
///   other output modes `[batch_size, vocabulary_size]`
///
/// # Source
/// <https://keras.io/api/layers/preprocessing_layers/text/text_vectorization/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Form", into = "Form")]
pub struct TextVectorization {
    tokenizer: Tokenizer,
    /// As they were given.
    ngrams: Option<Ngrams>,
    output_sequence_length: Option<usize>,
    lookup: IndexLookup<String>,
}

impl TextVectorization {
    /// Indices of words without punctuation in small letters, with a vocabulary that is still to be learned.
    pub fn new() -> Self {
        Self {
            tokenizer: Tokenizer::default(),
            ngrams: None,
            output_sequence_length: None,
            lookup: Self::empty_lookup(),
        }
    }

    fn empty_lookup() -> IndexLookup<String> {
        IndexLookup {
            mask_token: Some(String::new()),
            ..IndexLookup::default()
        }
    }

    fn with(mut self, change: impl FnOnce(&mut IndexLookup<String>)) -> Self {
        self.lookup = self.lookup.with(change);
        self
    }

    /// Sets how many indices there may be, those of padding and of what is unknown counted in.
    #[must_use = "returns the changed layer"]
    pub fn with_max_tokens(self, max_tokens: usize) -> Self {
        self.with(|lookup| lookup.max_tokens = Some(max_tokens))
    }

    /// Sets what happens to a text before it is split.
    #[must_use = "returns the changed layer"]
    pub fn with_standardize(mut self, standardize: Standardize) -> Self {
        self.tokenizer.standardize = Some(standardize);
        self
    }

    /// Leaves texts as they are, Keras' `standardize=None`.
    #[must_use = "returns the changed layer"]
    pub fn without_standardize(mut self) -> Self {
        self.tokenizer.standardize = None;
        self
    }

    /// Sets where texts are split.
    #[must_use = "returns the changed layer"]
    pub fn with_split(mut self, split: Split) -> Self {
        self.tokenizer.split = Some(split);
        self
    }

    /// Takes texts for tokens, Keras' `split=None`.
    #[must_use = "returns the changed layer"]
    pub fn without_split(mut self) -> Self {
        self.tokenizer.split = None;
        self
    }

    /// Joins tokens that follow each other: `2` takes single ones and pairs, `[2]` pairs alone.
    #[must_use = "returns the changed layer"]
    pub fn with_ngrams(mut self, ngrams: impl Into<Ngrams>) -> Self {
        let ngrams = ngrams.into();
        self.tokenizer.ngrams = ngrams.widths();
        self.ngrams = Some(ngrams);
        self
    }

    /// Sets what it gives; indices by default.
    #[must_use = "returns the changed layer"]
    pub fn with_output_mode(self, output_mode: OutputMode) -> Self {
        self.with(|lookup| lookup.output_mode = output_mode)
    }

    /// Cuts or pads the indices of a text to this many.
    #[must_use = "returns the changed layer"]
    pub fn with_output_sequence_length(mut self, length: usize) -> Self {
        self.output_sequence_length = Some(length);
        self
    }

    /// Gives rows the length `max_tokens`, however few tokens there are.
    #[must_use = "returns the changed layer"]
    pub fn padded_to_max_tokens(self) -> Self {
        self.with(|lookup| lookup.pad_to_max_tokens = true)
    }

    /// Sets the tokens, in the order of their indices; the padding, an empty text, and `[UNK]` may be before them.
    #[must_use = "returns the changed layer"]
    pub fn with_vocabulary<V: Into<String>>(self, vocabulary: impl IntoIterator<Item = V>) -> Self {
        let tokens = vocabulary.into_iter().map(Into::into).collect();
        self.with(|lookup| lookup.vocabulary = Some(tokens))
    }

    /// Sets the weights of the tokens, for [`TfIdf`](OutputMode::TfIdf).
    #[must_use = "returns the changed layer"]
    pub fn with_idf_weights(self, weights: impl Into<Vec<f32>>) -> Self {
        self.with(|lookup| lookup.idf_weights = Some(weights.into()))
    }

    /// Learns the vocabulary of texts: the most frequent token first, of those that are as frequent the larger.
    ///
    /// # Errors
    /// Texts without a token.
    pub fn adapt(mut self, texts: &[impl AsRef<str>]) -> Result<Self, LayerProblem> {
        let documents = texts
            .iter()
            .map(|text| Ok(self.tokenizer.tokens_of([text])));
        self.lookup = self.lookup.adapted_to(documents)?;
        Ok(self)
    }

    /// What stands for texts, without a network: for data that is prepared before a training.
    ///
    /// # Errors
    /// A vocabulary that is not there or does not fit.
    pub fn apply(&self, texts: &[impl AsRef<str>]) -> Result<Encoded, LayerProblem> {
        self.output_shape(&Shape::text())?;
        self.encoded(texts.iter().map(|text| self.tokenizer.tokens_of([text])))
    }

    /// All tokens by their indices, the padding and `[UNK]` included, as Keras' `get_vocabulary`.
    ///
    /// # Errors
    /// A vocabulary that is not there or does not fit.
    pub fn get_vocabulary(&self) -> Result<Vec<String>, LayerProblem> {
        self.lookup.all_tokens()
    }

    fn is_int(&self) -> bool {
        self.lookup.output_mode == OutputMode::Int
    }

    /// What stands for the tokens of texts.
    fn encoded(&self, texts: impl Iterator<Item = Vec<String>>) -> Result<Encoded, LayerProblem> {
        let mut rows = Vec::with_capacity(texts.size_hint().0);
        for tokens in texts {
            rows.push(self.lookup.indices_of(&tokens)?);
        }
        let longest = rows.iter().map(Vec::len).max().unwrap_or_default();
        // An axis of nothing is more than devices take.
        let length = self.output_sequence_length.unwrap_or(longest).max(1);
        // Padding is an index, but stands for no token.
        let padding = if self.is_int() { 0 } else { -1 };
        let shape = vec![rows.len(), length];
        let mut indices = Vec::with_capacity(rows.len() * length);
        for (place, row) in rows.into_iter().enumerate() {
            indices.extend(row.into_iter().take(length));
            indices.resize((place + 1) * length, padding);
        }
        self.lookup.encoded_indices(indices, shape)
    }

    /// The tokens of each text of a batch.
    fn tokens_of(&self, values: AnyTensor) -> Result<Vec<Vec<String>>, LayerProblem> {
        let (texts, shape) = read_texts(values)?;
        let width = shape[1..].iter().product::<usize>().max(1);
        let rows = texts.chunks(width).map(|row| self.tokenizer.tokens_of(row));
        Ok(rows.collect())
    }

    /// How many tokens a row of so many texts gives, if that is known.
    fn num_tokens(&self, texts: &Shape) -> Option<usize> {
        let texts = texts.last().filter(|_| self.tokenizer.split.is_none())?;
        let widths = self.tokenizer.ngrams.iter();
        let joined = widths.map(|width| (texts + 1).saturating_sub(*width));
        Some(match self.ngrams {
            Some(_) => joined.sum(),
            None => texts,
        })
    }
}

impl Default for TextVectorization {
    fn default() -> Self {
        Self::new()
    }
}

impl Layer for TextVectorization {
    const CLASS_NAME: &'static str = "TextVectorization";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        let known = [
            OutputMode::Int,
            OutputMode::MultiHot,
            OutputMode::Count,
            OutputMode::TfIdf,
        ];
        self.lookup.output_mode.check_among(&known)?;
        if let Some(length) = self.output_sequence_length {
            check_positive("output_sequence_length", length)?;
            if !self.is_int() {
                let expected = "left out where `output_mode` is not `int`";
                return Err(LayerProblem::argument(
                    "output_sequence_length",
                    expected,
                    &length,
                ));
            }
        }
        if self.ngrams.is_some()
            && (self.tokenizer.ngrams.is_empty() || self.tokenizer.ngrams.contains(&0))
        {
            return Err(LayerProblem::argument(
                "ngrams",
                "numbers from 1 on",
                &self.ngrams,
            ));
        }
        self.lookup.check()?;
        let texts = token_shape(input)?;
        let is_single = texts == [1];
        if texts.rank() != 1 || (self.tokenizer.split.is_some() && !is_single) {
            return Err(LayerProblem::input(
                "one text a sample, its bytes along the last axis; without `split` a row of them",
                "give it each text as an input of its own, or join the texts before",
            ));
        }
        if self.is_int() {
            let length = self.output_sequence_length;
            let length = length.or_else(|| self.num_tokens(&texts).map(|count| count.max(1)));
            return Ok([length].into());
        }
        Ok([self.lookup.depth()].into())
    }

    fn probe(&self, _: &[Shape], _: &Device) -> Result<(), LayerProblem> {
        self.lookup.built().map(drop)
    }

    fn needs_adapting(&self) -> bool {
        self.lookup.vocabulary.is_none()
    }

    fn learned_argument(&self) -> &'static str {
        "vocabulary"
    }

    fn adapted(&self, samples: &mut dyn Iterator<Item = AnyTensor>) -> Result<Self, LayerProblem> {
        let documents = samples.flat_map(|batch| match self.tokens_of(batch) {
            Ok(rows) => rows.into_iter().map(Ok).collect(),
            Err(problem) => vec![Err(problem)],
        });
        let mut layer = self.clone();
        layer.lookup = self.lookup.adapted_to(documents)?;
        Ok(layer)
    }

    /// What is nothing is not the same as what is not named.
    fn to_spec(&self, name: &str) -> Result<Spec, SpecError> {
        Spec::complete(name, self)
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        let values = inputs.into_values()?;
        let device = values.device();
        let encoded = self.encoded(self.tokens_of(values)?.into_iter())?;
        Ok(on_device(encoded, &device).into())
    }
}
