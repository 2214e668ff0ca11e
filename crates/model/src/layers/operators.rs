//! Sums, differences and products of nodes.

use super::{Add, Multiply, Subtract};
use crate::layer::{Layer, Node};

/// An operator between two nodes, by the layer that does it.
macro_rules! operator {
    ($($operator:ident::$function:ident => $layer:ident;)+) => {
        $(
            impl std::ops::$operator for &Node {
                type Output = Node;

                fn $function(self, other: Self) -> Node {
                    $layer::new().on([self, other])
                }
            }

            impl std::ops::$operator for Node {
                type Output = Self;

                fn $function(self, other: Self) -> Self {
                    $layer::new().on([self, other])
                }
            }
        )+
    };
}

operator! {
    Add::add => Add;
    Sub::sub => Subtract;
    Mul::mul => Multiply;
}
