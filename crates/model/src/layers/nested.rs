//! Layers within the arguments of others.

use firebrick_spec::{Spec, Value};
use serde::{Deserialize, Deserializer, de};

use crate::layer::AnyLayer;
use crate::layer::NewLayer;

/// A layer as Keras writes it, whose name is of no account.
pub(super) fn layer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<AnyLayer, D::Error> {
    read(Value::deserialize(deserializer)?)
}

/// A layer, or nothing.
pub(super) fn optional_layer<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<AnyLayer>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        value => read(value).map(Some),
    }
}

/// A list of layers.
pub(super) fn layers<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<AnyLayer>, D::Error> {
    let values: Vec<Value> = Vec::deserialize(deserializer)?;
    values.into_iter().map(read).collect()
}

fn read<E: de::Error>(value: Value) -> Result<AnyLayer, E> {
    let new = Spec::from_value(value, "layer").and_then(|spec| NewLayer::from_spec(&spec));
    let new = new.map_err(E::custom)?;
    if !new.trainable {
        return Err(E::custom(
            "a part of a layer is trained as the layer is: leave out its `trainable`, freeze the layer itself",
        ));
    }
    Ok(new.layer)
}
