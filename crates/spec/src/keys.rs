//! The keys of a table that describes a thing.

/// The key of the name in a table.
pub(crate) const NAME: &str = "name";
/// Keras' key of the name.
pub(crate) const CLASS_NAME: &str = "class_name";
/// Keras' key of the arguments.
pub(crate) const CONFIG: &str = "config";
