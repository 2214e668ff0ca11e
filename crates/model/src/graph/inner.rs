//! Networks that are layers of others.

use super::Graph;
use super::sequential::Sequential;
use crate::layer::AnyLayer;

/// A network that is a layer of another.
pub(super) struct Inner {
    pub(super) graph: Graph,
    is_line: bool,
}

impl Inner {
    /// The network that a layer is, if it is one.
    pub(super) fn of(layer: &AnyLayer) -> Option<Self> {
        let of = |graph: &Graph, is_line| Self {
            graph: graph.clone(),
            is_line,
        };
        match (
            layer.downcast_ref::<Sequential>(),
            layer.downcast_ref::<Graph>(),
        ) {
            (Some(line), _) => Some(of(line.as_line(), true)),
            (None, Some(graph)) => Some(of(graph, false)),
            (None, None) => None,
        }
    }

    pub(super) fn into_layer(self) -> AnyLayer {
        if self.is_line {
            Sequential(self.graph).into()
        } else {
            self.graph.into()
        }
    }
}
