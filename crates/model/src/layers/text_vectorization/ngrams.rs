use serde::{Deserialize, Serialize};

/// How many tokens in a row become one more token.
///
/// ```
/// # mod firebrick { pub use firebrick_model::layers; }
/// use firebrick::layers::{Ngrams, TextVectorization};
///
/// let pairs: Ngrams = 2.into();
/// assert_eq!(pairs, Ngrams::UpTo(2));
/// let words = TextVectorization::new().with_ngrams([2, 3]).adapt(&["a b c"])?;
/// assert_eq!(words.get_vocabulary()?, ["", "[UNK]", "b c", "a b c", "a b"]);
/// # Ok::<(), firebrick::layers::LayerProblem>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Ngrams {
    /// From 1 up to this number.
    UpTo(usize),
    /// Each of these numbers.
    Widths(Vec<usize>),
}

impl Ngrams {
    /// The numbers in order.
    pub(super) fn widths(&self) -> Vec<usize> {
        match self {
            Self::UpTo(most) => (1..=*most).collect(),
            Self::Widths(widths) => widths.clone(),
        }
    }
}

impl From<usize> for Ngrams {
    fn from(most: usize) -> Self {
        Self::UpTo(most)
    }
}

impl<const N: usize> From<[usize; N]> for Ngrams {
    fn from(widths: [usize; N]) -> Self {
        Self::Widths(widths.into())
    }
}
