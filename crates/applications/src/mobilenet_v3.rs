//! `MobileNetV3`, the small one.

use firebrick_model::Activation::{HardSigmoid, HardSilu, Relu};
use firebrick_model::layers::{
    Add, Conv2D, Dense, Dropout, Flatten, GlobalAveragePooling2D, Layer, Multiply,
};
use firebrick_model::{Activation, Node};

use crate::blocks::{Normalizing, Window, activation, convolution, depthwise};
use crate::channels::{divisible, widened};
use crate::origin::Origin;
use Squeeze::{No, Yes};

/// Whether a block weighs its channels by squeeze and excitation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Squeeze {
    Yes,
    No,
}

/// A row of the paper's table: channels of the inner convolution and those that leave, in the network that is not wider, the
/// inner window, and what the block has.
type Row = (usize, usize, Window, Squeeze, Activation);

const ROWS: [Row; 11] = [
    (16, 16, Window::of(3, 2), Yes, Relu),
    (72, 24, Window::of(3, 2), No, Relu),
    (88, 24, Window::of(3, 1), No, Relu),
    (96, 40, Window::of(5, 2), Yes, HardSilu),
    (240, 40, Window::of(5, 1), Yes, HardSilu),
    (240, 40, Window::of(5, 1), Yes, HardSilu),
    (120, 48, Window::of(5, 1), Yes, HardSilu),
    (144, 48, Window::of(5, 1), Yes, HardSilu),
    (288, 96, Window::of(5, 2), Yes, HardSilu),
    (576, 96, Window::of(5, 1), Yes, HardSilu),
    (576, 96, Window::of(5, 1), Yes, HardSilu),
];

/// Channels that arrive at the first block.
const FIRST: usize = 16;

/// How many times as many channels the last convolution has as arrive at it.
const LAST: usize = 6;

/// Units before the classes, in a network that is not wider.
const HIDDEN: usize = 1024;

/// The share that is dropped before the classes.
const DROPOUT: f64 = 0.2;

fn normalizing(origin: Origin) -> Normalizing {
    let momentum = match origin {
        Origin::Keras => 0.999,
        Origin::Torchvision => 0.99,
    };
    let epsilon = 1e-3;
    Normalizing { epsilon, momentum }
}

/// The last maps of features of an image.
pub(crate) fn features(image: &Node, alpha: f64, origin: Origin) -> Node {
    let ([first, first_bn], [last, last_bn]) = match origin {
        Origin::Keras => (["conv", "conv_bn"], ["conv_1", "conv_1_bn"]),
        Origin::Torchvision => (
            ["features.0.0", "features.0.1"],
            ["features.12.0", "features.12.1"],
        ),
    };
    let mut channels = match origin {
        // Keras' first convolution is always as wide.
        Origin::Keras => FIRST,
        Origin::Torchvision => widened(FIRST, alpha),
    };
    let x = convolution(image, origin, channels, Window::of(3, 2), first);
    let mut x = activation(&normalizing(origin).on(&x, first_bn), HardSilu);
    let mut before = FIRST;
    for (index, (expanded, filters, window, squeeze, activation)) in ROWS.into_iter().enumerate() {
        let block = Block {
            names: Names { origin, index },
            channels,
            expanded: match origin {
                Origin::Keras => divisible(channels as f64 * (expanded as f64 / before as f64)),
                Origin::Torchvision => widened(expanded, alpha),
            },
            filters: widened(filters, alpha),
            window,
            squeeze,
            activation,
        };
        x = block.on(&x);
        (channels, before) = (block.filters, filters);
    }
    let filters = match origin {
        Origin::Keras => divisible((LAST * channels) as f64),
        Origin::Torchvision => LAST * channels,
    };
    let x = convolution(&x, origin, filters, Window::POINT, last);
    activation(&normalizing(origin).on(&x, last_bn), HardSilu)
}

