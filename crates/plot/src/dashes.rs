//! Cutting a line into dashes.

use crate::shape::Point;

/// Lengths in pixels of a dash and of the gap behind it.
const DASHES: [f64; 2] = [6.0, 4.0];
/// Lengths in pixels of a dash, a gap, a dot and a gap.
const DASH_DOTS: [f64; 4] = [7.0, 2.5, 1.5, 2.5];

/// The dashes of the line through `points`, which go around its corners.
pub(crate) fn dashes(points: &[Point]) -> Vec<Vec<Point>> {
    cut(points, &DASHES)
}

/// The dashes and dots of the line through `points`.
pub(crate) fn dash_dots(points: &[Point]) -> Vec<Vec<Point>> {
    cut(points, &DASH_DOTS)
}

/// The parts of the line through `points` that are drawn, where what is drawn and what is left out have the lengths
/// of `pattern` by turns.
fn cut(points: &[Point], pattern: &[f64]) -> Vec<Vec<Point>> {
    let mut lengths = pattern.iter().copied().cycle();
    let mut next_length = || lengths.next().unwrap_or(f64::INFINITY);
    let mut all = Vec::new();
    let mut current: Vec<Point> = points.first().copied().into_iter().collect();
    let mut drawing = true;
    let mut left = next_length();
    for pair in points.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        let mut length = (to.0 - from.0).hypot(to.1 - from.1);
        while length > left {
            let part = left / length;
            from = (
                from.0 + (to.0 - from.0) * part,
                from.1 + (to.1 - from.1) * part,
            );
            length -= left;
            if drawing {
                current.push(from);
                all.push(std::mem::take(&mut current));
            } else {
                current = vec![from];
            }
            drawing = !drawing;
            left = next_length();
        }
        left -= length;
        if drawing {
            current.push(to);
        }
    }
    if current.len() > 1 {
        all.push(current);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_line_is_cut_into_dashes_and_gaps() {
        assert_eq!(
            dashes(&[(0.0, 0.0), (18.0, 0.0)]),
            [[(0.0, 0.0), (6.0, 0.0)], [(10.0, 0.0), (16.0, 0.0)],]
        );
    }

    #[test]
    fn a_dash_goes_around_a_corner() {
        assert_eq!(
            dashes(&[(0.0, 0.0), (4.0, 0.0), (4.0, 5.0)]),
            [[(0.0, 0.0), (4.0, 0.0), (4.0, 2.0)]]
        );
    }

    #[test]
    fn dashes_and_dots_take_turns() {
        assert_eq!(
            dash_dots(&[(0.0, 0.0), (0.0, 15.0)]),
            [
                [(0.0, 0.0), (0.0, 7.0)],
                [(0.0, 9.5), (0.0, 11.0)],
                [(0.0, 13.5), (0.0, 15.0)],
            ]
        );
    }

    #[test]
    fn a_point_has_no_dashes() {
        assert!(dashes(&[(1.0, 1.0)]).is_empty());
        assert!(dashes(&[]).is_empty());
    }
}
