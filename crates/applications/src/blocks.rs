//! Convolutions with what stands around them, as each library has them.

use firebrick_model::layers::{
    Activation as ActivationLayer, BatchNormalization, Conv2D, DepthwiseConv2D, Layer, Padding,
    ZeroPadding2D,
};
use firebrick_model::{Activation, Node};

use crate::origin::Origin;

/// Epsilon and momentum of the batch normalizations of a network.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Normalizing {
    pub(crate) epsilon: f64,
    /// Keras': the share of the statistics that stays. torchvision's is the share that is new.
    pub(crate) momentum: f64,
}

impl Normalizing {
    pub(crate) fn on(self, x: &Node, name: impl Into<String>) -> Node {
        BatchNormalization::new()
            .with_epsilon(self.epsilon)
            .with_momentum(self.momentum)
            .named(name)
            .on(x)
    }
}

/// A window: its size along both axes, and its stride.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) kernel_size: usize,
    pub(crate) strides: usize,
}

impl Window {
    /// That of a convolution of each place by itself.
    pub(crate) const POINT: Self = Self::of(1, 1);

    pub(crate) const fn of(kernel_size: usize, strides: usize) -> Self {
        Self {
            kernel_size,
            strides,
        }
    }

    /// What the window slides over, and how it treats the edges.
    ///
    /// With strides of 2 Keras pads what is missing, the odd row at the end: where its networks have a `ZeroPadding2D` with
    /// `correct_pad` before it, that is the same. torchvision pads half a window on each side.
    pub(crate) fn over(self, x: &Node, origin: Origin, name: &str) -> (Node, Padding) {
        if origin == Origin::Keras || self.strides == 1 {
            return (x.clone(), Padding::Same);
        }
        match self.kernel_size / 2 {
            0 => (x.clone(), Padding::Valid),
            margin => {
                let padding = ZeroPadding2D::new(margin).named(format!("{name}.padding"));
                (padding.on(x), Padding::Valid)
            }
        }
    }
}

/// A convolution without a bias, which a normalization follows.
pub(crate) fn convolution(
    x: &Node,
    origin: Origin,
    filters: usize,
    window: Window,
    name: &str,
) -> Node {
    let (x, padding) = window.over(x, origin, name);
    Conv2D::new(filters, window.kernel_size)
        .with_strides(window.strides)
        .with_padding(padding)
        .without_bias()
        .named(name)
        .on(&x)
}

/// A convolution of each channel by itself without a bias.
pub(crate) fn depthwise(x: &Node, origin: Origin, window: Window, name: &str) -> Node {
    let (x, padding) = window.over(x, origin, name);
    DepthwiseConv2D::new(window.kernel_size)
        .with_strides(window.strides)
        .with_padding(padding)
        .without_bias()
        .named(name)
        .on(&x)
}

/// A function by itself, which has Keras' default name.
pub(crate) fn activation(x: &Node, activation: Activation) -> Node {
    ActivationLayer::new(activation).on(x)
}
