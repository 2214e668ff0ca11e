//! A picture of one number a pixel, and the filters over windows that the search for ink is made of.

use std::collections::VecDeque;

use image::GrayImage;

/// Numbers row by row, at least one of them.
#[derive(Clone, Debug)]
pub(super) struct Plane {
    pub(super) values: Vec<f32>,
    pub(super) height: usize,
    pub(super) width: usize,
}

impl Plane {
    pub(super) fn new(values: Vec<f32>, height: usize, width: usize) -> Self {
        debug_assert_eq!(values.len(), height * width);
        Self {
            values,
            height,
            width,
        }
    }

    pub(super) fn at(&self, row: usize, column: usize) -> f32 {
        self.values[row * self.width + column]
    }

    pub(super) fn mapped(&self, change: impl Fn(f32) -> f32) -> Self {
        let values = self.values.iter().map(|&value| change(value)).collect();
        Self { values, ..*self }
    }

    /// A number from each pair of values of two planes of one size.
    pub(super) fn with(&self, other: &Self, join: impl Fn(f32, f32) -> f32) -> Self {
        let pairs = self.values.iter().zip(&other.values);
        let values = pairs.map(|(&one, &two)| join(one, two)).collect();
        Self { values, ..*self }
    }

    pub(super) fn transposed(&self) -> Self {
        let values = (0..self.width)
            .flat_map(|column| (0..self.height).map(move |row| self.at(row, column)))
            .collect();
        Self::new(values, self.width, self.height)
    }

    /// The value that this share of all values lies below, from 0 to 1.
    pub(super) fn quantile(&self, share: f64) -> f32 {
        quantile(self.values.clone(), share)
    }

    /// The outermost pixels.
    pub(super) fn border(&self) -> Vec<f32> {
        let (last_row, last_column) = (self.height - 1, self.width - 1);
        let mut border = Vec::with_capacity(2 * (self.height + self.width));
        border.extend(&self.values[..self.width]);
        border.extend(&self.values[last_row * self.width..]);
        for row in self.values.chunks_exact(self.width) {
            border.extend([row[0], row[last_column]]);
        }
        border
    }

    /// What lies at least that bright in some window of `2 * radius + 1` pixels and fits it: dark parts that are
    /// narrower than the window are filled with what is around them, edges of wider ones stay where they are.
    pub(super) fn closed(&self, radius: usize) -> Self {
        let widened = self.extremes(radius, f32::max);
        widened.extremes(radius, f32::min)
    }

    /// The mean of a window of `2 * radius + 1` pixels a side, cut off at the edges.
    pub(super) fn averaged(&self, radius: usize) -> Self {
        let average = |line: &[f32]| -> Vec<f32> {
            let mut sums = Vec::with_capacity(line.len() + 1);
            let mut sum = 0.0_f64;
            sums.push(sum);
            sums.extend(line.iter().map(|&value| {
                sum += f64::from(value);
                sum
            }));
            let window = |place: usize| {
                let (from, to) = (
                    place.saturating_sub(radius),
                    (place + radius + 1).min(line.len()),
                );
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "a mean of single precision numbers"
                )]
                let mean = ((sums[to] - sums[from]) / (to - from) as f64) as f32;
                mean
            };
            (0..line.len()).map(window).collect()
        };
        self.along_both(average)
    }

    fn extremes(&self, radius: usize, choose: fn(f32, f32) -> f32) -> Self {
        self.along_both(|line| extremes(line, radius, choose))
    }

    /// A filter of lines along the rows, then along the columns.
    fn along_both(&self, filter: impl Fn(&[f32]) -> Vec<f32>) -> Self {
        let rows = |plane: &Self| {
            let values = plane
                .values
                .chunks_exact(plane.width)
                .flat_map(&filter)
                .collect();
            Self { values, ..*plane }
        };
        rows(&rows(self).transposed()).transposed()
    }
}

impl From<&GrayImage> for Plane {
    fn from(picture: &GrayImage) -> Self {
        let values = picture.as_raw().iter().copied().map(f32::from).collect();
        Self::new(values, picture.height() as usize, picture.width() as usize)
    }
}

/// The value that this share of all values lies below; 0 of none.
pub(super) fn quantile(mut values: Vec<f32>, share: f64) -> f32 {
    let Some(last) = values.len().checked_sub(1) else {
        return 0.0;
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a length"
    )]
    let place = (last as f64 * share.clamp(0.0, 1.0)).round() as usize;
    *values.select_nth_unstable_by(place, f32::total_cmp).1
}

/// The largest or smallest value of each window, with a queue of the values that may still become one.
fn extremes(line: &[f32], radius: usize, choose: fn(f32, f32) -> f32) -> Vec<f32> {
    let mut queue: VecDeque<(usize, f32)> = VecDeque::new();
    let mut next = 0;
    let mut chosen = Vec::with_capacity(line.len());
    for place in 0..line.len() {
        while next < line.len() && next <= place + radius {
            let value = line[next];
            while queue
                .back()
                .is_some_and(|&(_, last)| choose(last, value).total_cmp(&value).is_eq())
            {
                queue.pop_back();
            }
            queue.push_back((next, value));
            next += 1;
        }
        while queue
            .front()
            .is_some_and(|&(index, _)| index + radius < place)
        {
            queue.pop_front();
        }
        chosen.push(queue.front().map_or(line[place], |&(_, value)| value));
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extremes_are_those_of_every_window() {
        let line = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0];
        for radius in 0..10 {
            for choose in [f32::max, f32::min] {
                let slow: Vec<f32> = (0..line.len())
                    .map(|place| {
                        let window = &line
                            [place.saturating_sub(radius)..(place + radius + 1).min(line.len())];
                        window.iter().copied().reduce(choose).unwrap()
                    })
                    .collect();
                assert_eq!(extremes(&line, radius, choose), slow, "{radius}");
            }
        }
    }

    #[test]
    fn closing_fills_a_narrow_line_and_leaves_a_step() {
        let row = [9.0, 9.0, 9.0, 2.0, 9.0, 9.0, 9.0, 2.0, 2.0, 2.0, 2.0];
        let closed = Plane::new(row.repeat(3), 3, row.len()).closed(1);
        let expected = [9.0, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0, 2.0, 2.0, 2.0, 2.0];
        assert_eq!(closed.values, expected.repeat(3));
    }

    #[test]
    fn averages_are_cut_off_at_the_edges() {
        let plane = Plane::new(vec![0.0, 3.0, 6.0, 1.0], 1, 4);
        assert_eq!(plane.averaged(1).values, [1.5, 3.0, 10.0 / 3.0, 3.5]);
    }
}
