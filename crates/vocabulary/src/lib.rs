//! Categories, and the numbers that stand for them.
//!
//! A network computes with numbers; a color, a town or an age group is none. What Keras' preprocessing layers do with such values
//! is here as plain functions: [`Lookup`] gives a token its place in a vocabulary (`StringLookup`, `IntegerLookup`), [`Hashing`]
//! and [`HashedCrossing`] a bin without one, [`Discretization`] a number the bin that it lies in, [`CategoryEncoding`] makes
//! ones and zeros of the places, and a [`Tokenizer`] makes tokens of a text (`TextVectorization`). The crate stands apart because tables treat their columns by it and layers their inputs, and
//! these two do not know each other; it knows neither files nor tensors.
//!
//! ```
//! use firebrick_vocabulary::{CategoryEncoding, Lookup, LookupSettings, TokenCounts};
//!
//! let mut counts = TokenCounts::default();
//! for color in ["red", "blue", "red", "green"] {
//!     counts.add(color);
//! }
//! let colors = Lookup::adapted(&counts, LookupSettings::default())?;
//! assert_eq!(colors.tokens(), ["red", "green", "blue"]);
//! assert_eq!(colors.index_of("green"), Some(2));
//! assert_eq!(colors.index_of("mauve"), Some(0), "the place of all that is not in the vocabulary");
//! let encoding = CategoryEncoding::new(colors.vocabulary_size())?;
//! assert_eq!(encoding.one_hot(2)?, [0.0, 0.0, 1.0, 0.0]);
//! # Ok::<(), firebrick_vocabulary::VocabularyError>(())
//! ```

mod bins;
mod category_encoding;
mod discretization;
mod document_frequency;
mod encoded;
mod error;
mod fingerprint;
mod hashed_crossing;
mod hashing;
mod lookup;
mod oov_method;
mod token;
mod token_counts;
mod tokenizer;

pub use category_encoding::CategoryEncoding;
pub use discretization::Discretization;
pub use document_frequency::inverse_document_frequency;
pub use encoded::Encoded;
pub use error::VocabularyError;
pub use fingerprint::fingerprint;
pub use hashed_crossing::HashedCrossing;
pub use hashing::Hashing;
pub use lookup::{Lookup, LookupSettings};
pub use oov_method::OovMethod;
pub use token::Token;
pub use token_counts::TokenCounts;
pub use tokenizer::{Split, Standardize, Tokenizer};
