use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::attention_weights::{WeightDropout, both, causal_mask, weights_of, wrong_number};
use super::dropout::check_rate;
use crate::initializer::Initializer;
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer::Masking as MaskPolicy;
use crate::layer::WeightSpec;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::{Signal, Signals};

/// How well a query fits a key.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Attention, Layer, ScoreMode};
///
/// let layer = Attention::new().with_score_mode(ScoreMode::Concat);
/// let names: Vec<_> = layer.weights(&[[3, 4].into(), [5, 4].into()]).into_iter().map(|weight| weight.name).collect();
/// assert_eq!(names, ["concat_score_weight"]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ScoreMode {
    /// `scale · query · key`
    #[default]
    Dot,
    /// `concat_score_weight · Σ tanh(scale · (query + key))`
    Concat,
}

/// Means of values, weighted by how well their keys fit a query: `softmax(score(query, key)) · value`, after Luong.
///
/// It takes query and value, or query, value and key; without a key the values are their own. Steps of the value that are
/// masked do not count, and where the query is masked the output is 0; the query's mask goes on.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Attention, Layer};
/// use firebrick::models::{Graph, input};
///
/// let (query, value) = (input([3, 4]), input([5, 4]));
/// let attention = Attention::new().returning_attention_scores().on([&query, &value]);
/// let network = Graph::new([query, value], attention.outputs::<2>());
/// // A mean for each query, and its weights.
/// assert_eq!(network.output_shapes()?, [[3, 4], [3, 5]]);
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
/// Luong et al., "Effective Approaches to Attention-based Neural Machine Translation", EMNLP 2015;
/// <https://keras.io/api/layers/attention_layers/attention/>
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attention {
    use_scale: bool,
    score_mode: ScoreMode,
    dropout: f64,
    seed: Option<u64>,
    use_causal_mask: bool,
    return_attention_scores: bool,
}

impl Attention {
    /// Dot products, without a scale.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a factor of the scores that is learned.
    #[must_use = "returns the changed layer"]
    pub fn with_scale(mut self) -> Self {
        self.use_scale = true;
        self
    }

    /// Sets how a query and a key are compared.
    #[must_use = "returns the changed layer"]
    pub fn with_score_mode(mut self, score_mode: ScoreMode) -> Self {
        self.score_mode = score_mode;
        self
    }

    fn scores(&self, query: Tensor<3>, key: Tensor<3>, call: &Call) -> Tensor<3> {
        let factor = |name| call.find::<1>(name).map(Tensor::unsqueeze::<3>);
        let scaled = |x: Tensor<3>, factor: Option<Tensor<3>>| match factor {
            Some(factor) => x * factor,
            None => x,
        };
        match self.score_mode {
            ScoreMode::Dot => scaled(query.matmul(key.transpose()), factor("scale")),
            ScoreMode::Concat => {
                let scale = call.find::<1>("scale").map(Tensor::unsqueeze::<4>);
                let sums = match (pair_sums(query, key), scale) {
                    (sums, Some(scale)) => sums * scale,
                    (sums, None) => sums,
                };
                let scores: Tensor<3> = sums.tanh().sum_dim(3).squeeze_dim(3);
                scaled(scores, factor("concat_score_weight"))
            }
        }
    }
}

/// The arguments that both layers have.
macro_rules! attention_arguments {
    ($layer:ident) => {
        impl $layer {
            /// Sets the share of the weights that training drops.
            #[must_use = "returns the changed layer"]
            pub fn with_dropout(mut self, dropout: f64) -> Self {
                self.dropout = dropout;
                self
            }

            /// Draws what is dropped by this seed instead of the training's.
            #[must_use = "returns the changed layer"]
            pub fn with_seed(mut self, seed: u64) -> Self {
                self.seed = Some(seed);
                self
            }

            /// Lets a query look at no key of a later step, Keras' `use_causal_mask` of a call.
            #[must_use = "returns the changed layer"]
            pub fn causal(mut self) -> Self {
                self.use_causal_mask = true;
                self
            }

            /// Gives the weights of the values as a second output, Keras' `return_attention_scores` of a call.
            #[must_use = "returns the changed layer"]
            pub fn returning_attention_scores(mut self) -> Self {
                self.return_attention_scores = true;
                self
            }

            fn weighing(&self) -> Weighing {
                Weighing {
                    dropout: WeightDropout {
                        rate: self.dropout,
                        seed: self.seed,
                    },
                    is_causal: self.use_causal_mask,
                    gives_weights: self.return_attention_scores,
                }
            }
        }
    };
}

