//! The layers that are known by their names: all of this crate, and those that a user has registered.

use std::sync::{PoisonError, RwLock};

use firebrick_spec::{Spec, SpecError, UnknownName, folded};

use super::known_layers::KNOWN;
use crate::layer::AnyLayer;
use crate::layer::Layer;

/// How layers of one kind are read.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) class_name: &'static str,
    pub(super) read: fn(&Spec, &str) -> Result<AnyLayer, SpecError>,
    pub(super) argument_names: fn() -> Vec<String>,
}

impl Entry {
    /// That of a kind of layer.
    pub(super) const fn of<L: Layer>() -> Self {
        Self {
            class_name: L::CLASS_NAME,
            read: |spec, thing| L::from_spec(spec, thing).map(AnyLayer::from),
            argument_names: L::argument_names,
        }
    }
}

/// Those of users, in the order in which they were registered.
static REGISTERED: RwLock<Vec<Entry>> = RwLock::new(Vec::new());

/// Makes a layer of your own known by its class name, as Keras' `register_keras_serializable`: a file that names it is
/// read, be it a model file or a saved network. Once in a program is enough; the last of a name counts, one of this crate
/// is never replaced.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{AnyLayer, Layer, LayerProblem, register};
/// use firebrick::models::{Call, Signals};
/// use serde::{Deserialize, Serialize};
///
/// /// Does nothing.
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
/// struct Still {}
///
/// impl Layer for Still {
///     const CLASS_NAME: &'static str = "Still";
///
///     fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
///         Ok(inputs)
///     }
/// }
///
/// register::<Still>();
/// let layer: AnyLayer = serde_json::from_str(r#"{"class_name": "Still", "config": {}}"#)?;
/// assert_eq!(layer, Still {}.into());
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn register<L: Layer>() {
    let mut registered = REGISTERED.write().unwrap_or_else(PoisonError::into_inner);
    registered.retain(|entry| entry.class_name != L::CLASS_NAME);
    registered.push(Entry::of::<L>());
}

/// The names of all layers, those of users last.
pub(super) fn class_names() -> Vec<&'static str> {
    let registered = REGISTERED.read().unwrap_or_else(PoisonError::into_inner);
    class_names_of(&registered)
}

/// The entry of a name, whatever its case, underscores and hyphens.
///
/// # Errors
/// A name that no layer has, with the nearest one.
pub(super) fn find(name: &str) -> Result<Entry, UnknownName> {
    // Keras writes the package of a registered class before its name.
    let (_, class_name) = name.rsplit_once('>').unwrap_or(("", name));
    let wanted = folded(class_name);
    let registered = REGISTERED.read().unwrap_or_else(PoisonError::into_inner);
    let mut entries = KNOWN.iter().chain(registered.iter());
    let found = entries.find(|entry| folded(entry.class_name) == wanted);
    found
        .copied()
        .ok_or_else(|| UnknownName::new("layer", name, &class_names_of(&registered)))
}

fn class_names_of(registered: &[Entry]) -> Vec<&'static str> {
    let entries = KNOWN.iter().chain(registered);
    entries.map(|entry| entry.class_name).collect()
}
