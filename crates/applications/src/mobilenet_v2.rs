//! `MobileNetV2`.

use firebrick_model::layers::{Add, Dense, Dropout, GlobalAveragePooling2D, Layer, ReLU};
use firebrick_model::{Activation, Node};

use crate::blocks::{Normalizing, Window, convolution, depthwise};
use crate::channels::{divisible, widened};
use crate::origin::Origin;

/// Expansion, channels, number of blocks and strides of the first of them, for each stage.
const STAGES: [(usize, usize, usize, usize); 7] = [
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
];

/// Channels behind the last stage, in a network that is not wider.
const LAST: usize = 1280;

fn normalizing(origin: Origin) -> Normalizing {
    match origin {
        Origin::Keras => Normalizing {
            epsilon: 1e-3,
            momentum: 0.999,
        },
        Origin::Torchvision => Normalizing {
            epsilon: 1e-5,
            momentum: 0.9,
        },
    }
}

/// The last maps of features of an image.
pub(crate) fn features(image: &Node, alpha: f64, origin: Origin) -> Node {
    let (first, first_bn) = match origin {
        Origin::Keras => ("Conv1", "bn_Conv1"),
        Origin::Torchvision => ("features.0.0", "features.0.1"),
    };
    let mut channels = widened(32, alpha);
    let x = convolution(image, origin, channels, Window::of(3, 2), first);
    let x = normalizing(origin).on(&x, first_bn);
    let mut x = relu6(&x, behind(origin, "Conv1_relu", "features.0.2"));
    let mut index = 0;
    for (expansion, filters, blocks, strides) in STAGES {
        for block in 0..blocks {
            let filters = match origin {
                // Keras cuts off before it rounds.
                Origin::Keras => divisible((filters as f64 * alpha).floor()),
                Origin::Torchvision => widened(filters, alpha),
            };
            let block = Block {
                names: Names { origin, index },
                channels,
                expansion,
                filters,
                strides: if block == 0 { strides } else { 1 },
            };
            x = block.on(&x);
            channels = filters;
            index += 1;
        }
    }
    let (last, last_bn) = match origin {
        Origin::Keras => ("Conv_1", "Conv_1_bn"),
        Origin::Torchvision => ("features.18.0", "features.18.1"),
    };
    let x = convolution(
        &x,
        origin,
        widened(LAST, alpha.max(1.0)),
        Window::POINT,
        last,
    );
    let x = normalizing(origin).on(&x, last_bn);
    relu6(&x, behind(origin, "out_relu", "features.18.2"))
}

/// The classes by the features.
pub(crate) fn top(features: &Node, classes: usize, activation: Activation, origin: Origin) -> Node {
    let pooled = GlobalAveragePooling2D::new().named("avg_pool").on(features);
    let (x, name) = match origin {
        Origin::Keras => (pooled, "predictions"),
        Origin::Torchvision => {
            let dropout = Dropout::new(0.2).named("classifier.0");
            (dropout.on(pooled), "classifier.1")
        }
    };
    Dense::new(classes)
        .with_activation(activation)
        .named(name)
        .on(x)
}

fn relu6(x: &Node, name: String) -> Node {
    ReLU::new().with_max_value(6.0).named(name).on(x)
}

fn behind(origin: Origin, keras: &str, torchvision: &str) -> String {
    let name = match origin {
        Origin::Keras => keras,
        Origin::Torchvision => torchvision,
    };
    name.to_owned()
}

/// What the layers of a block are called.
#[derive(Clone, Copy)]
struct Names {
    origin: Origin,
    /// Counted from 0.
    index: usize,
}

/// A part of a block.
#[derive(Clone, Copy)]
enum Part {
    Expand,
    Depthwise,
    Project,
}

impl Names {
    /// Those of a convolution, its normalization and its activation.
    fn of(self, part: Part) -> [String; 3] {
        let Self { origin, index } = self;
        match origin {
            Origin::Keras => {
                let part = match part {
                    Part::Expand => "expand",
                    Part::Depthwise => "depthwise",
                    Part::Project => "project",
                };
                let prefix = match index {
                    0 => "expanded_conv".to_owned(),
                    index => format!("block_{index}"),
                };
                ["", "_BN", "_relu"].map(|ending| format!("{prefix}_{part}{ending}"))
            }
            Origin::Torchvision => {
                let prefix = format!("features.{}.conv", index + 1);
                // The first block does not expand.
                let first = usize::from(index > 0);
                match part {
                    Part::Expand => [0, 1, 2].map(|place| format!("{prefix}.0.{place}")),
                    Part::Depthwise => [0, 1, 2].map(|place| format!("{prefix}.{first}.{place}")),
                    Part::Project => [1, 2, 3].map(|place| format!("{prefix}.{}", first + place)),
                }
            }
        }
    }

    fn sum(self) -> String {
        match self.origin {
            Origin::Keras => format!("block_{}_add", self.index),
            Origin::Torchvision => format!("features.{}.add", self.index + 1),
        }
    }
}

/// An inverted residual.
struct Block {
    names: Names,
    channels: usize,
    expansion: usize,
    filters: usize,
    strides: usize,
}

impl Block {
    fn on(&self, x: &Node) -> Node {
        let origin = self.names.origin;
        let normalizing = normalizing(origin);
        let mut y = x.clone();
        if self.expansion > 1 {
            let [name, bn, relu] = self.names.of(Part::Expand);
            let filters = self.channels * self.expansion;
            y = convolution(&y, origin, filters, Window::POINT, &name);
            y = relu6(&normalizing.on(&y, bn), relu);
        }
        let [name, bn, relu] = self.names.of(Part::Depthwise);
        y = depthwise(&y, origin, Window::of(3, self.strides), &name);
        y = relu6(&normalizing.on(&y, bn), relu);
        let [name, bn, _] = self.names.of(Part::Project);
        y = convolution(&y, origin, self.filters, Window::POINT, &name);
        y = normalizing.on(&y, bn);
        if self.strides == 1 && self.channels == self.filters {
            y = Add::new().named(self.names.sum()).on([x, &y]);
        }
        y
    }
}
