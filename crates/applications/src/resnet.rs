//! Residual networks.

use firebrick_model::layers::{
    Activation as ActivationLayer, Add, Conv2D, Dense, GlobalAveragePooling2D, Layer, MaxPooling2D,
    Padding, ZeroPadding2D,
};
use firebrick_model::{Activation, Node};

use crate::blocks::{Normalizing, Window, convolution};
use crate::origin::Origin;

/// Keras' epsilon and momentum.
const OF_KERAS: Normalizing = Normalizing {
    epsilon: 1.001e-5,
    momentum: 0.99,
};

const OF_TORCHVISION: Normalizing = Normalizing {
    epsilon: 1e-5,
    momentum: 0.9,
};

/// Channels of the narrow convolutions of the four stages.
const STAGES: [usize; 4] = [64, 128, 256, 512];

/// Of how many blocks the stages are, and whether these have a bottleneck.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Depth {
    Eighteen,
    Fifty,
}

impl Depth {
    fn blocks(self) -> [usize; 4] {
        match self {
            Self::Eighteen => [2, 2, 2, 2],
            Self::Fifty => [3, 4, 6, 3],
        }
    }

    /// How many times as many channels leave a block as its narrow convolutions have.
    fn expansion(self) -> usize {
        match self {
            Self::Eighteen => 1,
            Self::Fifty => 4,
        }
    }
}

/// The last maps of features of an image.
pub(crate) fn features(image: &Node, depth: Depth, origin: Origin) -> Node {
    match origin {
        Origin::Keras => of_keras(image, depth),
        Origin::Torchvision => of_torchvision(image, depth),
    }
}

/// The classes by the features.
pub(crate) fn top(features: &Node, classes: usize, activation: Activation, origin: Origin) -> Node {
    let (pooling, classifier) = match origin {
        Origin::Keras => ("avg_pool", "predictions"),
        Origin::Torchvision => ("avgpool", "fc"),
    };
    let pooled = GlobalAveragePooling2D::new().named(pooling).on(features);
    Dense::new(classes)
        .with_activation(activation)
        .named(classifier)
        .on(pooled)
}

fn relu(x: &Node, name: String) -> Node {
    ActivationLayer::new(Activation::Relu).named(name).on(x)
}

/// The maximum of what lies around every second place; beyond the edges are zeros, which no value behind a relu is below.
fn pooled(x: &Node, padding: &str, pooling: &str) -> Node {
    let x = ZeroPadding2D::new(1).named(padding).on(x);
    MaxPooling2D::new(3).with_strides(2).named(pooling).on(x)
}

/// One of the blocks.
struct Block {
    name: String,
    filters: usize,
    strides: usize,
    /// Whether what goes past it is convolved, too, because it becomes another shape.
    changes_shape: bool,
}

/// All blocks, in order.
fn blocks(depth: Depth, name: impl Fn(usize, usize) -> String) -> Vec<Block> {
    let stages = STAGES.into_iter().zip(depth.blocks()).enumerate();
    let blocks = stages.flat_map(|(stage, (filters, blocks))| {
        (0..blocks).map(move |block| (stage, block, filters))
    });
    let blocks = blocks.map(|(stage, block, filters)| {
        let strides = if block == 0 && stage > 0 { 2 } else { 1 };
        Block {
            name: name(stage, block),
            filters,
            strides,
            changes_shape: block == 0 && (strides > 1 || depth.expansion() > 1),
        }
    });
    blocks.collect()
}

fn of_keras(image: &Node, depth: Depth) -> Node {
    let x = ZeroPadding2D::new(3).named("conv1_pad").on(image);
    let x = Conv2D::new(STAGES[0], 7)
        .with_strides(2)
        .named("conv1_conv")
        .on(x);
    let x = OF_KERAS.on(&x, "conv1_bn");
    let x = relu(&x, "conv1_relu".to_owned());
    let x = pooled(&x, "pool1_pad", "pool1_pool");
    blocks(depth, |stage, block| {
        format!("conv{}_block{}", stage + 2, block + 1)
    })
    .iter()
    .fold(x, |x, block| block.of_keras(&x, depth))
}

