use firebrick_spec::{KerasFields, Spec, SpecError, Value, shortened};
use serde::Deserialize;

use super::entries::spec_of;
use super::json::{get, get_text, wrong};
use crate::shape::Shape;

/// Keras' class of what enters a network.
pub(super) const INPUT: &str = "InputLayer";

/// What enters a network of Keras'.
pub(super) struct KerasInput {
    /// The shape of a sample.
    pub(super) shape: Shape,
    /// The samples of every batch, if Keras was told.
    pub(super) batch_size: Option<usize>,
}

/// The config of an `InputLayer`.
#[derive(Deserialize)]
struct Config {
    batch_shape: Vec<Option<usize>>,
    dtype: Option<String>,
    #[serde(default)]
    sparse: bool,
    #[serde(default)]
    ragged: bool,
    #[serde(default)]
    optional: bool,
}

/// The types of what a network takes: numbers, whatever their type enter as single precision or as indices, and texts.
const TYPES: &[&str] = &[
    "bool", "float32", "int8", "int16", "int32", "int64", "string", "uint8", "uint16", "uint32",
    "uint64",
];

impl KerasInput {
    /// Reads one, if it is one.
    ///
    /// # Errors
    /// One that networks do not take: sparse, ragged or optional, texts, numbers of another precision.
    pub(super) fn read(value: &Value) -> Result<Option<Self>, SpecError> {
        if get_text(value, "class_name") != Some(INPUT) {
            return Ok(None);
        }
        let config = get(value, "config").unwrap_or(&Value::Null);
        let name = get_text(config, "name").unwrap_or_default();
        let whose = format!("the input `{}`", shortened(name));
        let mut spec = spec_of(value, None)?;
        spec.take("name");
        let own = firebrick_spec::argument_names::<Config>();
        KerasFields::take(&mut spec, &whose, &own)?;
        let config: Config = spec.read(&whose)?;
        let flags = [
            ("sparse", config.sparse),
            ("ragged", config.ragged),
            ("optional", config.optional),
        ];
        if let Some((flag, _)) = flags.iter().find(|(_, is_on)| *is_on) {
            let reason = "expected false, received true; networks here take dense tensors, all of which are there";
            return Err(wrong(&whose, flag, reason));
        }
        let dtype = config.dtype.as_deref().unwrap_or("float32");
        if !TYPES.contains(&dtype) {
            let reason = format!(
                "expected `float32`, whole numbers or `string`, received `{}`; convert the model in Keras",
                shortened(dtype)
            );
            return Err(wrong(&whose, "dtype", reason));
        }
        let Some((batch_size, sample)) = config.batch_shape.split_first() else {
            let reason =
                "expected the number of samples, or null, and the sizes of a sample, received []";
            return Err(wrong(&whose, "batch_shape", reason));
        };
        Ok(Some(Self {
            shape: sample.iter().copied().collect(),
            batch_size: *batch_size,
        }))
    }
}

/// The shape of a sample and the number of samples, of a shape that Keras wrote.
///
/// # Errors
/// What is no shape.
pub(super) fn shape_of(
    value: &Value,
    whose: &str,
    argument: &str,
) -> Result<KerasInput, SpecError> {
    let spec = Spec::new("shape").with("batch_shape", value.clone());
    let config: Config = spec.read(whose).map_err(|_about_a_spec| {
        let reason = format!("expected sizes, or null where one is not known, received {value}");
        wrong(whose, argument, reason)
    })?;
    let mut sizes = config.batch_shape.into_iter();
    Ok(KerasInput {
        batch_size: sizes.next().flatten(),
        shape: sizes.collect(),
    })
}
