use std::fmt;
use std::sync::Arc;

use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use crate::error::ModelError;
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;
use firebrick_tensor::{AnyTensor, catch_panic};

type Function = dyn Fn(AnyTensor) -> Result<AnyTensor, ModelError> + Send + Sync;
type OutputShape = dyn Fn(&Shape) -> Shape + Send + Sync;

/// A function of your own as a layer without weights.
///
/// It is code, which a file cannot keep: a network with it is described, built and trained, but not
/// saved. Two of them are equal if one is a clone of the other.
///
/// [`build`](crate::Sequential::build) tries the function on one sample of zeros, where all sizes of a sample are known. If it fails or panics later, or
/// gives another shape, [`predict`](crate::Network::predict) and a training give an error that names
/// layer and function, and [`forward`](crate::Network::forward) panics.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::Lambda;
/// use firebrick::models::Sequential;
///
/// let square = Lambda::new("square", |x| {
///     let x: Tensor<2> = x.into_rank()?;
///     Ok(x.square().into())
/// });
/// let model = Sequential::new([2]).add(square).build(1, &Device::flex())?;
/// let x = Tensor::<2>::from_floats([[-1.0, 3.0]], &Device::flex());
/// assert_eq!(model.predict(x)?.into_vec()?, [1.0, 9.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input: any
/// - output: the same, or what [`with_output_shape`](Self::with_output_shape) says; the batch axis
///   stays. It has to be said where a size of the input is not known beforehand.
///
/// # Source
/// <https://keras.io/api/layers/core_layers/lambda/>
#[derive(Clone)]
pub struct Lambda {
    name: String,
    function: Arc<Function>,
    output_shape: Option<Arc<OutputShape>>,
}

impl Lambda {
    /// A function that keeps the shape; errors call it `name`.
    pub fn new(
        name: impl Into<String>,
        function: impl Fn(AnyTensor) -> Result<AnyTensor, ModelError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            function: Arc::new(function),
            output_shape: None,
        }
    }

    /// Says which shape leaves when a given one enters, both without the batch axis. Where a size is not known beforehand,
    /// it is asked first with that, then, batch after batch, with what it is.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::Tensor;
    /// use firebrick::layers::{Lambda, Layer};
    /// use firebrick::models::Shape;
    ///
    /// let norm = Lambda::new("norm", |x| {
    ///     let x: Tensor<3> = x.into_rank()?;
    ///     Ok(x.square().sum_dim(2).sqrt().into())
    /// });
    /// let norm = norm.with_output_shape(|steps| steps.clone().with_last(1));
    /// let steps = Shape::from([None, Some(8)]);
    /// assert_eq!(norm.output_shape(&steps)?, Shape::from([None, Some(1)]));
    /// # Ok::<(), firebrick::layers::LayerProblem>(())
    /// ```
    #[must_use = "returns the changed layer"]
    pub fn with_output_shape(
        mut self,
        output_shape: impl Fn(&Shape) -> Shape + Send + Sync + 'static,
    ) -> Self {
        self.output_shape = Some(Arc::new(output_shape));
        self
    }

    /// The shape that should leave.
    fn expected(&self, sample: &Shape) -> Result<Shape, LayerProblem> {
        let Some(output_shape) = &self.output_shape else {
            return Ok(sample.clone());
        };
        catch_panic(|| output_shape(sample)).map_err(|reason| {
            let expected = "a function of shapes";
            LayerProblem::argument("output_shape", expected, &format!("panics: {reason}"))
        })
    }

    fn apply(&self, x: AnyTensor) -> Result<AnyTensor, LayerProblem> {
        let batch = x.shape();
        let sample = self.expected(&batch[1..].into())?.known()?;
        let expected = [&batch[..1], &sample].concat();
        let problem = |received: String| LayerProblem::Argument {
            argument: "function",
            expected: format!("one that turns {batch:?} into {expected:?}"),
            received: format!("`{}`, which {received}", self.name),
        };
        let y = catch_panic(|| (self.function)(x))
            .map_err(|reason| problem(format!("panics: {reason}")))?
            .map_err(|error| problem(format!("fails: {error}")))?;
        if y.shape() != expected {
            return Err(problem(format!("gives {:?}", y.shape())));
        }
        Ok(y)
    }
}

impl fmt::Debug for Lambda {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lambda").field(&self.name).finish()
    }
}

impl PartialEq for Lambda {
    fn eq(&self, other: &Self) -> bool {
        let same_shape = match (&self.output_shape, &other.output_shape) {
            (Some(ours), Some(theirs)) => Arc::ptr_eq(ours, theirs),
            (None, None) => true,
            _ => false,
        };
        same_shape && self.name == other.name && Arc::ptr_eq(&self.function, &other.function)
    }
}

/// Always an error.
impl Serialize for Lambda {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(ser::Error::custom(format!(
            "its function `{}` is code, which cannot be written down",
            self.name
        )))
    }
}

/// Always an error.
impl<'de> Deserialize<'de> for Lambda {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(de::Error::custom(
            "a Lambda is code, which cannot be read from a file; add it to the network in code",
        ))
    }
}

impl Layer for Lambda {
    const CLASS_NAME: &'static str = "Lambda";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        if self.output_shape.is_none() {
            // Nothing can be tried beforehand.
            return input.known().map(Shape::from).map_err(|_open| {
                LayerProblem::input(
                    "sizes that are all known, where nobody says which shape leaves it",
                    "say it by `with_output_shape`, or give the input a size along every axis",
                )
            });
        }
        let shape = self.expected(input)?;
        if shape.axes().contains(&Some(0)) {
            let expected = "one that gives sizes from 1 on";
            return Err(LayerProblem::argument("output_shape", expected, &shape));
        }
        Ok(shape)
    }

    fn probe(&self, inputs: &[Shape], device: &Device) -> Result<(), LayerProblem> {
        let Ok(sample) = inputs[0].known() else {
            return Ok(());
        };
        let shape = [&[1], &sample[..]].concat();
        let zeros = Tensor::<1>::zeros([shape.iter().product::<usize>()], device);
        self.apply(AnyTensor::from(zeros).reshaped(&shape))
            .map(|_| ())
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        self.apply(inputs.into_values()?).map(Signals::from)
    }
}