/// The classes by the features.
pub(crate) fn top(
    features: &Node,
    classes: usize,
    alpha: f64,
    classifier: Activation,
    origin: Origin,
) -> Node {
    match origin {
        Origin::Keras => {
            let pooling = GlobalAveragePooling2D::new().keep_dims();
            let x = pooling.named("avg_pool").on(features);
            let units = widened(HIDDEN, alpha.max(1.0));
            let x = Conv2D::new(units, 1).named("conv_2").on(x);
            let x = Dropout::new(DROPOUT).on(activation(&x, HardSilu));
            let x = Flatten::new().on(Conv2D::new(classes, 1).named("logits").on(x));
            let classifier = firebrick_model::layers::Activation::new(classifier);
            classifier.named("predictions").on(x)
        }
        Origin::Torchvision => {
            let x = GlobalAveragePooling2D::new().named("avgpool").on(features);
            let x = Dense::new(widened(HIDDEN, alpha))
                .with_activation(HardSilu)
                .named("classifier.0")
                .on(x);
            let x = Dropout::new(DROPOUT).named("classifier.2").on(x);
            Dense::new(classes)
                .with_activation(classifier)
                .named("classifier.3")
                .on(x)
        }
    }
}

/// What the layers of a block are called.
#[derive(Clone, Copy)]
struct Names {
    origin: Origin,
    /// Counted from 0.
    index: usize,
}

impl Names {
    /// That of a layer: Keras' ending, or the place in torchvision's block.
    fn of(self, keras: &str, torchvision: &str) -> String {
        match (self.origin, self.index) {
            (Origin::Keras, 0) => format!("expanded_conv_{keras}"),
            (Origin::Keras, index) => format!("expanded_conv_{index}_{keras}"),
            (Origin::Torchvision, index) => format!("features.{}.{torchvision}", index + 1),
        }
    }

    fn convolution(self, part: &str, place: usize) -> String {
        self.of(part, &format!("block.{place}.0"))
    }

    fn normalization(self, part: &str, place: usize) -> String {
        self.of(&format!("{part}_bn"), &format!("block.{place}.1"))
    }

    fn squeeze(self, part: &str, place: usize, layer: &str) -> String {
        let keras = format!("squeeze_excite_{part}");
        self.of(&keras, &format!("block.{place}.{layer}"))
    }
}

/// An inverted residual.
struct Block {
    names: Names,
    channels: usize,
    expanded: usize,
    filters: usize,
    window: Window,
    squeeze: Squeeze,
    activation: Activation,
}

impl Block {
    fn on(&self, x: &Node) -> Node {
        let (names, origin) = (self.names, self.names.origin);
        let mut place = 0;
        let mut y = x.clone();
        if self.expands() {
            let name = names.convolution("expand", place);
            y = convolution(&y, origin, self.expanded, Window::POINT, &name);
            y = normalizing(origin).on(&y, names.normalization("expand", place));
            y = activation(&y, self.activation);
            place += 1;
        }
        y = depthwise(
            &y,
            origin,
            self.window,
            &names.convolution("depthwise", place),
        );
        y = normalizing(origin).on(&y, names.normalization("depthwise", place));
        y = activation(&y, self.activation);
        place += 1;
        if self.squeeze == Yes {
            y = self.weighted(&y, place);
            place += 1;
        }
        let name = names.convolution("project", place);
        y = convolution(&y, origin, self.filters, Window::POINT, &name);
        y = normalizing(origin).on(&y, names.normalization("project", place));
        if self.window.strides == 1 && self.channels == self.filters {
            y = Add::new().named(names.of("add", "add")).on([x, &y]);
        }
        y
    }

    /// Whether it begins with a convolution that makes more channels; torchvision leaves out one that does not, Keras that of
    /// the first block.
    fn expands(&self) -> bool {
        match self.names.origin {
            Origin::Keras => self.names.index > 0,
            Origin::Torchvision => self.expanded != self.channels,
        }
    }

    /// Squeeze and excitation: each channel times a weight that the means of all of them say.
    fn weighted(&self, x: &Node, place: usize) -> Node {
        let name = |part, layer| self.names.squeeze(part, place, layer);
        let squeezed = match self.names.origin {
            Origin::Keras => divisible(self.expanded as f64 * 0.25),
            Origin::Torchvision => divisible((self.expanded / 4) as f64),
        };
        let means = GlobalAveragePooling2D::new().keep_dims();
        let y = means.named(name("avg_pool", "avgpool")).on(x);
        let y = Conv2D::new(squeezed, 1)
            .with_activation(Relu)
            .named(name("conv", "fc1"))
            .on(y);
        let weights = Conv2D::new(self.expanded, 1)
            .with_activation(HardSigmoid)
            .named(name("conv_1", "fc2"))
            .on(y);
        let product = Multiply::new().named(name("mul", "mul"));
        product.on([x, &weights])
    }
}
