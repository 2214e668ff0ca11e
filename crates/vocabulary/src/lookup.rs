use std::borrow::Borrow;
use std::collections::HashMap;
use std::fmt::Display;
use std::hash::Hash;

use crate::error::VocabularyError;
use crate::oov_method::OovMethod;
use crate::token::Token;
use crate::token_counts::TokenCounts;

/// What a [`Lookup`] has beside its tokens, with Keras' names and defaults.
///
/// ```
/// # mod firebrick { pub use firebrick_vocabulary as vocabulary; }
/// use firebrick::vocabulary::{Lookup, LookupSettings};
///
/// let settings = LookupSettings { mask_token: Some(String::new()), ..LookupSettings::default() };
/// let sizes = Lookup::new(["s", "m", "l"].map(String::from), settings)?;
/// assert_eq!((sizes.index_of(""), sizes.index_of("xl"), sizes.index_of("s")), (Some(0), Some(1), Some(2)));
/// # Ok::<(), firebrick::vocabulary::VocabularyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookupSettings<T> {
    /// The most places, those of the mask and of what is out of vocabulary counted in; no limit if there is none.
    pub max_tokens: Option<usize>,
    /// Places for what is out of vocabulary; with more than one it is spread over them by `oov_method`.
    pub num_oov_indices: usize,
    /// Which of these places a token has.
    pub oov_method: OovMethod,
    /// A token that says that nothing is there, with the index 0.
    pub mask_token: Option<T>,
}

impl<T> Default for LookupSettings<T> {
    fn default() -> Self {
        Self {
            max_tokens: None,
            num_oov_indices: 1,
            oov_method: OovMethod::default(),
            mask_token: None,
        }
    }
}

/// A vocabulary: each token has an index, and what is no token has one too.
///
/// Keras' `StringLookup` (of `String`) and `IntegerLookup` (of `i64`), with the index as output: 0 is the mask's where there is
/// one, then come the places of what is out of vocabulary, then the tokens.
///
/// ```
/// # mod firebrick { pub use firebrick_vocabulary as vocabulary; }
/// use firebrick::vocabulary::{Lookup, LookupSettings};
///
/// let towns = Lookup::new(["Oslo", "Rome"].map(String::from), LookupSettings::default())?;
/// assert_eq!((towns.index_of("Rome"), towns.index_of("Lima")), (Some(2), Some(0)));
/// assert_eq!((towns.token_of(2), towns.token_of(0)), (Some(&"Rome".to_owned()), None));
/// # Ok::<(), firebrick::vocabulary::VocabularyError>(())
/// ```
///
/// # Source
/// Keras 3.15, `keras.layers.StringLookup` and `keras.layers.IntegerLookup`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup<T: Eq + Hash> {
    tokens: Vec<T>,
    places: HashMap<T, usize>,
    settings: LookupSettings<T>,
}

impl<T: Clone + Ord + Hash + Display> Lookup<T> {
    /// A vocabulary of these tokens in this order.
    ///
    /// # Errors
    /// [`VocabularyError::Repeated`], [`VocabularyError::Mask`], [`VocabularyError::TooManyTokens`].
    pub fn new<I>(tokens: I, settings: LookupSettings<T>) -> Result<Self, VocabularyError>
    where
        I: IntoIterator<Item = T>,
    {
        let tokens: Vec<T> = tokens.into_iter().collect();
        let mut places = HashMap::with_capacity(tokens.len());
        for (place, token) in tokens.iter().enumerate() {
            if settings.mask_token.as_ref() == Some(token) {
                let token = token.to_string();
                return Err(VocabularyError::Mask { token, place });
            }
            if let Some(first) = places.insert(token.clone(), place) {
                return Err(VocabularyError::Repeated {
                    token: token.to_string(),
                    first,
                    second: place,
                });
            }
        }
        let lookup = Self {
            tokens,
            places,
            settings,
        };
        match lookup.settings.max_tokens {
            Some(limit) if lookup.vocabulary_size() > limit => {
                let received = lookup.vocabulary_size();
                Err(VocabularyError::TooManyTokens { limit, received })
            }
            _ => Ok(lookup),
        }
    }

    /// The vocabulary of what was counted: Keras' `adapt`. The most frequent token comes first, of those that are as frequent the
    /// larger one; beyond `max_tokens` they are out of vocabulary.
    ///
    /// # Errors
    /// [`VocabularyError::MaxTokens`] if not a single token has room.
    pub fn adapted(
        counts: &TokenCounts<T>,
        settings: LookupSettings<T>,
    ) -> Result<Self, VocabularyError> {
        let special = settings.num_oov_indices + usize::from(settings.mask_token.is_some());
        let mut tokens = counts.by_frequency();
        tokens.retain(|token| settings.mask_token.as_ref() != Some(token));
        if let Some(limit) = settings.max_tokens {
            let room = limit.saturating_sub(special);
            if room == 0 {
                return Err(VocabularyError::MaxTokens {
                    special,
                    received: limit,
                });
            }
            tokens.truncate(room);
        }
        Self::new(tokens, settings)
    }

    /// The index of a token; `None` if it is out of vocabulary and there is no place for such.
    pub fn index_of<Q>(&self, token: &Q) -> Option<usize>
    where
        T: Borrow<Q>,
        Q: Eq + Hash + Token + ?Sized,
    {
        if let Some(place) = self.places.get(token) {
            return Some(self.first_index() + place);
        }
        let mask = self.settings.mask_token.as_ref();
        if mask.is_some_and(|mask| mask.borrow() == token) {
            return Some(0);
        }
        let places = self.settings.num_oov_indices;
        let method = self.settings.oov_method;
        (places > 0).then(|| usize::from(mask.is_some()) + method.place_of(token, places))
    }

    /// Whether it is one of the tokens.
    pub fn contains<Q>(&self, token: &Q) -> bool
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.places.contains_key(token)
    }

    /// The token of an index; `None` of the mask, of what is out of vocabulary, and beyond the last one.
    pub fn token_of(&self, index: usize) -> Option<&T> {
        let place = index.checked_sub(self.first_index())?;
        self.tokens.get(place)
    }

    /// The tokens in the order of their indices.
    pub fn tokens(&self) -> &[T] {
        &self.tokens
    }

    /// What it has beside the tokens.
    pub fn settings(&self) -> &LookupSettings<T> {
        &self.settings
    }

    /// How many indices there are: those of the tokens, of what is out of vocabulary and of the mask.
    pub fn vocabulary_size(&self) -> usize {
        self.first_index() + self.tokens.len()
    }

    /// The index of the first token.
    pub fn first_index(&self) -> usize {
        usize::from(self.settings.mask_token.is_some()) + self.settings.num_oov_indices
    }
}
