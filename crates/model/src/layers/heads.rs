//! Attention with several heads: what its layers have in common.

mod arrangement;

use burn::tensor::activation::sigmoid;
use burn::tensor::module::{attention, linear};
use burn::tensor::ops::AttentionModuleOptions;
use burn::tensor::{Bool, Tensor};
use firebrick_tensor::{AnyTensor, Axes};

use self::arrangement::Arrangement;
use super::attention_weights::{
    WeightDropout, both, causal_mask, weights_of, window_mask, wrong_number,
};
use super::checks::check_positive;
use super::dropout::check_rate;
use crate::layer::Call;
use crate::layer::WeightSpec;
use crate::layer_problem::LayerProblem;
use crate::regularizer::Regularizer;
use crate::shape::Shape;
use crate::signal::{Signal, Signals};

/// What the description of a layer says of its heads.
#[derive(Clone, Debug)]
#[allow(clippy::struct_field_names, reason = "the words are the field's")]
pub(super) struct Heads<'a> {
    pub(super) query_heads: usize,
    /// A divisor of the former: heads of keys and values, which several of the queries' share.
    pub(super) key_heads: usize,
    pub(super) key_dim: usize,
    pub(super) value_dim: usize,
    pub(super) dropout: WeightDropout,
    pub(super) sliding_window: Option<usize>,
    /// None for all but the features'.
    pub(super) attention_axes: Option<&'a Axes>,
    /// None for the query's.
    pub(super) output_shape: Option<&'a [usize]>,
    /// What the outputs of the projections add to the loss.
    pub(super) activity_regularizer: Option<Regularizer>,
    pub(super) switches: Switches,
}

/// What is on or off.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are Keras' arguments, each for itself"
)]
pub(super) struct Switches {
    pub(super) use_bias: bool,
    pub(super) use_gate: bool,
    pub(super) use_causal_mask: bool,
    pub(super) attention_mask: bool,
    pub(super) return_attention_scores: bool,
}

/// The arguments that all layers with heads have.
macro_rules! head_arguments {
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

            /// Drops the biases of the projections.
            #[must_use = "returns the changed layer"]
            pub fn without_bias(mut self) -> Self {
                self.use_bias = false;
                self
            }

            /// Multiplies what a head finds with the sigmoid of a projection of the query.
            ///
            /// # Source
            /// Qiu et al., "Gated Attention for Large Language Models", NeurIPS 2025
            #[must_use = "returns the changed layer"]
            pub fn with_gate(mut self) -> Self {
                self.use_gate = true;
                self
            }

            /// Lets a query look at no key that is so many steps away, or more.
            #[must_use = "returns the changed layer"]
            pub fn with_sliding_window(mut self, sliding_window: usize) -> Self {
                self.sliding_window = Some(sliding_window);
                self
            }

            /// Lets a query look at no key of a later step, Keras' `use_causal_mask` of a call.
            #[must_use = "returns the changed layer"]
            pub fn causal(mut self) -> Self {
                self.use_causal_mask = true;
                self
            }

            /// Takes one more input, the last: 0 where a query must not look at a key, Keras' `attention_mask` of a call.
            #[must_use = "returns the changed layer"]
            pub fn with_attention_mask(mut self) -> Self {
                self.attention_mask = true;
                self
            }

            /// Gives the weights of the values as a second output, Keras' `return_attention_scores` of a call.
            #[must_use = "returns the changed layer"]
            pub fn returning_attention_scores(mut self) -> Self {
                self.return_attention_scores = true;
                self
            }

            fn switches(&self) -> $crate::layers::heads::Switches {
                $crate::layers::heads::Switches {
                    use_bias: self.use_bias,
                    use_gate: self.use_gate,
                    use_causal_mask: self.use_causal_mask,
                    attention_mask: self.attention_mask,
                    return_attention_scores: self.return_attention_scores,
                }
            }
        }
    };
}

pub(super) use head_arguments;

/// Query, value and key, and the attention mask, of what enters.
type Parts<'a, T> = ([&'a T; 3], Option<&'a T>);

