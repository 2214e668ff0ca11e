//! Windows that slide along the axes before the channels.

use firebrick_model::layers::Padding;
use serde::Deserialize;

use super::super::attribute::{ints, text};
use super::super::proto::Attribute;

/// A number for each axis, or one for all.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Sizes {
    All(usize),
    Each(Vec<usize>),
}

impl Sizes {
    pub(super) fn along(&self, num_axes: usize) -> Vec<usize> {
        match self {
            Self::All(size) => vec![*size; num_axes],
            Self::Each(sizes) => sizes.clone(),
        }
    }
}

/// A window, and how it moves.
pub(super) struct Window {
    pub(super) size: Vec<usize>,
    pub(super) strides: Vec<usize>,
    pub(super) dilation: Vec<usize>,
    pub(super) padding: Padding,
}

impl Window {
    /// One that sees a single place, and goes to each.
    pub(super) fn of_single_places(num_axes: usize) -> Self {
        Self {
            size: vec![1; num_axes],
            strides: vec![1; num_axes],
            dilation: vec![1; num_axes],
            padding: Padding::Valid,
        }
    }

    /// What it covers from its first to its last element.
    pub(super) fn span(&self, axis: usize) -> usize {
        (self.size[axis] - 1) * self.dilation[axis] + 1
    }

    /// The attributes of an operator that moves it along axes of these sizes.
    pub(super) fn attributes(&self, places: &[Option<usize>]) -> Vec<Attribute> {
        let known: Option<Vec<usize>> = places.iter().copied().collect();
        let padding = match (self.padding, known) {
            (Padding::Valid, _) => None,
            (Padding::Same, Some(places)) => Some(self.pads(|axis| self.same(axis, places[axis]))),
            // What goes in before the first element and after the last is found when the data is there.
            (Padding::Same, None) => Some(text("auto_pad", "SAME_UPPER")),
            (_, _) => Some(self.pads(|axis| [self.span(axis) - 1, 0])),
        };
        let mut attributes = vec![
            ints("kernel_shape", self.size.iter().copied()),
            ints("strides", self.strides.iter().copied()),
        ];
        if self.dilation.iter().any(|&rate| rate != 1) {
            attributes.push(ints("dilations", self.dilation.iter().copied()));
        }
        attributes.extend(padding);
        attributes
    }

    /// All that goes in before, then all that goes in after.
    fn pads(&self, sides: impl Fn(usize) -> [usize; 2]) -> Attribute {
        let sides: Vec<[usize; 2]> = (0..self.size.len()).map(sides).collect();
        let before = sides.iter().map(|[before, _]| *before);
        ints("pads", before.chain(sides.iter().map(|[_, after]| *after)))
    }

    /// What goes in so that there are `ceil(size / stride)` positions, the odd one at the end.
    fn same(&self, axis: usize, size: usize) -> [usize; 2] {
        let positions = size.div_ceil(self.strides[axis]);
        let reach = positions.saturating_sub(1) * self.strides[axis] + self.span(axis);
        let total = reach.saturating_sub(size);
        [total / 2, total - total / 2]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(padding: Padding) -> Window {
        Window {
            size: vec![3, 2],
            strides: vec![2, 1],
            dilation: vec![1, 2],
            padding,
        }
    }

    fn pads(padding: Padding, places: &[Option<usize>]) -> Option<Attribute> {
        let attributes = window(padding).attributes(places);
        attributes.into_iter().find(|attribute| {
            attribute
                .name
                .as_deref()
                .is_some_and(|name| name.contains("pad"))
        })
    }

    #[test]
    fn the_odd_one_of_same_padding_is_at_the_end() {
        let found = pads(Padding::Same, &[Some(6), Some(5)]).unwrap();
        assert_eq!(found.ints, [0, 1, 1, 1]);
    }

    #[test]
    fn padding_of_an_unknown_size_is_left_to_the_operator() {
        let found = pads(Padding::Same, &[Some(6), None]).unwrap();
        assert_eq!(found.s.unwrap(), b"SAME_UPPER");
        assert_eq!(pads(Padding::Valid, &[None, None]), None);
    }

    #[test]
    fn causal_padding_goes_before_the_first() {
        assert_eq!(
            pads(Padding::Causal, &[None, None]).unwrap().ints,
            [2, 2, 0, 0]
        );
    }
}
