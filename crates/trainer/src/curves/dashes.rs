//! Cutting a line into dashes.

use super::shape::Point;

/// Length of a dash in pixels.
const DASH: f64 = 6.0;
/// Length of the gap behind it.
const GAP: f64 = 4.0;

/// The dashes of the line through `points`, which go around its corners.
pub(super) fn dashes(points: &[Point]) -> Vec<Vec<Point>> {
    let mut all = Vec::new();
    let mut current: Vec<Point> = points.first().copied().into_iter().collect();
    let mut drawing = true;
    let mut left = DASH;
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
            left = if drawing { DASH } else { GAP };
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
    fn a_point_has_no_dashes() {
        assert!(dashes(&[(1.0, 1.0)]).is_empty());
        assert!(dashes(&[]).is_empty());
    }
}
