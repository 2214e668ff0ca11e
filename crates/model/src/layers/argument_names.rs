//! Which arguments a layer has.

use super::Layer;

impl Layer {
    /// Keras' names of the arguments of a layer, by its class name, e.g. `Dense`; `None` for an unknown
    /// one.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::layers::Layer;
    ///
    /// let names = Layer::argument_names("MaxPooling2D").unwrap_or_default();
    /// assert_eq!(names, ["pool_size", "strides", "padding"]);
    /// assert_eq!(Layer::argument_names("Conv9D"), None);
    /// ```
    pub fn argument_names(class_name: &str) -> Option<Vec<String>> {
        let (name, _) = Self::find(class_name).ok()?;
        Some(Self::arguments_of(name))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::*;
    use crate::initializer::Initializer;

    /// A layer of every kind that has weights, with its first weight changed.
    fn with_weights() -> Vec<Layer> {
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
            let names = Layer::argument_names(layer.class_name()).unwrap();
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
        for class_name in Layer::CLASS_NAMES {
            let names = Layer::argument_names(class_name).unwrap();
            for name in &names {
                // No argument can be a map of nonsense, so the error is about the value if it is known.
                let config = serde_json::json!({ name: {"": ""} });
                let layer = serde_json::json!({"class_name": class_name, "config": config});
                let error = serde_json::from_value::<Layer>(layer).unwrap_err();
                let error = error.to_string();
                assert!(!error.contains("has no argument"), "{class_name}: {error}");
                assert!(error.contains(name), "{class_name}: {error}");
            }
        }
        assert_eq!(
            Layer::argument_names("Dense").unwrap(),
            [
                "units",
                "activation",
                "use_bias",
                "kernel_initializer",
                "kernel_regularizer",
                "kernel_constraint",
                "bias_initializer",
                "bias_regularizer",
                "bias_constraint"
            ]
        );
        assert_eq!(Layer::argument_names("Flatten"), Some(Vec::new()));
    }
}
