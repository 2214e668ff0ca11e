//! Lines along which a function has one value, by marching squares.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::derivatives::{Derivatives, Function, Point};
use crate::search::grid;

/// The values of a function at `num × num` points of a region, row by row.
pub(crate) struct Heights {
    points: Vec<Point>,
    values: Vec<f64>,
    num: usize,
}

/// A side of a cell, between the two points of the grid with these indices.
type Side = (usize, usize);

impl Heights {
    pub(crate) fn new(
        function: &Function,
        region: &Range<f64>,
        num: usize,
    ) -> anyhow::Result<Self> {
        let points = grid(region, num);
        let values = Derivatives::new(function).values(&points)?;
        Ok(Self {
            points,
            values,
            num,
        })
    }

    /// The lines on which the function is `level`: open ones end at the border of the region, closed ones where they
    /// begin.
    pub(crate) fn contours(&self, level: f64) -> Vec<Vec<Point>> {
        let mut neighbours: BTreeMap<Side, Vec<Side>> = BTreeMap::new();
        for row in 0..self.num - 1 {
            for column in 0..self.num - 1 {
                for (from, to) in self.cross(row * self.num + column, level) {
                    neighbours.entry(from).or_default().push(to);
                    neighbours.entry(to).or_default().push(from);
                }
            }
        }
        // The ends of open lines have one neighbour and come first; what they leave is closed.
        let mut starts: Vec<Side> = neighbours.keys().copied().collect();
        starts.sort_by_key(|side| neighbours[side].len());
        let mut lines = Vec::new();
        for start in starts {
            let (mut at, mut line) = (start, vec![self.crossing(start, level)]);
            while let Some(next) = neighbours.get_mut(&at).and_then(Vec::pop) {
                if let Some(back) = neighbours.get_mut(&next) {
                    back.retain(|side| *side != at);
                }
                line.push(self.crossing(next, level));
                at = next;
            }
            if line.len() > 1 {
                lines.push(line);
            }
        }
        lines
    }

    /// How contours cross the cell whose lower left point has this index: from side to side.
    fn cross(&self, corner: usize, level: f64) -> Vec<(Side, Side)> {
        let corners = [corner, corner + 1, corner + self.num + 1, corner + self.num];
        let [bottom_left, bottom_right, top_right, top_left] = corners;
        let bottom = (bottom_left, bottom_right);
        let right = (bottom_right, top_right);
        let top = (top_left, top_right);
        let left = (bottom_left, top_left);
        let is_above = |index: usize| self.values[index] >= level;
        let crossed: Vec<Side> = [bottom, right, top, left]
            .into_iter()
            .filter(|(from, to)| is_above(*from) != is_above(*to))
            .collect();
        match crossed[..] {
            [from, to] => vec![(from, to)],
            [] => Vec::new(),
            // All four, around a saddle: where that lies on the level itself, the lines cross.
            _ if self.has_saddle_at(corners, level) => vec![(bottom, top), (left, right)],
            // Two opposite corners are above; the middle says which two are joined.
            _ => {
                let sum: f64 = corners.iter().map(|index| self.values[*index]).sum();
                if (sum / 4.0 >= level) == is_above(bottom_left) {
                    vec![(bottom, right), (top, left)]
                } else {
                    vec![(bottom, left), (top, right)]
                }
            }
        }
    }

    /// Whether the saddle of a cell, by its corners in order, is at `level`, to a twentieth of what they differ by.
    fn has_saddle_at(&self, corners: [usize; 4], level: f64) -> bool {
        let [a, b, c, d] = corners.map(|index| self.values[index]);
        let saddle = (a * c - b * d) / (a + c - b - d);
        let range = a.max(c).max(b.max(d)) - a.min(c).min(b.min(d));
        (saddle - level).abs() <= range / 20.0
    }

    /// Where the straight line between the two values is at `level`.
    fn crossing(&self, (from, to): Side, level: f64) -> Point {
        let share = (level - self.values[from]) / (self.values[to] - self.values[from]);
        [0, 1].map(|axis| {
            let (from, to) = (self.points[from][axis], self.points[to][axis]);
            from + (to - from) * share
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use firebrick::burn::tensor::Tensor;

    #[test]
    fn the_contour_of_a_cone_is_a_closed_circle() {
        let cone = |x: Tensor<1>, y: Tensor<1>| (x.square() + y.square()).sqrt();
        let heights = Heights::new(&cone, &(-2.0..2.0), 60).unwrap();
        let lines = heights.contours(1.5);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].first(), lines[0].last());
        assert!(lines[0].len() > 100);
        for [x, y] in &lines[0] {
            assert!((x.hypot(*y) - 1.5).abs() < 1e-3, "{x} {y}");
        }
        assert!(heights.contours(3.0).is_empty());
    }

    #[test]
    fn the_contour_of_a_slope_is_a_straight_line_from_border_to_border() {
        let heights = Heights::new(&|x, y| x + y * 2.0, &(0.0..1.0), 11).unwrap();
        let lines = heights.contours(1.3);
        assert_eq!(lines.len(), 1);
        for [x, y] in &lines[0] {
            assert!((x + 2.0 * y - 1.3).abs() < 1e-12, "{x} {y}");
        }
        let on_border = |point: Point| point.iter().any(|at| (at - 0.5).abs() > 0.5 - 1e-12);
        assert!(on_border(lines[0][0]) && on_border(lines[0][lines[0].len() - 1]));
    }

    #[test]
    fn contours_through_a_saddle_cross_without_a_gap() {
        let heights = Heights::new(&|x, y| (x - 0.03) * (y + 0.02), &(-1.0..1.0), 8).unwrap();
        let lines = heights.contours(0.0);
        assert_eq!(lines.len(), 2);
        for (axis, at) in [(0, 0.03), (1, -0.02)] {
            let is_straight =
                |line: &&Vec<Point>| line.iter().all(|point| (point[axis] - at).abs() < 1e-6);
            assert_eq!(lines.iter().filter(is_straight).count(), 1, "{lines:?}");
        }
    }

    #[test]
    fn contours_beside_a_saddle_are_two_lines_that_do_not_meet() {
        for level in [-0.05, 0.05] {
            let heights = Heights::new(&|x, y| x * y, &(-1.0..1.0), 8).unwrap();
            let lines = heights.contours(level);
            assert_eq!(lines.len(), 2, "{level}");
            for line in lines {
                let signs: Vec<bool> = line.iter().map(|[x, _]| *x > 0.0).collect();
                assert!(signs.iter().all(|sign| *sign == signs[0]), "{level}");
            }
        }
    }
}
