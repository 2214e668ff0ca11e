//! The two ways in which a file gives a function with arguments: by name, or as Keras writes it.

use serde::Deserialize;
use serde_json::{Map, Value};

/// The two forms; what Keras writes beside them (`module`, `registered_name`) is read over.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected a name, or a `class_name` with a `config` of arguments"
)]
pub(crate) enum TextForm {
    Name(String),
    Object {
        class_name: String,
        #[serde(default)]
        config: Map<String, Value>,
    },
}

/// Writes serde for an enum with a table of names that derives Keras' form as `remote = "Self"`:
/// a name where all arguments are the default, else Keras' class and arguments.
macro_rules! named_or_configured {
    ($rule:ident) => {
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
                use crate::text_form::TextForm;
                use serde::de::Error;

                match TextForm::deserialize(deserializer)? {
                    TextForm::Name(name) => name.parse().map_err(D::Error::custom),
                    TextForm::Object { class_name, config } if config.is_empty() => {
                        class_name.parse().map_err(D::Error::custom)
                    }
                    TextForm::Object { class_name, config } => {
                        let object =
                            serde_json::json!({"class_name": class_name, "config": config});
                        Self::deserialize(object).map_err(D::Error::custom)
                    }
                }
            }
        }
    };
}

pub(crate) use named_or_configured;
