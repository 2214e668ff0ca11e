use std::sync::Arc;

use super::new_layer::SharedLayer;
use crate::shape::Shape;

/// What a call of a layer will give, or what will enter a network: a place in a graph that is being written down, as Keras'
/// symbolic tensors.
///
/// Sums, differences and products of two of them are layers, too.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Dense, Layer};
/// use firebrick::models::{Graph, input};
///
/// let x = input([8]);
/// let gate = Dense::new(8).on(&x);
/// let y = &x + &(&gate * &x);
/// assert_eq!(Graph::new([x], [y]).output_shapes()?, [[8]]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Node {
    origin: Arc<Origin>,
    output: usize,
}

/// Where something in a graph comes from.
#[derive(Debug)]
pub(crate) enum Origin {
    Input {
        name: Option<String>,
        shape: Shape,
    },
    Call {
        layer: SharedLayer,
        inputs: Vec<Node>,
    },
}

/// What enters a network: samples of this shape, without the batch axis, channels last.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Flatten, Layer};
/// use firebrick::models::{Graph, input};
///
/// let image = input([28, 28, 1]);
/// let pixels = Flatten::new().on(&image);
/// assert_eq!(Graph::new([image], [pixels]).output_shapes()?, [[784]]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
pub fn input(shape: impl Into<Shape>) -> Node {
    Node::input(None, shape.into())
}

/// The same with a name, by which data of several inputs find theirs.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Concatenate, Layer};
/// use firebrick::models::{Graph, named_input};
///
/// let (user, film) = (named_input("user", [8]), named_input("film", [4]));
/// let both = Concatenate::new().on([&user, &film]);
/// assert_eq!(Graph::new([user, film], [both]).output_shapes()?, [[12]]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
pub fn named_input(name: impl Into<String>, shape: impl Into<Shape>) -> Node {
    Node::input(Some(name.into()), shape.into())
}

/// A text that enters a network by this name: its bytes, in a row as long as the longest text of a batch.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::Device;
/// use firebrick::layers::{Layer, StringLookup};
/// use firebrick::models::{AnyTensor, Graph, text_input};
///
/// let color = text_input("color");
/// let index = StringLookup::new().with_vocabulary(["red", "blue"]).on(&color);
/// let device = Device::flex();
/// let model = Graph::new([color], [index]).build(1, &device)?;
/// let colors = AnyTensor::from_texts(&["blue", "mauve"], &device);
/// assert_eq!(model.predict(colors)?.into_ints()?, [2, 0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
pub fn text_input(name: impl Into<String>) -> Node {
    Node::input(Some(name.into()), Shape::text())
}

impl Node {
    fn input(name: Option<String>, shape: Shape) -> Self {
        Self {
            origin: Arc::new(Origin::Input { name, shape }),
            output: 0,
        }
    }

    /// The first output of a layer called on these.
    pub(crate) fn of(layer: SharedLayer, inputs: Vec<Self>) -> Self {
        Self {
            origin: Arc::new(Origin::Call { layer, inputs }),
            output: 0,
        }
    }

    /// The output with this index, counted from 0, of the same call: of a layer that gives several.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::layers::{Dense, Layer};
    /// use firebrick::models::{Graph, input};
    ///
    /// let x = input([8]);
    /// let y = Dense::new(2).on(&x).output(1);
    /// // A Dense gives one output only.
    /// assert!(Graph::new([x], [y]).output_shapes().is_err());
    /// ```
    #[must_use = "returns the other output"]
    pub fn output(&self, index: usize) -> Self {
        Self {
            origin: Arc::clone(&self.origin),
            output: index,
        }
    }

    /// The first outputs of the same call.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::layers::{Dense, Layer};
    /// use firebrick::models::input;
    ///
    /// let [y] = Dense::new(2).on(&input([8])).outputs();
    /// ```
    pub fn outputs<const N: usize>(&self) -> [Self; N] {
        std::array::from_fn(|index| self.output(index))
    }

    pub(crate) fn origin(&self) -> &Arc<Origin> {
        &self.origin
    }

    pub(crate) fn index(&self) -> usize {
        self.output
    }
}

/// Calls may follow each other by the thousands, and are let go of one after the other.
impl Drop for Origin {
    fn drop(&mut self) {
        let Self::Call { inputs, .. } = self else {
            return;
        };
        let mut waiting = std::mem::take(inputs);
        while let Some(node) = waiting.pop() {
            if let Some(mut origin) = Arc::into_inner(node.origin)
                && let Self::Call { inputs, .. } = &mut origin
            {
                waiting.append(inputs);
            }
        }
    }
}

/// What a layer may be called on: one node, or several in order.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{layers, self as models}; }
/// use firebrick::models::{IntoNodes, input};
///
/// let (a, b) = (input([2]), input([3]));
/// assert_eq!((&a).into_nodes().len(), 1);
/// assert_eq!([&a, &b].into_nodes().len(), 2);
/// ```
pub trait IntoNodes {
    /// The nodes in order.
    fn into_nodes(self) -> Vec<Node>;
}

impl IntoNodes for Node {
    fn into_nodes(self) -> Vec<Node> {
        vec![self]
    }
}

impl IntoNodes for &Node {
    fn into_nodes(self) -> Vec<Node> {
        vec![self.clone()]
    }
}

impl<const N: usize> IntoNodes for [Node; N] {
    fn into_nodes(self) -> Vec<Node> {
        self.into()
    }
}

impl<const N: usize> IntoNodes for [&Node; N] {
    fn into_nodes(self) -> Vec<Node> {
        self.into_iter().cloned().collect()
    }
}

impl IntoNodes for Vec<Node> {
    fn into_nodes(self) -> Vec<Node> {
        self
    }
}

impl IntoNodes for &[Node] {
    fn into_nodes(self) -> Vec<Node> {
        self.to_vec()
    }
}

impl IntoNodes for &Vec<Node> {
    fn into_nodes(self) -> Vec<Node> {
        self.clone()
    }
}
