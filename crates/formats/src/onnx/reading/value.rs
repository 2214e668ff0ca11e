//! What flows from node to node while a graph is read.

use std::rc::Rc;

use firebrick_model::{Node, Shape};

use super::constant::Constant;
use super::sizes::{Size, Sizes};

/// What a name of the file stands for.
#[derive(Clone, Debug)]
pub(super) enum Held {
    /// Numbers that depend on what enters.
    Value(Value),
    /// Numbers of the file.
    Constant(Rc<Constant>),
    /// A shape, or a part of it.
    Sizes(Sizes),
    /// One number everywhere, in a shape that does not matter.
    Filled(f32),
    /// `erf(x / √2)`, from which a `Gelu` is made up.
    Erf { x: Value },
    /// `factor · (1 + erf(x / √2))`
    ErfPlusOne { x: Value, factor: f32 },
    /// Whether each element is above a number.
    Above { x: Value, threshold: f32 },
}

impl From<Value> for Held {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

/// What the numbers of a value are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Floats,
    /// Whole numbers, as they are.
    Ints,
    /// Floats of which only the whole part counts, as for an embedding.
    Truncated,
}

/// An output of a layer, or an input of the network.
///
/// Our networks have the samples first and the channels last. Where the file has them is remembered, so that a transposition
/// needs no layer.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) node: Node,
    /// Of a sample, as our network has it.
    pub(super) shape: Shape,
    /// Which axis of the file's tensor each of our axes is; the first one are the samples.
    pub(super) order: Vec<usize>,
    /// Whether the file's tensor has all axes behind the samples as one, in its own order.
    pub(super) is_flat: bool,
    pub(super) kind: Kind,
    /// Whether nothing is below 0.
    pub(super) is_positive: bool,
    /// The value that it is, and how many times.
    pub(super) scaled: Option<(Box<Self>, f32)>,
    /// The same numbers in the same order before they had this shape.
    pub(super) before: Option<(Node, Shape)>,
    /// What it has in common with its clones alone.
    pub(super) own: Rc<()>,
}

impl Value {
    pub(super) fn new(node: Node, shape: Shape, order: Vec<usize>) -> Self {
        Self {
            node,
            shape,
            order,
            is_flat: false,
            kind: Kind::Floats,
            is_positive: false,
            scaled: None,
            before: None,
            own: Rc::default(),
        }
    }

    /// What a layer gives that leaves every number in its place.
    pub(super) fn with_node(&self, node: Node) -> Self {
        Self {
            is_flat: self.is_flat,
            ..Self::new(node, self.shape.clone(), self.order.clone())
        }
    }

    /// The same numbers at another node, in another shape; the order of axes is to be set.
    pub(super) fn as_of(&self, node: Node, shape: Shape) -> Self {
        Self {
            kind: self.kind,
            is_positive: self.is_positive,
            ..Self::new(node, shape, self.order.clone())
        }
    }

    /// Whether it is the same value, with its axes in the same order.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.own, &other.own)
            && self.order == other.order
            && self.is_flat == other.is_flat
    }

    /// How many axes the file's tensor has.
    pub(super) fn rank(&self) -> usize {
        if self.is_flat { 2 } else { self.order.len() }
    }

    /// The sizes of the file's tensor before it was flat.
    pub(super) fn axes(&self) -> Vec<Size> {
        let mut sizes = vec![Size::Batch; self.order.len()];
        for (axis, size) in self.order[1..].iter().zip(self.shape.axes()) {
            sizes[*axis] = Size::of(*size);
        }
        sizes
    }

    /// The sizes of the file's tensor.
    pub(super) fn sizes(&self) -> Vec<Size> {
        if self.is_flat {
            vec![Size::Batch, Size::of(self.shape.num_elements())]
        } else {
            self.axes()
        }
    }

    /// Which of our axes an axis of the file's tensor is.
    pub(super) fn place(&self, axis: usize) -> Option<usize> {
        self.order.iter().position(|own| *own == axis)
    }

    /// The axis that a number of the file means.
    pub(super) fn axis(&self, axis: i64) -> Option<usize> {
        axis_within(axis, self.rank())
    }
}

/// The axis that a number means, which counts from the end if it is negative.
pub(super) fn axis_within(axis: i64, rank: usize) -> Option<usize> {
    let rank = i64::try_from(rank).ok()?;
    let axis = if axis < 0 {
        axis.checked_add(rank)?
    } else {
        axis
    };
    usize::try_from(axis).ok().filter(|_| axis < rank)
}

/// Samples, then all other axes as the file has them.
pub(super) fn in_order(batch: usize, rank: usize) -> Vec<usize> {
    let others = (0..rank).filter(|axis| *axis != batch);
    [batch].into_iter().chain(others).collect()
}

/// Samples, the axes behind the channels, and the channels.
pub(super) fn channels_last(rank: usize) -> Vec<usize> {
    [0].into_iter().chain(2..rank).chain([1]).collect()
}
