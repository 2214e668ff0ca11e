//! The form in files: a name alone, or a table with `metric`, its arguments, and a `name` of its own.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::argument::Arguments;
use super::by_shape::ByShape;
use super::{Function, Known, Metric};
use crate::error::TrainError;

#[derive(Deserialize)]
struct Table {
    metric: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(flatten)]
    arguments: Arguments,
}

impl TryFrom<Table> for Metric {
    type Error = TrainError;

    fn try_from(table: Table) -> Result<Self, TrainError> {
        let Table {
            metric,
            name,
            arguments,
        } = table;
        let key = firebrick_spec::snake_case(&metric);
        let refused = |reason: String| TrainError::MetricArguments {
            metric: key.clone(),
            reason,
        };
        let function = if let Some(by_shape) = ByShape::by_name(&key) {
            if let Some(argument) = arguments.keys().next() {
                return Err(refused(format!(
                    "unknown field `{argument}`, there are no fields"
                )));
            }
            Function::ByShape(by_shape)
        } else {
            let known = Known::read(&key, arguments);
            let known = known.ok_or_else(|| Self::unknown(&metric))?;
            Function::Known(known.map_err(|error| refused(error.to_string()))?)
        };
        Ok(Self { function, name })
    }
}

impl<'de> Deserialize<'de> for Metric {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameOrTable;

        impl<'de> Visitor<'de> for NameOrTable {
            type Value = Metric;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a metric, or a table with `metric` and its arguments")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Metric, E> {
                name.parse().map_err(E::custom)
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Metric, M::Error> {
                let table = Table::deserialize(MapAccessDeserializer::new(map))?;
                table.try_into().map_err(M::Error::custom)
            }
        }

        deserializer.deserialize_any(NameOrTable)
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Written<'a> {
    Known {
        #[serde(flatten)]
        known: &'a Known,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<&'a str>,
    },
    ByShape {
        metric: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<&'a str>,
    },
}

impl Serialize for Metric {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text_name = match &self.function {
            Function::Known(known) => known.text_name(),
            Function::ByShape(by_shape) => by_shape.name(),
            Function::Custom(_) => return serializer.serialize_str(self.name()),
        };
        for name in [self.name(), text_name] {
            if name.parse().is_ok_and(|named: Self| named == *self) {
                return serializer.serialize_str(name);
            }
        }
        let name = self.name.as_deref();
        match &self.function {
            Function::Known(known) => Written::Known { known, name },
            _ => Written::ByShape {
                metric: text_name,
                name,
            },
        }
        .serialize(serializer)
    }
}
