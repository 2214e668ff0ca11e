//! The forms in files and on a command line: a short text, or a name with its arguments.

use std::fmt;
use std::str::FromStr;

use firebrick_spec::{KerasFields, Spec, SpecError, SpecProblem, Value};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

use super::{Known, ScheduleSpec, ScheduleUnit};
use crate::constant::Constant;
use crate::described::Described;
use crate::error::ScheduleError;

const UNIT: &str = "unit";

impl ScheduleSpec {
    /// The schedule that a spec describes: its name, the arguments of Keras' constructor, `unit` for what it counts.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_scheduler::{burn, self as schedules}; pub use firebrick_spec as specs; }
    /// use firebrick::schedules::{ExponentialDecay, ScheduleSpec};
    /// use firebrick::specs::{Spec, Value};
    ///
    /// let keras = r#"{"class_name": "ExponentialDecay",
    ///     "config": {"initial_learning_rate": 0.1, "decay_steps": 1000, "decay_rate": 0.9, "staircase": true}}"#;
    /// let value: Value = serde_json::from_str(keras)?;
    /// let spec = ScheduleSpec::from_spec(&Spec::from_value(value, "schedule")?)?;
    /// assert_eq!(spec, ExponentialDecay::new(0.1, 1000, 0.9)?.in_stairs().into());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// An unknown name or argument, with the nearest one; a value that cannot be.
    pub fn from_spec(spec: &Spec) -> Result<Self, SpecError> {
        let (name, _) = Known::find(spec.name())
            .map_err(|unknown| SpecError::from(unknown).or_at(spec.at()))?;
        let thing = format!("the schedule `{name}`");
        let mut spec = spec.clone();
        // Keras writes the name of the class again.
        KerasFields::take_untrained(&mut spec, &thing, &Known::arguments_of(name))?;
        if name == Constant::NAME {
            return Known::read_as(&spec, &thing).map(Self::from);
        }
        let unit = take_unit(&mut spec, &thing)?;
        let known = Known::read_as(&spec, &thing).map_err(|error| error.also_takes(&[UNIT]))?;
        let mut schedule = Self::from(known);
        match (unit, schedule.unit) {
            (Some((ScheduleUnit::Step, at)), ScheduleUnit::Epoch) => {
                let problem = SpecProblem::Argument {
                    thing,
                    argument: UNIT.to_owned(),
                    expected: "`epoch`, as its schedule has it".to_owned(),
                    received: "`step`".to_owned(),
                };
                return Err(SpecError::new(problem, at));
            }
            (Some((unit, _)), _) => schedule.unit = unit,
            (None, _) => {}
        }
        if let Known::Warmup(warmup) = &mut schedule.schedule {
            warmup.set_unit(schedule.unit);
        }
        Ok(schedule)
    }

    /// What stands where a learning rate may: a number, which is the rate of every step, the text of a schedule, or its table.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_scheduler::{burn, self as schedules}; pub use firebrick_spec as specs; }
    /// use firebrick::schedules::{Constant, ScheduleSpec, TimeBased};
    /// use firebrick::specs::{Spec, Value};
    ///
    /// assert_eq!(ScheduleSpec::from_value(Value::from(0.1))?, Constant::new(0.1)?.into());
    /// let table = Value::from(Spec::new("time_based").with("initial", 3));
    /// assert_eq!(ScheduleSpec::from_value(table)?, TimeBased::new(3)?.into());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`from_spec`](Self::from_spec).
    pub fn from_value(value: Value) -> Result<Self, SpecError> {
        let spec = match value {
            Value::Integer(_) | Value::Number(_) => {
                Spec::new(Constant::NAME).with("learning_rate", value)
            }
            described => Spec::from_value(described, Known::KIND)?,
        };
        Self::from_spec(&spec)
    }

