mod moments;

use burn::tensor::{Device, Tensor};
use firebrick_host::kernels::Affine;
use firebrick_spec::{Spec, SpecError};
use serde::{Deserialize, Deserializer, Serialize};

use crate::layer::Call;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer::{HostForm, stretched};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;
use firebrick_tensor::AnyTensor;
use firebrick_tensor::Axes;
use firebrick_tensor::SameShape;
use moments::Moments;

/// Shifts and scales features by statistics of the data: `(x - mean) / max(sqrt(variance), 1e-7)`.
///
/// The statistics belong to the description, given by [`with_statistics`](Self::with_statistics) or
/// learned before the network is built: by [`adapt`](Self::adapt), or for all such layers of a network
/// by [`Sequential::adapt`](crate::Sequential::adapt). The layer has no weights.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::Normalization;
///
/// let samples = Tensor::<2>::from_floats([[0.0, 7.0], [2.0, 9.0]], &Device::flex());
/// let layer = Normalization::new().adapt(samples)?;
/// assert_eq!(layer, Normalization::new().with_statistics([1.0, 8.0], [1.0, 1.0]));
/// # Ok::<(), firebrick::layers::LayerProblem>(())
/// ```
///
/// # Shapes
/// - input and output: `[batch_size, ...]`, the same
///
/// # Source
/// <https://keras.io/api/layers/preprocessing_layers/numerical/normalization/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Normalization {
    axis: Option<Axes>,
    #[serde(deserialize_with = "numbers")]
    mean: Option<Vec<f32>>,
    #[serde(deserialize_with = "numbers")]
    variance: Option<Vec<f32>>,
    invert: bool,
}

impl Normalization {
    /// The smallest standard deviation that is divided by, Keras' epsilon.
    const EPSILON: f32 = 1e-7;

    /// One mean and one variance for each index of the last axis.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps statistics for each index of these axes; the batch axis, which cannot be among them, is
    /// 0.
    #[must_use = "returns the changed layer"]
    pub fn with_axis(mut self, axis: impl Into<Axes>) -> Self {
        self.axis = Some(axis.into());
        self
    }

    /// Keeps one mean and one variance for all elements, Keras' `axis=None`.
    #[must_use = "returns the changed layer"]
    pub fn without_axis(mut self) -> Self {
        self.axis = None;
        self
    }

    /// Sets the statistics: one number, or one for each index of the axes in order.
    #[must_use = "returns the changed layer"]
    pub fn with_statistics(
        mut self,
        mean: impl Into<Vec<f32>>,
        variance: impl Into<Vec<f32>>,
    ) -> Self {
        self.mean = Some(mean.into());
        self.variance = Some(variance.into());
        self
    }

    /// Turns normalized values back: `mean + x · max(sqrt(variance), 1e-7)`.
    #[must_use = "returns the changed layer"]
    pub fn inverted(mut self) -> Self {
        self.invert = true;
        self
    }

    /// Learns mean and variance (that of the population) of samples, in double precision.
    ///
    /// # Shapes
    /// - samples: `[num_samples, ...]`
    ///
    /// # Errors
    /// Samples without the axes of the layer, none at all, values that are not finite.
    pub fn adapt(self, samples: impl Into<AnyTensor>) -> Result<Self, LayerProblem> {
        self.adapted(&mut std::iter::once(samples.into()))
    }

    /// The mean, once it is there.
    pub fn mean(&self) -> Option<&[f32]> {
        self.mean.as_deref()
    }

    /// The variance, once it is there.
    pub fn variance(&self) -> Option<&[f32]> {
        self.variance.as_deref()
    }

    /// The axes with statistics of their own, of a batch with so many axes.
    fn kept_axes(&self, rank: usize) -> Result<Vec<usize>, LayerProblem> {
        let Some(axis) = &self.axis else {
            return Ok(Vec::new());
        };
        axis.within(rank)
            .filter(|axes| !axes.contains(&0))
            .ok_or_else(|| {
                let expected = format!(
                    "different ones of the axes 1 to {} (0 is the batch)",
                    rank - 1
                );
                LayerProblem::argument("axis", expected, &axis.as_slice())
            })
    }

    /// One of the statistics, for each of `count` indices.
    fn statistic(
        argument: &'static str,
        given: Option<&Vec<f32>>,
        count: usize,
        fits: impl Fn(f32) -> bool,
    ) -> Result<Vec<f32>, LayerProblem> {
        let Some(values) = given else {
            let expected = "given by `with_statistics` or learned by `adapt`";
            return Err(LayerProblem::argument(argument, expected, &given));
        };
        let suitable = values.iter().all(|&value| value.is_finite() && fits(value));
        if !suitable || (values.len() != 1 && values.len() != count) {
            let expected = format!("1 or {count} finite numbers, a variance from 0 on");
            return Err(LayerProblem::argument(argument, expected, values));
        }
        Ok(values.iter().copied().cycle().take(count).collect())
    }

