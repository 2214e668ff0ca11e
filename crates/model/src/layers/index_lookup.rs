//! What `StringLookup` and `IntegerLookup` have in common, and `TextVectorization` with them.

mod built;
mod lookup_layer;
mod lookup_token;
mod salt;

use std::collections::HashSet;
use std::fmt::Debug;

use firebrick_vocabulary::{
    Encoded, Lookup, LookupSettings, OovMethod, TokenCounts, inverse_document_frequency,
};
use serde::{Deserialize, Serialize};

use super::discretization::not_learned;
use super::output_mode::OutputMode;
use crate::layer_problem::LayerProblem;
use built::{Built, Cache};

pub(super) use lookup_layer::lookup_layer;
pub(super) use lookup_token::{LookupToken, read_texts, token_shape};
pub use salt::Salt;

/// Keras' arguments of a lookup, and what follows from them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, bound = "T: LookupToken")]
pub(super) struct IndexLookup<T: LookupToken> {
    pub(super) max_tokens: Option<usize>,
    pub(super) num_oov_indices: usize,
    pub(super) mask_token: Option<T>,
    pub(super) oov_token: Option<T>,
    pub(super) vocabulary: Option<Vec<T>>,
    pub(super) idf_weights: Option<Vec<f32>>,
    pub(super) invert: bool,
    pub(super) output_mode: OutputMode,
    pub(super) pad_to_max_tokens: bool,
    pub(super) oov_method: Method,
    pub(super) salt: Option<Salt>,
    #[serde(skip)]
    pub(super) cache: Cache<T>,
}

/// Keras' `oov_method`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Method {
    #[default]
    Floormod,
    Farmhash,
}

impl<T: LookupToken> Default for IndexLookup<T> {
    fn default() -> Self {
        Self {
            max_tokens: None,
            num_oov_indices: 1,
            mask_token: None,
            oov_token: Some(T::unknown()),
            vocabulary: None,
            idf_weights: None,
            invert: false,
            output_mode: OutputMode::Int,
            pad_to_max_tokens: false,
            oov_method: Method::default(),
            salt: None,
            cache: Cache::default(),
        }
    }
}

