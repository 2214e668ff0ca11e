use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::checks::check_number;
use super::embedding::Embedding;
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
use firebrick_tensor::AnyTensor;

/// An [`Embedding`] that can be called in reverse: then vectors become scores of the indices, `vectors · embeddingsᵀ`.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::{Layer, ReversibleEmbedding};
/// use firebrick::models::Sequential;
///
/// let scores = ReversibleEmbedding::new(3, 2).reversed();
/// let model = Sequential::new([2])
///     .add(scores)
///     .build_with_weights([vec![0.0, 1.0, 10.0, 11.0, 20.0, 21.0]], &Device::flex())?;
/// let vector = Tensor::<2>::from_floats([[1.0, 2.0]], &Device::flex());
/// assert_eq!(model.predict(vector)?.into_vec()?, [2.0, 32.0, 62.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input: `[batch_size, ...]`, indices; in reverse `[batch_size, ..., output_dim]`
/// - output: `[batch_size, ..., output_dim]`; in reverse `[batch_size, ..., input_dim]`
///
/// # Source
/// Press and Wolf, "Using the Output Embedding to Improve Language Models", EACL 2017;
/// <https://keras.io/api/layers/core_layers/reversible_embedding/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReversibleEmbedding {
    input_dim: usize,
    output_dim: usize,
    #[serde(default = "yes")]
    tie_weights: bool,
    #[serde(default)]
    mask_zero: bool,
    #[serde(default)]
    logit_soft_cap: Option<f64>,
    #[serde(default)]
    reverse: bool,
    #[serde(skip)]
    weights: LayerWeights<Self>,
}

layer_weights!(ReversibleEmbedding {
    embeddings: Initializer::RandomUniform { minval: -0.05, maxval: 0.05 },
        with_embeddings_initializer, with_embeddings_regularizer, with_embeddings_constraint;
});

impl ReversibleEmbedding {
    /// Vectors of `output_dim` numbers for the indices from 0 to `input_dim - 1`, uniform in ±0.05 at the start, and the same
    /// in reverse.
    pub fn new(input_dim: usize, output_dim: usize) -> Self {
        Self {
            input_dim,
            output_dim,
            tie_weights: true,
            mask_zero: false,
            logit_soft_cap: None,
            reverse: false,
            weights: LayerWeights::default(),
        }
    }

    /// Gives the reverse weights of its own, `reverse_embeddings`.
    #[must_use = "returns the changed layer"]
    pub fn with_untied_weights(mut self) -> Self {
        self.tie_weights = false;
        self
    }

    /// Declares 0 to be padding, as [`Embedding::with_mask_zero`].
    #[must_use = "returns the changed layer"]
    pub fn with_mask_zero(mut self) -> Self {
        self.mask_zero = true;
        self
    }

    /// Keeps the scores within `±cap`: `tanh(scores / cap) · cap`.
    #[must_use = "returns the changed layer"]
    pub fn with_logit_soft_cap(mut self, cap: f64) -> Self {
        self.logit_soft_cap = Some(cap);
        self
    }

    /// The layer called in reverse, Keras' `reverse=True` of a call.
    #[must_use = "returns the changed layer"]
    pub fn reversed(mut self) -> Self {
        self.reverse = true;
        self
    }

    /// What it is when it is not called in reverse.
    fn embedding(&self) -> Embedding {
        let embedding = Embedding::new(self.input_dim, self.output_dim);
        if self.mask_zero {
            embedding.with_mask_zero()
        } else {
            embedding
        }
    }
}

impl Layer for ReversibleEmbedding {
    const CLASS_NAME: &'static str = "ReversibleEmbedding";

    weights_in_spec!();

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        let forward = self.embedding().output_shape(input)?;
        let cap = self.logit_soft_cap.unwrap_or(1.0);
        check_number("logit_soft_cap", cap, "above 0", |cap| cap > 0.0)?;
        if !self.reverse {
            return Ok(forward);
        }
        if input.last() != Some(self.output_dim) {
            return Err(LayerProblem::input(
                format!("[..., {}], the `output_dim`, in reverse", self.output_dim),
                "put a Dense of as many units before it",
            ));
        }
        Ok(input.clone().with_last(self.input_dim))
    }

    fn weights(&self, _: &[Shape]) -> Vec<WeightSpec> {
        let shape = vec![self.input_dim, self.output_dim];
        let embeddings = self.weights.spec("embeddings", shape).taking_lora();
        let shape = [self.output_dim, self.input_dim];
        let reverse = WeightSpec::new("reverse_embeddings", shape, embeddings.initial);
        let reverse = (!self.tie_weights).then_some(reverse);
        [embeddings].into_iter().chain(reverse).collect()
    }

    fn masking(&self) -> Masking {
        match (self.reverse, self.mask_zero) {
            (false, _) => self.embedding().masking(),
            (true, true) => Masking::Ends,
            (true, false) => Masking::Refuses,
        }
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        if !self.reverse {
            return self.embedding().call(inputs, call);
        }
        let x = inputs.into_values()?;
        let mut shape = x.shape();
        let width = shape.pop().unwrap_or_default();
        let rows = shape.iter().product();
        let kernel = call
            .find::<2>("reverse_embeddings")
            .unwrap_or_else(|| call.weight::<2>("embeddings").transpose());
        let x: Tensor<2> = x.reshaped(&[rows, width]).expect_rank();
        let scores = x.matmul(kernel);
        let scores = match self.logit_soft_cap {
            Some(cap) => (scores / cap).tanh() * cap,
            None => scores,
        };
        shape.push(self.input_dim);
        Ok(AnyTensor::from(scores).reshaped(&shape).into())
    }

    fn has_limits(&self) -> bool {
        !self.reverse
    }

    fn check(&self, inputs: &Signals) -> Result<(), LayerProblem> {
        if self.reverse {
            Ok(())
        } else {
            self.embedding().check(inputs)
        }
    }
}