attention_arguments!(Attention);
pub(super) use attention_arguments;

/// `query + key` of every pair.
///
/// # Shapes
/// - output: `[batch_size, queries, keys, features]`
pub(super) fn pair_sums(query: Tensor<3>, key: Tensor<3>) -> Tensor<4> {
    query.unsqueeze_dim::<4>(2) + key.unsqueeze_dim::<4>(1)
}

/// How scores weigh values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weighing {
    pub(super) dropout: WeightDropout,
    pub(super) is_causal: bool,
    pub(super) gives_weights: bool,
}

impl Weighing {
    /// The shapes that leave when query and value enter, or query, value and key.
    pub(super) fn output_shapes(self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
        check_rate(self.dropout.rate)?;
        let (query, value, key) = match inputs {
            [query, value] => (query, value, value),
            [query, value, key] => (query, value, key),
            _ => return Err(wrong_number("2 or 3", inputs.len())),
        };
        let axes = |shape: &Shape| match *shape.axes() {
            [steps, features] => Some([steps, features]),
            _ => None,
        };
        let (Some(query), Some(value), Some(key)) = (axes(query), axes(value), axes(key)) else {
            return Err(LayerProblem::input(
                "[steps, features] for query, value and key",
                "put a Reshape in front of it",
            ));
        };
        let agree = |one: Option<usize>, other: Option<usize>| {
            one.is_none() || other.is_none() || one == other
        };
        if !agree(query[1], key[1]) || !agree(value[0], key[0]) {
            return Err(LayerProblem::input(
                "query and key of as many features, value and key of as many steps",
                "bring them to the same sizes, by a Dense each",
            ));
        }
        let output = Shape::from([query[0], value[1]]);
        let weights = Shape::from([query[0], value[0].or(key[0])]);
        Ok(if self.gives_weights {
            vec![output, weights]
        } else {
            vec![output]
        })
    }

    /// The means of the values by the scores of queries and keys.
    pub(super) fn call(
        self,
        inputs: Signals,
        call: &Call,
        scores: impl FnOnce(Tensor<3>, Tensor<3>) -> Tensor<3>,
    ) -> Result<Signals, LayerProblem> {
        // What was not known before is now.
        let shapes: Vec<Shape> = inputs
            .iter()
            .map(|signal| signal.shape()[1..].into())
            .collect();
        self.output_shapes(&shapes)?;
        let mut signals = inputs.into_iter();
        let (Some(query), Some(value), key) = (signals.next(), signals.next(), signals.next())
        else {
            return Err(wrong_number("2 or 3", 0));
        };
        let (query, query_mask) = query.into_parts();
        let (value, value_mask) = value.into_parts();
        let value = value.expect_rank::<3>();
        let key = key.map_or_else(|| value.clone(), |key| key.into_values().expect_rank());
        let scores = scores(query.expect_rank(), key);
        let [_, queries, keys] = scores.dims();
        let causal = self
            .is_causal
            .then(|| causal_mask(queries, keys, &scores.device()).unsqueeze::<3>());
        let steps = value_mask.map(|mask| mask.unsqueeze_dim::<3>(1));
        let weights = weights_of(scores, both(steps, causal).as_ref());
        let weights = self.dropout.apply(weights, call);
        let output = weights.clone().matmul(value);
        let output = match query_mask.clone() {
            Some(mask) => {
                let padding = mask.bool_not().unsqueeze_dim::<3>(2).expand(output.dims());
                output.mask_fill(padding, 0.0)
            }
            None => output,
        };
        let output = Signal::from(output).with_mask(query_mask);
        Ok(if self.gives_weights {
            vec![output, weights.into()].into()
        } else {
            output.into()
        })
    }
}

impl Layer for Attention {
    const CLASS_NAME: &'static str = "Attention";

    fn output_shapes(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
        self.weighing().output_shapes(inputs)
    }

    fn weights(&self, _: &[Shape]) -> Vec<WeightSpec> {
        let number = |name| WeightSpec::new(name, [], Initializer::Ones);
        let scale = self.use_scale.then(|| number("scale"));
        let concat = self.score_mode == ScoreMode::Concat;
        let concat = concat.then(|| number("concat_score_weight"));
        scale.into_iter().chain(concat).collect()
    }

    fn masking(&self) -> MaskPolicy {
        MaskPolicy::Passes
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let scores = |query, key| self.scores(query, key, call);
        self.weighing().call(inputs, call, scores)
    }
}
