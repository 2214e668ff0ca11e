//! Callbacks that programs have written themselves.

use std::sync::{Arc, Mutex};

use firebrick_spec::{Argument, Register, Spec, SpecError, UnknownName, argument_names};
use firebrick_trainer::{Callback, Fit, TrainError};
use serde::de::DeserializeOwned;

use super::NamedCallback;

/// Those with a name.
static OWN: Register<Mutex<dyn Callback>> = Register::new("callback", "register_callback");

/// Gives a type of callback that the program has written itself a name, under which `[[callbacks]]` of a model file lists it
/// as those that are built in. Keras' `register_keras_serializable`.
///
/// Its fields are its arguments, read by serde; what it remembers in a training is no argument (`#[serde(skip)]`). A program
/// registers its callbacks before it reads files that name them; to do it again changes nothing.
///
/// ```
/// use firebrick::callbacks::{Callback, Flow, HookResult, Training};
/// use firebrick::recipes::{ModelFile, register_callback};
/// use firebrick::training::Logs;
/// use serde::Deserialize;
///
/// /// Stops as soon as the loss is small enough.
/// #[derive(Deserialize)]
/// struct GoodEnough {
///     loss: f64,
/// }
///
/// impl Callback for GoodEnough {
///     fn name(&self) -> &str {
///         "GoodEnough"
///     }
///
///     fn on_epoch_end(&mut self, _: &mut Training<'_>, logs: &Logs) -> HookResult {
///         let is_good = logs.get("loss").is_some_and(|loss| loss < self.loss);
///         Ok(if is_good { Flow::Stop } else { Flow::Continue })
///     }
/// }
///
/// register_callback::<GoodEnough>("good_enough")?;
/// let file: ModelFile = r#"
///     input_shape = [4]
///     [[layers]]
///     class_name = "Dense"
///     units = 3
///
///     [[callbacks]]
///     name = "good_enough"
///     loss = 0.1
/// "#.parse()?;
/// assert_eq!(file.callbacks()[0].name(), "good_enough");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A name that is built in, belongs to another type or that a text could not hold; a type that has another name.
pub fn register_callback<C>(name: &str) -> Result<(), TrainError>
where
    C: Callback + DeserializeOwned + 'static,
{
    let arguments = || {
        let names = argument_names::<C>().into_iter();
        names.map(str::to_owned).collect()
    };
    let read = |spec: &Spec, thing: &str| -> Result<Arc<Mutex<dyn Callback>>, SpecError> {
        Ok(Arc::new(Mutex::new(spec.read::<C>(thing)?)))
    };
    Ok(OWN.add_read::<C>(name, NamedCallback::NAMES, arguments, read)?)
}

/// The error for a name that no callback has.
pub(crate) fn unknown_callback(name: &str) -> UnknownName {
    OWN.unknown(name, NamedCallback::NAMES, NamedCallback::NAMES)
}

/// A callback of a program's own, by the name that it was [registered](register_callback) under and its arguments.
///
/// ```
/// use firebrick::callbacks::Callback;
/// use firebrick::recipes::{ModelFile, NamedCallback, register_callback};
///
/// #[derive(serde::Deserialize)]
/// struct Watching {}
///
/// impl Callback for Watching {
///     fn name(&self) -> &str {
///         "Watching"
///     }
/// }
///
/// register_callback::<Watching>("watching")?;
/// let text = "input_shape = [4]\nlayers = [{ class_name = \"Dense\", units = 3 }]\ncallbacks = [{ name = \"watching\" }]";
/// let file: ModelFile = text.parse()?;
/// assert!(matches!(&file.callbacks()[0], NamedCallback::Own(own) if own.name() == "watching"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct OwnCallback(Spec);

impl OwnCallback {
    /// The callback of this name, nothing said of its arguments; `None` where no such is registered.
    pub(crate) fn by_name(name: &str) -> Option<Self> {
        OWN.name(name).map(|name| Self(Spec::new(name)))
    }

    /// The name that it was registered under.
    pub fn name(&self) -> &str {
        self.0.name()
    }

    /// The arguments that it takes.
    pub(crate) fn argument_names(&self) -> Vec<String> {
        OWN.arguments_of(self.name())
    }

    /// With these arguments.
    ///
    /// # Errors
    /// One that is missing, or of a value that cannot be.
    pub(crate) fn with_arguments(self, arguments: Vec<Argument>) -> Result<Self, SpecError> {
        let own = Self(self.0.with_arguments(arguments));
        own.callback()?;
        Ok(own)
    }

    /// The same fit with this callback.
    ///
    /// # Errors
    /// None, as its arguments were read before.
    pub(crate) fn added_to(&self, fit: Fit) -> Result<Fit, TrainError> {
        Ok(fit.with_shared_callback(self.callback()?))
    }

    fn callback(&self) -> Result<Arc<Mutex<dyn Callback>>, SpecError> {
        let thing = format!("the callback `{}`", self.name());
        let read = OWN.read(&self.0, &thing);
        read.unwrap_or_else(|| Err(unknown_callback(self.name()).into()))
    }
}
