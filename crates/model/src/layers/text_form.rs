//! Layers out of specs: what Keras writes into a config is taken where it is meant.

use firebrick_spec::{KerasFields, Spec, SpecError, SpecProblem, Value, shortened};
use serde::{Deserialize, Deserializer, de};

use super::register::{class_names, find, is_of_this_crate};
use crate::layer::AnyLayer;
use crate::layer::NewLayer;

const NAME: &str = "name";

impl AnyLayer {
    /// The word for layers in errors.
    const KIND: &'static str = "layer";

    /// Keras' names of all layers, those that a user has [registered](super::register) last.
    pub fn class_names() -> Vec<String> {
        class_names()
    }

    /// Keras' names of the arguments of a layer, e.g. for `Dense`; `None` where no layer has this name.
    pub fn argument_names(class_name: &str) -> Option<Vec<String>> {
        find(class_name).ok().map(|found| found.arguments)
    }

    /// The layer that a spec describes, its class and the arguments of Keras' constructor.
    ///
    /// # Errors
    /// As [`NewLayer::from_spec`]; also a name and `trainable`, which a layer has in its place only.
    pub fn from_spec(spec: &Spec) -> Result<Self, SpecError> {
        Self::found(spec, None, &[NAME, "trainable"]).map(|(layer, _)| layer)
    }

    /// Whether it is of this crate, whose classes are Keras', and not of a user's own.
    pub(crate) fn is_of_keras(&self) -> bool {
        is_of_this_crate(self.class_name())
    }

    fn found(
        spec: &Spec,
        index: Option<usize>,
        own: &[&str],
    ) -> Result<(Self, KerasFields), SpecError> {
        let kind =
            find(spec.name()).map_err(|unknown| SpecError::from(unknown).or_at(spec.at()))?;
        let class_name = &kind.class_name;
        let thing = match (spec.get(NAME), index) {
            (Some(Value::Text(name)), Some(index)) => {
                format!("layer `{}` ({class_name}, index {index})", shortened(name))
            }
            (_, Some(index)) => format!("layer of index {index} ({class_name})"),
            (Some(Value::Text(name)), None) => {
                format!("the layer `{}` ({class_name})", shortened(name))
            }
            (_, None) => format!("the layer {class_name}"),
        };
        let own: Vec<&str> = kind
            .arguments
            .iter()
            .map(String::as_str)
            .chain(own.iter().copied())
            .collect();
        let mut spec = spec.clone();
        let fields = KerasFields::take(&mut spec, &thing, &own)?;
        Ok((kind.read(&spec, &thing)?, fields))
    }
}

impl NewLayer {
    /// The layer that a spec describes: its class, the arguments of Keras' constructor, and of what else Keras writes into
    /// a config `name`, `trainable`, and what can only be as it is here: `dtype`, `data_format`, `activity_regularizer`…
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; pub use firebrick_spec as specs; }
    /// use firebrick::layers::{Dense, Layer, NewLayer};
    /// use firebrick::specs::{Spec, Value};
    ///
    /// let json = r#"{"module": "keras.layers", "class_name": "Dense", "registered_name": null, "config": {"name": "top",
    ///     "trainable": false, "dtype": "float32", "units": 10, "activation": "softmax", "activity_regularizer": null}}"#;
    /// let value: Value = serde_json::from_str(json)?;
    /// let layer = NewLayer::from_spec(&Spec::from_value(value, "layer")?)?;
    /// let same = Dense::new(10).with_activation(firebrick::models::Activation::Softmax).named("top").frozen();
    /// assert_eq!(layer, same);
    ///
    /// let half = Spec::from_text("dense:units=10:dtype=float16")?;
    /// let error = NewLayer::from_spec(&half).unwrap_err().to_string();
    /// assert!(error.starts_with("the layer Dense, argument `dtype`: expected `float32`, received `float16`"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// An unknown class or argument, with the nearest one; an argument that is missing, or of a value that cannot be; a
    /// field of Keras' that cannot be honoured.
    pub fn from_spec(spec: &Spec) -> Result<Self, SpecError> {
        Self::found(spec, None)
    }

    /// The same of the layer of this index, counted from 0, which errors tell.
    ///
    /// # Errors
    /// As [`from_spec`](Self::from_spec).
    pub fn from_indexed_spec(spec: &Spec, index: usize) -> Result<Self, SpecError> {
        Self::found(spec, Some(index)).map_err(|error| match error.problem() {
            SpecProblem::UnknownName(unknown) => {
                let problem = SpecProblem::Refused {
                    thing: format!("layer of index {index}"),
                    reason: unknown.to_string(),
                };
                SpecError::new(problem, error.at())
            }
            _ => error,
        })
    }

    fn found(spec: &Spec, index: Option<usize>) -> Result<Self, SpecError> {
        let (layer, fields) = AnyLayer::found(spec, index, &[])?;
        Ok(Self {
            name: fields.name,
            layer,
            trainable: fields.trainable.unwrap_or(true),
        })
    }
}

