//! The layers that are known by their names: all of this crate, and those that a user has registered.

use std::any::TypeId;
use std::sync::Arc;

use firebrick_spec::{Register, Spec, SpecError, UnknownName, folded};

use super::known_layers::KNOWN;
use crate::error::ModelError;
use crate::layer::AnyLayer;
use crate::layer::Layer;

/// How layers of one kind are read.
pub(super) struct Entry {
    pub(super) class_name: &'static str,
    type_id: fn() -> TypeId,
    pub(super) read: fn(&Spec, &str) -> Result<AnyLayer, SpecError>,
    pub(super) argument_names: fn() -> Vec<String>,
}

impl Entry {
    /// That of a kind of layer.
    pub(super) const fn of<L: Layer>() -> Self {
        Self {
            class_name: L::CLASS_NAME,
            type_id: TypeId::of::<L>,
            read: |spec, thing| L::from_spec(spec, thing).map(AnyLayer::from),
            argument_names: L::argument_names,
        }
    }
}

/// Those of users.
static OWN: Register<AnyLayer> = Register::new("layer", "layers::register");

/// Makes a layer of your own known by its class name, as Keras' `register_keras_serializable`: a file that names it is
/// read, be it a model file or a saved network. A program registers its layers before it reads such files; to do it again
/// changes nothing.
///
/// The layers of this crate are known already, but where it is built without its feature `all-layers`: there a program, such as
/// one for a page that has to be small, registers those of its network.
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
/// register::<Still>()?;
/// let layer: AnyLayer = serde_json::from_str(r#"{"class_name": "Still", "config": {}}"#)?;
/// assert_eq!(layer, Still {}.into());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A name that is built in, belongs to another type of layer or that a text could not hold.
pub fn register<L: Layer>() -> Result<(), ModelError> {
    let type_id = TypeId::of::<L>();
    if KNOWN.iter().any(|entry| (entry.type_id)() == type_id) {
        return Ok(());
    }
    let built_in: Vec<&str> = KNOWN.iter().map(|entry| entry.class_name).collect();
    let read = |spec: &Spec, thing: &str| L::from_spec(spec, thing).map(|own| Arc::new(own.into()));
    Ok(OWN.add_read::<L>(L::CLASS_NAME, &built_in, L::argument_names, read)?)
}

/// The names of all layers, those of users last.
pub(super) fn class_names() -> Vec<String> {
    let built_in = KNOWN.iter().map(|entry| entry.class_name.to_owned());
    built_in.chain(OWN.names()).collect()
}

/// Whether a class is one of this crate, and not of a user's own.
pub(super) fn is_of_this_crate(class_name: &str) -> bool {
    KNOWN.iter().any(|entry| entry.class_name == class_name)
}

/// A kind of layer that a name stands for.
pub(super) struct Found {
    pub(super) class_name: String,
    pub(super) arguments: Vec<String>,
    /// Absent of one of a user's.
    built_in: Option<&'static Entry>,
}

impl Found {
    /// The layer that the arguments of a spec describe, whatever its name; errors call it `thing`.
    pub(super) fn read(&self, spec: &Spec, thing: &str) -> Result<AnyLayer, SpecError> {
        match self.built_in {
            Some(entry) => (entry.read)(spec, thing),
            None => match OWN.read_as(&self.class_name, spec, thing) {
                Some(own) => own.map(Arc::unwrap_or_clone),
                None => Err(unknown(&self.class_name).into()),
            },
        }
    }
}

/// What a name stands for, whatever its case, underscores and hyphens.
///
/// # Errors
/// A name that no layer has, with the nearest one.
pub(super) fn find(name: &str) -> Result<Found, UnknownName> {
    // Keras writes the package of a registered class before its name.
    let (_, class_name) = name.rsplit_once('>').unwrap_or(("", name));
    let wanted = folded(class_name);
    let mut entries = KNOWN.iter();
    if let Some(entry) = entries.find(|entry| folded(entry.class_name) == wanted) {
        return Ok(Found {
            class_name: entry.class_name.to_owned(),
            arguments: (entry.argument_names)(),
            built_in: Some(entry),
        });
    }
    let class_name = OWN.name(class_name).ok_or_else(|| unknown(name))?;
    Ok(Found {
        arguments: OWN.arguments_of(&class_name),
        class_name,
        built_in: None,
    })
}

fn unknown(name: &str) -> UnknownName {
    let built_in: Vec<&str> = KNOWN.iter().map(|entry| entry.class_name).collect();
    OWN.unknown(name, &built_in, &built_in)
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::graph::Sequential;
    use crate::layers::Dense;
    use crate::saved_model::{SavedModel, save_model};

    /// As where the feature `all-layers` is on, so where it is off.
    #[test]
    fn a_layer_of_this_crate_is_registered_once_and_read() {
        register::<Dense>().unwrap();
        let names = class_names();
        let dense = names.iter().filter(|name| *name == Dense::CLASS_NAME);
        assert_eq!(dense.count(), 1, "{names:?}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.bpk");
        let network = Sequential::new([3]).add(Dense::new(2));
        let network = network.build(1, &Device::flex()).unwrap();
        save_model(&network, &path).unwrap();
        let read = SavedModel::read(&path).unwrap();
        let read = read.into_predictor(&Device::flex()).unwrap();
        assert_eq!(read.predict(&[0.0; 3]).unwrap(), [0.0; 2]);
    }
}
