use firebrick_spec::{Argument, SpecError};

use crate::layer::{AnyLayer, NewLayer};

/// A layer in a list, and the names of what it takes from; or another call of one of the list.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Add, Dense, Layer};
/// use firebrick::models::{Graph, NamedLayer};
///
/// let layers = [
///     NamedLayer::new(Dense::new(8).named("a")),
///     // Without names it takes from the layer before it.
///     NamedLayer::new(Dense::new(8).named("b")),
///     NamedLayer::new(Add::new()).taking_from(["a", "b"]),
/// ];
/// let network = Graph::from_named([("x", [4].into())], layers, ["add"])?;
/// assert_eq!(network.output_shapes()?, [[8]]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct NamedLayer {
    pub(super) called: Called,
    pub(super) inputs: Vec<String>,
    pub(super) in_inference: bool,
}

/// What is called.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Called {
    /// A layer that the list did not have before.
    New(NewLayer),
    /// One that it has.
    Again {
        /// The name of the layer.
        layer: String,
        /// The name of the call, for those that take from it.
        name: String,
        /// What this call says otherwise.
        arguments: Vec<Argument>,
    },
}

impl NamedLayer {
    /// One that takes from the layer before it, or, if it is the first, from the first input.
    pub fn new(layer: impl Into<NewLayer>) -> Self {
        Self::of(Called::New(layer.into()))
    }

    /// Another call of a layer of the list, with the same weights; others take from it by a name of its own.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; pub use firebrick_spec as specs; }
    /// use firebrick::layers::{Dense, Layer, ReversibleEmbedding};
    /// use firebrick::models::{Graph, NamedLayer};
    /// use firebrick::specs::Argument;
    ///
    /// let layers = [
    ///     NamedLayer::new(ReversibleEmbedding::new(1000, 64).named("embedding")),
    ///     NamedLayer::new(Dense::new(64)),
    ///     NamedLayer::again("embedding", "scores").with_arguments([Argument::new("reverse", true)]),
    /// ];
    /// let network = Graph::from_named([("tokens", [20].into())], layers, ["scores"])?;
    /// assert_eq!(network.output_shapes()?, [[20, 1000]]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    pub fn again(layer: impl Into<String>, name: impl Into<String>) -> Self {
        Self::of(Called::Again {
            layer: layer.into(),
            name: name.into(),
            arguments: Vec::new(),
        })
    }

    fn of(called: Called) -> Self {
        Self {
            called,
            inputs: Vec::new(),
            in_inference: false,
        }
    }

    /// Says what it takes from: inputs and layers by their names, `name:1` for the output with index 1 of a layer.
    #[must_use = "returns the changed layer"]
    pub fn taking_from<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.inputs = names.into_iter().map(Into::into).collect();
        self
    }

    /// Says what another call says otherwise than the layer, by the names of the layer's arguments; a new layer has its own.
    #[must_use = "returns the changed layer"]
    pub fn with_arguments(mut self, others: impl IntoIterator<Item = Argument>) -> Self {
        if let Called::Again { arguments, .. } = &mut self.called {
            arguments.extend(others);
        }
        self
    }

    /// Has it called as after training, as [`SharedLayer::in_inference`](crate::layers::SharedLayer::in_inference).
    #[must_use = "returns the changed layer"]
    pub fn in_inference(mut self) -> Self {
        self.in_inference = true;
        self
    }

    /// The layer, unless it is another call of one.
    pub fn into_layer(self) -> Option<NewLayer> {
        match self.called {
            Called::New(layer) => Some(layer),
            Called::Again { .. } => None,
        }
    }

    /// The name that it was given.
    pub(super) fn name(&self) -> Option<&str> {
        match &self.called {
            Called::New(layer) => layer.name(),
            Called::Again { name, .. } => Some(name),
        }
    }

    pub(super) fn default_name(&self) -> String {
        match &self.called {
            Called::New(layer) => layer.layer.default_name(),
            Called::Again { name, .. } => name.clone(),
        }
    }
}

/// The layer with other arguments.
pub(super) fn called_as(layer: &AnyLayer, others: &[Argument]) -> Result<AnyLayer, SpecError> {
    let mut spec = layer.to_spec()?;
    for argument in others {
        spec.take(&argument.name);
    }
    AnyLayer::from_spec(&spec.with_arguments(others.to_vec()))
}
