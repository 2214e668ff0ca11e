use crate::error::InkError;
use crate::normalization::normalized;

/// The largest height and width.
const MAX_SIDE: usize = 4096;
/// What counts as ink of a drawing; its edges may be paler.
const LEAST: u8 = 32;

/// The ink of a digit in the smallest rectangle that holds it, 0 for the background and 1 for full ink.
///
/// ```
/// use firebrick_ink::Ink;
///
/// // A vertical stroke, far from the middle.
/// let mut drawing = vec![0; 100 * 100];
/// for row in 10..50 {
///     drawing[row * 100 + 80..row * 100 + 85].fill(255);
/// }
/// let ink = Ink::of_drawing(&drawing, 100, 100)?;
/// assert_eq!((ink.height(), ink.width()), (40, 5));
/// let digit = ink.normalized(28, 28);
/// // It is 20 pixels tall and its centre of mass lies in the middle.
/// let rows: Vec<usize> = (0..28).filter(|row| digit[row * 28..][..28].iter().any(|pixel| *pixel > 0)).collect();
/// assert_eq!(rows.len(), 20);
/// assert_eq!(digit[14 * 28 + 14], 255);
/// # Ok::<(), firebrick_ink::InkError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Ink {
    values: Vec<f32>,
    height: usize,
    width: usize,
}

impl Ink {
    /// Ink that was cut out already, row by row.
    ///
    /// # Errors
    /// Another number of values than the sides say, or sides of nothing.
    pub fn new(values: Vec<f32>, height: usize, width: usize) -> Result<Self, InkError> {
        if height == 0 || width == 0 || values.len() != height.saturating_mul(width) {
            return Err(InkError::Pixels {
                height,
                width,
                received: values.len(),
            });
        }
        Ok(Self {
            values,
            height,
            width,
        })
    }

    /// What was drawn by light ink on a dark background, 255 on 0, cut out of the pixels, which come row by row.
    ///
    /// # Errors
    /// Sides of no drawing, another number of pixels than they say, or no ink.
    pub fn of_drawing(pixels: &[u8], height: usize, width: usize) -> Result<Self, InkError> {
        let is_side = |side| (1..=MAX_SIDE).contains(&side);
        if !is_side(height) || !is_side(width) {
            return Err(InkError::Size {
                limit: MAX_SIDE,
                height,
                width,
            });
        }
        if pixels.len() != height * width {
            return Err(InkError::Pixels {
                height,
                width,
                received: pixels.len(),
            });
        }
        let blank = InkError::Blank {
            pixels: pixels.len(),
            least: LEAST,
        };
        let has_ink = |row: &usize| {
            pixels[row * width..][..width]
                .iter()
                .any(|own| *own >= LEAST)
        };
        let has_ink_below = |column: &usize| {
            let mut column = pixels[*column..].iter().step_by(width);
            column.any(|own| *own >= LEAST)
        };
        let (top, bottom) = ends((0..height).filter(has_ink)).ok_or_else(|| blank.clone())?;
        let (left, right) = ends((0..width).filter(has_ink_below)).ok_or(blank)?;
        let rows = pixels.chunks_exact(width).take(bottom + 1).skip(top);
        let values = rows.flat_map(|row| &row[left..=right]);
        Ok(Self {
            values: values.map(|own| f32::from(*own) / 255.0).collect(),
            height: bottom + 1 - top,
            width: right + 1 - left,
        })
    }

    /// The number of rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The number of columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The digit as MNIST has it, `height * width` pixels, 0 the background, 255 full ink: scaled with its proportions into a box of
    /// 20/28 of the sides, and placed with its centre of mass in the middle.
    ///
    /// # Source
    /// `LeCun`, Cortes and Burges, "The MNIST database of handwritten digits".
    pub fn normalized(self, height: usize, width: usize) -> Vec<u8> {
        normalized(self.values, [self.height, self.width], height, width)
    }
}

/// The first and the last of some.
fn ends(mut places: impl DoubleEndedIterator<Item = usize>) -> Option<(usize, usize)> {
    let first = places.next()?;
    Some((first, places.next_back().unwrap_or(first)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_drawing_says_why() {
        let error = |pixels: &[u8], height, width| {
            let error = Ink::of_drawing(pixels, height, width).unwrap_err();
            error.to_string()
        };
        assert!(error(&[0; 6], 2, 3).contains("no ink"));
        assert!(error(&[31; 6], 2, 3).contains("no ink: of 6 pixels none reaches 32"));
        assert!(error(&[255; 5], 2, 3).contains("expected 2 x 3 = 6 pixels, received 5"));
        assert!(error(&[], 0, 3).contains("received 0 x 3"));
        assert!(error(&[], usize::MAX, usize::MAX).contains("1 to 4096 pixels"));
        assert!(Ink::new(vec![1.0; 3], usize::MAX, 2).is_err());
    }

    #[test]
    fn a_dot_is_as_large_as_a_digit() {
        let mut pixels = [0; 12];
        pixels[7] = 255;
        let ink = Ink::of_drawing(&pixels, 3, 4).unwrap();
        assert_eq!((ink.height(), ink.width()), (1, 1));
        let digit = ink.normalized(28, 28);
        let full: usize = digit.iter().map(|pixel| usize::from(*pixel == 255)).sum();
        assert_eq!(full, 400);
    }

    #[test]
    fn where_and_how_large_it_was_drawn_does_not_matter() {
        let drawn = |top: usize, left: usize, scale: usize| {
            let mut pixels = vec![0; 200 * 200];
            for row in 0..20 * scale {
                for column in 0..12 * scale {
                    // A bar above, a stroke at its right: a seven.
                    if row < 3 * scale || column >= 9 * scale {
                        pixels[(top + row) * 200 + left + column] = 255;
                    }
                }
            }
            let ink = Ink::of_drawing(&pixels, 200, 200).unwrap();
            ink.normalized(28, 28)
        };
        let expected = drawn(0, 0, 3);
        assert_eq!(drawn(100, 140, 3), expected);
        let other = drawn(30, 20, 6);
        let mut pixels = other.iter().zip(&expected);
        assert!(pixels.all(|(own, other)| own.abs_diff(*other) <= 40));
    }
}
