//! The `config.json` that lies beside the weights of a `BertModel`.

use firebrick_model::Activation;
use serde::Deserialize;

use crate::error::ApplicationError;

/// What the file says of the network; other keys are passed over.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct BertConfig {
    pub(crate) vocab_size: usize,
    pub(crate) hidden_size: usize,
    pub(crate) num_hidden_layers: usize,
    pub(crate) num_attention_heads: usize,
    pub(crate) intermediate_size: usize,
    hidden_act: String,
    pub(crate) hidden_dropout_prob: f64,
    pub(crate) attention_probs_dropout_prob: f64,
    pub(crate) max_position_embeddings: usize,
    pub(crate) type_vocab_size: usize,
    pub(crate) layer_norm_eps: f64,
    position_embedding_type: String,
    is_decoder: bool,
}

impl Default for BertConfig {
    fn default() -> Self {
        Self {
            vocab_size: 30_522,
            hidden_size: 768,
            num_hidden_layers: 12,
            num_attention_heads: 12,
            intermediate_size: 3072,
            hidden_act: "gelu".to_owned(),
            hidden_dropout_prob: 0.1,
            attention_probs_dropout_prob: 0.1,
            max_position_embeddings: 512,
            type_vocab_size: 2,
            layer_norm_eps: 1e-12,
            position_embedding_type: "absolute".to_owned(),
            is_decoder: false,
        }
    }
}

impl BertConfig {
    /// The activation of the wide layers.
    ///
    /// # Errors
    /// One that there is not.
    pub(crate) fn activation(&self) -> Result<Activation, ApplicationError> {
        let name = match self.hidden_act.as_str() {
            "gelu_new" | "gelu_pytorch_tanh" => return Ok(Activation::GeluApproximate),
            name => name,
        };
        Ok(name.parse::<Activation>()?)
    }

    /// Makes sure that the network can be.
    ///
    /// # Errors
    /// What cannot be, with its key.
    pub(crate) fn check(&self) -> Result<(), ApplicationError> {
        let failed = |argument, expected: &str, received: String| {
            let expected = expected.to_owned();
            Err(ApplicationError::Encoder {
                argument,
                expected,
                received,
            })
        };
        for (argument, size) in [
            ("vocab_size", self.vocab_size),
            ("hidden_size", self.hidden_size),
            ("num_attention_heads", self.num_attention_heads),
            ("intermediate_size", self.intermediate_size),
            ("max_position_embeddings", self.max_position_embeddings),
            ("type_vocab_size", self.type_vocab_size),
        ] {
            if size == 0 {
                return failed(argument, "at least 1", size.to_string());
            }
        }
        if !self.hidden_size.is_multiple_of(self.num_attention_heads) {
            let expected = format!("a multiple of the {} heads", self.num_attention_heads);
            return failed("hidden_size", &expected, self.hidden_size.to_string());
        }
        if !(1..=Self::MAX_LAYERS).contains(&self.num_hidden_layers) {
            let expected = format!("from 1 to {}", Self::MAX_LAYERS);
            let received = self.num_hidden_layers.to_string();
            return failed("num_hidden_layers", &expected, received);
        }
        if self.position_embedding_type != "absolute" {
            let received = firebrick_model::shortened(&self.position_embedding_type);
            return failed("position_embedding_type", "absolute", received);
        }
        if self.is_decoder {
            return failed("is_decoder", "false, that of an encoder", "true".to_owned());
        }
        Ok(())
    }

    /// The most layers, so that a file cannot ask for a description without end.
    const MAX_LAYERS: usize = 1000;
}
