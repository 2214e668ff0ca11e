use burn::tensor::{Int, Tensor};
use firebrick_tensor::AnyTensor;
use firebrick_vocabulary as vocabulary;
use serde::{Deserialize, Serialize};

use super::output_mode::OutputMode;
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;

/// The bin that each number lies in: the boundaries `[0, 1, 2]` make the bins `(-inf, 0)`, `[0, 1)`, `[1, 2)` and `[2, inf)`.
///
/// The boundaries belong to the description, given by [`new`](Self::new) or learned before the network is built, so that about
/// as many numbers lie in each bin: by [`adapt`](Self::adapt), or for all such layers of a network by
/// [`Graph::adapt`](crate::Graph::adapt). No gradient goes through it.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::Discretization;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// let ages = Tensor::<2>::from_floats([[3.0], [1.0], [2.0], [4.0]], &device);
/// let layer = Discretization::of_num_bins(2).adapt(ages.clone())?;
/// assert_eq!(layer.bin_boundaries(), Some(&[2.0][..]));
/// let model = Sequential::new([1]).add(layer).build(1, &device)?;
/// assert_eq!(model.predict(ages)?.into_ints()?, [1, 0, 1, 1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Shapes
/// - input: `[batch_size, ..., numbers]`
/// - output: the same, whole numbers; of the other output modes `[batch_size, ..., bins]`, `one_hot` of more than one number
///   `[batch_size, ..., numbers, bins]`
///
/// # Source
/// <https://keras.io/api/layers/preprocessing_layers/numerical/discretization/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Discretization {
    bin_boundaries: Option<Vec<f32>>,
    num_bins: Option<usize>,
    epsilon: f64,
    output_mode: OutputMode,
}

impl Discretization {
    /// Bins with these boundaries between them, one bin more than there are boundaries.
    pub fn new(bin_boundaries: impl Into<Vec<f32>>) -> Self {
        Self {
            bin_boundaries: Some(bin_boundaries.into()),
            ..Self::default()
        }
    }

    /// So many bins, whose boundaries are still to be learned.
    pub fn of_num_bins(num_bins: usize) -> Self {
        Self {
            num_bins: Some(num_bins),
            ..Self::default()
        }
    }

    /// Sets how exactly it learns: in steps of which share of the numbers it looks at them; 0.01 by default.
    #[must_use = "returns the changed layer"]
    pub fn with_epsilon(mut self, epsilon: f64) -> Self {
        self.epsilon = epsilon;
        self
    }

    /// Sets what it gives; the index of the bin by default.
    #[must_use = "returns the changed layer"]
    pub fn with_output_mode(mut self, output_mode: OutputMode) -> Self {
        self.output_mode = output_mode;
        self
    }

    /// Learns the boundaries of samples, as Keras does of all of them at once.
    ///
    /// # Errors
    /// No finite number; boundaries that were given.
    pub fn adapt(self, samples: impl Into<AnyTensor>) -> Result<Self, LayerProblem> {
        self.adapted(&mut std::iter::once(samples.into()))
    }

    /// The boundaries, once they are there.
    pub fn bin_boundaries(&self) -> Option<&[f32]> {
        self.bin_boundaries.as_deref()
    }

    /// How many bins there are.
    fn depth(&self) -> Option<usize> {
        let given = self.bin_boundaries.as_ref().map(|given| given.len() + 1);
        given.or(self.num_bins)
    }
}

impl Default for Discretization {
    fn default() -> Self {
        Self {
            bin_boundaries: None,
            num_bins: None,
            epsilon: vocabulary::Discretization::EPSILON,
            output_mode: OutputMode::Int,
        }
    }
}

impl Layer for Discretization {
    const CLASS_NAME: &'static str = "Discretization";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        if let Some(boundaries) = &self.bin_boundaries {
            vocabulary::Discretization::new(boundaries.iter().copied())
                .map_err(LayerProblem::vocabulary)?;
        }
        if self.depth().is_none_or(|depth| depth == 0) {
            let expected = "at least 1, or `bin_boundaries` to be there";
            return Err(LayerProblem::argument("num_bins", expected, &self.num_bins));
        }
        self.output_mode.check_among(&OutputMode::OF_BINS)?;
        self.output_mode.shape(input, self.depth())
    }

    fn probe(&self, _: &[Shape], _: &burn::tensor::Device) -> Result<(), LayerProblem> {
        match self.bin_boundaries {
            Some(_) => Ok(()),
            None => Err(not_learned("bin_boundaries")),
        }
    }

    fn masking(&self) -> Masking {
        self.output_mode.masking()
    }

    fn needs_adapting(&self) -> bool {
        self.bin_boundaries.is_none()
    }

    fn learned_argument(&self) -> &'static str {
        "bin_boundaries"
    }

    fn adapted(&self, samples: &mut dyn Iterator<Item = AnyTensor>) -> Result<Self, LayerProblem> {
        let Some(num_bins) = self.num_bins else {
            let expected = "given, so that boundaries can be learned";
            return Err(LayerProblem::argument("num_bins", expected, &self.num_bins));
        };
        let mut numbers = Vec::new();
        for batch in samples {
            numbers.extend(batch.into_vec().map_err(LayerProblem::device)?);
        }
        let bins = vocabulary::Discretization::adapted(numbers, num_bins, self.epsilon)
            .map_err(LayerProblem::vocabulary)?;
        let mut layer = self.clone();
        layer.bin_boundaries = Some(bins.bin_boundaries().to_vec());
        Ok(layer)
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        let x = inputs.into_values()?;
        let Some(boundaries) = &self.bin_boundaries else {
            return Err(not_learned("bin_boundaries"));
        };
        let shape = x.shape();
        let count = shape.iter().product::<usize>();
        let x = x.reshaped(&[count, 1]).expect_rank::<2>();
        let bins: Tensor<2, Int> = if boundaries.is_empty() {
            x.zeros_like().int()
        } else {
            let boundaries = Tensor::<1>::from_floats(boundaries.as_slice(), &x.device());
            // What is no number lies below nothing, and so in the last bin.
            let is_below = x.lower(boundaries.unsqueeze::<2>());
            is_below.bool_not().int().sum_dim(1)
        };
        let bins = AnyTensor::from(bins).reshaped(&shape);
        let depth = boundaries.len() + 1;
        Ok(self.output_mode.encoded_there(bins, None, depth).into())
    }
}

/// What a layer lacks that has not learned yet.
pub(super) fn not_learned(argument: &'static str) -> LayerProblem {
    LayerProblem::argument(argument, "given, or learned by `adapt`", &None::<()>)
}
