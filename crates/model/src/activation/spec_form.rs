//! Activations with arguments, read from specs: `leaky_relu:negative_slope=0.1`, and Keras' layers in the place of functions,
//! `{"class_name": "LeakyReLU", "config": {"negative_slope": 0.1}}`.

use firebrick_spec::{KerasFields, Spec, SpecError, SpecProblem, Value, folded};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Activation;
use crate::error::ModelError;

const KIND: &str = "activation";

#[derive(Deserialize)]
struct LeakyRelu {
    negative_slope: Option<f64>,
}

#[derive(Deserialize)]
struct Elu {
    alpha: Option<f64>,
}

#[derive(Deserialize)]
struct Relu {
    max_value: Option<f64>,
    #[serde(default)]
    negative_slope: f64,
    #[serde(default)]
    threshold: f64,
}

#[derive(Deserialize)]
struct Softmax {
    axis: Option<i64>,
}

#[derive(Deserialize)]
struct Named {
    activation: Option<Activation>,
}

/// Why a name is none, as errors of specs say it.
fn as_spec_error(error: ModelError) -> SpecError {
    match error {
        ModelError::Spec(error) => error,
        ModelError::UnknownName(unknown) => unknown.into(),
        other => refused("the activation", other.to_string()),
    }
}

impl Activation {
    /// The one that a value describes: its name, nothing for [`Linear`](Self::Linear), or a table with its arguments.
    pub(super) fn from_value(value: Value) -> Result<Self, SpecError> {
        match value {
            Value::Null => Ok(Self::Linear),
            Value::Text(text) => text.parse().map_err(as_spec_error),
            table => Self::from_spec(&Spec::from_value(function_of(table), KIND)?),
        }
    }

    /// The one that a spec describes: its name and arguments, or the name of one of Keras' layers and its arguments.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model as models; pub use firebrick_spec as specs; }
    /// use firebrick::models::Activation;
    /// use firebrick::specs::Spec;
    ///
    /// let leaky = Activation::from_spec(&Spec::new("LeakyReLU").with("negative_slope", 0.1))?;
    /// assert_eq!(leaky, Activation::LeakyRelu { negative_slope: 0.1 });
    /// assert_eq!(leaky.to_string(), "leaky_relu:negative_slope=0.1");
    /// # Ok::<(), firebrick::specs::SpecError>(())
    /// ```
    ///
    /// # Errors
    /// An unknown name or argument, with the nearest one; a value that cannot be.
    pub fn from_spec(spec: &Spec) -> Result<Self, SpecError> {
        let thing = format!("the activation `{}`", spec.name());
        let from_zero = |argument: &'static str, value: f64| {
            if value >= 0.0 && value.is_finite() {
                return Ok(value);
            }
            let reason = format!("needs `{argument}` to be a number from 0 on, it is {value}");
            Err(refused(&thing, reason))
        };
        match folded(spec.name()).as_str() {
            "leakyrelu" => {
                let read: LeakyRelu = arguments(spec, &thing)?;
                // The layer has another default than the function.
                let default = if spec.name() == "LeakyReLU" { 0.3 } else { 0.2 };
                let slope = read.negative_slope.unwrap_or(default);
                let negative_slope = from_zero("negative_slope", slope)?;
                Ok(Self::LeakyRelu { negative_slope })
            }
            "elu" => {
                let read: Elu = arguments(spec, &thing)?;
                let alpha = from_zero("alpha", read.alpha.unwrap_or(1.0))?;
                Ok(Self::Elu { alpha })
            }
            "relu" => {
                let read: Relu = arguments(spec, &thing)?;
                let max_value = read
                    .max_value
                    .map(|max| from_zero("max_value", max))
                    .transpose()?;
                let negative_slope = from_zero("negative_slope", read.negative_slope)?;
                let threshold = from_zero("threshold", read.threshold)?;
                let bent = Self::BentRelu {
                    max_value,
                    negative_slope,
                    threshold,
                };
                let is_plain = max_value.is_none() && negative_slope == 0.0 && threshold == 0.0;
                Ok(if is_plain { Self::Relu } else { bent })
            }
            "softmax" => match arguments::<Softmax>(spec, &thing)?.axis {
                None | Some(-1) => Ok(Self::Softmax),
                Some(axis) => {
                    let reason = format!(
                        "works along the last axis, -1, not {axis}: add a layer `Softmax` instead"
                    );
                    Err(refused(&thing, reason))
                }
            },
            KIND => {
                let read: Named = arguments(spec, &thing)?;
                Ok(read.activation.unwrap_or(Self::Linear))
            }
            _ => {
                let mut spec = spec.clone();
                KerasFields::take_untrained(&mut spec, &thing, &[])?;
                spec.take("trainable");
                spec.check_arguments(&thing, &[])?;
                let named = spec.name().parse();
                named.map_err(as_spec_error)
            }
        }
    }

    /// The spec of one with arguments that differ from its name's.
    pub(super) fn to_spec(self) -> Option<Spec> {
        match self {
            Self::LeakyRelu { negative_slope } => {
                Some(Spec::new("leaky_relu").with("negative_slope", negative_slope))
            }
            Self::Elu { alpha } => Some(Spec::new("elu").with("alpha", alpha)),
            Self::BentRelu {
                max_value,
                negative_slope,
                threshold,
            } => {
                let spec = Spec::new("relu");
                let spec = max_value
                    .into_iter()
                    .fold(spec, |spec, max| spec.with("max_value", max));
                let given = [("negative_slope", negative_slope), ("threshold", threshold)];
                let given = given.into_iter().filter(|(_, value)| *value != 0.0);
                Some(given.fold(spec, |spec, (name, value)| spec.with(name, value)))
            }
            _ => None,
        }
    }
}

fn refused(thing: &str, reason: String) -> SpecError {
    let thing = thing.to_owned();
    SpecError::new(SpecProblem::Refused { thing, reason }, None)
}

/// The arguments without what Keras writes beside them.
fn arguments<T: DeserializeOwned>(spec: &Spec, thing: &str) -> Result<T, SpecError> {
    let mut spec = spec.clone();
    let own: Vec<String> = firebrick_spec::argument_names::<T>()
        .into_iter()
        .map(str::to_owned)
        .collect();
    KerasFields::take_untrained(&mut spec, thing, &own)?;
    spec.take("trainable");
    spec.read(thing)
}

/// The name in what Keras writes of a function, `{"class_name": "function", "config": "relu"}`.
fn function_of(table: Value) -> Value {
    let Value::Table(arguments) = &table else {
        return table;
    };
    let get = |name: &str| arguments.iter().find(|argument| argument.name == name);
    match (
        get("class_name").map(|argument| &argument.value),
        get("config"),
    ) {
        (Some(Value::Text(class)), Some(config)) if class == "function" => config.value.clone(),
        _ => table,
    }
}
