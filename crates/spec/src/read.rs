//! Reads what arguments describe, through serde.

use std::collections::BTreeSet;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess,
    SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use crate::error::SpecError;
use crate::read_error::ReadError;
use crate::value::{Argument, Value};

/// Reads the arguments of `thing`, which stands at byte `at`.
pub(crate) fn read<T: DeserializeOwned>(
    arguments: &[Argument],
    at: Option<usize>,
    thing: &str,
) -> Result<T, SpecError> {
    T::deserialize(Arguments(arguments))
        .map_err(|error| error.about(thing, &argument_names::<T>(), at))
}

/// The same of arguments that are within a `config`, which is not told of.
pub(crate) fn read_tagged<T: DeserializeOwned>(
    tagged: &[Argument],
    at: Option<usize>,
    thing: &str,
) -> Result<T, SpecError> {
    T::deserialize(Arguments(tagged)).map_err(|error| error.within_config().about(thing, &[], at))
}

/// Reads the value of one argument of `thing`.
pub(crate) fn read_argument<T: DeserializeOwned>(
    argument: &Argument,
    thing: &str,
) -> Result<T, SpecError> {
    T::deserialize(Given(&argument.value)).map_err(|error| {
        let error = error.within(&argument.name, argument);
        error.about(thing, &[], argument.at)
    })
}

/// The names of the arguments that describe a `T`: the fields that serde reads it from.
///
/// ```
/// #[derive(serde::Deserialize)]
/// struct Huber {
///     delta: f64,
/// }
///
/// assert_eq!(firebrick_spec::argument_names::<Huber>(), ["delta"]);
/// # let _ = Huber { delta: 1.0 }.delta;
/// ```
pub fn argument_names<T: DeserializeOwned>() -> Vec<&'static str> {
    let mut fields = Fields(&[]);
    // Asked for a value it has none; what counts is what it was asked for.
    let _ = T::deserialize(&mut fields);
    fields.0.to_vec()
}

/// Has no value to give and keeps the names of the fields that were asked for.
struct Fields(&'static [&'static str]);

impl<'de> Deserializer<'de> for &mut Fields {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, ReadError> {
        Err(ReadError::custom("there is no value"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        self.0 = fields;
        self.deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// All arguments of a thing.
struct Arguments<'a>(&'a [Argument]);

impl<'de> Deserializer<'de> for Arguments<'_> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_map(Named::new(self.0, &[])?)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let named = Named::new(self.0, fields)?;
        let is_unknown = |(name, _): &&(&str, &Argument)| !fields.contains(name);
        match named.arguments.iter().find(is_unknown) {
            Some((_, argument)) => Err(ReadError::unknown(argument)),
            None => visitor.visit_map(named),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match self.0.first() {
            Some(argument) => Err(ReadError::unknown(argument)),
            None => visitor.visit_unit(),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// Arguments by name; those by place have the name of the field there.
struct Named<'a> {
    arguments: Vec<(&'a str, &'a Argument)>,
    next: usize,
}

impl<'a> Named<'a> {
    fn new(arguments: &'a [Argument], fields: &[&'static str]) -> Result<Self, ReadError> {
        let mut seen = BTreeSet::new();
        let mut named = Vec::with_capacity(arguments.len());
        for (place, argument) in arguments.iter().enumerate() {
            let name = if argument.name.is_empty() {
                let field = fields.get(place).copied();
                field.ok_or_else(|| {
                    ReadError::custom(format!(
                        "expected `argument=value`, received {}",
                        argument.value
                    ))
                })?
            } else {
                argument.name.as_str()
            };
            if !seen.insert(name) {
                return Err(ReadError::repeated(argument));
            }
            named.push((name, argument));
        }
        Ok(Self {
            arguments: named,
            next: 0,
        })
    }
}

impl<'de> MapAccess<'de> for Named<'_> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ReadError> {
        let Some((name, _)) = self.arguments.get(self.next) else {
            return Ok(None);
        };
        let name: StrDeserializer<'_, ReadError> = (*name).into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        let Some((name, argument)) = self.arguments.get(self.next) else {
            return Err(ReadError::custom("a value was asked for before its name"));
        };
        self.next += 1;
        seed.deserialize(Given(&argument.value))
            .map_err(|error| error.within(name, argument))
    }
}

/// A value that is read.
struct Given<'a>(&'a Value);

impl<'de> Deserializer<'de> for Given<'_> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Integer(value) => match (i64::try_from(*value), u64::try_from(*value)) {
                (Ok(value), _) => visitor.visit_i64(value),
                (_, Ok(value)) => visitor.visit_u64(value),
                _ => visitor.visit_i128(*value),
            },
            Value::Number(value) => visitor.visit_f64(*value),
            Value::Text(value) => visitor.visit_str(value),
            Value::List(values) => visitor.visit_seq(Listed(values.iter())),
            Value::Table(arguments) => Arguments(arguments).deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match self.0 {
            Value::Table(arguments) => {
                Arguments(arguments).deserialize_struct(name, fields, visitor)
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let choice = match self.0 {
            Value::Text(value) => value.as_str(),
            // Python's `None` is a choice too.
            Value::Null => "none",
            // A choice with values of its own, `{"node": [1, 0]}`.
            Value::Table(arguments) if arguments.len() == 1 => {
                let named = Named::new(arguments, &[])?;
                return MapAccessDeserializer::new(named).deserialize_enum(name, variants, visitor);
            }
            _ => return self.deserialize_any(visitor),
        };
        let choice: StrDeserializer<'_, ReadError> = choice.into_deserializer();
        choice.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        visitor.visit_newtype_struct(self)
    }

    // Keras writes the size along a single axis as a list of one.
    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.0 {
            Value::List(items) if items.len() == 1 => {
                Given(&items[0].value).deserialize_any(visitor)
            }
            // Python's `1e3` is a count too.
            Value::Number(number) => match whole(*number) {
                Some(whole) => visitor.visit_u64(whole),
                None => self.deserialize_any(visitor),
            },
            _ => self.deserialize_any(visitor),
        }
    }

    // In a short text a list of one number has no comma to be told by.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.0 {
            Value::Integer(_) | Value::Number(_) => visitor.visit_seq(Only(Some(self.0))),
            _ => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct tuple tuple_struct map identifier ignored_any
    }
}

/// The number as a whole one, if it is one that can be told from those beside it.
fn whole(number: f64) -> Option<u64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let is_whole = number.fract() == 0.0 && (0.0..=EXACT).contains(&number);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number in the range of both"
    )]
    is_whole.then_some(number as u64)
}

/// A single value as a list.
struct Only<'a>(Option<&'a Value>);

impl<'de> SeqAccess<'de> for Only<'_> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ReadError> {
        let value = self.0.take();
        value
            .map(|value| seed.deserialize(Given(value)))
            .transpose()
    }
}

/// The values of a list.
struct Listed<'a>(std::slice::Iter<'a, Argument>);

impl<'de> SeqAccess<'de> for Listed<'_> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ReadError> {
        match self.0.next() {
            Some(item) => {
                let read = seed.deserialize(Given(&item.value));
                read.map(Some).map_err(|error| error.of(item))
            }
            None => Ok(None),
        }
    }
}
