use firebrick_vocabulary::{Split, Standardize, Tokenizer};
use serde::{Deserialize, Serialize};

use super::{Ngrams, TextVectorization};
use crate::layers::index_lookup::IndexLookup;
use crate::layers::output_mode::OutputMode;

/// Keras' arguments, as they are written.
#[derive(Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Form {
    max_tokens: Option<usize>,
    standardize: Option<Standardize>,
    split: Option<Split>,
    ngrams: Option<Ngrams>,
    output_mode: OutputMode,
    output_sequence_length: Option<usize>,
    pad_to_max_tokens: bool,
    vocabulary: Option<Vec<String>>,
    idf_weights: Option<Vec<f32>>,
}

impl Default for Form {
    fn default() -> Self {
        TextVectorization::new().into()
    }
}

impl From<Form> for TextVectorization {
    fn from(form: Form) -> Self {
        let ngrams = form.ngrams.as_ref().map(Ngrams::widths);
        Self {
            tokenizer: Tokenizer {
                standardize: form.standardize,
                split: form.split,
                ngrams: ngrams.unwrap_or_default(),
            },
            ngrams: form.ngrams,
            output_sequence_length: form.output_sequence_length,
            lookup: IndexLookup {
                max_tokens: form.max_tokens,
                output_mode: form.output_mode,
                pad_to_max_tokens: form.pad_to_max_tokens,
                vocabulary: form.vocabulary,
                idf_weights: form.idf_weights,
                ..Self::empty_lookup()
            },
        }
    }
}

impl From<TextVectorization> for Form {
    fn from(layer: TextVectorization) -> Self {
        let lookup = layer.lookup;
        Self {
            max_tokens: lookup.max_tokens,
            standardize: layer.tokenizer.standardize,
            split: layer.tokenizer.split,
            ngrams: layer.ngrams,
            output_mode: lookup.output_mode,
            output_sequence_length: layer.output_sequence_length,
            pad_to_max_tokens: lookup.pad_to_max_tokens,
            vocabulary: lookup.vocabulary,
            idf_weights: lookup.idf_weights,
        }
    }
}
