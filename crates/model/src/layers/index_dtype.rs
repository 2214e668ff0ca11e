use serde::{Deserialize, Deserializer, de};

/// Keras' `dtype` of a layer that gives indices or ones and zeros, where Keras writes that of its output. It follows from the
/// output mode here, so that nothing of it is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct IndexDtype;

#[derive(Deserialize)]
#[serde(untagged)]
enum Given {
    Name(String),
    Policy { config: Policy },
}

#[derive(Deserialize)]
struct Policy {
    name: String,
}

impl<'de> Deserialize<'de> for IndexDtype {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (Given::Name(name)
        | Given::Policy {
            config: Policy { name },
        }) = Given::deserialize(deserializer)?;
        match name.as_str() {
            "int64" | "int32" | "float32" => Ok(Self),
            other => Err(de::Error::custom(format!(
                "expected `int64`, `int32` or `float32`, received `{other}`; leave it out, it follows from `output_mode`"
            ))),
        }
    }
}
