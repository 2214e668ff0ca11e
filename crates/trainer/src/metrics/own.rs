//! Metrics that programs have written themselves.

use std::any::Any;
use std::sync::Arc;

use firebrick_spec::Register;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Metric, MetricFunction};
use crate::error::TrainError;

/// A metric function whose type can be looked up.
pub(super) trait OwnMetric: MetricFunction + Any {}

impl<M: MetricFunction + Any> OwnMetric for M {}

/// Those with a name.
pub(super) static OWN: Register<dyn OwnMetric> = Register::new(Metric::KIND, "register_metric");

/// Gives a type of metric that the program has written itself a name, under which it is read as those that are built in are:
/// by [`Compile::by_name`](crate::Compile::by_name), in a file with a model or settings, in the `config.toml` of a run, into which
/// it is written too. Keras' `register_keras_serializable`.
///
/// Its fields are its arguments, written and read by serde. A program registers its metrics before it reads files that name
/// them; to do it again changes nothing.
///
/// ```
/// use firebrick::burn::tensor::Tensor;
/// use firebrick::losses::Outputs;
/// use firebrick::metrics::{Direction, Metric, MetricFunction, register_metric};
/// use serde::{Deserialize, Serialize};
///
/// /// How many outputs miss their target by more than that.
/// #[derive(Debug, Deserialize, Serialize)]
/// struct FarOff {
///     by: f64,
/// }
///
/// impl MetricFunction for FarOff {
///     fn name(&self) -> &str {
///         "far_off"
///     }
///
///     fn direction(&self) -> Direction {
///         Direction::Down
///     }
///
///     fn update(&self, targets: Tensor<2>, outputs: &Outputs, _weights: Option<Tensor<1>>) -> Tensor<1> {
///         (outputs.values() - targets).abs().greater_elem(self.by).float().sum()
///     }
///
///     fn result(&self, sums: &[f64]) -> Vec<f64> {
///         sums.to_vec()
///     }
/// }
///
/// register_metric::<FarOff>("far_off")?;
/// let metric: Metric = "far_off:by=2:name=misses".parse()?;
/// assert_eq!(metric, Metric::custom(FarOff { by: 2.0 }).named("misses"));
/// assert_eq!(metric.compute([1.0, 2.0, 3.0], [1.5, 5.0, 0.0])?, [2.0]);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Errors
/// A name that is built in, belongs to another type or that a text could not hold; a type that has another name.
pub fn register_metric<M>(name: &str) -> Result<(), TrainError>
where
    M: MetricFunction + Serialize + DeserializeOwned + 'static,
{
    Ok(OWN.add::<M>(name, Metric::ALIASES, |metric| Arc::new(metric))?)
}
