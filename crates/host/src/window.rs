//! Windows that move over a picture, channels last.

use crate::vectorized::dispatch;

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

    /// A row of values for each place: what the window sees, tap by tap, 0 where nothing is.
    ///
    /// # Shapes
    /// - picture: `[height, width, channels]`
    /// - columns: `[places, taps, channels]`
    pub(crate) fn unfold(&self, picture: &[f32], columns: &mut [f32]) {
        let (channels, len) = (self.channels, self.taps() * self.channels);
        if self.padding != [0, 0] || !self.is_inside() {
            columns.fill(0.0);
        }
        if self.dilation[1] == 1 {
            // The taps of a row of the window lie side by side.
            for row in 0..self.output[0] {
                for tap_row in 0..self.size[0] {
                    let Some(y) = self.at(0, row, tap_row) else {
                        continue;
                    };
                    let line =
                        &picture[y * self.input[1] * channels..(y + 1) * self.input[1] * channels];
                    for column in 0..self.output[1] {
                        let begin = column * self.strides[1];
                        let first = self.padding[1].saturating_sub(begin);
                        let last = self.size[1]
                            .min((self.input[1] + self.padding[1]).saturating_sub(begin));
                        if first >= last {
                            continue;
                        }
                        let x = begin + first - self.padding[1];
                        let place = row * self.output[1] + column;
                        let start = place * len + (tap_row * self.size[1] + first) * channels;
                        let count = (last - first) * channels;
                        columns[start..start + count]
                            .copy_from_slice(&line[x * channels..x * channels + count]);
                    }
                }
            }
            return;
        }
        self.each(
            #[inline(always)]
            |place, tap, pixel| {
                let start = place * len + tap * channels;
                columns[start..start + channels].copy_from_slice(&picture[pixel..pixel + channels]);
            },
        );
    }

    /// Adds what [`unfold`](Self::unfold) has spread to where it came from.
    pub(crate) fn fold_onto(&self, columns: &[f32], picture: &mut [f32]) {
        dispatch(
            #[inline(always)]
            || self.fold(columns, picture),
        );
    }

    #[inline(always)]
    fn fold(&self, columns: &[f32], picture: &mut [f32]) {
        let (channels, len) = (self.channels, self.taps() * self.channels);
        self.each(
            #[inline(always)]
            |place, tap, pixel| {
                let start = place * len + tap * channels;
                let values = &columns[start..start + channels];
                for (sum, value) in picture[pixel..pixel + channels].iter_mut().zip(values) {
                    *sum += value;
                }
            },
        );
    }

    /// Whether every window lies within the picture.
    fn is_inside(&self) -> bool {
        (0..2).all(|axis| {
            let last = (self.output[axis] - 1) * self.strides[axis]
                + (self.size[axis] - 1) * self.dilation[axis];
            last < self.padding[axis] + self.input[axis]
        })
    }
}