impl Heads<'_> {
    fn parts<'a, T>(&self, inputs: &'a [T]) -> Result<Parts<'a, T>, LayerProblem> {
        let (inputs, mask) = match inputs {
            [inputs @ .., mask] if self.switches.attention_mask => (inputs, Some(mask)),
            _ => (inputs, None),
        };
        let parts = match inputs {
            [query] => [query, query, query],
            [query, value] => [query, value, value],
            [query, value, key] => [query, value, key],
            _ if self.switches.attention_mask => {
                let received = inputs.len() + usize::from(mask.is_some());
                return Err(wrong_number("2, 3 or 4", received));
            }
            _ => return Err(wrong_number("1, 2 or 3", inputs.len())),
        };
        Ok((parts, mask))
    }

    /// The shapes that leave when these enter.
    ///
    /// # Errors
    /// Arguments out of range, shapes that do not fit.
    pub(super) fn output_shapes(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
        check_positive("sliding_window", self.sliding_window.unwrap_or(1))?;
        check_rate(self.dropout.rate)?;
        let (parts, mask) = self.parts(inputs)?;
        for part in parts {
            part.features()?;
        }
        let arrangement = Arrangement::new(self.attention_axes, parts)?;
        if self.switches.use_causal_mask || self.sliding_window.is_some() {
            arrangement.check_single_axis()?;
        }
        if let Some(mask) = mask {
            arrangement.check_mask(mask, self.query_heads)?;
        }
        let (steps, features) = parts[0].axes().split_at(parts[0].rank() - 1);
        let features = match self.output_shape {
            Some(sizes) => sizes.iter().copied().map(Some).collect(),
            None => features.to_vec(),
        };
        let mut shapes = vec![steps.iter().copied().chain(features).collect()];
        if self.switches.return_attention_scores {
            shapes.push(arrangement.scores_shape(self.query_heads));
        }
        Ok(shapes)
    }

    /// The weights of the projections, made by `spec` of a kernel or a bias.
    pub(super) fn weights(
        &self,
        inputs: &[Shape],
        spec: impl Fn(&'static str, Vec<usize>) -> WeightSpec,
    ) -> Vec<WeightSpec> {
        let Ok(([query, value, key], _)) = self.parts(inputs) else {
            unreachable!("the shapes were checked before");
        };
        let projection = |part: &str, inputs: &[usize], outputs: &[usize]| {
            let [fan_in, fan_out] = [inputs, outputs].map(|sizes| {
                sizes
                    .iter()
                    .fold(1_usize, |all, size| all.saturating_mul(*size))
            });
            let kernel = spec("kernel", [inputs, outputs].concat());
            let kernel = kernel.with_fans([fan_in, fan_out]).taking_lora();
            let bias = self
                .switches
                .use_bias
                .then(|| spec("bias", outputs.to_vec()));
            let weights = [kernel].into_iter().chain(bias);
            weights
                .map(|weight| weight.within(part))
                .collect::<Vec<_>>()
        };
        let features = |shape: &Shape| [shape.last().unwrap_or_default()];
        let of_query = [self.query_heads, self.value_dim];
        let mut weights = projection("query", &features(query), &[self.query_heads, self.key_dim]);
        weights.extend(projection(
            "key",
            &features(key),
            &[self.key_heads, self.key_dim],
        ));
        if self.switches.use_gate {
            weights.extend(projection("gate", &features(query), &of_query));
        }
        weights.extend(projection(
            "value",
            &features(value),
            &[self.key_heads, self.value_dim],
        ));
        let outputs = self
            .output_shape
            .map_or_else(|| features(query).to_vec(), <[_]>::to_vec);
        weights.extend(projection("attention_output", &of_query, &outputs));
        weights
    }

    /// Runs a batch through the layer.
    ///
    /// # Errors
    /// Sizes that were not known before and do not fit.
    pub(super) fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let inputs = inputs.into_vec();
        let shapes: Vec<Shape> = inputs
            .iter()
            .map(|signal| signal.shape()[1..].into())
            .collect();
        // What was not known before is now.
        self.output_shapes(&shapes)?;
        let (of_parts, _) = self.parts(&shapes)?;
        let (signals, given) = self.parts(&inputs)?;
        let arrangement = Arrangement::new(self.attention_axes, of_parts)?;
        let batch_size = signals[0].shape()[0];
        let arrangement = arrangement.of_batch(batch_size);
        let mask = self.mask(signals, given, &arrangement)?;
        let noted = |y: Tensor<4>| {
            if let Some(regularizer) = &self.activity_regularizer {
                let size = y.dims().iter().product::<usize>() / batch_size.max(1);
                let outputs = AnyTensor::from(y.clone()).reshaped(&[batch_size, size]);
                call.add_activity_loss(regularizer, outputs);
            }
            y
        };
        let heads = |part: &str, signal: &Signal| {
            let x = arrangement.steps_last(signal.values().clone());
            heads_of(x, &call.within(part))
        };
        let [query, value, key] = signals;
        let repeats = self.query_heads / self.key_heads;
        let projected = Projected {
            query: noted(heads("query", query)) * (1.0 / (self.key_dim as f64).sqrt()),
            key: repeated(noted(heads("key", key)), repeats),
            value: repeated(noted(heads("value", value)), repeats),
        };
        let (means, weights) = self.means(projected, mask, shapes[0].rank(), call);
        let means = if self.switches.use_gate {
            means * noted(sigmoid(heads("gate", query)))
        } else {
            means
        };
        let y = features_of(means, &call.within("attention_output"));
        let [_, features] = y.dims();
        let y = arrangement.restored(y.into(), self.output_shape.unwrap_or(&[features]));
        if let Some(regularizer) = &self.activity_regularizer {
            call.add_activity_loss(regularizer, y.clone());
        }
        let y = Signal::from(y).with_mask(query.mask().cloned());
        Ok(match weights {
            Some(weights) => vec![y, arrangement.scores(weights).into()].into(),
            None => y.into(),
        })
    }

    /// All that says which pairs count, as one mask; sizes of 1 in it stand for all.
    fn mask(
        &self,
        signals: [&Signal; 3],
        given: Option<&Signal>,
        arrangement: &Arrangement,
    ) -> Result<Option<Tensor<4, Bool>>, LayerProblem> {
        let device = signals[0].device();
        let [queries, keys] = arrangement.steps();
        let causal = self.switches.use_causal_mask;
        let causal = causal.then(|| causal_mask(queries, keys, &device));
        let window = self
            .sliding_window
            .map(|window| window_mask(queries, keys, window, &device));
        let mut all = both(causal, window).map(Tensor::unsqueeze::<4>);
        let [query, value, key] = signals;
        for (signal, other_axis) in [(query, 3), (value, 2), (key, 2)] {
            if let Some(mask) = signal.mask() {
                let mask = arrangement.mask_of_steps(mask.clone(), other_axis)?;
                all = both(all, Some(mask));
            }
        }
        let given = given.map(|given| {
            let given = given.values().clone();
            arrangement.mask_of_pairs(given, self.query_heads)
        });
        Ok(both(all, given))
    }

    /// Means of the values, and their weights if they are asked for.
    fn means(
        &self,
        projected: Projected,
        mask: Option<Tensor<4, Bool>>,
        rank: usize,
        call: &Call,
    ) -> (Tensor<4>, Option<Tensor<4>>) {
        let Projected { query, key, value } = projected;
        let gives_weights = self.switches.return_attention_scores;
        let is_plain = self.dropout.rate == 0.0 && !gives_weights && rank == 2;
        if is_plain && mask.is_none() {
            let options = AttentionModuleOptions {
                scale: Some(1.0),
                ..AttentionModuleOptions::default()
            };
            return (attention(query, key, value, None, None, options), None);
        }
        let weights = weights_of(query.matmul(key.transpose()), mask.as_ref());
        // A query for which nothing counts: as Keras on JAX.
        let weights = match mask {
            Some(mask) if !is_plain => {
                let padding = mask.bool_not().expand(weights.dims());
                weights.mask_fill(padding, 0.0)
            }
            _ => weights,
        };
        let means = self.dropout.apply(weights.clone(), call).matmul(value);
        (means, gives_weights.then_some(weights))
    }
}

