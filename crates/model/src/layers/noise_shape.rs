use serde::{Deserialize, Serialize};

use crate::layer::{Spread, stretched};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;

/// Along which axes of a batch a dropout draws for itself: a size of 1 where elements share a draw, nothing where each has
/// its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct NoiseShape(Vec<Option<usize>>);

impl NoiseShape {
    pub(super) fn new(axes: impl Into<Vec<Option<usize>>>) -> Self {
        Self(axes.into())
    }

    /// Whether draws of this shape fit samples.
    ///
    /// # Errors
    /// Another number of axes; a size that is neither 1 nor that of the axis.
    pub(super) fn check(shape: Option<&Self>, input: &Shape) -> Result<(), LayerProblem> {
        let Some(Self(axes)) = shape else {
            return Ok(());
        };
        let batch_and_sample = [&None].into_iter().chain(input.axes());
        let fits = |(own, size): (&Option<usize>, &Option<usize>)| match own {
            None | Some(1) => true,
            Some(own) => *size == Some(*own),
        };
        if axes.len() != input.rank() + 1 || !axes.iter().zip(batch_and_sample).all(fits) {
            let expected = format!(
                "for the batch and each of the axes of {input} nothing, 1 or the size of the axis"
            );
            return Err(LayerProblem::argument("noise_shape", expected, axes));
        }
        Ok(())
    }

    /// How draws of this shape go to samples over plain memory.
    pub(super) fn spread(shape: Option<&Self>, input: &Shape) -> Option<Spread> {
        let sizes = input.known().ok()?;
        let Some(Self(axes)) = shape else {
            return Some(Spread::Each(sizes.iter().product()));
        };
        let (batch, sample) = axes.split_first()?;
        let own = sample.iter().zip(&sizes);
        let own: Vec<usize> = own.map(|(own, size)| own.unwrap_or(*size)).collect();
        Some(Spread::Places {
            len: own.iter().product(),
            is_shared: batch.is_some(),
            places: stretched(&own, &sizes)?,
        })
    }

    /// The shape of the draws for a batch.
    pub(super) fn of<const D: usize>(shape: Option<&Self>, batch: [usize; D]) -> [usize; D] {
        let axis = |axis: usize| shape.and_then(|Self(axes)| axes.get(axis).copied().flatten());
        std::array::from_fn(|index| axis(index).unwrap_or(batch[index]))
    }
}
