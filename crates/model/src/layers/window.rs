use serde::{Deserialize, Serialize};

use super::LayerProblem;
use super::checks::check_positive;

/// What lies beyond the edges of an image or a sequence.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Conv2D, Layer, Padding};
///
/// let shape = |padding| Layer::from(Conv2D::new(8, 3).with_padding(padding)).output_shape(&[28, 28, 1]);
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
    /// Positions the window takes along each axis. `name` is Keras' argument for the size.
    pub(crate) fn positions(
        &self,
        input: [usize; N],
        name: &'static str,
    ) -> Result<[usize; N], LayerProblem> {
        let mut positions = [0; N];
        for axis in 0..N {
            check_positive(name, self.size[axis])?;
            check_positive("strides", self.strides[axis])?;
            check_positive("dilation_rate", self.dilation[axis])?;
            let span = self.span(axis);
            if span > MAX_SPAN {
                let expected = format!("at most {MAX_SPAN}, its dilation included");
                return Err(LayerProblem::argument(name, expected, &self.size));
            }
            positions[axis] = match self.padding {
                Padding::Same => input[axis].div_ceil(self.strides[axis]),
                Padding::Causal => (input[axis] - 1) / self.strides[axis] + 1,
                Padding::Valid => {
                    let room = input[axis].checked_sub(span).ok_or_else(|| {
                        LayerProblem::input(
                            format!("at least {span} positions along each axis of its window"),
                            "choose a smaller window, pad with `same`, or shrink less before it",
                        )
                    })?;
                    room / self.strides[axis] + 1
                }
            };
        }
        Ok(positions)
    }

    /// What to put before and after each axis.
    pub(crate) fn pads(&self, input: [usize; N]) -> [(usize, usize); N] {
        std::array::from_fn(|axis| match self.padding {
            Padding::Valid => (0, 0),
            Padding::Causal => (self.span(axis) - 1, 0),
            Padding::Same => {
                let positions = input[axis].div_ceil(self.strides[axis]);
                let reach = (positions - 1) * self.strides[axis] + self.span(axis);
                let total = reach.saturating_sub(input[axis]);
                (total / 2, total - total / 2)
            }
        })
    }

    /// What the window covers from its first to its last element.
    fn span(&self, axis: usize) -> usize {
        (self.size[axis] - 1)
            .saturating_mul(self.dilation[axis])
            .saturating_add(1)
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
            assert_eq!(window.positions([input], "size").unwrap(), [positions]);
            assert_eq!(window.pads([input]), [pads]);
        }
    }
}
