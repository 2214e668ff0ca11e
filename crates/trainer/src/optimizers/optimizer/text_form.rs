//! The form in files and on a command line: a name, with the arguments of Keras' constructor that differ from the
//! defaults.

use firebrick_spec::{Spec, SpecError, SpecProblem, Value};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Error as _, Serialize, Serializer};

use super::Optimizer;
use crate::error::TrainError;

const KIND: &str = "optimizer";
/// An argument of Keras' optimizers that is a setting of its own here.
const LEARNING_RATE: &str = "learning_rate";

/// What an argument is, with what sets it.
enum Argument {
    Number(fn(Optimizer, f64) -> Result<Optimizer, TrainError>),
    Count(fn(Optimizer, usize) -> Result<Optimizer, TrainError>),
    /// False changes nothing.
    Switch(fn(Optimizer) -> Result<Optimizer, TrainError>),
}

use Argument::{Count, Number, Switch};

/// The arguments of all optimizers; one that another one needs stands behind that.
const ARGUMENTS: &[(&str, Argument)] = &[
    ("momentum", Number(Optimizer::with_momentum)),
    ("beta_1", Number(Optimizer::with_beta_1)),
    ("beta_2", Number(Optimizer::with_beta_2)),
    ("rho", Number(Optimizer::with_rho)),
    ("epsilon", Number(Optimizer::with_epsilon)),
    (
        "initial_accumulator_value",
        Number(Optimizer::with_initial_accumulator_value),
    ),
    ("weight_decay", Number(Optimizer::with_weight_decay)),
    ("clipnorm", Number(Optimizer::with_clipnorm)),
    ("clipvalue", Number(Optimizer::with_clipvalue)),
    ("global_clipnorm", Number(Optimizer::with_global_clipnorm)),
    (
        "gradient_accumulation_steps",
        Count(Optimizer::with_gradient_accumulation_steps),
    ),
    ("ema_momentum", Number(Optimizer::with_ema)),
    (
        "ema_overwrite_frequency",
        Count(Optimizer::with_ema_overwrite_frequency),
    ),
    ("nesterov", Switch(Optimizer::with_nesterov)),
    ("amsgrad", Switch(Optimizer::with_amsgrad)),
    ("centered", Switch(Optimizer::with_centered)),
];

impl Optimizer {
    /// The optimizer that a spec describes: its name and the arguments of Keras' constructor but for `learning_rate`, which
    /// stands beside it.
    ///
    /// ```
    /// use firebrick::specs::Spec;
    /// use firebrick::training::Optimizer;
    ///
    /// let optimizer = Optimizer::from_spec(&Spec::from_text("adam:beta_1=0.8:amsgrad=true")?)?;
    /// assert_eq!(optimizer, Optimizer::adam().with_beta_1(0.8)?.with_amsgrad()?);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Errors
    /// An unknown name or argument, with the nearest one; a value that cannot be.
    pub fn from_spec(spec: &Spec) -> Result<Self, SpecError> {
        let mut optimizer = Self::named(spec.name())
            .map_err(|unknown| SpecError::from(unknown).or_at(spec.at()))?;
        let thing = format!("the optimizer `{optimizer}`");
        let mut spec = spec.clone();
        if let Some(rate) = spec.take(LEARNING_RATE) {
            let problem = SpecProblem::RefusedArgument {
                thing,
                argument: LEARNING_RATE.to_owned(),
                reason: "stands beside the optimizer, in [compile] itself; move it there"
                    .to_owned(),
            };
            return Err(SpecError::new(problem, rate.at));
        }
        spec.check_arguments(&thing, &known(optimizer))?;
        for (name, argument) in ARGUMENTS {
            let given = spec.arguments().iter().find(|given| given.name == *name);
            let at = given.and_then(|given| given.at);
            let changed = match argument {
                Number(with) => {
                    let value = spec.take_as::<Option<f64>>(&thing, name)?.flatten();
                    value.map(|value| with(optimizer, value))
                }
                Count(with) => {
                    let value = spec.take_as::<Option<usize>>(&thing, name)?.flatten();
                    value.map(|value| with(optimizer, value))
                }
                Switch(with) => {
                    let value = spec.take_as::<Option<bool>>(&thing, name)?.flatten();
                    value.filter(|&is_on| is_on).map(|_| with(optimizer))
                }
            };
            if let Some(changed) = changed {
                optimizer = changed.map_err(|error| refused(&thing, error.to_string(), at))?;
            }
        }
        match spec.arguments().first() {
            None => Ok(optimizer),
            Some(further) => {
                let reason = format!(
                    "expected `argument=value`, each once, received {}",
                    further.value
                );
                Err(refused(&thing, reason, further.at))
            }
        }
    }

    /// The spec that describes it, without the arguments that are the defaults.
    ///
    /// # Errors
    /// None but for a number that serde cannot write.
    fn to_spec(self) -> Result<Spec, toml::de::Error> {
        let mut spec = Spec::new(self.name());
        for (name, value) in self.arguments() {
            spec = spec.with(name, Value::deserialize(value)?);
        }
        Ok(spec)
    }
}

fn refused(thing: &str, reason: String, at: Option<usize>) -> SpecError {
    let thing = thing.to_owned();
    SpecError::new(SpecProblem::Refused { thing, reason }, at)
}

/// The arguments that this optimizer takes.
fn known(optimizer: Optimizer) -> Vec<&'static str> {
    let is_taken = |argument: &Argument| {
        // Any value tells whether the optimizer has the argument at all.
        let tried = match argument {
            Number(with) => with(optimizer, 0.5),
            Count(with) => with(optimizer, 2),
            Switch(with) => with(optimizer),
        };
        !matches!(tried, Err(TrainError::ForeignSetting { .. }))
    };
    let taken = ARGUMENTS.iter().filter(|(_, argument)| is_taken(argument));
    taken.map(|(name, _)| *name).collect()
}

impl Serialize for Optimizer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let spec = self.to_spec().map_err(S::Error::custom)?;
        spec.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Optimizer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spec::from_value(Value::deserialize(deserializer)?, KIND)
            .and_then(|spec| Self::from_spec(&spec))
            .map_err(D::Error::custom)
    }
}
