use burn::tensor::{Bool, Int, Tensor};
use firebrick_host::kernels::{self, StepMask};
use serde::{Deserialize, Serialize};

use super::checks::check_positive;
use super::layer_weights::{LayerWeights, layer_weights, weights_in_spec};
use crate::initializer::Initializer;
use crate::layer::Call;
use crate::layer::HostForm;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer::WeightSpec;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::{Signal, Signals};
use firebrick_tensor::AnyTensor;

/// Turns indices into learned vectors: index `i` becomes row `i` of `embeddings`.
///
/// Whole numbers are looked up as they are; a float is cut to one, which is exact up to
/// [`MAX_INPUT_DIM`](Self::MAX_INPUT_DIM) rows. An index that is not from 0 to `input_dim - 1` has no row:
/// [`predict`](crate::Network::predict) gives an error, and so does a training before it begins, where
/// no layer with weights stands before. In [`forward`](crate::Network::forward) its vector is NaN, as in
/// Keras on JAX. (On JAX -1 means the last row; here it is out of range, too.)
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Int, Tensor};
/// use firebrick::layers::Embedding;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// // Rows for the indices 0, 1 and 2.
/// let model = Sequential::new([2])
///     .add(Embedding::new(3, 2))
///     .build_with_weights([vec![0.0, 1.0, 10.0, 11.0, 20.0, 21.0]], &device)?;
/// let indices = Tensor::<2, Int>::from_ints([[2, 0]], &device);
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
    #[serde(skip)]
    weights: LayerWeights<Self>,
}

layer_weights!(Embedding {
    embeddings: Initializer::RandomUniform { minval: -0.05, maxval: 0.05 },
        with_embeddings_initializer, with_embeddings_regularizer, with_embeddings_constraint;
});

impl Embedding {
    /// The largest `input_dim` for indices that come as floats: up to here every one is exact in single precision. More
    /// rows take whole numbers alone.
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

    /// Declares 0 to be padding: the layers that follow get a mask of the steps that are not 0.
    ///
    /// A mask has one axis of steps, so that samples of one axis get one. Samples of another rank get none: their vectors
    /// of index 0 count as those of any other index.
    #[must_use = "returns the changed layer"]
    pub fn with_mask_zero(mut self) -> Self {
        self.mask_zero = true;
        self
    }
}

impl Embedding {
    /// Number of the rows, as the indices count.
    fn num_rows(&self) -> i64 {
        i64::try_from(self.input_dim).unwrap_or(i64::MAX)
    }

    /// Floats that are not exact beyond some row don't do.
    fn check_floats(&self) -> Result<(), LayerProblem> {
        if self.input_dim > Self::MAX_INPUT_DIM {
            let max = Self::MAX_INPUT_DIM;
            let expected = format!("at most {max} for indices that are floats, not whole numbers");
            return Err(LayerProblem::argument(
                "input_dim",
                expected,
                &self.input_dim,
            ));
        }
        Ok(())
    }

    /// Indices that have rows, where others stood before that, and which are not 0.
    fn indices(&self, x: AnyTensor) -> Result<Indices, LayerProblem> {
        let count = x.shape().iter().product();
        let x = x.reshaped(&[count]);
        if x.is_int() {
            let x = x.expect_int::<1>();
            let is_below = x.clone().lower_elem(0);
            let is_outside = is_below.bool_or(x.clone().greater_equal_elem(self.num_rows()));
            return Ok(Indices {
                rows: x.clone().mask_fill(is_outside.clone(), 0),
                is_outside,
                is_step: x.not_equal_elem(0),
            });
        }
        self.check_floats()?;
        let x = x.expect_rank::<1>();
        // Whatever is not a number is not within either.
        let is_above = x.clone().greater_elem(-1.0);
        let is_within = is_above.bool_and(x.clone().lower_elem(self.input_dim as f64));
        let is_outside = is_within.bool_not();
        Ok(Indices {
            rows: x.clone().mask_fill(is_outside.clone(), 0.0).int(),
            is_outside,
            is_step: x.not_equal_elem(0.0),
        })
    }
}

/// What there is to know of the indices of a batch, each of the shape `[count]`.
struct Indices {
    rows: Tensor<1, Int>,
    is_outside: Tensor<1, Bool>,
    is_step: Tensor<1, Bool>,
}

impl Layer for Embedding {
    const CLASS_NAME: &'static str = "Embedding";

    weights_in_spec!();

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        check_positive("input_dim", self.input_dim)?;
        check_positive("output_dim", self.output_dim)?;
        Ok(input.clone().with_axis(self.output_dim))
    }

    fn weights(&self, _: &[Shape]) -> Vec<WeightSpec> {
        let shape = vec![self.input_dim, self.output_dim];
        vec![self.weights.spec("embeddings", shape).taking_lora()]
    }

    fn masking(&self) -> Masking {
        if self.mask_zero {
            Masking::Creates
        } else {
            Masking::Refuses
        }
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let x = inputs.into_values()?;
        let mut shape = x.shape();
        let indices = self.indices(x)?;
        let vectors = call.weight::<2>("embeddings").select(0, indices.rows);
        let is_outside = indices.is_outside.unsqueeze_dim::<2>(1);
        let is_outside = is_outside.expand(vectors.dims());
        let vectors = vectors.mask_fill(is_outside, f32::NAN);
        let mask = match shape[..] {
            [samples, steps] if self.mask_zero => Some(indices.is_step.reshape([samples, steps])),
            _ => None,
        };
        shape.push(self.output_dim);
        let vectors = AnyTensor::from(vectors).reshaped(&shape);
        Ok(Signal::from(vectors).with_mask(mask).into())
    }

    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        let is_exact = self.input_dim <= Self::MAX_INPUT_DIM;
        let indices = inputs[0].num_elements()?;
        let kernel = kernels::Embedding::new(indices, self.input_dim, self.output_dim);
        let form = is_exact.then(|| HostForm::of(kernel, ["embeddings"]))?;
        match inputs[0].axes() {
            _ if !self.mask_zero => Some(form),
            [Some(steps)] => Some(form.making_mask(StepMask::new([*steps, 1], 0.0), 0)),
            // It declares a mask and makes none.
            _ => None,
        }
    }

    fn has_limits(&self) -> bool {
        true
    }

    fn check(&self, inputs: &Signals) -> Result<(), LayerProblem> {
        let x = inputs[0].values();
        let width = x.shape()[1..].iter().product::<usize>().max(1);
        let outside = if x.is_int() {
            let rows = 0..self.num_rows();
            let indices = x.clone().into_ints().map_err(LayerProblem::device)?;
            let place = indices.iter().position(|index| !rows.contains(index));
            place.map(|place| (place, indices[place].to_string()))
        } else {
            self.check_floats()?;
            let limit = self.input_dim as f64;
            let is_outside = |index: f64| !(index > -1.0 && index < limit);
            let indices = x.clone().into_vec().map_err(LayerProblem::device)?;
            let place = indices.iter().position(|index| is_outside((*index).into()));
            place.map(|place| (place, indices[place].to_string()))
        };
        match outside {
            Some((place, received)) => Err(LayerProblem::Index {
                num_rows: self.input_dim,
                received,
                sample: place / width,
                position: place % width,
            }),
            None => Ok(()),
        }
    }
}
