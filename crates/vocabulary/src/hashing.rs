use crate::error::VocabularyError;
use crate::token::{Token, bin};

/// A bin for any token, by its hash: no vocabulary, but tokens may share a bin.
///
/// ```
/// # mod firebrick { pub use firebrick_vocabulary as vocabulary; }
/// use firebrick::vocabulary::Hashing;
///
/// let hashing = Hashing::new(3)?;
/// assert_eq!((hashing.bin_of("red"), hashing.bin_of("blue")), (2, 0));
/// assert_eq!(hashing.bin_of(&7_i64), hashing.bin_of("7"));
/// # Ok::<(), firebrick::vocabulary::VocabularyError>(())
/// ```
///
/// # Source
/// Keras 3.15, `keras.layers.Hashing` without `salt`: the bins are the same
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashing {
    num_bins: usize,
}

impl Hashing {
    /// Into so many bins.
    ///
    /// # Errors
    /// [`VocabularyError::TooFew`] for 0.
    pub fn new(num_bins: usize) -> Result<Self, VocabularyError> {
        check_bins(num_bins)?;
        Ok(Self { num_bins })
    }

    /// How many bins there are.
    pub fn num_bins(&self) -> usize {
        self.num_bins
    }

    /// The bin of a token, counted from 0.
    pub fn bin_of(&self, token: &(impl Token + ?Sized)) -> usize {
        bin(token.to_fingerprint(), self.num_bins)
    }

    /// The bin of a token where bin 0 is that of `mask_value` alone, unless there is no other.
    pub fn bin_beside<Q: Token + PartialEq + ?Sized>(&self, mask_value: &Q, token: &Q) -> usize {
        if self.num_bins == 1 {
            return 0;
        }
        if token == mask_value {
            return 0;
        }
        1 + bin(token.to_fingerprint(), self.num_bins - 1)
    }
}

pub(crate) fn check_bins(num_bins: usize) -> Result<(), VocabularyError> {
    if num_bins > 0 {
        return Ok(());
    }
    Err(VocabularyError::TooFew {
        name: "num_bins",
        least: 1,
        received: 0,
    })
}
