//! Layers that make one signal of several.

use burn::tensor::{Bool, Tensor};
use firebrick_host::Kernel;
use firebrick_host::kernels::Gather;
use firebrick_tensor::AnyTensor;

use crate::layer::{HostForm, stretched as stretched_places};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::{Signal, Signals};

/// Writes a layer out that joins its inputs element by element.
macro_rules! elementwise_merging {
    (
        $(#[$meaning:meta])*
        pub struct $layer:ident: $merge:expr $(, of $count:literal)? $(, on host $kernel:expr)?;
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

            fn output_masks(&self, inputs: &[bool]) -> Vec<bool> {
                vec![inputs.iter().all(|has_mask| *has_mask)]
            }

            $(
                fn host_form(
                    &self,
                    inputs: &[$crate::shape::Shape],
                ) -> Option<$crate::layer::HostForm> {
                    $crate::layers::merging::merged_on_host(inputs, $kernel)
                }
            )?
        }
    };
}

pub(super) use elementwise_merging;

/// Inputs merged over plain memory, stretched where they have to be, by a kernel for so many floats of so many inputs.
pub(super) fn merged_on_host<K: Kernel + 'static>(
    inputs: &[Shape],
    kernel: fn(usize, usize) -> K,
) -> Option<HostForm> {
    let sizes = merged_shape(inputs).ok()?.known().ok()?;
    let stretch = |input: &Shape| {
        let mut own = vec![1; sizes.len() - input.rank()];
        own.extend(input.known().ok()?);
        if own == sizes {
            return Some(HostForm::unchanged());
        }
        let places = stretched_places(&own, &sizes)?.into_iter().map(Some);
        Some(HostForm::of(Gather::new(places.collect::<Vec<_>>()), []))
    };
    let stretched: Option<Vec<HostForm>> = inputs.iter().map(stretch).collect();
    let kernel = kernel(sizes.iter().product(), inputs.len());
    Some(HostForm::joining(stretched?, kernel))
}

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
    /// What becomes of steps that a mask leaves out.
    const LEFT_OUT: LeftOut = LeftOut::Joined;

    /// What was joined so far, and the next.
    fn pair<const D: usize>(&self, all: Tensor<D>, next: Tensor<D>) -> Tensor<D>;

    /// What is done in the end, when `count` are joined.
    fn finish<const D: usize>(&self, all: Tensor<D>, _count: usize) -> Tensor<D> {
        all
    }

    /// All of them, with the masks that there are.
    fn merge<const D: usize>(&self, inputs: Vec<Masked<D>>) -> Tensor<D> {
        let count = inputs.len();
        let all = inputs
            .into_iter()
            .reduce(|all, next| self.masked_pair(all, next));
        match all {
            Some((all, mask)) => {
                let all = match mask {
                    Some(mask) if Self::LEFT_OUT == LeftOut::Neutral => left_out(all, &mask, 0.0),
                    _ => all,
                };
                self.finish(all, count)
            }
            None => unreachable!("there are two or more inputs, checked before"),
        }
    }

    /// What was joined so far, and the next, with the mask of both if both have one.
    fn masked_pair<const D: usize>(&self, all: Masked<D>, next: Masked<D>) -> Masked<D> {
        let ((all, all_mask), (next, next_mask)) = (all, next);
        let mask = match (&all_mask, &next_mask) {
            (Some(one), Some(other)) => Some(either(one, other)),
            _ => None,
        };
        let (all, next) = match Self::LEFT_OUT {
            LeftOut::Joined => (all, next),
            LeftOut::Neutral => {
                let neutral = |x: Tensor<D>, mask: &Option<Mask>| match mask {
                    Some(mask) => left_out(x, mask, 1.0),
                    None => x,
                };
                (neutral(all, &all_mask), neutral(next, &next_mask))
            }
            LeftOut::Replaced => {
                let sizes = stretched(all.dims(), next.dims());
                let (all, next) = (all.expand(sizes), next.expand(sizes));
                let next = match next_mask {
                    Some(mask) => next.mask_where(steps(&mask, sizes).bool_not(), all.clone()),
                    None => next,
                };
                let all = match all_mask {
                    Some(mask) => all.mask_where(steps(&mask, sizes).bool_not(), next.clone()),
                    None => all,
                };
                (all, next)
            }
        };
        (self.pair(all, next), mask)
    }
}

/// What becomes of the steps that a mask leaves out, when they are joined with others.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LeftOut {
    /// They are joined as all others.
    Joined,
    /// They count as 1; where all are left out, 0 comes out.
    Neutral,
    /// Those of the other input stand in their place.
    Replaced,
}

type Mask = Tensor<2, Bool>;

/// Values and their mask.
type Masked<const D: usize> = (Tensor<D>, Option<Mask>);

/// Where one of two masks says that a step counts.
fn either(one: &Mask, other: &Mask) -> Mask {
    let sizes = stretched(one.dims(), other.dims());
    one.clone()
        .expand(sizes)
        .bool_or(other.clone().expand(sizes))
}

/// The sizes of both, where one of 1 is stretched.
fn stretched<const D: usize>(one: [usize; D], other: [usize; D]) -> [usize; D] {
    std::array::from_fn(|axis| one[axis].max(other[axis]))
}

/// The mask of steps for all that a step has.
fn steps<const D: usize>(mask: &Mask, sizes: [usize; D]) -> Tensor<D, Bool> {
    let mut shape = [1; D];
    for (size, own) in shape.iter_mut().zip(mask.dims()) {
        *size = own;
    }
    mask.clone().reshape(shape).expand(sizes)
}

/// The values with another one where the mask leaves them out.
fn left_out<const D: usize>(x: Tensor<D>, mask: &Mask, value: f32) -> Tensor<D> {
    let sizes = x.dims();
    x.mask_fill(steps(mask, sizes).bool_not(), value)
}

/// The joined values, with the mask of all if all have one: a step counts where it does in one of them.
pub(super) fn merged<M: Merge>(inputs: Signals, merge: &M) -> Signals {
    let rank = inputs.iter().map(|signal| signal.values().rank()).max();
    let masks = inputs.iter().map(|signal| signal.mask().cloned());
    let masks: Vec<Option<Mask>> = masks.collect();
    let every: Option<Vec<Mask>> = masks.iter().cloned().collect();
    let mask = every.and_then(|masks| masks.into_iter().reduce(|one, other| either(&one, &other)));
    let values = inputs.into_iter().map(Signal::into_values);
    let values = values.map(|values| at_rank(values, rank.unwrap_or(1)));
    let values: Vec<(AnyTensor, Option<Mask>)> = values.zip(masks).collect();
    /// One arm for each rank.
    macro_rules! of_rank {
        ($($rank:literal),+) => {
            match rank {
                $(Some($rank) => {
                    let values = values.into_iter();
                    let values = values.map(|(values, mask)| (values.expect_rank::<$rank>(), mask));
                    AnyTensor::from(merge.merge(values.collect()))
                })+
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
