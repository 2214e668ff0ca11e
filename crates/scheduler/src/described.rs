//! A schedule with a name and arguments.

use firebrick_spec::{Spec, SpecError};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::ScheduleError;
use crate::schedule::Schedule;

/// A schedule that can be read and written.
pub(crate) trait Described: Schedule + Sized {
    /// What the text begins with.
    const NAME: &'static str;
    /// The whole text form, for messages.
    const FORM: &'static str;

    /// Its arguments by Keras' names, those first that stand in a text without a name; what is left out has its default.
    type Arguments: Serialize + DeserializeOwned;

    /// The schedule of these arguments, which are checked.
    fn build(arguments: Self::Arguments) -> Result<Self, ScheduleError>;

    /// The arguments, without those that are the defaults.
    fn arguments(&self) -> Self::Arguments;

    /// Keras' class of the same arguments, if it has one.
    fn keras_class(&self) -> Option<&'static str> {
        None
    }

    /// How many arguments are written without a name.
    fn num_placed(&self) -> usize {
        1
    }

    /// Reads the schedule from a spec, all of whose arguments have a name.
    fn from_spec(spec: &Spec, thing: &str) -> Result<Self, SpecError> {
        let arguments = spec.read(thing)?;
        Self::build(arguments).map_err(|error| error.about(thing, spec))
    }

    /// Describes the schedule, its arguments in their order.
    fn to_spec(&self, name: &str) -> Result<Spec, SpecError> {
        let mut given = Spec::of(name, &self.arguments())?;
        let names = Self::argument_names().into_iter();
        let arguments = names.filter_map(|name| given.take(&name));
        Ok(arguments.fold(Spec::new(name), |spec, argument| {
            spec.with(argument.name, argument.value)
        }))
    }

    /// The names of the arguments.
    fn argument_names() -> Vec<String> {
        let names = firebrick_spec::argument_names::<Self::Arguments>().into_iter();
        names.map(str::to_owned).collect()
    }
}

/// A number that is to be written down, unless it is the default.
pub(crate) fn changed(value: f64, default: f64) -> Option<f64> {
    (value.to_bits() != default.to_bits()).then_some(value)
}
