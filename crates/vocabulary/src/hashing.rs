use crate::bins::bin;
use crate::error::VocabularyError;
use crate::token::Token;

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
/// Keras 3.15, `keras.layers.Hashing`: the bins are the same
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashing {
    num_bins: usize,
    salt: Option<[u64; 2]>,
}

impl Hashing {
    /// Into so many bins.
    ///
    /// # Errors
    /// [`VocabularyError::TooFew`] for 0.
    pub fn new(num_bins: usize) -> Result<Self, VocabularyError> {
        check_bins(num_bins)?;
        let salt = None;
        Ok(Self { num_bins, salt })
    }

    /// The same by a keyed hash, so that nobody who does not know the key can foresee which tokens share a bin.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_vocabulary as vocabulary; }
    /// use firebrick::vocabulary::Hashing;
    ///
    /// let hashing = Hashing::new(7)?.with_salt([133, 137]);
    /// assert_eq!((hashing.bin_of("blue"), hashing.bin_of("zebra")), (0, 5));
    /// # Ok::<(), firebrick::vocabulary::VocabularyError>(())
    /// ```
    #[must_use = "returns the changed hashing"]
    pub fn with_salt(mut self, salt: [u64; 2]) -> Self {
        self.salt = Some(salt);
        self
    }

    /// How many bins there are.
    pub fn num_bins(&self) -> usize {
        self.num_bins
    }

    /// The bin of a token, counted from 0.
    pub fn bin_of(&self, token: &(impl Token + ?Sized)) -> usize {
        bin(self.hash_of(token), self.num_bins)
    }

    /// The bin of a token where bin 0 is that of `mask_value` alone, unless there is no other.
    pub fn bin_beside<Q: Token + PartialEq + ?Sized>(&self, mask_value: &Q, token: &Q) -> usize {
        if self.num_bins == 1 {
            return 0;
        }
        if token == mask_value {
            return 0;
        }
        1 + bin(self.hash_of(token), self.num_bins - 1)
    }

    fn hash_of(&self, token: &(impl Token + ?Sized)) -> u64 {
        match self.salt {
            Some(salt) => token.to_salted_fingerprint(salt),
            None => token.to_fingerprint(),
        }
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
