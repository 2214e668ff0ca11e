use burn::module::{Module, Param};
use burn::tensor::Tensor;
use firebrick_spec::{Spec, SpecError};
use serde::{Deserialize, Serialize};

use super::checks::check_positive;
use super::layer_weights::{LayerWeights, WeightArguments, layer_weights};
use super::{Apply, Describe, LayerProblem, WeightSpec, Weights};
use crate::initializer::Initializer;
use crate::mode::Mode;
use firebrick_tensor::AnyTensor;

/// Turns indices into learned vectors: index `i` becomes row `i` of `embeddings`.
///
/// An index is cut to a whole number. One that is not from 0 to `input_dim - 1` has no row:
/// [`predict`](crate::SequentialModel::predict) gives an error, and so does a training before it begins, where
/// no layer with weights stands before. In [`forward`](crate::SequentialModel::forward) its vector is NaN, as in
/// Keras on JAX. (On JAX -1 means the last row; here it is out of range, too.)
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::Embedding;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// // Rows for the indices 0, 1 and 2.
/// let model = Sequential::new([2])
///     .add(Embedding::new(3, 2))
///     .build_with_weights([vec![0.0, 1.0, 10.0, 11.0, 20.0, 21.0]], &device)?;
/// let indices = Tensor::<2>::from_floats([[2.0, 0.0]], &device);
/// assert_eq!(model.predict(indices)?.into_vec()?, [20.0, 21.0, 0.0, 1.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input: `[batch_size, ...]`, indices
/// - output: `[batch_size, ..., output_dim]`
///
/// # Source
/// <https://keras.io/api/layers/core_layers/embedding/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Embedding {
    input_dim: usize,
    output_dim: usize,
    #[serde(default)]
    mask_zero: bool,
    #[serde(flatten)]
    weights: LayerWeights<Self>,
}

layer_weights!(Embedding {
    embeddings: Initializer::RandomUniform { minval: -0.05, maxval: 0.05 },
        with_embeddings_initializer, with_embeddings_regularizer, with_embeddings_constraint;
});

impl Embedding {
    /// The largest `input_dim`: up to here every index is exact in single precision.
    pub const MAX_INPUT_DIM: usize = 1 << 24;

    /// Vectors of `output_dim` numbers for the indices from 0 to `input_dim - 1`, uniform in ±0.05 at
    /// the start.
    pub fn new(input_dim: usize, output_dim: usize) -> Self {
        Self {
            input_dim,
            output_dim,
            mask_zero: false,
            weights: LayerWeights::default(),
        }
    }

    /// Declares 0 to be padding.
    ///
    /// The description keeps it. No mask goes from layer to layer yet: what follows sees the vector
    /// of index 0 as that of any other index.
    #[must_use = "returns the changed layer"]
    pub fn with_mask_zero(mut self) -> Self {
        self.mask_zero = true;
        self
    }
}

impl Describe for Embedding {
    type Built = BuiltEmbedding;

    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        check_positive("input_dim", self.input_dim)?;
        check_positive("output_dim", self.output_dim)?;
        if self.input_dim > Self::MAX_INPUT_DIM {
            let expected = format!("at most {}", Self::MAX_INPUT_DIM);
            return Err(LayerProblem::argument(
                "input_dim",
                expected,
                &self.input_dim,
            ));
        }
        let mut shape = input.to_vec();
        shape.push(self.output_dim);
        Ok(shape)
    }

    fn weights(&self, _: &[usize]) -> Vec<WeightSpec> {
        let shape = vec![self.input_dim, self.output_dim];
        vec![self.weights.spec("embeddings", shape)]
    }

    fn from_spec(spec: &Spec, thing: &str) -> Result<Self, SpecError> {
        LayerWeights::read(spec, thing, |layer: &mut Self| &mut layer.weights)
    }

    fn argument_names() -> Vec<String> {
        LayerWeights::<Self>::argument_names(&["input_dim", "output_dim", "mask_zero"])
    }

    fn weight_arguments(&self) -> &[WeightArguments] {
        self.weights.arguments()
    }

    fn build(&self, _: &[usize], weights: &mut Weights) -> BuiltEmbedding {
        BuiltEmbedding {
            embeddings: weights.next(),
        }
    }
}

/// An [`Embedding`] layer with its weights.
#[derive(Module, Debug)]
pub(crate) struct BuiltEmbedding {
    embeddings: Param<Tensor<2>>,
}

impl BuiltEmbedding {
    /// Number of the rows and of their elements.
    fn dims(&self) -> [usize; 2] {
        self.embeddings.shape().dims()
    }
}

impl Apply for BuiltEmbedding {
    fn forward(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        let [rows, units] = self.dims();
        let mut shape = x.shape();
        let count = shape.iter().product();
        let x = x.reshaped(&[count]).expect_rank::<1>();
        // Whatever is not a number is not within either.
        let is_within = x
            .clone()
            .greater_elem(-1.0)
            .bool_and(x.clone().lower_elem(rows as f64));
        let is_outside = is_within.bool_not();
        let indices = x.mask_fill(is_outside.clone(), 0.0).int();
        let vectors = self.embeddings.val().select(0, indices);
        let is_outside = is_outside.unsqueeze_dim::<2>(1).expand([count, units]);
        shape.push(units);
        AnyTensor::from(vectors.mask_fill(is_outside, f32::NAN)).reshaped(&shape)
    }

    fn check(&self, x: &AnyTensor) -> Result<(), LayerProblem> {
        let [rows, _] = self.dims();
        let limit = rows as f64;
        let width = x.shape()[1..].iter().product::<usize>().max(1);
        let indices = x.clone().into_vec().map_err(LayerProblem::device)?;
        let outside = indices
            .iter()
            .position(|&index| !(f64::from(index) > -1.0 && f64::from(index) < limit));
        match outside {
            Some(place) => Err(LayerProblem::Index {
                num_rows: rows,
                received: indices[place].to_string(),
                sample: place / width,
                position: place % width,
            }),
            None => Ok(()),
        }
    }
}
