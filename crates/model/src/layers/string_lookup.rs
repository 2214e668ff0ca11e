use burn::tensor::Device;
use firebrick_spec::shortened;
use firebrick_tensor::AnyTensor;
use firebrick_vocabulary::Encoded;
use serde::{Deserialize, Serialize};

use super::index_lookup::{IndexLookup, LookupToken, Salt, lookup_layer};
use super::output_mode::{OutputMode, on_device};
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::{Signal, Signals};

/// Turns texts that are categories into their indices in a vocabulary, or into ones and zeros.
///
/// The vocabulary belongs to the description and is saved with it: given by [`with_vocabulary`](Self::with_vocabulary), or
/// learned before the network is built, by [`adapt`](Self::adapt) or for all such layers of a network by
/// [`Graph::adapt`](crate::Graph::adapt). Text enters a network by [`text_input`](crate::text_input). The words are looked up
/// on the host; no gradient goes through the layer.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::Device;
/// use firebrick::layers::{Embedding, StringLookup};
/// use firebrick::models::{AnyTensor, Sequential, Shape};
///
/// let colors = StringLookup::new().adapt(&["red", "blue", "red"])?;
/// assert_eq!(colors.get_vocabulary()?, ["[UNK]", "red", "blue"]);
/// assert_eq!(colors.apply(&["blue", "mauve"])?.indices(), Some(&[2, 0][..]));
/// let device = Device::flex();
/// let model = Sequential::new(Shape::text()).add(colors).add(Embedding::new(3, 8)).build(1, &device)?;
/// assert_eq!(model.predict(AnyTensor::from_texts(&["red", "blue"], &device))?.shape(), [2, 1, 8]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Shapes
/// - input: texts, `[batch_size, bytes]` for one a sample or `[batch_size, ..., texts, bytes]`; inverted indices of any shape
/// - output: indices, `[batch_size, 1]` or `[batch_size, ..., texts]`; of the other output modes
///   `[batch_size, ..., vocabulary_size]`, `one_hot` of more than one text `[batch_size, ..., texts, vocabulary_size]`;
///   inverted texts, `[batch_size, ..., bytes]`
///
/// # Source
/// <https://keras.io/api/layers/preprocessing_layers/categorical/string_lookup/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StringLookup(IndexLookup<String>);

lookup_layer!(StringLookup, String);

impl StringLookup {
    /// Spreads what is not in the vocabulary over its places by a keyed hash.
    #[must_use = "returns the changed layer"]
    pub fn with_salt(self, salt: impl Into<Salt>) -> Self {
        self.with(|own| own.salt = Some(salt.into()))
    }
}
