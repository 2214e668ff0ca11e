//! The form in files and on a command line: a name, with the arguments that differ from the defaults.

use std::str::FromStr;

use firebrick_spec::{KerasFields, Spec, SpecError, Value};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Error as _, Serialize, Serializer};

use super::own::OWN;
use super::{Function, Known, Loss, Reduction, spec_of};
use crate::error::TrainError;

const REDUCTION: &str = "reduction";

impl Loss {
    /// The loss that a spec describes: its name, the arguments of Keras' constructor, `reduction`.
    ///
    /// ```
    /// use firebrick::losses::{Huber, Loss};
    /// use firebrick::specs::Spec;
    ///
    /// let loss = Loss::from_spec(&Spec::new("huber").with("delta", 2))?;
    /// assert_eq!(loss, Huber::new().with_delta(2.0)?.into());
    /// assert_eq!(loss, "huber:delta=2".parse()?);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Errors
    /// An unknown name or argument, with the nearest one; a value that cannot be.
    pub fn from_spec(spec: &Spec) -> Result<Self, SpecError> {
        let own = || OWN.name(spec.name());
        let (name, arguments) = match (Known::find(spec.name()), own()) {
            (Ok((name, _)), _) => (name.to_owned(), Known::arguments_of(name)),
            (Err(_), Some(name)) => (name.clone(), OWN.arguments_of(&name)),
            (Err(_), None) => {
                let unknown = OWN.unknown(spec.name(), Self::NAMES, Self::ALIASES);
                return Err(SpecError::from(unknown).or_at(spec.at()));
            }
        };
        let thing = format!("the loss `{name}`");
        let mut spec = spec.clone();
        // Keras writes the name of the function again.
        KerasFields::take_untrained(&mut spec, &thing, &arguments)?;
        let reduction = spec.take_as::<Option<Reduction>>(&thing, REDUCTION)?;
        let function = match OWN.read(&spec, &thing) {
            Some(own) => own.map(Function::Custom),
            None => Known::read_as(&spec, &thing).map(Function::Known),
        };
        Ok(Self {
            function: function.map_err(|error| error.also_takes(&[REDUCTION]))?,
            reduction: reduction.flatten().unwrap_or_default(),
        })
    }

    /// The spec that describes it, without the arguments that are the defaults; `None` for one of your own that
    /// is not [registered](super::register_loss).
    pub fn to_spec(&self) -> Option<Spec> {
        let spec = match &self.function {
            Function::Known(known) => known.to_short_spec().ok()?,
            Function::Custom(own) => spec_of(own.as_ref())?,
        };
        if self.reduction.is_default() {
            return Some(spec);
        }
        let reduction = serde_json::to_value(self.reduction).ok()?;
        Some(spec.with(REDUCTION, reduction.as_str()?))
    }
}

impl Loss {
    /// The same as Keras writes it; `None` for one that Keras does not have.
    ///
    /// ```
    /// use firebrick::losses::{Contrastive, Huber, Loss};
    ///
    /// let loss = Loss::from(Huber::new().with_delta(2.0)?).to_keras().unwrap();
    /// let json = serde_json::to_value(&loss)?;
    /// assert_eq!((&json["class_name"], &json["config"]["delta"]), (&"Huber".into(), &2.0.into()));
    /// assert!(Loss::from(Contrastive::new()).to_keras().is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_keras(&self) -> Option<Value> {
        let class_name = match &self.function {
            Function::Known(
                Known::Contrastive(_)
                | Known::SupervisedContrastive(_)
                | Known::TripletHard(_)
                | Known::TripletSemiHard(_),
            )
            | Function::Custom(_) => return None,
            Function::Known(known) => known.class_name(),
        };
        let arguments = self.to_spec()?.arguments().to_vec();
        let spec = Spec::new(class_name).with_arguments(arguments);
        Some(spec.to_keras_object("keras.losses"))
    }
}

impl FromStr for Loss {
    type Err = TrainError;

    fn from_str(text: &str) -> Result<Self, TrainError> {
        Ok(Self::from_spec(&Spec::from_text(text)?)?)
    }
}

impl Serialize for Loss {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.to_spec() {
            Some(spec) => spec.serialize(serializer),
            None => Err(S::Error::custom(format!(
                "the loss `{}` is one of your own, which a file can hold if its type is registered by `register_loss`",
                self.name(),
            ))),
        }
    }
}

impl<'de> Deserialize<'de> for Loss {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spec::from_value(Value::deserialize(deserializer)?, Known::KIND)
            .and_then(|spec| Self::from_spec(&spec))
            .map_err(D::Error::custom)
    }
}
