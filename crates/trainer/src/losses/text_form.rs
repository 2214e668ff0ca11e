//! The form in files: a name alone, or a table with the name and the arguments that differ from the
//! defaults.

use std::fmt;

use firebrick_model::nearest_name;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use super::{Function, Known, Loss, Reduction};
use crate::error::TrainError;

const NAME: &str = "name";
const REDUCTION: &str = "reduction";

impl Known {
    /// This loss with one of the arguments that Keras' constructor takes.
    fn with_argument(&self, argument: &str, value: Value) -> Result<Self, TrainError> {
        let loss = self.function().name();
        let mut arguments = self
            .arguments()
            .map_err(|source| unreadable(loss, argument, source))?;
        let Some(present) = arguments.get_mut(argument) else {
            return Err(unknown_argument(loss, argument, &arguments));
        };
        *present = value;
        self.with_arguments(arguments)
            .map_err(|source| unreadable(loss, argument, source))
    }
}

fn unreadable(loss: &str, argument: &str, source: serde_json::Error) -> TrainError {
    TrainError::LossArgument {
        loss: loss.to_owned(),
        argument: argument.to_owned(),
        source,
    }
}

fn unknown_argument(loss: &str, argument: &str, arguments: &Map<String, Value>) -> TrainError {
    let known: Vec<&str> = arguments
        .keys()
        .map(String::as_str)
        .chain([REDUCTION])
        .collect();
    TrainError::UnknownLossArgument {
        loss: loss.to_owned(),
        argument: argument.to_owned(),
        nearest: nearest_name(argument, &known).map(str::to_owned),
        known: known.into_iter().map(str::to_owned).collect(),
    }
}

impl Serialize for Loss {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let known = match &self.function {
            Function::Known(known) => known,
            Function::Custom(custom) => {
                return Err(S::Error::custom(format!(
                    "the loss `{}` is one of your own, which a file cannot hold; expected one of {}",
                    custom.name(),
                    Self::NAMES.join(", ")
                )));
            }
        };
        let name = known.function().name();
        let arguments = known.arguments().map_err(S::Error::custom)?;
        let defaults = match Known::by_name(name) {
            Some(default) => default.arguments().map_err(S::Error::custom)?,
            None => Map::new(),
        };
        let changed: Vec<_> = arguments
            .iter()
            .filter(|(argument, value)| defaults.get(*argument) != Some(value))
            .collect();
        if changed.is_empty() && self.reduction.is_default() {
            return serializer.serialize_str(name);
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(NAME, name)?;
        for (argument, value) in changed {
            map.serialize_entry(argument, value)?;
        }
        if !self.reduction.is_default() {
            map.serialize_entry(REDUCTION, &self.reduction)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Loss {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Form)
    }
}

struct Form;

impl<'de> Visitor<'de> for Form {
    type Value = Loss;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a loss, or a table with its name and arguments")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Loss, E> {
        name.parse().map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Loss, A::Error> {
        let mut name = None;
        let mut arguments: Vec<(String, Value)> = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            if key == NAME {
                name = Some(map.next_value::<String>()?);
            } else {
                arguments.push((key, map.next_value()?));
            }
        }
        let name = name.ok_or_else(|| A::Error::missing_field(NAME))?;
        let mut known: Known = name.parse().map_err(A::Error::custom)?;
        let mut reduction = Reduction::default();
        for (argument, value) in arguments {
            if argument == REDUCTION {
                reduction = serde_json::from_value(value)
                    .map_err(|source| unreadable(&name, REDUCTION, source))
                    .map_err(A::Error::custom)?;
            } else {
                known = known
                    .with_argument(&argument, value)
                    .map_err(A::Error::custom)?;
            }
        }
        Ok(Loss {
            function: Function::Known(known),
            reduction,
        })
    }
}
