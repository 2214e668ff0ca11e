use crate::error::VocabularyError;

/// Ones and zeros, or counts, for indices.
///
/// ```
/// # mod firebrick { pub use firebrick_vocabulary as vocabulary; }
/// use firebrick::vocabulary::CategoryEncoding;
///
/// let encoding = CategoryEncoding::new(4)?;
/// assert_eq!(encoding.one_hot(3)?, [0.0, 0.0, 0.0, 1.0]);
/// assert_eq!(encoding.multi_hot(&[3, 0, 3])?, [1.0, 0.0, 0.0, 1.0]);
/// assert_eq!(encoding.count(&[3, 0, 3])?, [1.0, 0.0, 0.0, 2.0]);
/// assert!(encoding.one_hot(4).is_err());
/// # Ok::<(), firebrick::vocabulary::VocabularyError>(())
/// ```
///
/// # Source
/// Keras 3.15, `keras.layers.CategoryEncoding`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryEncoding {
    num_tokens: usize,
}

impl CategoryEncoding {
    /// Of indices below `num_tokens`.
    ///
    /// # Errors
    /// [`VocabularyError::TooFew`] for 0.
    pub fn new(num_tokens: usize) -> Result<Self, VocabularyError> {
        if num_tokens == 0 {
            return Err(VocabularyError::TooFew {
                name: "num_tokens",
                least: 1,
                received: 0,
            });
        }
        Ok(Self { num_tokens })
    }

    /// How many numbers an encoding has.
    pub fn num_tokens(&self) -> usize {
        self.num_tokens
    }

    /// A one at the index, zeros elsewhere.
    ///
    /// # Errors
    /// [`VocabularyError::Index`].
    pub fn one_hot(&self, index: usize) -> Result<Vec<f32>, VocabularyError> {
        self.multi_hot(&[index])
    }

    /// A one at each of the indices, zeros elsewhere.
    ///
    /// # Errors
    /// [`VocabularyError::Index`].
    pub fn multi_hot(&self, indices: &[usize]) -> Result<Vec<f32>, VocabularyError> {
        self.encoded(indices.iter().map(|index| (*index, 1.0)), |_, one| one)
    }

    /// How often each index is there.
    ///
    /// # Errors
    /// [`VocabularyError::Index`].
    pub fn count(&self, indices: &[usize]) -> Result<Vec<f32>, VocabularyError> {
        self.encoded(indices.iter().map(|index| (*index, 1.0)), |sum, one| {
            sum + one
        })
    }

    /// What the weights of each index come to.
    ///
    /// # Errors
    /// [`VocabularyError::Index`], [`VocabularyError::CountWeights`].
    pub fn count_weighted(
        &self,
        indices: &[usize],
        count_weights: &[f32],
    ) -> Result<Vec<f32>, VocabularyError> {
        if indices.len() != count_weights.len() {
            return Err(VocabularyError::CountWeights {
                expected: indices.len(),
                received: count_weights.len(),
            });
        }
        let weighted = indices.iter().copied().zip(count_weights.iter().copied());
        self.encoded(weighted, |sum, weight| sum + weight)
    }

    fn encoded(
        &self,
        indices: impl Iterator<Item = (usize, f32)>,
        joined: impl Fn(f32, f32) -> f32,
    ) -> Result<Vec<f32>, VocabularyError> {
        let mut encoded = vec![0.0; self.num_tokens];
        for (index, weight) in indices {
            let own = encoded.get_mut(index).ok_or(VocabularyError::Index {
                num_tokens: self.num_tokens,
                received: index,
            })?;
            *own = joined(*own, weight);
        }
        Ok(encoded)
    }
}
