use super::{Activation, Layer};

/// A layer on its way into a network, with a name or without one yet.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::Dense;
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
    pub(crate) layer: Layer,
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
}

impl From<Layer> for NewLayer {
    fn from(layer: Layer) -> Self {
        Self {
            name: None,
            layer,
            trainable: true,
        }
    }
}

impl From<crate::activation::Activation> for NewLayer {
    fn from(activation: crate::activation::Activation) -> Self {
        Activation::new(activation).into()
    }
}