impl<T: LookupToken> IndexLookup<T> {
    /// Changes arguments; what followed from them is found anew.
    pub(super) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self.cache = Cache::default();
        self
    }

    /// How many indices stand before those of the tokens.
    fn first_index(&self) -> usize {
        self.num_oov_indices + usize::from(self.has_mask_index())
    }

    /// Whether the mask has an index; where indices are no output, it stands for nothing.
    fn has_mask_index(&self) -> bool {
        self.mask_token.is_some() && self.output_mode == OutputMode::Int
    }

    fn settings(&self) -> LookupSettings<T> {
        let oov_method = match (self.salt, self.oov_method) {
            (Some(salt), _) => OovMethod::Siphash(salt.key()),
            (None, Method::Floormod) => OovMethod::Floormod,
            (None, Method::Farmhash) => OovMethod::Farmhash,
        };
        let mask_token = self.mask_token.clone();
        LookupSettings {
            max_tokens: self.max_tokens,
            num_oov_indices: self.num_oov_indices,
            oov_method,
            mask_token: mask_token.filter(|_| self.has_mask_index()),
        }
    }

    /// How long what stands for a sample is, once that is known.
    pub(super) fn depth(&self) -> Option<usize> {
        match self.max_tokens.filter(|_| self.pad_to_max_tokens) {
            Some(max_tokens) => Some(max_tokens),
            None => self
                .built()
                .ok()
                .map(|built| built.lookup.vocabulary_size()),
        }
    }

    /// Makes sure of the arguments, and of the vocabulary, if it is there.
    pub(super) fn check(&self) -> Result<(), LayerProblem> {
        let wrong = |argument, expected: &str, received: &dyn Debug| {
            LayerProblem::argument(argument, expected, &received)
        };
        if self.max_tokens.is_some_and(|max_tokens| max_tokens < 2) {
            return Err(wrong(
                "max_tokens",
                "at least 2, or left out",
                &self.max_tokens,
            ));
        }
        if self.pad_to_max_tokens && self.max_tokens.is_none() {
            let expected = "there where `pad_to_max_tokens` is";
            return Err(wrong("max_tokens", expected, &self.max_tokens));
        }
        if self.invert && self.output_mode != OutputMode::Int {
            return Err(wrong(
                "output_mode",
                "`int` where `invert` is",
                &self.output_mode,
            ));
        }
        if self.idf_weights.is_some() && self.output_mode != OutputMode::TfIdf {
            let expected = "left out where `output_mode` is not `tf_idf`";
            return Err(wrong("idf_weights", expected, &"given"));
        }
        if self.salt.is_some() && T::IS_NUMBER && self.oov_method == Method::Floormod {
            return Err(wrong(
                "oov_method",
                "`farmhash` where `salt` is",
                &self.oov_method,
            ));
        }
        if self.vocabulary.is_some() {
            self.built()?;
        }
        Ok(())
    }

    /// The table of the vocabulary, made once.
    pub(super) fn built(&self) -> Result<&Built<T>, LayerProblem> {
        self.cache.get_or_make(|| self.build())
    }

    fn build(&self) -> Result<Built<T>, LayerProblem> {
        let Some(given) = &self.vocabulary else {
            return Err(not_learned("vocabulary"));
        };
        let special = self.special_tokens();
        let has_special = !special.is_empty()
            && given.len() >= special.len()
            && given
                .iter()
                .zip(&special)
                .all(|(own, one)| Some(own) == *one);
        let tokens = &given[if has_special { special.len() } else { 0 }..];
        if tokens.is_empty() {
            return Err(LayerProblem::argument(
                "vocabulary",
                "at least one token",
                given,
            ));
        }
        if let Some(mask) = &self.mask_token
            && tokens.contains(mask)
        {
            let expected = format!("without the mask `{mask}`, which has a place of its own,");
            return Err(LayerProblem::argument("vocabulary", expected, &"with it"));
        }
        if self.invert
            && let Some(unknown) = &self.oov_token
            && tokens.contains(unknown)
        {
            let expected = format!("without `{unknown}`, which stands for what is unknown,");
            return Err(LayerProblem::argument("vocabulary", expected, &"with it"));
        }
        let lookup = Lookup::new(tokens.iter().cloned(), self.settings());
        let lookup = lookup.map_err(LayerProblem::vocabulary)?;
        let weights = match self.output_mode {
            OutputMode::TfIdf => self.weights(given.len(), has_special)?,
            _ => Vec::new(),
        };
        Ok(Built { lookup, weights })
    }

    /// What stands before the tokens where a vocabulary is written whole.
    fn special_tokens(&self) -> Vec<Option<&T>> {
        let mask = self.has_mask_index().then_some(self.mask_token.as_ref());
        let unknown = std::iter::repeat_n(self.oov_token.as_ref(), self.num_oov_indices);
        mask.into_iter().chain(unknown).collect()
    }

    /// The weights of all indices: of those before the tokens their mean, behind the last one 0.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "networks compute in single precision"
    )]
    fn weights(&self, num_tokens: usize, has_special: bool) -> Result<Vec<f32>, LayerProblem> {
        let given = self.idf_weights.as_deref().unwrap_or_default();
        if given.len() != num_tokens {
            let expected =
                format!("one weight for each of the {num_tokens} tokens of the vocabulary");
            let received = format!("{} weights", given.len());
            return Err(LayerProblem::argument("idf_weights", expected, &received));
        }
        let sum: f64 = given.iter().copied().map(f64::from).sum();
        let mean = (sum / given.len() as f64) as f32;
        let before = if has_special { 0 } else { self.first_index() };
        let mut weights = vec![mean; before];
        weights.extend(given);
        if let Some(max_tokens) = self.max_tokens.filter(|_| self.pad_to_max_tokens) {
            weights.resize(max_tokens, 0.0);
        }
        Ok(weights)
    }

    /// All tokens by their indices, those that are not of the vocabulary included: Keras' `get_vocabulary`.
    pub(super) fn all_tokens(&self) -> Result<Vec<T>, LayerProblem> {
        let lookup = &self.built()?.lookup;
        let special = self.special_tokens().into_iter();
        let special = special.map(|token| token.cloned().unwrap_or_else(T::unknown));
        Ok(special.chain(lookup.tokens().iter().cloned()).collect())
    }

    /// The index of a token: -1 for one that stands for nothing, as a mask does where no indices are asked for, and for one
    /// that is not in the vocabulary where there is no place for it.
    fn index_of(&self, lookup: &Lookup<T>, token: &T) -> i64 {
        if !self.has_mask_index() && self.mask_token.as_ref() == Some(token) {
            return -1;
        }
        let index = lookup.index_of(token);
        index
            .and_then(|index| i64::try_from(index).ok())
            .unwrap_or(-1)
    }

    /// The indices of tokens.
    pub(super) fn indices_of(&self, tokens: &[T]) -> Result<Vec<i64>, LayerProblem> {
        let lookup = &self.built()?.lookup;
        Ok(tokens
            .iter()
            .map(|token| self.index_of(lookup, token))
            .collect())
    }

    /// The tokens of indices.
    pub(super) fn tokens_of(&self, indices: &[i64]) -> Result<Vec<T>, LayerProblem> {
        let lookup = &self.built()?.lookup;
        let token = |index: &i64| {
            let found = match *index {
                0 if self.has_mask_index() => self.mask_token.as_ref(),
                index => usize::try_from(index)
                    .ok()
                    .and_then(|index| lookup.token_of(index)),
            };
            let unknown = || self.oov_token.clone().unwrap_or_else(T::unknown);
            found.cloned().unwrap_or_else(unknown)
        };
        Ok(indices.iter().map(token).collect())
    }

    /// What stands for tokens that lie in this shape, the batch axis included.
    pub(super) fn encoded(&self, tokens: &[T], shape: Vec<usize>) -> Result<Encoded, LayerProblem> {
        let indices = self.indices_of(tokens)?;
        self.encoded_indices(indices, shape)
    }

    /// The same of their indices.
    pub(super) fn encoded_indices(
        &self,
        indices: Vec<i64>,
        shape: Vec<usize>,
    ) -> Result<Encoded, LayerProblem> {
        let built = self.built()?;
        let depth = self.depth().unwrap_or_default();
        let mut encoded = match self.output_mode {
            OutputMode::TfIdf => OutputMode::Count,
            mode => mode,
        }
        .encoded(indices, shape, depth);
        if let Encoded::Values { values, .. } = &mut encoded
            && !built.weights.is_empty()
        {
            for row in values.chunks_mut(depth.max(1)) {
                for (value, weight) in row.iter_mut().zip(&built.weights) {
                    *value *= weight;
                }
            }
        }
        Ok(encoded)
    }

    /// The first of these tokens that is not in the vocabulary and has no place.
    pub(super) fn first_without_place<'a>(
        &self,
        tokens: &'a [T],
    ) -> Result<Option<(usize, &'a T)>, LayerProblem> {
        let lookup = &self.built()?.lookup;
        let has_place =
            |token: &T| lookup.index_of(token).is_some() || self.mask_token.as_ref() == Some(token);
        Ok(tokens
            .iter()
            .enumerate()
            .find(|(_, token)| !has_place(token)))
    }

    /// The lookup with the vocabulary of documents, each with its tokens: Keras' `adapt`.
    pub(super) fn adapted_to(
        &self,
        documents: impl IntoIterator<Item = Result<Vec<T>, LayerProblem>>,
    ) -> Result<Self, LayerProblem> {
        let is_weighted = self.output_mode == OutputMode::TfIdf;
        let mut counts = TokenCounts::default();
        let mut with_token = TokenCounts::default();
        let mut num_documents = 0;
        for tokens in documents {
            let tokens = tokens?;
            num_documents += 1;
            for token in &tokens {
                counts.add(token);
            }
            if is_weighted {
                let different: HashSet<&T> = tokens.iter().collect();
                for token in different {
                    with_token.add(token);
                }
            }
        }
        let special = self.mask_token.iter().chain(&self.oov_token);
        for token in special {
            counts.remove(token);
        }
        if counts.different() == 0 {
            return Err(LayerProblem::input(
                "samples with at least one token to adapt to",
                "give it the texts or categories of the training data, or a `vocabulary`",
            ));
        }
        let lookup = Lookup::adapted(&counts, self.settings()).map_err(LayerProblem::vocabulary)?;
        let weight =
            |token: &T| inverse_document_frequency(num_documents, with_token.count_of(token));
        let tokens = lookup.tokens().to_vec();
        let weights = is_weighted.then(|| tokens.iter().map(weight).collect());
        Ok(self.clone().with(|own| {
            own.vocabulary = Some(tokens);
            own.idf_weights = weights;
        }))
    }
}
