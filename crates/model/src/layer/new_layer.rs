use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Layer;
use super::any_layer::AnyLayer;
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
        SharedLayer(Arc::new(Placed {
            layer: self,
            created: CREATED.fetch_add(1, Ordering::Relaxed),
        }))
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
pub struct SharedLayer(Arc<Placed>);

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

    pub(crate) fn layer(&self) -> &NewLayer {
        &self.0.layer
    }

    /// What tells it from all others.
    pub(crate) fn key(&self) -> *const () {
        Arc::as_ptr(&self.0).cast()
    }

    /// A number that grows from one layer to the next.
    pub(crate) fn created(&self) -> u64 {
        self.0.created
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
