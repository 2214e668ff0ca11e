//! What can be wrong with a vocabulary, with bins, or with what is asked of them.

/// What is wrong with a vocabulary, with bins, or with what is asked of them.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum VocabularyError {
    /// A token that stands twice in a vocabulary.
    #[error(
        "the vocabulary: expected different tokens, received `{token}` at the places {first} and {second}; leave one of them out"
    )]
    Repeated {
        /// The token.
        token: String,
        /// Its first place, counted from 0.
        first: usize,
        /// Its second place.
        second: usize,
    },

    /// A mask that is a token, too.
    #[error(
        "the vocabulary: expected tokens other than the mask, received the mask `{token}` at place {place}; leave it out, it has \
         a place of its own"
    )]
    Mask {
        /// The token.
        token: String,
        /// Its place, counted from 0.
        place: usize,
    },

    /// No room for a single token.
    #[error(
        "`max_tokens`: expected more than the {special} places of the mask and of what is out of vocabulary, received {received}; \
         raise it"
    )]
    MaxTokens {
        /// Places that are not of tokens.
        special: usize,
        /// The limit as given.
        received: usize,
    },

    /// More tokens than the limit.
    #[error(
        "the vocabulary: expected at most `max_tokens` = {limit} places, those of the mask and of what is out of vocabulary counted \
         in, received {received}; raise it or take fewer tokens"
    )]
    TooManyTokens {
        /// The limit.
        limit: usize,
        /// The places that are needed.
        received: usize,
    },

    /// Nothing to be counted by.
    #[error("`{name}`: expected a whole number from {least}, received {received}")]
    TooFew {
        /// The argument.
        name: &'static str,
        /// The smallest possible number.
        least: usize,
        /// The number as given.
        received: usize,
    },

    /// Boundaries that do not rise.
    #[error(
        "`bin_boundaries`: expected numbers that rise, received {after} behind {before} (place {place}); sort them"
    )]
    Boundaries {
        /// The one before.
        before: f32,
        /// The one that should not be smaller.
        after: f32,
        /// Its place, counted from 0.
        place: usize,
    },

    /// Bins of no numbers.
    #[error("bins: expected at least one finite number to find their boundaries by, received none")]
    NoNumbers,

    /// An error tolerance that is none.
    #[error(
        "`epsilon`: expected a number above 0 and below 1, received {received}; Keras has 0.01"
    )]
    Epsilon {
        /// As given.
        received: f64,
    },

    /// An index beyond what is encoded.
    #[error(
        "expected an index below `num_tokens` = {num_tokens}, received {received}; raise `num_tokens` to the size of the vocabulary"
    )]
    Index {
        /// The number of places.
        num_tokens: usize,
        /// The index as given.
        received: usize,
    },

    /// Weights of other counts than the indices.
    #[error(
        "`count_weights`: expected one weight for each of the {expected} indices, received {received}"
    )]
    CountWeights {
        /// The number of indices.
        expected: usize,
        /// The number of weights.
        received: usize,
    },

    /// Nothing to cross a value with.
    #[error("a crossing: expected at least two values of a row, received {received}")]
    Crossing {
        /// Their number.
        received: usize,
    },
}