/// `[rows, heads, steps, size]` each.
struct Projected {
    query: Tensor<4>,
    key: Tensor<4>,
    value: Tensor<4>,
}

/// Every head so many times, one after the other.
fn repeated(x: Tensor<4>, times: usize) -> Tensor<4> {
    let [rows, heads, steps, size] = x.dims();
    if times == 1 {
        return x;
    }
    x.unsqueeze_dim::<5>(2)
        .expand([rows, heads, times, steps, size])
        .reshape([rows, heads * times, steps, size])
}

/// Features of every step as heads, by the weights of a part.
///
/// # Shapes
/// - x: `[rows, steps, features]`
/// - output: `[rows, heads, steps, size]`
fn heads_of(x: Tensor<3>, part: &Call) -> Tensor<4> {
    let [rows, steps, features] = x.dims();
    let kernel = part.weight::<3>("kernel");
    let [_, heads, size] = kernel.dims();
    let bias = part.find::<2>("bias");
    let y = linear(
        x.reshape([rows * steps, features]),
        kernel.reshape([features, heads * size]),
        bias.map(|bias| bias.reshape([heads * size])),
    );
    y.reshape([rows, steps, heads, size]).swap_dims(1, 2)
}

/// Heads as features of every step, by the weights of a part.
///
/// # Shapes
/// - x: `[rows, heads, steps, size]`
/// - output: `[rows · steps, features]`
fn features_of(x: Tensor<4>, part: &Call) -> Tensor<2> {
    let [rows, heads, steps, size] = x.dims();
    let x = x.swap_dims(1, 2).reshape([rows * steps, heads * size]);
    let kernel = part.any_weight("kernel");
    let outputs = kernel.shape()[2..].iter().product();
    let kernel = kernel.reshaped(&[heads * size, outputs]).expect_rank();
    let bias = part.find_any("bias");
    let bias = bias.map(|bias: AnyTensor| bias.reshaped(&[outputs]).expect_rank());
    linear(x, kernel, bias)
}
