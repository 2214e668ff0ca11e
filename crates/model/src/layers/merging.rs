//! Layers that make one signal of several.

use burn::tensor::{Bool, Tensor};
use firebrick_tensor::AnyTensor;

use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::{Signal, Signals};

/// Writes a layer out that joins its inputs element by element.
macro_rules! elementwise_merging {
    (
        $(#[$meaning:meta])*
        pub struct $layer:ident: $merge:expr $(, of $count:literal)?;
    ) => {
        $(#[$meaning])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $layer {}

        impl $layer {
            /// The layer, which has no settings.
            pub fn new() -> Self {
                Self::default()
            }
        }

        impl $crate::layer::Layer for $layer {
            const CLASS_NAME: &'static str = stringify!($layer);

            fn output_shapes(
                &self,
                inputs: &[$crate::shape::Shape],
            ) -> Result<Vec<$crate::shape::Shape>, $crate::layer_problem::LayerProblem> {
                $(
                    if inputs.len() != $count {
                        return Err($crate::layer_problem::LayerProblem::NumInputs {
                            expected: stringify!($count).to_owned(),
                            received: inputs.len(),
                        });
                    }
                )?
                Ok(vec![$crate::layers::merging::merged_shape(inputs)?])
            }

            fn call(
                &self,
                inputs: $crate::signal::Signals,
                _: &$crate::layer::Call,
            ) -> Result<$crate::signal::Signals, $crate::layer_problem::LayerProblem> {
                Ok($crate::layers::merging::merged(inputs, &$merge))
            }

            fn masking(&self) -> $crate::layer::Masking {
                $crate::layer::Masking::Merges
            }
        }
    };
}

pub(super) use elementwise_merging;

/// What several shapes become when their elements are joined one by one: axes of size 1 are stretched, and a shape of fewer
/// axes meets the last ones of another.
///
/// # Errors
/// Fewer than two inputs; sizes that do not meet.
pub(super) fn merged_shape(inputs: &[Shape]) -> Result<Shape, LayerProblem> {
    let [first, rest @ ..] = inputs else {
        return Err(too_few(0));
    };
    if rest.is_empty() {
        return Err(too_few(1));
    }
    rest.iter().try_fold(first.clone(), |shape, other| {
        broadcast(&shape, other).ok_or_else(|| {
            LayerProblem::input(
                "shapes that meet: along each axis the same size, or 1",
                "bring them into one shape, e.g. by a Dense, a convolution of 1, or a Reshape",
            )
        })
    })
}

pub(super) fn too_few(received: usize) -> LayerProblem {
    LayerProblem::NumInputs {
        expected: "2 or more".to_owned(),
        received,
    }
}

fn broadcast(one: &Shape, other: &Shape) -> Option<Shape> {
    let (long, short) = if one.rank() < other.rank() {
        (other, one)
    } else {
        (one, other)
    };
    let extra = long.rank() - short.rank();
    let meet = |(index, &size): (usize, &Option<usize>)| {
        let Some(place) = index.checked_sub(extra) else {
            return Some(size);
        };
        match (size, short.axes()[place]) {
            (Some(1), other) => Some(other),
            (own, Some(1)) => Some(own),
            (Some(own), Some(other)) => (own == other).then_some(Some(own)),
            // What is open meets what is not 1.
            (own, other) => Some(own.or(other)),
        }
    };
    let axes = long.axes().iter().enumerate().map(meet);
    axes.collect::<Option<Vec<_>>>().map(Shape::from)
}

/// How tensors of one rank, whose shapes meet, are joined.
pub(super) trait Merge {
    /// What was joined so far, and the next.
    fn pair<const D: usize>(&self, all: Tensor<D>, next: Tensor<D>) -> Tensor<D>;

    /// What is done in the end, when `count` are joined.
    fn finish<const D: usize>(&self, all: Tensor<D>, _count: usize) -> Tensor<D> {
        all
    }

    /// All of them.
    fn merge<const D: usize>(&self, inputs: Vec<Tensor<D>>) -> Tensor<D> {
        let count = inputs.len();
        let all = inputs.into_iter().reduce(|all, next| self.pair(all, next));
        match all {
            Some(all) => self.finish(all, count),
            None => unreachable!("there are two or more inputs, checked before"),
        }
    }
}

/// The joined values with the mask of all.
pub(super) fn merged(inputs: Signals, merge: &impl Merge) -> Signals {
    let mask = every_mask(&inputs);
    let rank = inputs.iter().map(|signal| signal.values().rank()).max();
    let values = inputs.into_iter().map(Signal::into_values);
    let values: Vec<AnyTensor> = values
        .map(|values| at_rank(values, rank.unwrap_or(1)))
        .collect();
    /// One arm for each rank.
    macro_rules! of_rank {
        ($($rank:literal),+) => {
            match rank {
                $(Some($rank) => AnyTensor::from(
                    merge.merge(values.into_iter().map(AnyTensor::expect_rank::<$rank>).collect()),
                ),)+
                rank => unreachable!("a batch has 1 to 6 axes, checked before, not {rank:?}"),
            }
        };
    }
    Signal::from(of_rank!(1, 2, 3, 4, 5, 6))
        .with_mask(mask)
        .into()
}

/// The values with axes of size 1 after the batch axis, until there are so many.
pub(super) fn at_rank(values: AnyTensor, rank: usize) -> AnyTensor {
    let mut shape = values.shape();
    let missing = rank - shape.len();
    if missing == 0 {
        return values;
    }
    shape.splice(1..1, std::iter::repeat_n(1, missing));
    values.reshaped(&shape)
}

/// Where all masks that there are say that a step counts.
pub(super) fn every_mask(inputs: &Signals) -> Option<Tensor<2, Bool>> {
    inputs
        .iter()
        .filter_map(Signal::mask)
        .cloned()
        .reduce(Tensor::bool_and)
}
