//! Losses that programs have written themselves.

use std::any::Any;
use std::sync::Arc;

use firebrick_spec::Register;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Loss, LossFunction};
use crate::error::TrainError;

/// A loss function whose type can be looked up.
pub(super) trait OwnLoss: LossFunction + Any {}

impl<L: LossFunction + Any> OwnLoss for L {}

/// Those with a name.
pub(super) static OWN: Register<dyn OwnLoss> = Register::new(Loss::KIND, "register_loss");

/// Gives a type of loss that the program has written itself a name, under which it is read as those that are built in are:
/// by [`Compile::by_name`](crate::Compile::by_name), in a file with a model or settings, in the `config.toml` of a run, into which
/// it is written too. Keras' `register_keras_serializable`.
///
/// Its fields are its arguments, written and read by serde. A program registers its losses before it reads files that name
/// them; to do it again changes nothing.
///
/// ```
/// use firebrick::burn::tensor::Tensor;
/// use firebrick::losses::{Loss, LossFunction, Outputs, register_loss};
/// use firebrick::training::Compile;
/// use serde::{Deserialize, Serialize};
///
/// /// `scale · |output - target|³`
/// #[derive(Debug, Deserialize, Serialize)]
/// #[serde(deny_unknown_fields, default)]
/// struct CubedError {
///     scale: f64,
/// }
///
/// impl Default for CubedError {
///     fn default() -> Self {
///         Self { scale: 1.0 }
///     }
/// }
///
/// impl LossFunction for CubedError {
///     fn name(&self) -> &str {
///         "cubed_error"
///     }
///
///     fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
///         let errors = (outputs.values() - targets).abs();
///         errors.powi_scalar(3).mean_dim(1).squeeze_dim(1) * self.scale
///     }
/// }
///
/// register_loss::<CubedError>("cubed_error")?;
/// let compile = Compile::by_name("adam", "cubed_error", ["mae"])?;
/// let loss: Loss = "cubed_error:scale=2".parse()?;
/// assert_eq!(loss.compute([1.0, 1.0], [3.0, 1.0])?, 8.0);
/// assert_eq!(loss, Loss::custom(CubedError { scale: 2.0 }));
/// assert_eq!(loss.to_spec().map(|spec| spec.to_string()).as_deref(), Some("cubed_error:scale=2"));
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Errors
/// A name that is built in, belongs to another type or that a text could not hold; a type that has another name.
pub fn register_loss<L>(name: &str) -> Result<(), TrainError>
where
    L: LossFunction + Serialize + DeserializeOwned + 'static,
{
    Ok(OWN.add::<L>(name, Loss::ALIASES, |loss| Arc::new(loss))?)
}
