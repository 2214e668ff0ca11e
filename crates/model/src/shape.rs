use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::layer_problem::LayerProblem;

/// The shape of one sample: the sizes of its axes, channels last, without the batch axis. A size that is not known
/// before the data is there is `None`, as in Keras.
///
/// ```
/// # mod firebrick { pub use firebrick_model as models; }
/// use firebrick::models::Shape;
///
/// let image = Shape::from([28, 28, 1]);
/// assert_eq!(image, [28, 28, 1]);
/// assert_eq!(image.num_elements(), Some(784));
/// // An image of any size, in three channels.
/// let any = Shape::from([None, None, Some(3)]);
/// assert_eq!((any.to_string().as_str(), any.last()), ("[None, None, 3]", Some(3)));
/// assert!(any.known().is_err());
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Shape(Vec<Option<usize>>);

impl Shape {
    /// That of one text a sample, as many bytes as it has: what [`AnyTensor::from_texts`](crate::AnyTensor::from_texts) makes,
    /// and what layers such as a [`TextVectorization`](crate::layers::TextVectorization) read.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{layers, self as models}; }
    /// use firebrick::layers::TextVectorization;
    /// use firebrick::models::{Sequential, Shape};
    ///
    /// let words = TextVectorization::new().with_vocabulary(["good", "bad"]).with_output_sequence_length(5);
    /// assert_eq!(Sequential::new(Shape::text()).add(words).output_shape()?, [5]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    pub fn text() -> Self {
        [None].into()
    }

    /// The sizes.
    pub fn axes(&self) -> &[Option<usize>] {
        &self.0
    }

    /// The sizes, to be changed.
    pub fn axes_mut(&mut self) -> &mut Vec<Option<usize>> {
        &mut self.0
    }

    /// Number of the axes.
    pub fn rank(&self) -> usize {
        self.0.len()
    }

    /// The size of the last axis, if there is one and it is known.
    pub fn last(&self) -> Option<usize> {
        self.0.last().copied().flatten()
    }

    /// Number of the elements of a sample, if all sizes are known and it can be counted.
    pub fn num_elements(&self) -> Option<usize> {
        self.0
            .iter()
            .try_fold(1_usize, |product, axis| product.checked_mul((*axis)?))
    }

    /// All sizes, for layers that have to know them.
    ///
    /// # Errors
    /// One of them is not known.
    pub fn known(&self) -> Result<Vec<usize>, LayerProblem> {
        self.0
            .iter()
            .copied()
            .collect::<Option<Vec<usize>>>()
            .ok_or_else(|| {
                LayerProblem::input(
                    "sizes that are all known",
                    "give the input a size along every axis, or pool the open axes away before it",
                )
            })
    }

    /// The size of the last axis, for layers whose weights depend on it.
    ///
    /// # Errors
    /// No axis, or one of unknown size.
    pub fn features(&self) -> Result<usize, LayerProblem> {
        self.last().ok_or_else(|| {
            LayerProblem::input(
                "[..., features] with a last axis of known size",
                "give samples a last axis, and the input its size",
            )
        })
    }

    /// The shape with another last axis.
    #[must_use = "returns the changed shape"]
    pub fn with_last(mut self, size: usize) -> Self {
        if let Some(last) = self.0.last_mut() {
            *last = Some(size);
        }
        self
    }

    /// The shape with one more axis at the end.
    #[must_use = "returns the changed shape"]
    pub fn with_axis(mut self, size: usize) -> Self {
        self.0.push(Some(size));
        self
    }

    /// Whether a sample of this shape fits: the same sizes where they are known.
    pub fn takes(&self, sample: &[usize]) -> bool {
        let fits = |(own, size): (&Option<usize>, &usize)| own.is_none_or(|own| own == *size);
        self.0.len() == sample.len() && self.0.iter().zip(sample).all(fits)
    }

    /// The sizes that both shapes agree upon; `None` where they contradict each other.
    pub(crate) fn merged(&self, other: &Self) -> Option<Self> {
        let merge = |(own, other): (&Option<usize>, &Option<usize>)| match (own, other) {
            (Some(own), Some(other)) if own != other => None,
            _ => Some(own.or(*other)),
        };
        let pairs = self.0.iter().zip(&other.0);
        (self.0.len() == other.0.len())
            .then(|| pairs.map(merge).collect::<Option<Vec<_>>>().map(Self))
            .flatten()
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let axes = self.0.iter().map(|axis| axis_text(*axis));
        write!(f, "[{}]", axes.collect::<Vec<_>>().join(", "))
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A size as Keras writes it.
pub(crate) fn axis_text(axis: Option<usize>) -> String {
    axis.map_or_else(|| "None".to_owned(), |size| size.to_string())
}

impl From<Vec<usize>> for Shape {
    fn from(sizes: Vec<usize>) -> Self {
        sizes.into_iter().collect()
    }
}

impl From<&[usize]> for Shape {
    fn from(sizes: &[usize]) -> Self {
        sizes.iter().copied().collect()
    }
}

impl<const N: usize> From<[usize; N]> for Shape {
    fn from(sizes: [usize; N]) -> Self {
        sizes.into_iter().collect()
    }
}

impl From<Vec<Option<usize>>> for Shape {
    fn from(axes: Vec<Option<usize>>) -> Self {
        Self(axes)
    }
}

impl<const N: usize> From<[Option<usize>; N]> for Shape {
    fn from(axes: [Option<usize>; N]) -> Self {
        Self(axes.to_vec())
    }
}

impl From<&Self> for Shape {
    fn from(shape: &Self) -> Self {
        shape.clone()
    }
}

impl FromIterator<usize> for Shape {
    fn from_iter<I: IntoIterator<Item = usize>>(sizes: I) -> Self {
        Self(sizes.into_iter().map(Some).collect())
    }
}

impl FromIterator<Option<usize>> for Shape {
    fn from_iter<I: IntoIterator<Item = Option<usize>>>(axes: I) -> Self {
        Self(axes.into_iter().collect())
    }
}

impl PartialEq<[usize]> for Shape {
    fn eq(&self, sizes: &[usize]) -> bool {
        self.0.iter().copied().eq(sizes.iter().copied().map(Some))
    }
}

impl<const N: usize> PartialEq<[usize; N]> for Shape {
    fn eq(&self, sizes: &[usize; N]) -> bool {
        self == sizes.as_slice()
    }
}

impl PartialEq<Vec<usize>> for Shape {
    fn eq(&self, sizes: &Vec<usize>) -> bool {
        self == sizes.as_slice()
    }
}

/// A size; nothing or -1 is one that is not known.
impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let axes: Vec<Option<i64>> = Vec::deserialize(deserializer)?;
        let size = |axis: Option<i64>| {
            match axis {
            None | Some(-1) => Ok(None),
            Some(size) => usize::try_from(size).map(Some).map_err(|_negative| {
                serde::de::Error::custom(format!(
                    "a size is a whole number from 0 on, or -1 where it is not known, received {size}"
                ))
            }),
        }
        };
        axes.into_iter()
            .map(size)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}
