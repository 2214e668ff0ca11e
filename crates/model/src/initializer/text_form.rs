//! Names, and the form in files: what `FromStr`, `Display` and serde need.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::{FanMode, Initializer, ScalingDistribution};
use crate::error::ModelError;
use firebrick_spec::UnknownName;

/// Every initializer with its default arguments, its name and Keras' class.
const TABLE: [(Initializer, &str, &str); 15] = [
    (Initializer::Zeros, "zeros", "Zeros"),
    (Initializer::Ones, "ones", "Ones"),
    (Initializer::Constant { value: 0.0 }, "constant", "Constant"),
    (
        Initializer::RandomNormal {
            mean: 0.0,
            stddev: 0.05,
        },
        "random_normal",
        "RandomNormal",
    ),
    (
        Initializer::RandomUniform {
            minval: -0.05,
            maxval: 0.05,
        },
        "random_uniform",
        "RandomUniform",
    ),
    (
        Initializer::TruncatedNormal {
            mean: 0.0,
            stddev: 0.05,
        },
        "truncated_normal",
        "TruncatedNormal",
    ),
    (
        Initializer::VarianceScaling {
            scale: 1.0,
            mode: FanMode::FanIn,
            distribution: ScalingDistribution::TruncatedNormal,
        },
        "variance_scaling",
        "VarianceScaling",
    ),
    (
        Initializer::GlorotUniform,
        "glorot_uniform",
        "GlorotUniform",
    ),
    (Initializer::GlorotNormal, "glorot_normal", "GlorotNormal"),
    (Initializer::HeUniform, "he_uniform", "HeUniform"),
    (Initializer::HeNormal, "he_normal", "HeNormal"),
    (Initializer::LecunUniform, "lecun_uniform", "LecunUniform"),
    (Initializer::LecunNormal, "lecun_normal", "LecunNormal"),
    (
        Initializer::Orthogonal { gain: 1.0 },
        "orthogonal",
        "Orthogonal",
    ),
    (Initializer::Identity { gain: 1.0 }, "identity", "Identity"),
];

/// Keras' other names, without the underscores that do not count.
const ALIASES: [(&str, &str); 6] = [
    ("zero", "zeros"),
    ("one", "ones"),
    ("normal", "randomnormal"),
    ("uniform", "randomuniform"),
    ("orthogonalinitializer", "orthogonal"),
    ("identityinitializer", "identity"),
];

impl Initializer {
    /// The names that [`FromStr`] takes, besides the classes' (`GlorotUniform`) and Keras' aliases
    /// (`zero`, `one`, `normal`, `uniform`).
    pub const NAMES: [&'static str; TABLE.len()] = {
        let mut names = [""; TABLE.len()];
        let mut i = 0;
        while i < TABLE.len() {
            names[i] = TABLE[i].1;
            i += 1;
        }
        names
    };

