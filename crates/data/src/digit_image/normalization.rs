//! Bringing the ink of a digit into the form that the images of MNIST have.

use firebrick_ink::Ink;

use super::components::Component;
use super::plane::Plane;

/// Pale edges that lie this far from the ink of a digit, in pixels, belong to it.
const EDGE: usize = 2;

/// A digit cut out, scaled and centred, `height * width` pixels.
pub(super) fn normalized(ink: &Plane, digit: &Component, height: usize, width: usize) -> Vec<u8> {
    cut_out(ink, digit).normalized(height, width)
}

/// The smallest rectangle that holds the digit, with the ink of other strokes left out.
fn cut_out(ink: &Plane, digit: &Component) -> Ink {
    let bounds = digit.bounds;
    let (height, width) = (bounds.height(), bounds.width());
    let mut cut_out = vec![0.0; height * width];
    for &position in &digit.pixels {
        let (row, column) = (position / ink.width, position % ink.width);
        let rows = row.saturating_sub(EDGE).max(bounds.top)..(row + EDGE + 1).min(bounds.bottom);
        for row in rows {
            let columns =
                column.saturating_sub(EDGE).max(bounds.left)..(column + EDGE + 1).min(bounds.right);
            for column in columns {
                cut_out[(row - bounds.top) * width + column - bounds.left] =
                    ink.at(row, column).max(0.0);
            }
        }
    }
    match Ink::new(cut_out, height, width) {
        Ok(ink) => ink,
        Err(error) => unreachable!("a digit that was found has ink: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::components::components;
    use super::*;

    #[test]
    fn a_square_ends_up_as_a_square_in_the_middle() {
        let mut ink = vec![0.0; 100 * 60];
        for row in 70..90 {
            ink[row * 60 + 5..row * 60 + 25].fill(1.0);
        }
        let ink = Plane::new(ink, 100, 60);
        let digit = components(&ink, 0.2, 0.4).remove(0);
        let normalized = normalized(&ink, &digit, 28, 28);
        for (position, &pixel) in normalized.iter().enumerate() {
            let inside = |place: usize| (4..24).contains(&place) || (5..25).contains(&place);
            let core = |place: usize| (5..24).contains(&place);
            let (row, column) = (position / 28, position % 28);
            if core(row) && core(column) {
                assert_eq!(pixel, 255, "{row} {column}");
            } else if !(inside(row) && inside(column)) {
                assert_eq!(pixel, 0, "{row} {column}");
            }
        }
    }
}
