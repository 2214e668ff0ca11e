//! Regularizers and constraints out of specs, and as they are written: by name, or as Keras writes them.

/// Writes what an enum needs that has a table of defaults and names, and derives Keras' form as `remote = "Self"`:
/// reading any form of a spec; writing a name where all arguments are the default, else Keras' class and arguments.
macro_rules! named_or_configured {
    ($rule:ident: $kind:literal) => {
        impl $rule {
            /// The one that a spec describes: its name, in any case and with or without underscores, and the arguments
            /// of Keras' constructor.
            ///
            /// # Errors
            /// An unknown name or argument, with the nearest one; a value that cannot be.
            pub fn from_spec(
                spec: &firebrick_spec::Spec,
            ) -> Result<Self, firebrick_spec::SpecError> {
                /// What Keras' form is derived for.
                struct Tagged($rule);

                impl<'de> serde::Deserialize<'de> for Tagged {
                    fn deserialize<D: serde::Deserializer<'de>>(
                        deserializer: D,
                    ) -> Result<Self, D::Error> {
                        $rule::deserialize(deserializer).map(Self)
                    }
                }

                let default = Self::default_of(spec.name())
                    .map_err(|unknown| firebrick_spec::SpecError::from(unknown).or_at(spec.at()))?;
                if spec.arguments().is_empty() {
                    return Ok(default);
                }
                let thing = format!(concat!("the ", $kind, " `{}`"), default.name());
                let class_name = firebrick_spec::camel_case(default.name());
                let Tagged(rule) = spec.read_tagged(&class_name, &thing)?;
                Ok(rule)
            }

            fn default_of(name: &str) -> Result<Self, firebrick_spec::UnknownName> {
                let wanted = firebrick_spec::folded(name);
                let found = TABLE
                    .iter()
                    .find(|(_, known)| firebrick_spec::folded(known) == wanted);
                match found {
                    Some((default, _)) => Ok(Self::clone(default)),
                    None => Err(firebrick_spec::UnknownName::new($kind, name, &Self::NAMES)),
                }
            }
        }

        /// A name, or a name with arguments, `l2:l2=0.001`.
        impl std::str::FromStr for $rule {
            type Err = $crate::error::ModelError;

            fn from_str(text: &str) -> Result<Self, $crate::error::ModelError> {
                Ok(Self::from_spec(&firebrick_spec::Spec::from_text(text)?)?)
            }
        }

        impl serde::Serialize for $rule {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match TABLE.iter().find(|(default, _)| default == self) {
                    Some((_, name)) => serializer.serialize_str(name),
                    None => Self::serialize(self, serializer),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $rule {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value: firebrick_spec::Value = serde::Deserialize::deserialize(deserializer)?;
                firebrick_spec::Spec::from_value(value, $kind)
                    .and_then(|spec| Self::from_spec(&spec))
                    .map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use named_or_configured;
