use crate::bins::bin;
use crate::error::VocabularyError;
use crate::fingerprint::joined;
use crate::hashing::check_bins;
use crate::token::Token;

/// A bin for several values of a row together, by their hash: a pair of values is a category of its own.
///
/// ```
/// # mod firebrick { pub use firebrick_vocabulary as vocabulary; }
/// use firebrick::vocabulary::HashedCrossing;
///
/// let crossing = HashedCrossing::new(100)?;
/// assert_eq!(crossing.bin_of(&[&"red", &"s"])?, 91);
/// assert_eq!(crossing.bin_of(&[&"a", &1_i64])?, 85);
/// assert!(crossing.bin_of(&[&"red"]).is_err());
/// # Ok::<(), firebrick::vocabulary::VocabularyError>(())
/// ```
///
/// # Source
/// Keras 3.15, `keras.layers.HashedCrossing`: the bins are the same
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HashedCrossing {
    num_bins: usize,
}

impl HashedCrossing {
    /// What every crossing begins with.
    const KEY: u64 = 0xDE_CAFC_AFFE;

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

    /// The bin of these values, counted from 0.
    ///
    /// # Errors
    /// [`VocabularyError::Crossing`] for fewer than two.
    pub fn bin_of(&self, values: &[&dyn Token]) -> Result<usize, VocabularyError> {
        if values.len() < 2 {
            return Err(VocabularyError::Crossing {
                received: values.len(),
            });
        }
        let hash = values
            .iter()
            .fold(Self::KEY, |hash, value| joined(hash, value.to_feature()));
        Ok(bin(hash, self.num_bins))
    }
}
