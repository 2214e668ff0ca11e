use serde::{Deserialize, Serialize};

use super::attention_weights::WeightDropout;
use super::checks::check_positive;
use super::heads::{Heads, head_arguments};
use super::layer_weights::{LayerWeights, layer_weights, weights_in_spec};
use super::yes;
use crate::initializer::Initializer;
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer::WeightSpec;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;

/// Attention in which several heads of queries share a head of keys and values; otherwise as
/// [`MultiHeadAttention`](super::MultiHeadAttention).
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{GroupQueryAttention, Layer};
///
/// // Eight heads of queries by sixteen numbers, two of keys and values.
/// let layer = GroupQueryAttention::new(16, 8, 2);
/// let steps = [10, 32].into();
/// assert_eq!(layer.output_shapes(&[steps])?, [[10, 32]]);
/// # Ok::<(), firebrick::layers::LayerProblem>(())
/// ```
///
/// # Shapes
/// - query: `[batch_size, queries, features]`
/// - value: `[batch_size, keys, value_features]`
/// - key: `[batch_size, keys, key_features]`
/// - attention mask, if there is one: `[batch_size, queries, keys]` or `[batch_size, query_heads, queries, keys]`
/// - output: `[batch_size, queries, features]`, then `[batch_size, query_heads, queries, keys]` if the scores are returned
///
/// # Source
/// Ainslie et al., "GQA: Training Generalized Multi-Query Transformer Models from Multi-Head Checkpoints", EMNLP 2023;
/// <https://keras.io/api/layers/attention_layers/group_query_attention/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are Keras' arguments, each for itself"
)]
pub struct GroupQueryAttention {
    head_dim: usize,
    num_query_heads: usize,
    num_key_value_heads: usize,
    #[serde(default)]
    dropout: f64,
    #[serde(default = "yes")]
    use_bias: bool,
    #[serde(default)]
    use_gate: bool,
    #[serde(default)]
    sliding_window: Option<usize>,
    #[serde(default)]
    seed: Option<u64>,
    #[serde(default)]
    use_causal_mask: bool,
    #[serde(default)]
    attention_mask: bool,
    #[serde(default)]
    return_attention_scores: bool,
    #[serde(skip)]
    weights: LayerWeights<Self>,
}

layer_weights!(GroupQueryAttention {
    kernel: Initializer::GlorotUniform,
        with_kernel_initializer, with_kernel_regularizer, with_kernel_constraint;
    bias: Initializer::Zeros,
        with_bias_initializer, with_bias_regularizer, with_bias_constraint;
});

head_arguments!(GroupQueryAttention);

impl GroupQueryAttention {
    /// So many heads of queries, and of keys and values, of `head_dim` numbers each.
    pub fn new(head_dim: usize, num_query_heads: usize, num_key_value_heads: usize) -> Self {
        Self {
            head_dim,
            num_query_heads,
            num_key_value_heads,
            dropout: 0.0,
            use_bias: true,
            use_gate: false,
            sliding_window: None,
            seed: None,
            use_causal_mask: false,
            attention_mask: false,
            return_attention_scores: false,
            weights: LayerWeights::default(),
        }
    }

    fn heads(&self) -> Heads<'_> {
        Heads {
            query_heads: self.num_query_heads,
            key_heads: self.num_key_value_heads,
            key_dim: self.head_dim,
            value_dim: self.head_dim,
            dropout: WeightDropout {
                rate: self.dropout,
                seed: self.seed,
            },
            sliding_window: self.sliding_window,
            attention_axes: None,
            output_shape: None,
            activity_regularizer: self.weights.activity_regularizer(),
            switches: self.switches(),
        }
    }
}

impl Layer for GroupQueryAttention {
    const CLASS_NAME: &'static str = "GroupQueryAttention";

    weights_in_spec!();

    fn output_shapes(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
        check_positive("head_dim", self.head_dim)?;
        check_positive("num_query_heads", self.num_query_heads)?;
        let heads = self.num_key_value_heads;
        if heads == 0 || !self.num_query_heads.is_multiple_of(heads) {
            let expected = format!(
                "a divisor of `num_query_heads`, which is {}",
                self.num_query_heads
            );
            return Err(LayerProblem::argument(
                "num_key_value_heads",
                expected,
                &heads,
            ));
        }
        if inputs.iter().take(1).any(|query| query.rank() != 2) {
            return Err(LayerProblem::input(
                "[steps, features] for query, value and key",
                "put a Reshape in front of it",
            ));
        }
        self.heads().output_shapes(inputs)
    }

    fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
        let spec = |name, shape| self.weights.spec(name, shape);
        self.heads().weights(inputs, spec)
    }

    fn masking(&self) -> Masking {
        Masking::Passes
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        self.heads().call(inputs, call)
    }
}
