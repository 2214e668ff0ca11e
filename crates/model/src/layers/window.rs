use serde::{Deserialize, Serialize};

use super::checks::check_positive;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;

/// What lies beyond the edges of an image or a sequence.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Conv2D, Layer, Padding};
///
/// let shape = |padding| Conv2D::new(8, 3).with_padding(padding).output_shape(&[28, 28, 1].into());
/// assert_eq!(shape(Padding::Valid)?, [26, 26, 8]);
/// assert_eq!(shape(Padding::Same)?, [28, 28, 8]);
/// # Ok::<(), firebrick::layers::LayerProblem>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Padding {
    /// Nothing: a window lies inside.
    #[default]
    Valid,
    /// So much that the output has `ceil(input / strides)` positions, the odd one at the end.
    Same,
    /// All of it before the start, so that no step sees a later one; for [`Conv1D`](super::Conv1D).
    Causal,
}

/// A window that slides along `N` axes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window<const N: usize> {
    pub(crate) size: [usize; N],
    pub(crate) strides: [usize; N],
    pub(crate) dilation: [usize; N],
    pub(crate) padding: Padding,
}

/// The largest window: a typing error is found before its padding takes all memory.
const MAX_SPAN: usize = 1 << 16;

impl<const N: usize> Window<N> {
    /// One that sees a single place, and goes to each.
    pub(crate) fn of_single_places() -> Self {
        Self {
            size: [1; N],
            strides: [1; N],
            dilation: [1; N],
            padding: Padding::Valid,
        }
    }

    /// Positions the window takes along each axis, where its size is known. `name` is Keras' argument for the size.
    pub(crate) fn positions(
        &self,
        input: [Option<usize>; N],
        name: &'static str,
    ) -> Result<[Option<usize>; N], LayerProblem> {
        self.check(name)?;
        let mut positions = input;
        for (axis, position) in positions.iter_mut().enumerate() {
            if let Some(size) = position {
                *size = self.positions_along(axis, *size)?;
            }
        }
        Ok(positions)
    }

    /// Whether it is one at all. `name` is Keras' argument for the size.
    pub(crate) fn check(&self, name: &'static str) -> Result<(), LayerProblem> {
        for axis in 0..N {
            check_positive(name, self.size[axis])?;
            check_positive("strides", self.strides[axis])?;
            check_positive("dilation_rate", self.dilation[axis])?;
            if self.span(axis) > MAX_SPAN {
                let expected = format!("at most {MAX_SPAN}, its dilation included");
                return Err(LayerProblem::argument(name, expected, &self.size));
            }
        }
        Ok(())
    }

    fn positions_along(&self, axis: usize, size: usize) -> Result<usize, LayerProblem> {
        if self.padding != Padding::Valid {
            return Ok(size.div_ceil(self.strides[axis]));
        }
        let span = self.span(axis);
        let room = size.checked_sub(span).ok_or_else(|| {
            LayerProblem::input(
                format!("at least {span} positions along each axis of its window"),
                "choose a smaller window, pad with `same`, or shrink less before it",
            )
        })?;
        Ok(room / self.strides[axis] + 1)
    }

    /// The same over pictures of this shape, or sequences as pictures of one row, for plain memory; volumes have none.
    pub(crate) fn on_plane(&self, input: &Shape) -> Option<firebrick_host::Window> {
        let [places @ .., channels] = &input.known().ok()?[..] else {
            return None;
        };
        let places: [usize; N] = places.try_into().ok()?;
        let positions = self.positions(places.map(Some), "size").ok()?;
        let output: Vec<usize> = positions.into_iter().collect::<Option<_>>()?;
        let before = self.pads(places).map(|(before, _)| before);
        Some(firebrick_host::Window {
            input: plane(&places, 1)?,
            channels: *channels,
            size: plane(&self.size, 1)?,
            strides: plane(&self.strides, 1)?,
            dilation: plane(&self.dilation, 1)?,
            padding: plane(&before, 0)?,
            output: plane(&output, 1)?,
        })
    }

    /// What to put before and after each axis.
    pub(crate) fn pads(&self, input: [usize; N]) -> [(usize, usize); N] {
        std::array::from_fn(|axis| match self.padding {
            Padding::Valid => (0, 0),
            Padding::Causal => (self.span(axis) - 1, 0),
            Padding::Same => {
                let positions = input[axis].div_ceil(self.strides[axis]);
                let reach = positions.saturating_sub(1) * self.strides[axis] + self.span(axis);
                let total = reach.saturating_sub(input[axis]);
                (total / 2, total - total / 2)
            }
        })
    }

    /// What the window covers from its first to its last element.
    pub(crate) fn span(&self, axis: usize) -> usize {
        (self.size[axis] - 1)
            .saturating_mul(self.dilation[axis])
            .saturating_add(1)
    }
}

/// Numbers for height and width; those of a sequence are for the width, and something else for the height.
pub(crate) fn plane(values: &[usize], height: usize) -> Option<[usize; 2]> {
    match *values {
        [width] => Some([height, width]),
        [height, width] => Some([height, width]),
        _ => None,
    }
}

/// Causal padding belongs to sequences' convolutions alone.
pub(crate) fn check_not_causal(padding: Padding) -> Result<(), LayerProblem> {
    if padding == Padding::Causal {
        return Err(LayerProblem::argument(
            "padding",
            "`valid` or `same`",
            &padding,
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_padding_puts_the_odd_one_at_the_end() {
        let window = |size, strides| Window {
            size: [size],
            strides: [strides],
            dilation: [1],
            padding: Padding::Same,
        };
        for (size, strides, input, positions, pads) in [
            (3, 1, 5, 5, (1, 1)),
            (3, 2, 5, 3, (1, 1)),
            (3, 2, 6, 3, (0, 1)),
            (2, 2, 5, 3, (0, 1)),
            (1, 3, 7, 3, (0, 0)),
        ] {
            let window = window(size, strides);
            let found = window.positions([Some(input)], "size").unwrap();
            assert_eq!(found, [Some(positions)]);
            assert_eq!(window.pads([input]), [pads]);
        }
    }
    #[test]
    fn an_unknown_size_stays_unknown_and_the_others_are_counted() {
        let window = Window {
            size: [3, 3],
            strides: [2, 2],
            dilation: [1, 1],
            padding: Padding::Valid,
        };
        let found = window.positions([None, Some(7)], "kernel_size").unwrap();
        assert_eq!(found, [None, Some(3)]);
        assert!(window.positions([None, Some(2)], "kernel_size").is_err());
    }
}