    /// The spec that describes it, without the arguments that are the defaults.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_scheduler::{burn, self as schedules}; pub use firebrick_spec as specs; }
    /// use firebrick::schedules::{ScheduleError, TimeBased};
    /// use firebrick::specs::Spec;
    ///
    /// let spec = TimeBased::new(3)?.per_epoch().to_spec();
    /// assert_eq!(spec, Spec::new("time-based").with("initial", 3).with("unit", "epoch"));
    /// # Ok::<(), ScheduleError>(())
    /// ```
    pub fn to_spec(&self) -> Spec {
        // Arguments that are numbers can always be written.
        let spec = self.schedule.to_spec();
        let spec = spec.unwrap_or_else(|_| Spec::new(self.name()));
        match self.unit {
            ScheduleUnit::Step => spec,
            ScheduleUnit::Epoch => spec.with(UNIT, "epoch"),
        }
    }

    /// The same as Keras has it, to be written by [`Keras`](firebrick_spec::Keras); `None` for what Keras has no class for,
    /// which all that counts epochs is.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_scheduler::{burn, self as schedules}; pub use firebrick_spec as specs; }
    /// use firebrick::schedules::{CosineDecay, ScheduleSpec};
    /// use firebrick::specs::Keras;
    ///
    /// let spec = ScheduleSpec::from(CosineDecay::new(0.1, 100)?).to_keras_spec().unwrap();
    /// let json = serde_json::to_string(&Keras(&spec))?;
    /// assert_eq!(json, r#"{"class_name":"CosineDecay","config":{"initial_learning_rate":0.1,"decay_steps":100}}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_keras_spec(&self) -> Option<Spec> {
        if self.unit == ScheduleUnit::Epoch {
            return None;
        }
        let class = self.schedule.keras_class()?;
        let arguments = self.to_spec().arguments().to_vec();
        Some(Spec::new(class).with_arguments(arguments))
    }

    /// The forms of the schedules that `text` names, or all of them where a name is the problem.
    fn forms_for(text: &str, error: &SpecError) -> Vec<&'static str> {
        if matches!(error.problem(), SpecProblem::UnknownName(_)) {
            return Self::FORMS.to_vec();
        }
        // The name of a schedule within another is not far behind.
        let named: Vec<_> = text
            .split([':', '(', ',', '='])
            .take(8)
            .filter_map(|field| Known::find(field).ok())
            .collect();
        let forms = Self::NAMES.iter().zip(Self::FORMS);
        let forms = forms.filter(|(name, _)| named.iter().any(|(known, _)| known == *name));
        forms.map(|(_, form)| *form).collect()
    }
}

/// Reads the unit away, with its place.
fn take_unit(
    spec: &mut Spec,
    thing: &str,
) -> Result<Option<(ScheduleUnit, Option<usize>)>, SpecError> {
    let given = spec.arguments().iter().filter(|given| given.name == UNIT);
    let places: Vec<Option<usize>> = given.map(|given| given.at).collect();
    if let [_, again, ..] = places.as_slice() {
        let problem = SpecProblem::RepeatedArgument {
            thing: thing.to_owned(),
            argument: UNIT.to_owned(),
        };
        return Err(SpecError::new(problem, *again));
    }
    let unit = spec.take_as::<Option<ScheduleUnit>>(thing, UNIT)?.flatten();
    Ok(unit.zip(places.first().copied()))
}

impl fmt::Display for ScheduleSpec {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let num_placed = self.schedule.num_placed();
        formatter.pad(&self.to_spec().to_terse_text(num_placed))
    }
}

impl FromStr for ScheduleSpec {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let schedule = Spec::from_text(text).and_then(|spec| Self::from_spec(&spec));
        schedule.map_err(|error| ScheduleError::Text {
            text: text.to_owned(),
            forms: Self::forms_for(text, &error),
            error,
        })
    }
}

/// Writes the short text.
impl Serialize for ScheduleSpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Reads the short text, a table or a number.
impl<'de> Deserialize<'de> for ScheduleSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Text(text) => text.parse().map_err(D::Error::custom),
            other => Self::from_value(other).map_err(D::Error::custom),
        }
    }
}