    /// The shape in which the statistics meet a batch.
    fn broadcast(&self, input: &Shape) -> Result<Vec<usize>, LayerProblem> {
        let axes = self.kept_axes(input.rank() + 1)?;
        let mut broadcast = vec![1; input.rank() + 1];
        for axis in axes {
            broadcast[axis] = input.axes()[axis - 1].ok_or_else(|| {
                LayerProblem::input(
                    "a known size along each axis with statistics of its own",
                    "give the input the sizes of these axes, or the layer other ones by `axis`",
                )
            })?;
        }
        Ok(broadcast)
    }

    /// The layer for samples of a shape.
    fn spread(&self, input: &Shape) -> Result<Spread, LayerProblem> {
        let broadcast = self.broadcast(input)?;
        let count = broadcast.iter().product();
        let mean = Self::statistic("mean", self.mean.as_ref(), count, |_| true)?;
        let variance = self.variance.as_ref();
        let variance = Self::statistic("variance", variance, count, |variance| variance >= 0.0)?;
        let deviation = |variance: f32| variance.sqrt().max(Self::EPSILON);
        Ok(Spread {
            mean,
            deviation: variance.into_iter().map(deviation).collect(),
            broadcast,
            invert: self.invert,
        })
    }
}

impl Default for Normalization {
    fn default() -> Self {
        Self {
            axis: Some(Axes::One(-1)),
            mean: None,
            variance: None,
            invert: false,
        }
    }
}

/// A number or lists of numbers, in order.
fn numbers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<f32>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Nested {
        One(f32),
        Many(Vec<Self>),
    }
    fn flatten(nested: Nested, numbers: &mut Vec<f32>) {
        match nested {
            Nested::One(number) => numbers.push(number),
            Nested::Many(items) => items.into_iter().for_each(|item| flatten(item, numbers)),
        }
    }
    let nested = Option::<Nested>::deserialize(deserializer)?;
    Ok(nested.map(|nested| {
        let mut numbers = Vec::new();
        flatten(nested, &mut numbers);
        numbers
    }))
}

impl Layer for Normalization {
    const CLASS_NAME: &'static str = "Normalization";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        match (&self.mean, &self.variance) {
            // Statistics that are still to be learned are missed when the network is built.
            (None, None) => self.broadcast(input).map(drop)?,
            _ => self.spread(input).map(drop)?,
        }
        Ok(input.clone())
    }

    fn probe(&self, inputs: &[Shape], _: &Device) -> Result<(), LayerProblem> {
        inputs
            .iter()
            .try_for_each(|input| self.spread(input).map(drop))
    }

    fn masking(&self) -> Masking {
        Masking::Passes
    }

    fn needs_adapting(&self) -> bool {
        self.mean.is_none() || self.variance.is_none()
    }

    fn adapts_to_targets(&self) -> bool {
        self.invert
    }

    fn adapted(&self, samples: &mut dyn Iterator<Item = AnyTensor>) -> Result<Self, LayerProblem> {
        let mut moments = Moments::default();
        for batch in samples {
            let axes = self.kept_axes(batch.rank())?;
            moments.add(batch, &axes)?;
        }
        let (mean, variance) = moments.finish()?;
        Ok(self.clone().with_statistics(mean, variance))
    }

    /// No `axis` is not the same as one that is not named.
    fn to_spec(&self, name: &str) -> Result<Spec, SpecError> {
        Spec::complete(name, self)
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        let x = inputs.into_values()?;
        let spread = self.spread(&x.shape()[1..].into())?;
        Ok(x.map(&spread).into())
    }

    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        let sizes = inputs[0].known().ok()?;
        let spread = self.spread(&inputs[0]).ok()?;
        let places = stretched(&spread.broadcast[1..], &sizes)?;
        let len = places.len();
        let all = |number: &dyn Fn(usize) -> f32| -> Vec<f32> {
            places.iter().map(|place| number(*place as usize)).collect()
        };
        let (mean, deviation) = (&spread.mean, &spread.deviation);
        let affine = |scale, shift| Affine::new(len, scale, shift);
        Some(if self.invert {
            let kernel = affine(all(&|place| deviation[place]), all(&|place| mean[place]));
            HostForm::of(kernel, [])
        } else {
            // The mean is taken off first: far from 0 no digits are lost.
            let centered = affine(vec![1.0; len], all(&|place| -mean[place]));
            let scale = all(&|place| deviation[place].recip());
            HostForm::of(centered, []).then(affine(scale, vec![0.0; len]), [])
        })
    }
}

/// The statistics of a [`Normalization`], a number for each index.
struct Spread {
    mean: Vec<f32>,
    deviation: Vec<f32>,
    /// The shape in which the numbers meet a batch.
    broadcast: Vec<usize>,
    invert: bool,
}

impl SameShape for Spread {
    fn apply<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        let device = x.device();
        let shape: [usize; D] = std::array::from_fn(|axis| self.broadcast[axis]);
        let spread = |numbers: &[f32]| Tensor::<1>::from_floats(numbers, &device).reshape(shape);
        let (mean, deviation) = (spread(&self.mean), spread(&self.deviation));
        if self.invert {
            mean + x * deviation
        } else {
            (x - mean) / deviation
        }
    }
}
