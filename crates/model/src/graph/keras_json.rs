//! Whole networks in Keras' JSON, as `model.to_json()` writes it and `keras.models.model_from_json` reads it.

mod calls;
mod entries;
mod inputs;
mod json;
mod limits;
mod masks;
mod objects;
mod operations;
mod reading;
mod writing;

use firebrick_spec::{Spec, SpecError, Value};

use super::{Form, Graph, Sequential};
use crate::error::ModelError;
use crate::layer::NewLayer;

pub(super) use reading::{FUNCTIONAL, SEQUENTIAL, functional, sequential};

impl Graph {
    /// The network in Keras' JSON, without its weights: `keras.models.model_from_json` reads it.
    ///
    /// A line is written as `Sequential`, any other network as `Functional`. What Keras says at the calls of a layer and
    /// not in its config, such as `use_causal_mask`, is written there. A `Concatenate` of masked steps that has no name of
    /// your own gets another one, `masked_concatenate`: Keras gives its own to what joins the masks.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::layers::{Add, Dense, Layer};
    /// use firebrick::models::{Graph, input};
    ///
    /// let x = input([4]);
    /// let network = Graph::new([&x], [Add::new().on([&Dense::new(4).on(&x), &x])]);
    /// let json = network.to_keras_json()?;
    /// assert!(json.contains(r#""class_name":"Functional""#) && json.contains(r#""keras_history":["dense",0,0]"#));
    /// assert_eq!(Graph::from_keras_json(&json)?, network);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`build`](Self::build); a layer that is code; an argument that Keras has no word for.
    pub fn to_keras_json(&self) -> Result<String, ModelError> {
        let network = writing::network(self, true)?;
        let text = serde_json::to_string(&network);
        text.map_err(|error| limits::refused(error.to_string()).into())
    }

    /// A network out of Keras' JSON, as `model.to_json()` of Keras 3 writes it and a `.keras` file has it in `config.json`.
    ///
    /// Layers have the names, the order and the weights that they have in Keras. What cannot be honoured is refused: a layer
    /// that there is not here, a `Lambda`, a `dtype` other than `float32`, an argument with another meaning. Nothing in
    /// the text is ever run, and one that would take too long is refused, too. How the model was compiled is passed over.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::models::Graph;
    ///
    /// let json = r#"{"module": "keras", "class_name": "Sequential", "registered_name": null, "config": {"name": "line", "layers": [
    ///     {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 4], "dtype": "float32", "name": "x"}},
    ///     {"module": "keras.layers", "class_name": "Dense", "config": {"name": "top", "trainable": true, "units": 3}}]}}"#;
    /// let network = Graph::from_keras_json(json)?;
    /// assert_eq!((network.name(), network.output_shapes()?), ("line", vec![[3].into()]));
    ///
    /// let error = Graph::from_keras_json(&json.replace("Dense", "Dance")).unwrap_err().to_string();
    /// assert!(error.starts_with("layer of index 1: unknown layer `Dance`, did you mean `Dense`?"));
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Errors
    /// What is no network of Keras 3; what cannot be honoured, by layer and argument.
    pub fn from_keras_json(text: &str) -> Result<Self, ModelError> {
        let (mut graph, is_trainable) = read(text)?;
        if !is_trainable {
            for layer in &mut graph.layers {
                layer.trainable = false;
            }
        }
        Ok(graph)
    }
}

impl NewLayer {
    /// The layer in Keras' JSON, `{"module": …, "class_name": …, "config": …}`, as `keras.layers.deserialize` takes it and
    /// [`from_spec`](Self::from_spec) reads it.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::layers::{Dense, Layer, NewLayer};
    ///
    /// let layer = Dense::new(3).named("top");
    /// let json = layer.to_keras_json()?;
    /// assert!(json.starts_with(r#"{"module":"keras.layers","class_name":"Dense","config":{"name":"top","trainable":true,"#));
    /// assert_eq!(serde_json::from_str::<NewLayer>(&json)?, layer);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A layer that is code; an argument that Keras has no word for, or has at the calls of the layer alone.
    pub fn to_keras_json(&self) -> Result<String, ModelError> {
        let object = objects::alone(self)?;
        let text = serde_json::to_string(&object);
        text.map_err(|error| limits::refused(error.to_string()).into())
    }
}

impl Sequential {
    /// As [`Graph::to_keras_json`].
    ///
    /// # Errors
    /// Those of [`Graph::to_keras_json`].
    pub fn to_keras_json(&self) -> Result<String, ModelError> {
        self.as_line().to_keras_json()
    }

    /// A line out of Keras' JSON; as [`Graph::from_keras_json`], which reads any network.
    ///
    /// # Errors
    /// Those of [`Graph::from_keras_json`], and a network that is no line.
    pub fn from_keras_json(text: &str) -> Result<Self, ModelError> {
        let graph = Graph::from_keras_json(text)?;
        match graph.form() {
            Form::Sequential => Ok(Self::of_line(graph)),
            Form::Functional => Err(limits::refused(
                "expected a Sequential, received a Functional; read it as a Graph".to_owned(),
            )
            .into()),
        }
    }
}

/// The network, and whether training moves its weights.
fn read(text: &str) -> Result<(Graph, bool), SpecError> {
    if text.len() > limits::MAX_BYTES {
        return Err(limits::refused(format!(
            "it has {} bytes, expected at most {}; the network's weights are no part of it",
            text.len(),
            limits::MAX_BYTES
        )));
    }
    let value: Value = serde_json::from_str(text).map_err(|error| {
        limits::refused(format!(
            "expected what `model.to_json()` of Keras 3 writes: {error}"
        ))
    })?;
    limits::check(&value)?;
    let spec = Spec::from_value(value, "network")?;
    let new = NewLayer::from_spec(&spec)?;
    if let Some(graph) = objects::as_graph(&new.layer) {
        return Ok((graph.clone(), new.trainable));
    }
    Err(limits::refused(format!(
        "expected a `Sequential` or a `Functional`, received the layer `{}`; put it into a network",
        new.layer.class_name()
    )))
}
