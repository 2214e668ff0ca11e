use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::attention::{Weighing, attention_arguments, pair_sums};
use super::attention_weights::WeightDropout;
use super::yes;
use crate::initializer::Initializer;
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer::WeightSpec;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;

/// Means of values, weighted by how well their keys fit a query: `softmax(Σ scale · tanh(query + key)) · value`, after
/// Bahdanau.
///
/// It takes query and value, or query, value and key; without a key the values are their own. Steps of the value that are
/// masked do not count, and where the query is masked the output is 0; the query's mask goes on.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{AdditiveAttention, Layer};
/// use firebrick::models::{Graph, input};
///
/// let (query, value) = (input([3, 4]), input([5, 4]));
/// let attention = AdditiveAttention::new().on([&query, &value]);
/// assert_eq!(Graph::new([query, value], [attention]).output_shapes()?, [[3, 4]]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - query: `[batch_size, queries, features]`
/// - value: `[batch_size, keys, value_features]`
/// - key: `[batch_size, keys, features]`
/// - output: `[batch_size, queries, value_features]`, then `[batch_size, queries, keys]` if the scores are returned
///
/// # Source
/// Bahdanau et al., "Neural Machine Translation by Jointly Learning to Align and Translate", ICLR 2015;
/// <https://keras.io/api/layers/attention_layers/additive_attention/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdditiveAttention {
    #[serde(default = "yes")]
    use_scale: bool,
    #[serde(default)]
    dropout: f64,
    #[serde(default)]
    seed: Option<u64>,
    #[serde(default)]
    use_causal_mask: bool,
    #[serde(default)]
    return_attention_scores: bool,
}

attention_arguments!(AdditiveAttention);

impl AdditiveAttention {
    /// With a factor of every feature that is learned.
    pub fn new() -> Self {
        Self::default()
    }

    /// Drops the factors.
    #[must_use = "returns the changed layer"]
    pub fn without_scale(mut self) -> Self {
        self.use_scale = false;
        self
    }
}

impl Default for AdditiveAttention {
    fn default() -> Self {
        Self {
            use_scale: true,
            dropout: 0.0,
            seed: None,
            use_causal_mask: false,
            return_attention_scores: false,
        }
    }
}

impl Layer for AdditiveAttention {
    const CLASS_NAME: &'static str = "AdditiveAttention";

    fn output_shapes(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
        let shapes = self.weighing().output_shapes(inputs)?;
        if self.use_scale {
            inputs[0].features()?;
        }
        Ok(shapes)
    }

    fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
        let features = inputs[0].last().unwrap_or_default();
        let scale = WeightSpec::new("scale", [features], Initializer::GlorotUniform);
        self.use_scale.then_some(scale).into_iter().collect()
    }

    fn masking(&self) -> Masking {
        Masking::Passes
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let scores = |query, key| {
            let terms = pair_sums(query, key).tanh();
            let terms = match call.find::<1>("scale") {
                Some(scale) => terms * scale.unsqueeze(),
                None => terms,
            };
            let scores: Tensor<3> = terms.sum_dim(3).squeeze_dim(3);
            scores
        };
        self.weighing().call(inputs, call, scores)
    }
}
