use std::fmt;
use std::sync::Arc;

use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use super::{Apply, Describe, LayerProblem, Weightless, Weights};
use crate::error::ModelError;
use crate::mode::Mode;
use firebrick_tensor::AnyTensor;
use firebrick_tensor::catch_panic;

type Function = dyn Fn(AnyTensor) -> Result<AnyTensor, ModelError> + Send + Sync;
type OutputShape = dyn Fn(&[usize]) -> Vec<usize> + Send + Sync;

/// A function of your own as a layer without weights.
///
/// It is code, which a file cannot keep: a network with it is described, built and trained, but not
/// saved. Two of them are equal if one is a clone of the other.
///
/// [`build`](crate::Sequential::build) tries the function on one sample of zeros. If it fails or panics later, or
/// gives another shape, [`predict`](crate::SequentialModel::predict) and a training give an error that names
/// layer and function, and [`forward`](crate::SequentialModel::forward) panics.
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
///   stays
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

    /// Says which shape leaves when a given one enters, both without the batch axis.
    #[must_use = "returns the changed layer"]
    pub fn with_output_shape(
        mut self,
        output_shape: impl Fn(&[usize]) -> Vec<usize> + Send + Sync + 'static,
    ) -> Self {
        self.output_shape = Some(Arc::new(output_shape));
        self
    }

    /// The shape that should leave, the batch axis included.
    fn expected(&self, batch: &[usize]) -> Vec<usize> {
        let sample = &batch[1..];
        let output = self.output_shape.as_ref();
        let mut shape = vec![batch[0]];
        shape.extend(output.map_or_else(|| sample.to_vec(), |output| output(sample)));
        shape
    }

    fn apply(&self, x: AnyTensor) -> Result<AnyTensor, LayerProblem> {
        let batch = x.shape();
        let expected = self.expected(&batch);
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

impl Describe for Lambda {
    type Built = Weightless<Self>;

    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        let mut batch = vec![1];
        batch.extend(input);
        let shape = catch_panic(|| self.expected(&batch)).map_err(|reason| {
            let expected = "a function of shapes";
            LayerProblem::argument("output_shape", expected, &format!("panics: {reason}"))
        })?;
        let shape = shape[1..].to_vec();
        if shape.contains(&0) {
            let expected = "one that gives sizes from 1 on";
            return Err(LayerProblem::argument("output_shape", expected, &shape));
        }
        Ok(shape)
    }

    fn probe(&self, input: &[usize], device: &Device) -> Result<(), LayerProblem> {
        let mut shape = vec![1];
        shape.extend(input);
        let zeros = Tensor::<1>::zeros([shape.iter().product::<usize>()], device);
        self.apply(AnyTensor::from(zeros).reshaped(&shape))
            .map(|_| ())
    }

    fn build(&self, _: &[usize], _: &mut Weights) -> Weightless<Self> {
        Weightless {
            layer: self.clone(),
        }
    }
}

impl Apply for Weightless<Lambda> {
    fn forward(&self, x: AnyTensor, mode: Mode) -> AnyTensor {
        match self.run(x, mode) {
            Ok(y) => y,
            Err(problem) => panic!("a Lambda {problem}"),
        }
    }

    fn run(&self, x: AnyTensor, _: Mode) -> Result<AnyTensor, LayerProblem> {
        self.layer.apply(x)
    }
}
