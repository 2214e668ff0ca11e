use firebrick_tensor::AnyTensor;
use firebrick_vocabulary::Token;
use serde::{Deserialize, Serialize};

use super::index_lookup::{read_texts, token_shape};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;

/// How a layer that takes either reads a batch of whole numbers: as they are, or as the bytes of texts.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{HashedCrossing, InputDtype, Layer};
/// use firebrick::models::{Graph, named_input, text_input};
///
/// let (color, size) = (text_input("color"), named_input("size", [1]));
/// let crossing = HashedCrossing::new(100).with_input_dtypes([InputDtype::Text, InputDtype::Integers]);
/// let both = crossing.on([&color, &size]);
/// assert_eq!(Graph::new([color, size], [both]).output_shapes()?, [[1]]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum InputDtype {
    /// Whole numbers.
    #[default]
    #[serde(rename = "int64")]
    Integers,
    /// Texts along the last axis.
    #[serde(rename = "string")]
    Text,
}

/// Tokens of either kind.
pub(super) enum Tokens {
    Integers(Vec<i64>),
    Texts(Vec<String>),
}

impl InputDtype {
    /// Whether it is the default, which is not written.
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "the signature is serde's"
    )]
    pub(super) fn is_integers(&self) -> bool {
        *self == Self::Integers
    }

    /// The shape of the tokens in samples of this shape.
    pub(super) fn token_shape(self, input: &Shape) -> Result<Shape, LayerProblem> {
        match self {
            Self::Integers => Ok(input.clone()),
            Self::Text => token_shape(input),
        }
    }

    /// The tokens of a batch, and the shape that they lie in, the batch axis included.
    pub(super) fn read(self, values: AnyTensor) -> Result<(Tokens, Vec<usize>), LayerProblem> {
        match self {
            Self::Integers => {
                let shape = values.shape();
                let numbers = values.into_ints().map_err(LayerProblem::device)?;
                Ok((Tokens::Integers(numbers), shape))
            }
            Self::Text => {
                let (texts, shape) = read_texts(values)?;
                Ok((Tokens::Texts(texts), shape))
            }
        }
    }
}

impl Tokens {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Integers(numbers) => numbers.len(),
            Self::Texts(texts) => texts.len(),
        }
    }

    /// A token by its place, counted from 0.
    pub(super) fn get(&self, place: usize) -> Option<&dyn Token> {
        match self {
            Self::Integers(numbers) => numbers.get(place).map(|number| number as &dyn Token),
            Self::Texts(texts) => texts.get(place).map(|text| text as &dyn Token),
        }
    }
}
