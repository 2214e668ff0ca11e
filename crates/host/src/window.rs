//! Windows that move over a picture, channels last.

/// Where a window of a convolution or a pooling is, at every place of its output; of sequences with a height of 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Height and width of what arrives.
    pub input: [usize; 2],
    /// Its channels.
    pub channels: usize,
    /// Height and width of the window.
    pub size: [usize; 2],
    /// From one place to the next.
    pub strides: [usize; 2],
    /// From one row or column of the window to the next.
    pub dilation: [usize; 2],
    /// Rows above and columns to the left that are not there.
    pub padding: [usize; 2],
    /// Height and width of what leaves.
    pub output: [usize; 2],
}

impl Window {
    /// Floats of what arrives.
    pub(crate) fn input_len(&self) -> usize {
        self.input[0] * self.input[1] * self.channels
    }

    /// Places of what leaves.
    pub(crate) fn places(&self) -> usize {
        self.output[0] * self.output[1]
    }

    /// Places in the window.
    pub(crate) fn taps(&self) -> usize {
        self.size[0] * self.size[1]
    }

    /// The row or column that a tap meets at a place along an axis, if it is there.
    #[inline(always)]
    fn at(&self, axis: usize, place: usize, tap: usize) -> Option<usize> {
        let from_padding = place * self.strides[axis] + tap * self.dilation[axis];
        let own = from_padding.checked_sub(self.padding[axis])?;
        (own < self.input[axis]).then_some(own)
    }

    /// Calls `met(place, tap, pixel)` for all that meet, a pixel being the index of its first channel.
    #[inline(always)]
    pub(crate) fn each(&self, mut met: impl FnMut(usize, usize, usize)) {
        for row in 0..self.output[0] {
            for tap_row in 0..self.size[0] {
                let Some(y) = self.at(0, row, tap_row) else {
                    continue;
                };
                for column in 0..self.output[1] {
                    let place = row * self.output[1] + column;
                    for tap_column in 0..self.size[1] {
                        if let Some(x) = self.at(1, column, tap_column) {
                            let tap = tap_row * self.size[1] + tap_column;
                            met(place, tap, (y * self.input[1] + x) * self.channels);
                        }
                    }
                }
            }
        }
    }
}
