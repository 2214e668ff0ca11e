use std::collections::BTreeMap;

use firebrick_model::WeightValue;
use firebrick_spec::{Spec, Value};

use crate::error::FormatProblem;

/// How a model was compiled, and what its optimizer remembers.
///
/// What the settings mean is for whoever trains to say: they are here as Keras writes them.
///
/// ```
/// # mod firebrick { pub use firebrick_formats as formats; pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::formats::keras::{self, Compiled, KerasModel, OptimizerVariables};
/// use firebrick::burn::tensor::Device;
/// use firebrick::models::{Sequential, WeightValue};
/// use firebrick::layers::Dense;
///
/// let network = Sequential::new([4]).add(Dense::new(3).without_bias()).build(7, &Device::flex())?;
/// let config = r#"{"optimizer": {"class_name": "Lion", "config": {"learning_rate": 0.01}}, "loss": "mse"}"#;
/// let momentum = WeightValue::new([4, 3], [0.5; 12])?;
/// let compiled = Compiled {
///     config: serde_json::from_str(config)?,
///     optimizer: Some(OptimizerVariables {
///         iterations: 20,
///         values: [("dense/kernel/momentum".to_owned(), momentum)].into(),
///     }),
/// };
/// let bytes = keras::to_compiled_bytes(&network, &compiled)?;
/// let read = KerasModel::from_bytes(bytes, "model.keras")?.compiled()?;
/// assert_eq!(read.unwrap().optimizer, compiled.optimizer);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Compiled {
    /// Keras' `compile_config`: a table with the optimizer, the losses, their weights, the metrics.
    pub config: Value,
    /// What the optimizer remembers, if the file says it of one that Keras has.
    pub optimizer: Option<OptimizerVariables>,
}

/// What an optimizer remembers of the weights that training moves; see [`Compiled`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OptimizerVariables {
    /// Batches learned from.
    pub iterations: u64,
    /// By weight and Keras' name, `dense/kernel/velocity`.
    pub values: BTreeMap<String, WeightValue>,
}

/// Keras' key of how a model was compiled.
pub(super) const COMPILE_CONFIG: &str = "compile_config";

/// The settings in a description of a model, if it was compiled.
///
/// # Errors
/// What is no table.
pub(super) fn settings(config: &serde_json::Value) -> Result<Option<Value>, FormatProblem> {
    let compile = |reason: String| FormatProblem::Compile { reason };
    let value: Value = serde_json::from_value(config.clone())
        .map_err(|error| compile(format!("`{COMPILE_CONFIG}`: {error}")))?;
    match &value {
        Value::Null => Ok(None),
        Value::Table(settings) if settings.is_empty() => Ok(None),
        Value::Table(_) => Ok(Some(value)),
        other => Err(compile(format!(
            "`{COMPILE_CONFIG}` is {other}, expected a table"
        ))),
    }
}

/// The optimizer among settings, if there is one.
///
/// # Errors
/// What has no name.
pub(super) fn optimizer(settings: &Value) -> Result<Option<Spec>, FormatProblem> {
    const OPTIMIZER: &str = "optimizer";

    let Value::Table(settings) = settings else {
        return Ok(None);
    };
    let found = settings.iter().find(|setting| setting.name == OPTIMIZER);
    match found.map(|setting| &setting.value) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => Spec::from_value(value.clone(), OPTIMIZER)
            .map(Some)
            .map_err(|error| FormatProblem::Compile {
                reason: format!("`{OPTIMIZER}`: {error}"),
            }),
    }
}
