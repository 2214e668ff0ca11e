//! The form in files and on a command line: a name, with the arguments that differ from the defaults.

use std::str::FromStr;

use firebrick_spec::{KerasFields, Spec, SpecError, SpecProblem, UnknownName, Value, lookup};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

use super::by_shape::ByShape;
use super::{Function, Known, Metric};
use crate::error::TrainError;

const NAME: &str = "name";

impl Metric {
    /// The names of all metrics; [`FromStr`] takes their aliases too.
    pub const NAMES: &'static [&'static str] =
        &joined::<{ ByShape::NAMES.len() + Known::NAMES.len() }>(ByShape::NAMES, Known::NAMES);

    /// Every name that [`FromStr`] takes, aliases included, in any case and with or without underscores.
    pub const ALIASES: &'static [&'static str] = &joined::<
        { ByShape::ALIASES.len() + Known::ALIASES.len() },
    >(ByShape::ALIASES, Known::ALIASES);

    /// The metric that a spec describes: its name and the arguments of Keras' constructor. An argument `name`, which a
    /// table has beside `class_name`, is what the figure is called.
    ///
    /// ```
    /// use firebrick::metrics::{Metric, Precision};
    /// use firebrick::specs::Spec;
    ///
    /// let metric = Metric::from_spec(&Spec::from_text("precision:top_k=2:name=best")?)?;
    /// assert_eq!(metric, Metric::from(Precision::new().with_top_k(2)?).named("best"));
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Errors
    /// An unknown name or argument, with the nearest one; one that is missing; a value that cannot be.
    pub fn from_spec(spec: &Spec) -> Result<Self, SpecError> {
        let key =
            spelling(spec.name()).map_err(|unknown| SpecError::from(unknown).or_at(spec.at()))?;
        let thing = format!("the metric `{key}`");
        let mut spec = spec.clone();
        let fields = KerasFields::take_untrained(&mut spec, &thing, &Known::arguments_of(key))?;
        let function = match ByShape::by_name(key) {
            Some(by_shape) => {
                no_arguments(&spec, &thing)?;
                Function::ByShape(by_shape)
            }
            None => Function::Known(Known::read_as(&spec, &thing)?),
        };
        Ok(Self {
            function,
            name: fields.name,
        })
    }

    /// The same of any value that describes one; a text alone is also what the figure is called, as with
    /// [`FromStr`].
    ///
    /// # Errors
    /// As [`from_spec`](Self::from_spec); a value that is neither a text nor a table.
    pub fn from_value(value: Value) -> Result<Self, SpecError> {
        let is_text = matches!(value, Value::Text(_));
        let spec = Spec::from_value(value, Known::KIND)?;
        let metric = Self::from_spec(&spec)?;
        Ok(if is_text {
            metric.called_as(&spec)
        } else {
            metric
        })
    }

    /// As in Keras, `mse` is also what the figure is called.
    fn called_as(mut self, spec: &Spec) -> Self {
        if self.name.is_none()
            && let Ok(key) = spelling(spec.name())
        {
            self.name = self.function.alias(key);
        }
        self
    }

    /// The spec that describes it, without the arguments that are the defaults; `None` for one of your own.
    pub fn to_spec(&self) -> Option<Spec> {
        let spec = match &self.function {
            Function::Known(known) => known.to_short_spec().ok()?,
            Function::ByShape(by_shape) => Spec::new(by_shape.name()),
            Function::Custom(_) => return None,
        };
        let as_text = |name: &str| {
            let named = name.parse::<Self>();
            named.is_ok_and(|named| named == *self)
        };
        if let Some(name) = [self.name(), spec.name()]
            .into_iter()
            .find(|name| as_text(name))
        {
            return Some(Spec::new(name));
        }
        Some(match &self.name {
            Some(name) => spec.with(NAME, name.as_str()),
            None => spec,
        })
    }
}

/// The spelling of a name in the list, or the error, with the nearest one.
fn spelling(name: &str) -> Result<&'static str, UnknownName> {
    if let Some((_, key)) = lookup(name, ByShape::ENTRIES) {
        return Ok(key);
    }
    match lookup(name, Known::ENTRIES) {
        Some((_, key)) => Ok(key),
        None => {
            Err(UnknownName::new(Known::KIND, name, Metric::NAMES).with_aliases(Metric::ALIASES))
        }
    }
}

fn no_arguments(spec: &Spec, thing: &str) -> Result<(), SpecError> {
    let Some(argument) = spec.arguments().first() else {
        return Ok(());
    };
    let problem = SpecProblem::UnknownArgument {
        thing: thing.to_owned(),
        argument: argument.name.clone(),
        nearest: None,
        known: Vec::new(),
    };
    Err(SpecError::new(problem, argument.at))
}

const fn joined<const N: usize>(
    first: &[&'static str],
    then: &[&'static str],
) -> [&'static str; N] {
    let mut names = [""; N];
    let mut place = 0;
    while place < N {
        names[place] = if place < first.len() {
            first[place]
        } else {
            then[place - first.len()]
        };
        place += 1;
    }
    names
}

impl FromStr for Metric {
    type Err = TrainError;

    fn from_str(text: &str) -> Result<Self, TrainError> {
        let spec = Spec::from_text(text)?;
        Ok(Self::from_spec(&spec)?.called_as(&spec))
    }
}

impl<'de> Deserialize<'de> for Metric {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_value(Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl Serialize for Metric {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.to_spec() {
            Some(spec) => spec.serialize(serializer),
            None => serializer.serialize_str(self.name()),
        }
    }
}
