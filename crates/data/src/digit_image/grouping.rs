//! Which strokes make up which digit.

use super::components::{Bounds, Component};

/// A stroke with less ink than this share of the largest is a speck, unless it lies at one.
const SPECK: f32 = 0.02;
/// Smaller strokes than the largest of this number are left out, and as many digits are a pattern.
const MOST_STROKES: usize = 300;
/// A digit has at least these shares of the height and the ink of the largest one.
const LEAST_HEIGHT: f32 = 0.45;
const LEAST_MASS: f32 = 0.15;
/// How far apart strokes of one digit may lie, as a share of its height: anywhere, below one another, and for a small
/// one beside a large one.
const TOUCHING: f32 = 0.05;
const BELOW: f32 = 0.35;
const BESIDE: f32 = 0.15;

/// The digits that the strokes make up, line by line from the top, and each line from the left; specks are left out.
pub(super) fn digits(mut strokes: Vec<Component>) -> Vec<Component> {
    let largest = strokes.iter().map(|stroke| stroke.mass).fold(0.0, f32::max);
    strokes.retain(|stroke| stroke.mass >= SPECK * largest);
    strokes.sort_by(|one, other| other.mass.total_cmp(&one.mass));
    strokes.truncate(MOST_STROKES);
    let tallest = strokes.iter().map(|stroke| stroke.bounds.height()).max();
    let height = tallest.unwrap_or(0) as f32;
    while let Some((one, other)) = related_pair(&strokes, height) {
        let joined = strokes.swap_remove(other);
        strokes[one].join(joined);
    }
    let tallest = strokes.iter().map(|stroke| stroke.bounds.height()).max();
    let height = tallest.unwrap_or(0) as f32;
    let most = strokes.iter().map(|stroke| stroke.mass).fold(0.0, f32::max);
    strokes.retain(|stroke| {
        stroke.mass >= LEAST_MASS * most
            && (stroke.mass >= most || stroke.bounds.height() as f32 >= LEAST_HEIGHT * height)
    });
    if strokes.len() == MOST_STROKES {
        strokes.clear();
    }
    in_reading_order(strokes)
}

/// Two strokes of one digit, the first before the second.
fn related_pair(strokes: &[Component], height: f32) -> Option<(usize, usize)> {
    for (second, other) in strokes.iter().enumerate() {
        for (first, one) in strokes[..second].iter().enumerate() {
            if belong_together(one.bounds, other.bounds, height) {
                return Some((first, second));
            }
        }
    }
    None
}

fn belong_together(one: Bounds, other: Bounds, height: f32) -> bool {
    let across = gap((one.left, one.right), (other.left, other.right));
    let down = gap((one.top, one.bottom), (other.top, other.bottom));
    let near = |gap: isize, share: f32| gap as f32 <= share * height;
    let smaller = one.height().min(other.height()) as f32;
    let is_part = smaller < LEAST_HEIGHT * height;
    let narrower = one.width().min(other.width()) as f32;
    let lies_below = -across as f32 >= 0.3 * narrower;
    (near(across, TOUCHING) && near(down, TOUCHING))
        || (lies_below && is_part && near(down, BELOW))
        || (is_part && near(across, BESIDE) && near(down, BESIDE))
}

/// The room between two ranges; negative where they overlap.
#[expect(clippy::cast_possible_wrap, reason = "places in a picture")]
fn gap(one: (usize, usize), other: (usize, usize)) -> isize {
    one.0.max(other.0) as isize - one.1.min(other.1) as isize
}

fn in_reading_order(mut digits: Vec<Component>) -> Vec<Component> {
    digits.sort_by_key(|digit| digit.bounds.top);
    let mut lines: Vec<(Bounds, Vec<Component>)> = Vec::new();
    for digit in digits {
        let middle = usize::midpoint(digit.bounds.top, digit.bounds.bottom);
        match lines
            .iter_mut()
            .find(|(line, _)| (line.top..line.bottom).contains(&middle))
        {
            Some((line, digits)) => {
                *line = line.around(digit.bounds);
                digits.push(digit);
            }
            None => lines.push((digit.bounds, vec![digit])),
        }
    }
    let mut ordered = Vec::new();
    for (_, mut line) in lines {
        line.sort_by_key(|digit| digit.bounds.left);
        ordered.append(&mut line);
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stroke that fills its box: top, left, bottom, right.
    fn stroke([top, left, bottom, right]: [usize; 4]) -> Component {
        Component {
            pixels: Vec::new(),
            bounds: Bounds {
                top,
                left,
                bottom,
                right,
            },
            mass: ((bottom - top) * (right - left)) as f32,
        }
    }

    fn found(strokes: &[[usize; 4]]) -> Vec<[usize; 4]> {
        let digits = digits(strokes.iter().map(|&bounds| stroke(bounds)).collect());
        digits
            .iter()
            .map(|digit| {
                [
                    digit.bounds.top,
                    digit.bounds.left,
                    digit.bounds.bottom,
                    digit.bounds.right,
                ]
            })
            .collect()
    }

    #[test]
    fn a_bar_above_and_a_piece_beside_belong_to_the_digit() {
        assert_eq!(
            found(&[[20, 10, 100, 60], [0, 30, 10, 80]]),
            [[0, 10, 100, 80]]
        );
        assert_eq!(
            found(&[[0, 10, 100, 60], [40, 63, 60, 90]]),
            [[0, 10, 100, 90]]
        );
    }

    #[test]
    fn specks_and_a_minus_sign_are_no_digits() {
        assert_eq!(
            found(&[[0, 50, 100, 100], [90, 0, 95, 5], [45, 0, 55, 20]]),
            [[0, 50, 100, 100]]
        );
    }

    #[test]
    fn a_pattern_is_no_digits() {
        let dots = |count: usize| -> Vec<[usize; 4]> {
            let places = (0..count).map(|index| [index / 40 * 10, index % 40 * 10]);
            places
                .map(|[top, left]| [top, left, top + 4, left + 4])
                .collect()
        };
        assert_eq!(found(&dots(120)).len(), 120);
        assert_eq!(found(&dots(5000)).len(), 0);
    }

    #[test]
    fn digits_are_read_from_the_left_and_from_the_top() {
        let [first, second, third] = [[5, 0, 100, 50], [0, 70, 95, 90], [120, 10, 200, 60]];
        assert_eq!(found(&[third, second, first]), [first, second, third]);
    }
}