    /// The name without the arguments, e.g. `random_normal`.
    pub fn name(&self) -> &'static str {
        self.row().1
    }

    fn row(&self) -> &'static (Self, &'static str, &'static str) {
        let kind = std::mem::discriminant(self);
        TABLE
            .iter()
            .find(|(default, ..)| std::mem::discriminant(default) == kind)
            .unwrap_or(&TABLE[0])
    }

    /// The arguments by Keras' names.
    fn arguments(&self) -> Map<String, Value> {
        let pairs: Vec<(&str, Value)> = match *self {
            Self::Constant { value } => vec![("value", value.into())],
            Self::RandomNormal { mean, stddev } | Self::TruncatedNormal { mean, stddev } => {
                vec![("mean", mean.into()), ("stddev", stddev.into())]
            }
            Self::RandomUniform { minval, maxval } => {
                vec![("minval", minval.into()), ("maxval", maxval.into())]
            }
            Self::VarianceScaling {
                scale,
                mode,
                distribution,
            } => vec![
                ("scale", scale.into()),
                ("mode", serde_json::json!(mode)),
                ("distribution", serde_json::json!(distribution)),
            ],
            Self::Orthogonal { gain } | Self::Identity { gain } => vec![("gain", gain.into())],
            _ => Vec::new(),
        };
        pairs
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// This initializer with some of its arguments replaced.
    fn with_arguments(mut self, arguments: &Map<String, Value>) -> Result<Self, ModelError> {
        let initializer = self.name();
        let known: Vec<String> = self.arguments().keys().cloned().collect();
        for (argument, received) in arguments {
            let unsuitable = |expected: &str| ModelError::InitializerArgument {
                initializer,
                argument: argument.clone(),
                expected: expected.to_owned(),
                received: received.to_string(),
            };
            let number = || received.as_f64().ok_or_else(|| unsuitable("a number"));
            match (&mut self, argument.as_str()) {
                (_, "seed") => {}
                (_, "input_axes" | "output_axes") if received.is_null() => {}
                (Self::Constant { value }, "value") => *value = number()?,
                (Self::RandomNormal { mean, .. } | Self::TruncatedNormal { mean, .. }, "mean") => {
                    *mean = number()?;
                }
                (
                    Self::RandomNormal { stddev, .. } | Self::TruncatedNormal { stddev, .. },
                    "stddev",
                ) => *stddev = number()?,
                (Self::RandomUniform { minval, .. }, "minval") => *minval = number()?,
                (Self::RandomUniform { maxval, .. }, "maxval") => *maxval = number()?,
                (Self::VarianceScaling { scale, .. }, "scale") => *scale = number()?,
                (Self::VarianceScaling { mode, .. }, "mode") => {
                    *mode = FanMode::deserialize(received)
                        .ok()
                        .ok_or_else(|| unsuitable("`fan_in`, `fan_out` or `fan_avg`"))?;
                }
                (Self::VarianceScaling { distribution, .. }, "distribution") => {
                    *distribution =
                        ScalingDistribution::deserialize(received)
                            .ok()
                            .ok_or_else(|| {
                                unsuitable("`truncated_normal`, `untruncated_normal` or `uniform`")
                            })?;
                }
                (Self::Orthogonal { gain } | Self::Identity { gain }, "gain") => {
                    *gain = number()?;
                }
                _ if known.is_empty() => {
                    return Err(unsuitable("to be absent: there are no arguments"));
                }
                _ => {
                    let known = known.join("`, `");
                    return Err(unsuitable(&format!(
                        "to be absent: the arguments are `{known}`"
                    )));
                }
            }
        }
        self.validate()?;
        Ok(self)
    }
}

/// The [`name`](Initializer::name).
impl fmt::Display for Initializer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Initializer {
    type Err = ModelError;

    fn from_str(name: &str) -> Result<Self, ModelError> {
        let bare = |name: &str| name.to_lowercase().replace('_', "");
        let given = bare(name);
        let wanted = ALIASES
            .iter()
            .find(|(alias, _)| *alias == given)
            .map_or(given.as_str(), |(_, known)| known);
        TABLE
            .iter()
            .find(|(_, known, _)| bare(known) == wanted)
            .map(|(initializer, ..)| *initializer)
            .ok_or_else(|| UnknownName::new("initializer", name, &Self::NAMES).into())
    }
}

/// A name where all arguments are Keras' defaults, else Keras' class and arguments.
impl Serialize for Initializer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (default, name, class) = self.row();
        if self == default {
            return serializer.serialize_str(name);
        }
        let mut object = serializer.serialize_struct("Initializer", 2)?;
        object.serialize_field("class_name", class)?;
        object.serialize_field("config", &self.arguments())?;
        object.end()
    }
}

/// The two forms; what Keras writes beside them (`module`, `registered_name`) is read over.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected the name of an initializer, or its `class_name` with a `config` of arguments"
)]
enum Form {
    Name(String),
    Object {
        class_name: String,
        #[serde(default)]
        config: Map<String, Value>,
    },
}

impl<'de> Deserialize<'de> for Initializer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (name, config) = match Form::deserialize(deserializer)? {
            Form::Name(name) => (name, Map::new()),
            Form::Object { class_name, config } => (class_name, config),
        };
        name.parse()
            .and_then(|default: Self| default.with_arguments(&config))
            .map_err(D::Error::custom)
    }
}
