use serde::{Deserialize, Deserializer, Serialize};

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
use firebrick_tensor::Axes;

/// Attention with several heads: each projects queries, keys and values for itself, and what all of them find is projected
/// together: `softmax(query · key / sqrt(key_dim)) · value`.
///
/// It takes a query alone, which then looks at itself, query and value, or query, value and key; without a key the values are
/// their own. Steps of query, value and key that are masked do not count; the query's mask goes on. Where nothing counts for a
/// query, it gets the mean of all values, and 0 if weights are dropped or returned: as Keras on JAX.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Dense, Embedding, Layer, LayerNormalization, MultiHeadAttention};
/// use firebrick::models::{Activation, Graph, input};
///
/// // A block of a decoder: every step looks at those before it.
/// let tokens = input([64]);
/// let x = Embedding::new(1000, 32).on(&tokens);
/// let attended = MultiHeadAttention::new(4, 8).causal().on([&x, &x]);
/// let x = LayerNormalization::new().on(&x + &attended);
/// let hidden = Dense::new(128).with_activation(Activation::Relu).on(&x);
/// let y = LayerNormalization::new().on(x + Dense::new(32).on(hidden));
/// assert_eq!(Graph::new([tokens], [y]).output_shapes()?, [[64, 32]]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - query: `[batch_size, queries, features]`
/// - value: `[batch_size, keys, value_features]`
/// - key: `[batch_size, keys, key_features]`
/// - attention mask, if there is one: `[batch_size, queries, keys]` or `[batch_size, heads, queries, keys]`
/// - output: `[batch_size, queries, features]`, then `[batch_size, heads, queries, keys]` if the scores are returned
///
/// There may be further axes: those that steps do not look at each other along stand before the heads, of the others queries
/// and keys have several each.
///
/// # Source
/// Vaswani et al., "Attention Is All You Need", NIPS 2017;
/// <https://keras.io/api/layers/attention_layers/multi_head_attention/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are Keras' arguments, each for itself"
)]
pub struct MultiHeadAttention {
    num_heads: usize,
    key_dim: usize,
    #[serde(default)]
    value_dim: Option<usize>,
    #[serde(default)]
    dropout: f64,
    #[serde(default = "yes")]
    use_bias: bool,
    #[serde(default)]
    use_gate: bool,
    #[serde(default, deserialize_with = "sizes")]
    output_shape: Option<Vec<usize>>,
    #[serde(default)]
    attention_axes: Option<Axes>,
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

layer_weights!(MultiHeadAttention {
    kernel: Initializer::GlorotUniform,
        with_kernel_initializer, with_kernel_regularizer, with_kernel_constraint;
    bias: Initializer::Zeros,
        with_bias_initializer, with_bias_regularizer, with_bias_constraint;
});

head_arguments!(MultiHeadAttention);

impl MultiHeadAttention {
    /// So many heads, which compare queries and keys by `key_dim` numbers; of values they see as many.
    pub fn new(num_heads: usize, key_dim: usize) -> Self {
        Self {
            num_heads,
            key_dim,
            value_dim: None,
            dropout: 0.0,
            use_bias: true,
            use_gate: false,
            output_shape: None,
            attention_axes: None,
            sliding_window: None,
            seed: None,
            use_causal_mask: false,
            attention_mask: false,
            return_attention_scores: false,
            weights: LayerWeights::default(),
        }
    }

    /// Sets how many numbers of the values a head sees; `key_dim` by default.
    #[must_use = "returns the changed layer"]
    pub fn with_value_dim(mut self, value_dim: usize) -> Self {
        self.value_dim = Some(value_dim);
        self
    }

    /// Sets the features of the output; as many as the query's by default.
    #[must_use = "returns the changed layer"]
    pub fn with_output_shape(mut self, output_shape: impl Into<Vec<usize>>) -> Self {
        self.output_shape = Some(output_shape.into());
        self
    }

    /// Sets the axes along which steps look at each other; the batch axis, which cannot be among them, is 0. All but the
    /// features' by default.
    #[must_use = "returns the changed layer"]
    pub fn with_attention_axes(mut self, attention_axes: impl Into<Axes>) -> Self {
        self.attention_axes = Some(attention_axes.into());
        self
    }

    fn heads(&self) -> Heads<'_> {
        Heads {
            query_heads: self.num_heads,
            key_heads: self.num_heads,
            key_dim: self.key_dim,
            value_dim: self.value_dim.unwrap_or(self.key_dim),
            dropout: WeightDropout {
                rate: self.dropout,
                seed: self.seed,
            },
            sliding_window: self.sliding_window,
            attention_axes: self.attention_axes.as_ref(),
            output_shape: self.output_shape.as_deref(),
            activity_regularizer: self.weights.activity_regularizer(),
            switches: self.switches(),
        }
    }
}

/// A size or several.
fn sizes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<usize>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Sizes {
        One(usize),
        Many(Vec<usize>),
    }
    let sizes = Option::<Sizes>::deserialize(deserializer)?;
    Ok(sizes.map(|sizes| match sizes {
        Sizes::One(size) => vec![size],
        Sizes::Many(sizes) => sizes,
    }))
}

impl Layer for MultiHeadAttention {
    const CLASS_NAME: &'static str = "MultiHeadAttention";

    weights_in_spec!(activity of parts);

    fn output_shapes(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
        check_positive("num_heads", self.num_heads)?;
        check_positive("key_dim", self.key_dim)?;
        check_positive("value_dim", self.value_dim.unwrap_or(1))?;
        if let Some(sizes) = &self.output_shape
            && (sizes.is_empty() || sizes.contains(&0))
        {
            let expected = "one or more sizes, each at least 1";
            return Err(LayerProblem::argument("output_shape", expected, sizes));
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
