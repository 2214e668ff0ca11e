use crate::error::{SpecError, SpecProblem};
use crate::keys::NAME;
use crate::spec::Spec;
use crate::value::{Argument, Value};

/// What Keras writes into every config beside the arguments of the thing itself.
///
/// ```
/// use firebrick_spec::{KerasFields, Spec};
///
/// let mut spec = Spec::new("Flatten").with("name", "pixels").with("trainable", false).with("dtype", "float32");
/// let fields = KerasFields::take(&mut spec, "the layer", &[])?;
/// assert_eq!((fields.name.as_deref(), fields.trainable), (Some("pixels"), Some(false)));
/// assert!(spec.arguments().is_empty());
///
/// let mut spec = Spec::new("Flatten").with("dtype", "float16");
/// assert!(KerasFields::take(&mut spec, "the layer", &[]).is_err());
/// # Ok::<(), firebrick_spec::SpecError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KerasFields {
    /// The thing's own name.
    pub name: Option<String>,
    /// Whether training moves its weights.
    pub trainable: Option<bool>,
}

/// A field with one meaning here.
struct Field {
    name: &'static str,
    /// Whether the value is that meaning.
    is_meant: fn(&Value) -> bool,
    expected: &'static str,
    hint: &'static str,
}

/// Taken as they are, since a value that means something else is refused.
const FIELDS: &[Field] = &[
    Field {
        name: "dtype",
        is_meant: is_float32,
        expected: "`float32`",
        hint: "networks compute in it, so convert the model in Keras or leave `dtype` out",
    },
    Field {
        name: "data_format",
        is_meant: |value| is_text(value, "channels_last"),
        expected: "`channels_last`",
        hint: "images have their channels last here, so turn the model's axes in Keras or leave `data_format` out",
    },
    Field {
        name: "activity_regularizer",
        is_meant: |_| false,
        expected: "none",
        hint: "layers without weights have none here: use an ActivityRegularization behind the layer, or leave it out",
    },
    Field {
        name: "reverse_dtype",
        is_meant: is_float32,
        expected: "`float32`",
        hint: "networks compute in it, so leave `reverse_dtype` out",
    },
    Field {
        name: "autocast",
        is_meant: |value| matches!(value, Value::Bool(_)),
        expected: "true or false",
        hint: "leave `autocast` out",
    },
    Field {
        name: "quantization_config",
        is_meant: |_| false,
        expected: "none",
        hint: "weights are float32 here: save the model before it is quantized",
    },
    Field {
        name: "lora_rank",
        is_meant: |_| false,
        expected: "none",
        hint: "merge the low-rank weights in Keras first",
    },
    Field {
        name: "synchronized",
        is_meant: |value| *value == Value::Bool(false),
        expected: "false",
        hint: "a network runs on one device: leave it out",
    },
    Field {
        name: "sparse",
        is_meant: |value| *value == Value::Bool(false),
        expected: "false",
        hint: "tensors are dense here: leave it out",
    },
    Field {
        name: "ragged",
        is_meant: |value| *value == Value::Bool(false),
        expected: "false",
        hint: "texts are padded here: leave it out",
    },
    Field {
        name: "encoding",
        is_meant: |value| is_text(value, "utf-8"),
        expected: "`utf-8`",
        hint: "text is UTF-8 here: convert it before",
    },
    Field {
        name: "vocabulary_dtype",
        is_meant: |value| is_text(value, "int64") || is_text(value, "string"),
        expected: "`int64` or `string`",
        hint: "leave it out, it follows from the layer",
    },
    Field {
        name: "vocabulary_size",
        is_meant: |value| matches!(value, Value::Integer(_)),
        expected: "a whole number",
        hint: "leave it out, it follows from the vocabulary",
    },
    // What is drawn is drawn by the seed of the training, whatever this one is.
    Field {
        name: "seed",
        is_meant: |value| matches!(value, Value::Integer(_)),
        expected: "a whole number",
        hint: "leave it out",
    },
];

impl KerasFields {
    /// Takes what Keras writes beside the arguments of a loss or a metric, which are never trained, out of `spec`.
    ///
    /// # Errors
    /// As [`take`](Self::take).
    pub fn take_untrained(spec: &mut Spec, thing: &str, own: &[String]) -> Result<Self, SpecError> {
        let own: Vec<&str> = own
            .iter()
            .map(String::as_str)
            .chain(["trainable"])
            .collect();
        Self::take(spec, thing, &own)
    }

    /// Takes them out of `spec`, but for those that are arguments of the thing itself; `thing` is for errors.
    ///
    /// # Errors
    /// One of a value that cannot be honoured; the message says what to do.
    pub fn take(spec: &mut Spec, thing: &str, own: &[&str]) -> Result<Self, SpecError> {
        for field in FIELDS.iter().filter(|field| !own.contains(&field.name)) {
            if let Some(argument) = spec.take(field.name)
                && argument.value != Value::Null
                && !(field.is_meant)(&argument.value)
            {
                return Err(field.refused(&argument, thing));
            }
        }
        let mut fields = Self::default();
        if !own.contains(&NAME) {
            fields.name = spec.take_as::<Option<String>>(thing, NAME)?.flatten();
        }
        if !own.contains(&"trainable") {
            fields.trainable = spec.take_as::<Option<bool>>(thing, "trainable")?.flatten();
        }
        Ok(fields)
    }
}

impl Field {
    fn refused(&self, argument: &Argument, thing: &str) -> SpecError {
        let problem = SpecProblem::RefusedArgument {
            thing: thing.to_owned(),
            argument: self.name.to_owned(),
            reason: format!(
                "expected {}, received {}; {}",
                self.expected,
                shown(&argument.value),
                self.hint
            ),
        };
        SpecError::new(problem, argument.at)
    }
}

/// The name of a policy, or the value itself.
fn shown(value: &Value) -> String {
    let name = match value {
        Value::Table(_) => Spec::from_value(value.clone(), "policy").ok(),
        _ => None,
    };
    let name = name.as_ref().and_then(|policy| policy.get(NAME));
    name.unwrap_or(value).to_string()
}

fn is_text(value: &Value, wanted: &str) -> bool {
    matches!(value, Value::Text(text) if text == wanted)
}

/// `"float32"`, or the policy of it: `{"class_name": "DTypePolicy", "config": {"name": "float32"}}`.
fn is_float32(value: &Value) -> bool {
    if let Value::Table(_) = value {
        return Spec::from_value(value.clone(), "policy").is_ok_and(|policy| {
            policy
                .get(NAME)
                .is_some_and(|name| is_text(name, "float32"))
        });
    }
    is_text(value, "float32")
}