impl<'de> Deserialize<'de> for AnyLayer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spec::from_value(Value::deserialize(deserializer)?, Self::KIND)
            .and_then(|spec| Self::from_spec(&spec))
            .map_err(de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for NewLayer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spec::from_value(Value::deserialize(deserializer)?, AnyLayer::KIND)
            .and_then(|spec| Self::from_spec(&spec))
            .map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::{
        BatchNormalization, Conv1D, Conv2D, Dense, Embedding, LayerNormalization, PReLU,
    };
    use super::AnyLayer;
    use crate::initializer::Initializer;

    /// A layer of every kind that has weights, with its first weight changed.
    fn with_weights() -> Vec<AnyLayer> {
        vec![
            BatchNormalization::new()
                .with_gamma_initializer(Initializer::Zeros)
                .into(),
            Conv1D::new(1, 1)
                .with_kernel_initializer(Initializer::Zeros)
                .into(),
            Conv2D::new(1, 1)
                .with_kernel_initializer(Initializer::Zeros)
                .into(),
            Dense::new(1)
                .with_kernel_initializer(Initializer::Zeros)
                .into(),
            Embedding::new(1, 1)
                .with_embeddings_initializer(Initializer::Zeros)
                .into(),
            LayerNormalization::new()
                .with_gamma_initializer(Initializer::Zeros)
                .into(),
            PReLU::new()
                .with_alpha_initializer(Initializer::Ones)
                .into(),
        ]
    }

    #[test]
    fn the_names_are_those_that_a_description_is_written_with() {
        for layer in with_weights() {
            let names = AnyLayer::argument_names(layer.class_name()).unwrap();
            let written = serde_json::to_value(&layer).unwrap();
            let Value::Object(config) = &written["config"] else {
                panic!("{written}");
            };
            for argument in config.keys() {
                assert!(names.contains(argument), "{argument}: {names:?}");
            }
            let own = names.iter().filter(|name| config.contains_key(*name));
            assert_eq!(own.count(), config.len(), "{names:?}");
        }
    }

    #[test]
    fn every_name_is_read() {
        for class_name in AnyLayer::class_names() {
            let names = AnyLayer::argument_names(&class_name).unwrap();
            for name in &names {
                // No argument can be a map of nonsense, so the error is about the value if it is known.
                let config = serde_json::json!({ name: {"": ""} });
                let layer = serde_json::json!({"class_name": class_name, "config": config});
                let error = serde_json::from_value::<AnyLayer>(layer).unwrap_err();
                let error = error.to_string();
                assert!(!error.contains("has no argument"), "{class_name}: {error}");
                assert!(error.contains(name), "{class_name}: {error}");
            }
        }
        assert_eq!(
            AnyLayer::argument_names("Dense").unwrap(),
            [
                "units",
                "activation",
                "use_bias",
                "kernel_initializer",
                "kernel_regularizer",
                "kernel_constraint",
                "bias_initializer",
                "bias_regularizer",
                "bias_constraint",
                "activity_regularizer"
            ]
        );
        assert_eq!(AnyLayer::argument_names("Flatten"), Some(Vec::new()));
    }
}
