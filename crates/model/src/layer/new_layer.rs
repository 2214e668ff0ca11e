use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Layer;
use super::any_layer::AnyLayer;
use super::call_arguments::CallArguments;
use super::node::{IntoNodes, Node};

/// A layer on its way into a network, with a name or without one yet.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Dense, Layer};
/// use firebrick::models::Sequential;
///
/// let network = Sequential::new([4]).add(Dense::new(3).named("features").frozen()).add(Dense::new(2));
/// let [features, answers] = network.layers() else { unreachable!() };
/// assert_eq!((features.name(), features.is_trainable()), ("features", false));
/// assert_eq!((answers.name(), answers.is_trainable()), ("dense", true));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct NewLayer {
    pub(crate) name: Option<String>,
    pub(crate) layer: AnyLayer,
    pub(crate) trainable: bool,
}

impl NewLayer {
    /// Gives the layer a name of your own.
    #[must_use = "returns the changed layer"]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Keeps training from moving the layer's weights, as Keras' `trainable=False`: they get no
    /// gradient, and a batch normalization keeps its moving statistics and normalizes with them.
    /// A dropout or a noise still acts in training.
    #[must_use = "returns the changed layer"]
    pub fn frozen(mut self) -> Self {
        self.trainable = false;
        self
    }

    /// The name that it was given.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The layer in several places, with the same weights in all of them.
    pub fn shared(self) -> SharedLayer {
        static CREATED: AtomicU64 = AtomicU64::new(0);
        SharedLayer {
            placed: Arc::new(Placed {
                layer: self,
                created: CREATED.fetch_add(1, Ordering::Relaxed),
            }),
            arguments: CallArguments::default(),
        }
    }

    /// The layer to be called as it is after training, whatever happens around it; see [`SharedLayer::in_inference`].
    pub fn in_inference(self) -> SharedLayer {
        self.shared().in_inference()
    }

    /// Calls the layer on what others give; see [`Layer::on`].
    pub fn on(self, inputs: impl IntoNodes) -> Node {
        self.shared().on(inputs)
    }
}

/// A layer that is called in several places of a [`Graph`](crate::Graph), with the same weights in all of them.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Dense, Layer, Subtract};
/// use firebrick::models::{Graph, input};
///
/// // Siamese: both pictures go through the same network.
/// let encoder = Dense::new(8).shared();
/// let (left, right) = (input([784]), input([784]));
/// let distance = Subtract::new().on([&encoder.on(&left), &encoder.on(&right)]);
/// let network = Graph::new([left, right], [distance]);
/// assert_eq!(network.summary()?.num_params(), 784 * 8 + 8);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Debug)]
pub struct SharedLayer {
    placed: Arc<Placed>,
    /// Of the calls that follow.
    arguments: CallArguments,
}

/// A layer that is called, and when it came to be among all of the process.
#[derive(Debug)]
struct Placed {
    layer: NewLayer,
    created: u64,
}

impl SharedLayer {
    /// Calls the layer on what others give.
    pub fn on(&self, inputs: impl IntoNodes) -> Node {
        Node::of(self.clone(), inputs.into_nodes())
    }

    /// The same layer, with the same weights, to be called with other arguments: by another description of its kind, which
    /// wants the same weights. Keras gives them to the call, `embedding(x, reverse=True)`.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::layers::{Dense, Layer, ReversibleEmbedding};
    /// use firebrick::models::{Graph, input};
    ///
    /// // A language model whose head has the weights of its embedding.
    /// let words = ReversibleEmbedding::new(1000, 64);
    /// let embedding = words.clone().shared();
    /// let tokens = input([20]);
    /// let hidden = Dense::new(64).on(embedding.on(&tokens));
    /// let scores = embedding.called_as(words.reversed()).on(hidden);
    /// let network = Graph::new([tokens], [scores]);
    /// assert_eq!(network.output_shapes()?, [[20, 1000]]);
    /// assert_eq!(network.summary()?.num_params(), 1000 * 64 + 64 * 64 + 64);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    #[must_use = "returns the layer with its arguments"]
    pub fn called_as(&self, layer: impl Into<AnyLayer>) -> Self {
        let mut called = self.clone();
        called.arguments.called_as = Some(layer.into());
        called
    }

    /// The same layer, with the same weights, to be called as it is after training, Keras' `training=False` of a call: it drops
    /// nothing, and a batch normalization keeps its moving statistics and normalizes with them. Its weights still learn,
    /// unless it is [frozen](NewLayer::frozen). It holds whatever happens around it, as Keras documents it; the functional models
    /// of Keras 3.15 let the training of the whole win.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::layers::{BatchNormalization, Dense, Layer};
    /// use firebrick::models::{Graph, Sequential, input};
    ///
    /// // What was learned before stays as it is below a new head.
    /// let base = Sequential::new([8]).add(Dense::new(4)).add(BatchNormalization::new()).named("base");
    /// let x = input([8]);
    /// let features = base.frozen().in_inference().on(&x);
    /// let network = Graph::new([x], [Dense::new(2).on(features)]);
    /// assert_eq!(network.summary()?.num_trainable_params(), 4 * 2 + 2);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    #[must_use = "returns the layer with its arguments"]
    pub fn in_inference(&self) -> Self {
        let mut called = self.clone();
        called.arguments.in_inference = true;
        called
    }

    pub(crate) fn layer(&self) -> &NewLayer {
        &self.placed.layer
    }

    pub(crate) fn arguments(&self) -> &CallArguments {
        &self.arguments
    }

    /// What tells it from all others.
    pub(crate) fn key(&self) -> *const () {
        Arc::as_ptr(&self.placed).cast()
    }

    /// A number that grows from one layer to the next.
    pub(crate) fn created(&self) -> u64 {
        self.placed.created
    }
}

impl From<AnyLayer> for NewLayer {
    fn from(layer: AnyLayer) -> Self {
        Self {
            name: None,
            layer,
            trainable: true,
        }
    }
}

impl<L: Layer> From<L> for NewLayer {
    fn from(layer: L) -> Self {
        AnyLayer::from(layer).into()
    }
}
