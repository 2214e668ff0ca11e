use burn::tensor::Device;
use firebrick_spec::shortened;
use firebrick_tensor::AnyTensor;
use firebrick_vocabulary::Encoded;
use serde::{Deserialize, Serialize};

use super::index_lookup::{IndexLookup, LookupToken, Method, Salt, lookup_layer};
use super::output_mode::{OutputMode, on_device};
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::{Signal, Signals};

/// Turns whole numbers that are categories into their indices in a vocabulary, or into ones and zeros.
///
/// The vocabulary belongs to the description and is saved with it: given by [`with_vocabulary`](Self::with_vocabulary), or
/// learned before the network is built, by [`adapt`](Self::adapt) or for all such layers of a network by
/// [`Graph::adapt`](crate::Graph::adapt). The numbers are looked up on the host, exactly, as far as the device holds whole
/// numbers; no gradient goes through the layer.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::IntegerLookup;
///
/// let codes = IntegerLookup::new().adapt(&[3_000_000_019_i64, 7, 7])?;
/// assert_eq!(codes.get_vocabulary()?, [-1, 7, 3_000_000_019]);
/// assert_eq!(codes.apply(&[3_000_000_019_i64, 8])?.indices(), Some(&[2, 0][..]));
/// # Ok::<(), firebrick::layers::LayerProblem>(())
/// ```
///
/// # Shapes
/// - input: whole numbers, `[batch_size, ...]`
/// - output: the same; of the other output modes `[batch_size, ..., vocabulary_size]`, `one_hot` of more than one number
///   `[batch_size, ..., numbers, vocabulary_size]`
///
/// # Source
/// <https://keras.io/api/layers/preprocessing_layers/categorical/integer_lookup/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IntegerLookup(IndexLookup<i64>);

lookup_layer!(IntegerLookup, i64);

impl IntegerLookup {
    /// Spreads what is not in the vocabulary over its places by the fingerprint of its digits, not by its remainder.
    #[must_use = "returns the changed layer"]
    pub fn hashing_unknown(self) -> Self {
        self.with(|own| own.oov_method = Method::Farmhash)
    }

    /// The same by a keyed hash.
    #[must_use = "returns the changed layer"]
    pub fn with_salt(self, salt: impl Into<Salt>) -> Self {
        self.hashing_unknown()
            .with(|own| own.salt = Some(salt.into()))
    }
}
