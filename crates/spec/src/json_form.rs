//! Values and specs as serde reads and writes them, and Keras' form of them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::keys::{CLASS_NAME, CONFIG, NAME};
use crate::spec::Spec;
use crate::value::{Argument, Value};

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Anything)
    }
}

struct Anything;

impl<'de> Visitor<'de> for Anything {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, a text, true, false, a list or a table")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Integer(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Integer(value.into()))
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<Value, E> {
        Ok(Value::Integer(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Number(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element::<Value>()? {
            values.push(Argument::new("", value));
        }
        Ok(Value::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut arguments = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            arguments.push(Argument::new(name, value));
        }
        Ok(Value::Table(arguments))
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Integer(value) => match (i64::try_from(*value), u64::try_from(*value)) {
                (Ok(value), _) => serializer.serialize_i64(value),
                (_, Ok(value)) => serializer.serialize_u64(value),
                _ => serializer.serialize_i128(*value),
            },
            Self::Number(value) => serializer.serialize_f64(*value),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(values) => serializer.collect_seq(values.iter().map(|item| &item.value)),
            Self::Table(arguments) => Named(arguments).serialize(serializer),
        }
    }
}

/// Arguments as a table.
struct Named<'a>(&'a [Argument]);

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            self.0
                .iter()
                .map(|argument| (&argument.name, &argument.value)),
        )
    }
}

/// A name alone, or a table with `name` and the arguments; with `class_name`, where an argument is called `name`.
impl Serialize for Spec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.arguments().is_empty() {
            return serializer.serialize_str(self.name());
        }
        let key = match self.get(NAME) {
            Some(_) => CLASS_NAME,
            None => NAME,
        };
        let mut map = serializer.serialize_map(Some(self.arguments().len() + 1))?;
        map.serialize_entry(key, self.name())?;
        for argument in self.arguments() {
            map.serialize_entry(&argument.name, &argument.value)?;
        }
        map.end()
    }
}

/// A spec as Keras writes it: `{"class_name": …, "config": {…}}`.
///
/// ```
/// use firebrick_spec::{Keras, Spec};
///
/// let json = serde_json::to_string(&Keras(&Spec::new("L2").with("l2", 0.5)))?;
/// assert_eq!(json, r#"{"class_name":"L2","config":{"l2":0.5}}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Keras<'a>(pub &'a Spec);

impl Serialize for Keras<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry(CLASS_NAME, self.0.name())?;
        map.serialize_entry(CONFIG, &Named(self.0.arguments()))?;
        map.end()
    }
}

impl Spec {
    /// An object as Keras' files have it: `module`, `class_name`, `config` and `registered_name`.
    ///
    /// ```
    /// use firebrick_spec::Spec;
    ///
    /// let object = Spec::new("Huber").with("delta", 0.5).to_keras_object("keras.losses");
    /// assert_eq!(
    ///     serde_json::to_string(&object)?,
    ///     r#"{"module":"keras.losses","class_name":"Huber","config":{"delta":0.5},"registered_name":null}"#
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn to_keras_object(&self, module: &str) -> Value {
        Value::Table(vec![
            Argument::new("module", module),
            Argument::new(CLASS_NAME, self.name()),
            Argument::new(CONFIG, Value::Table(self.arguments().to_vec())),
            Argument::new("registered_name", Value::Null),
        ])
    }
}