fn of_torchvision(image: &Node, depth: Depth) -> Node {
    let window = Window::of(7, 2);
    let x = convolution(image, Origin::Torchvision, STAGES[0], window, "conv1");
    let x = OF_TORCHVISION.on(&x, "bn1");
    let x = relu(&x, "relu".to_owned());
    let x = pooled(&x, "maxpool.padding", "maxpool");
    blocks(depth, |stage, block| format!("layer{}.{block}", stage + 1))
        .iter()
        .fold(x, |x, block| match depth {
            Depth::Eighteen => block.plain(&x),
            Depth::Fifty => block.with_bottleneck(&x),
        })
}

impl Block {
    /// A bottleneck whose first convolution has the strides, with biases.
    fn of_keras(&self, x: &Node, depth: Depth) -> Node {
        let name = &self.name;
        let convolved = |x: &Node, filters, window: Window, part: usize| {
            let y = Conv2D::new(filters, window.kernel_size)
                .with_strides(window.strides)
                .with_padding(Padding::Same)
                .named(format!("{name}_{part}_conv"))
                .on(x);
            OF_KERAS.on(&y, format!("{name}_{part}_bn"))
        };
        let strided = Window::of(1, self.strides);
        let expanded = self.filters * depth.expansion();
        let shortcut = if self.changes_shape {
            convolved(x, expanded, strided, 0)
        } else {
            x.clone()
        };
        let y = convolved(x, self.filters, strided, 1);
        let y = relu(&y, format!("{name}_1_relu"));
        let y = convolved(&y, self.filters, Window::of(3, 1), 2);
        let y = relu(&y, format!("{name}_2_relu"));
        let y = convolved(&y, expanded, Window::POINT, 3);
        let sum = Add::new().named(format!("{name}_add")).on([&shortcut, &y]);
        relu(&sum, format!("{name}_out"))
    }

    /// torchvision's `BasicBlock`.
    fn plain(&self, x: &Node) -> Node {
        let y = self.convolved(x, self.filters, Window::of(3, self.strides), 1);
        let y = relu(&y, format!("{}.relu1", self.name));
        let y = self.convolved(&y, self.filters, Window::of(3, 1), 2);
        self.added(x, &y, Depth::Eighteen)
    }

    /// torchvision's `Bottleneck`, whose second convolution has the strides.
    fn with_bottleneck(&self, x: &Node) -> Node {
        let y = self.convolved(x, self.filters, Window::POINT, 1);
        let y = relu(&y, format!("{}.relu1", self.name));
        let y = self.convolved(&y, self.filters, Window::of(3, self.strides), 2);
        let y = relu(&y, format!("{}.relu2", self.name));
        let expanded = self.filters * Depth::Fifty.expansion();
        let y = self.convolved(&y, expanded, Window::POINT, 3);
        self.added(x, &y, Depth::Fifty)
    }

    fn convolved(&self, x: &Node, filters: usize, window: Window, part: usize) -> Node {
        let name = format!("{}.conv{part}", self.name);
        let y = convolution(x, Origin::Torchvision, filters, window, &name);
        OF_TORCHVISION.on(&y, format!("{}.bn{part}", self.name))
    }

    fn added(&self, x: &Node, y: &Node, depth: Depth) -> Node {
        let shortcut = if self.changes_shape {
            let name = format!("{}.downsample", self.name);
            let filters = self.filters * depth.expansion();
            let window = Window::of(1, self.strides);
            let origin = Origin::Torchvision;
            let y = convolution(x, origin, filters, window, &format!("{name}.0"));
            OF_TORCHVISION.on(&y, format!("{name}.1"))
        } else {
            x.clone()
        };
        let sum = Add::new()
            .named(format!("{}.add", self.name))
            .on([y, &shortcut]);
        relu(&sum, format!("{}.relu", self.name))
    }
}
