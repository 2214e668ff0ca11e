//! The form in files and on a command line: a name, with the arguments that differ from the defaults.

use std::str::FromStr;

use firebrick_spec::{KerasFields, Spec, SpecError, SpecProblem, Value, lookup};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

use super::by_shape::ByShape;
use super::own::OWN;
use super::{Function, Known, Metric, spec_of};
use crate::error::TrainError;

const NAME: &str = "name";

impl Metric {
    pub(super) const KIND: &'static str = Known::KIND;

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
        let own = OWN.name(spec.name());
        let (key, arguments) = match (spelling(spec.name()), own) {
            (Some(key), _) => (key.to_owned(), Known::arguments_of(key)),
            (None, Some(name)) => (name.clone(), OWN.arguments_of(&name)),
            (None, None) => {
                let unknown = OWN.unknown(spec.name(), Self::NAMES, Self::ALIASES);
                return Err(SpecError::from(unknown).or_at(spec.at()));
            }
        };
        let thing = format!("the metric `{key}`");
        let mut spec = spec.clone();
        let fields = KerasFields::take_untrained(&mut spec, &thing, &arguments)?;
        let function = match (ByShape::by_name(&key), OWN.read(&spec, &thing)) {
            (Some(by_shape), _) => {
                no_arguments(&spec, &thing)?;
                Function::ByShape(by_shape)
            }
            (None, Some(own)) => Function::Custom(own?),
            (None, None) => Function::Known(Known::read_as(&spec, &thing)?),
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
            && let Some(key) = spelling(spec.name())
        {
            self.name = self.function.alias(key);
        }
        self
    }

    /// The spec that describes it, without the arguments that are the defaults; `None` for one of your own that
    /// is not [registered](super::register_metric).
    pub fn to_spec(&self) -> Option<Spec> {
        let spec = match &self.function {
            Function::Known(known) => known.to_short_spec().ok()?,
            Function::ByShape(by_shape) => Spec::new(by_shape.name()),
            Function::Custom(own) => spec_of(own.as_ref())?,
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

impl Metric {
    /// The same as Keras writes it, under its name; `None` for one that Keras does not have.
    ///
    /// ```
    /// use firebrick::metrics::{AUC, ConfusionMatrix, Metric};
    /// use firebrick::specs::Value;
    ///
    /// assert_eq!(Metric::accuracy().to_keras(), Some(Value::from("accuracy")));
    /// let auc = Metric::from(AUC::new()).named("area").to_keras().unwrap();
    /// assert_eq!(serde_json::to_value(&auc)?["config"]["name"], "area");
    /// assert!(Metric::from(ConfusionMatrix::new(3)?).to_keras().is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_keras(&self) -> Option<Value> {
        let known = match &self.function {
            Function::Known(Known::ConfusionMatrix(_) | Known::MeanOfLoss(_))
            | Function::Custom(_) => return None,
            // By their names alone Keras chooses as is done here, and calls them by the name.
            Function::ByShape(by_shape) => {
                let is_spelling = ByShape::by_name(self.name()).as_ref() == Some(by_shape);
                let name = if is_spelling {
                    self.name()
                } else {
                    by_shape.name()
                };
                return Some(Value::from(name));
            }
            Function::Known(known) => known,
        };
        let arguments = known.to_short_spec().ok()?.arguments().to_vec();
        let spec = Spec::new(known.class_name()).with(NAME, self.name());
        let spec = spec.with_arguments(arguments);
        Some(spec.to_keras_object("keras.metrics"))
    }
}

/// The spelling of a name in the list.
fn spelling(name: &str) -> Option<&'static str> {
    let found = lookup(name, ByShape::ENTRIES).or_else(|| lookup(name, Known::ENTRIES));
    found.map(|(_, key)| key)
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
