//! Names, and the form in files: what `FromStr`, `Display` and serde need.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::drawn::Drawn;
use super::{FanMode, Initializer, ScalingDistribution};
use crate::error::ModelError;
use firebrick_spec::{Spec, SpecError, SpecProblem, UnknownName, folded};

const KIND: &str = "initializer";

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

    /// The initializer that a spec describes: its name, in any case and with or without underscores, and the arguments
    /// of Keras' constructor.
    ///
    /// # Errors
    /// An unknown name, with the nearest one; an argument that there is not, or that cannot be.
    pub fn from_spec(spec: &Spec) -> Result<Self, SpecError> {
        let given = folded(spec.name());
        let wanted = ALIASES
            .iter()
            .find(|(alias, _)| *alias == given)
            .map_or(given.as_str(), |(_, known)| known);
        let row = TABLE.iter().find(|(_, known, _)| folded(known) == wanted);
        let Some((default, ..)) = row else {
            let unknown = UnknownName::new(KIND, spec.name(), &Self::NAMES);
            return Err(SpecError::from(unknown).or_at(spec.at()));
        };
        let mut initializer = *default;
        // Last: it is a seed of what the others describe.
        let (seeds, others): (Vec<_>, Vec<_>) = spec
            .arguments()
            .iter()
            .partition(|argument| argument.name == "seed");
        for argument in others.into_iter().chain(seeds) {
            let refused = |reason: String| {
                let thing = format!("the initializer `{}`", default.name());
                SpecError::new(SpecProblem::Refused { thing, reason }, argument.at)
            };
            let value = serde_json::to_value(&argument.value)
                .map_err(|error| refused(error.to_string()))?;
            initializer = initializer
                .with_argument(&argument.name, &value)
                .map_err(|error| refused(error.to_string()))?;
        }
        if let Err(error) = initializer.validate() {
            let thing = format!("the initializer `{}`", default.name());
            let reason = error.to_string();
            return Err(SpecError::new(
                SpecProblem::Refused { thing, reason },
                spec.at(),
            ));
        }
        Ok(initializer)
    }

    /// The name without the arguments, e.g. `random_normal`.
    pub fn name(&self) -> &'static str {
        self.row().1
    }

    /// Those that have no arguments, or none but Keras' defaults.
    pub(super) fn without_arguments() -> impl Iterator<Item = Self> {
        // What draws alike has the shortest form where it comes by a name of its own.
        TABLE.iter().rev().map(|(default, ..)| *default)
    }

    fn row(&self) -> &'static (Self, &'static str, &'static str) {
        let kind = std::mem::discriminant(&self.without_seed());
        TABLE
            .iter()
            .find(|(default, ..)| std::mem::discriminant(default) == kind)
            .unwrap_or(&TABLE[0])
    }

    /// The arguments by Keras' names.
    fn arguments(&self) -> Map<String, Value> {
        let pairs: Vec<(&str, Value)> = match self.without_seed() {
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
        let seed = self.seed().map(|seed| ("seed", seed.into()));
        pairs
            .into_iter()
            .chain(seed)
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// This initializer with one of its arguments replaced.
    fn with_argument(mut self, argument: &str, received: &Value) -> Result<Self, ModelError> {
        let initializer = self.name();
        let mut known: Vec<String> = self.arguments().keys().cloned().collect();
        let draws = Drawn::of(&self).is_some();
        known.extend(draws.then(|| "seed".to_owned()));
        let unsuitable = |expected: &str| ModelError::InitializerArgument {
            initializer,
            argument: argument.to_owned(),
            expected: expected.to_owned(),
            received: received.to_string(),
        };
        let number = || received.as_f64().ok_or_else(|| unsuitable("a number"));
        match (&mut self, argument) {
            (_, "seed" | "input_axes" | "output_axes") if received.is_null() => {}
            (_, "seed") if draws => {
                let expected = "a whole number from 0, or null for the network's seed";
                return Ok(self.with_seed(received.as_u64().ok_or_else(|| unsuitable(expected))?));
            }
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
        Ok(self)
    }
}

/// The [`name`](Initializer::name).
impl fmt::Display for Initializer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name, or a name with arguments, `random_normal:stddev=0.1`.
impl FromStr for Initializer {
    type Err = ModelError;

    fn from_str(text: &str) -> Result<Self, ModelError> {
        Ok(Self::from_spec(&Spec::from_text(text)?)?)
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

impl<'de> Deserialize<'de> for Initializer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = firebrick_spec::Value::deserialize(deserializer)?;
        Spec::from_value(value, KIND)
            .and_then(|spec| Self::from_spec(&spec))
            .map_err(D::Error::custom)
    }
}
