//! Bringing the ink of a digit into the form that the images of MNIST have.

use image::imageops::{self, FilterType};
use image::{ImageBuffer, Luma};

use super::components::Component;
use super::plane::Plane;

/// The digits of MNIST fill a box of 20 pixels in images of 28.
const BOX_SHARE: (usize, usize) = (20, 28);
/// Pale edges that lie this far from the ink of a digit, in pixels, belong to it.
const EDGE: usize = 2;

/// A digit cut out, scaled and centred, `height * width` pixels.
pub(super) fn normalized(ink: &Plane, digit: &Component, height: usize, width: usize) -> Vec<u8> {
    let cut_out = cut_out(ink, digit);
    let (rows, columns) = scaled_size(
        (cut_out.height(), cut_out.width()),
        (box_size(height), box_size(width)),
    );
    let scaled = imageops::resize(&cut_out, columns, rows, FilterType::Triangle);
    let scaled = ScaledInk::new(scaled.into_raw(), rows as usize, columns as usize);
    let (top, left) = scaled.place(height, width);

    let mut pixels = vec![0; height * width];
    for (row, values) in scaled.values.chunks_exact(scaled.width).enumerate() {
        let start = (top + row) * width + left;
        for (pixel, &value) in pixels[start..].iter_mut().zip(values) {
            *pixel = to_byte(value);
        }
    }
    pixels
}

/// The smallest rectangle that holds the digit, with the ink of other strokes left out.
fn cut_out(ink: &Plane, digit: &Component) -> ImageBuffer<Luma<f32>, Vec<f32>> {
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
    let [rows, columns] = [height, width].map(|side| u32::try_from(side).unwrap_or(u32::MAX));
    ImageBuffer::from_fn(columns, rows, |x, y| {
        Luma([cut_out[y as usize * width + x as usize]])
    })
}

/// Ink at its final scale, from 0 to 1.
struct ScaledInk {
    values: Vec<f32>,
    height: usize,
    width: usize,
}

impl ScaledInk {
    /// Stretches the values so that the strongest is full ink again; thin lines fade when they are scaled down.
    fn new(mut values: Vec<f32>, height: usize, width: usize) -> Self {
        let strongest = values
            .iter()
            .copied()
            .fold(0.0, f32::max)
            .max(f32::MIN_POSITIVE);
        for value in &mut values {
            *value = (*value / strongest).clamp(0.0, 1.0);
        }
        Self {
            values,
            height,
            width,
        }
    }

    /// Top and left edge that bring the centre of mass to the middle, without losing ink over an edge.
    ///
    /// The middle is pixel 14, counted from 0, of 28: where it lies in MNIST.
    fn place(&self, height: usize, width: usize) -> (usize, usize) {
        let (mut mass, mut rows, mut columns) = (0.0, 0.0, 0.0);
        for (position, &value) in self.values.iter().enumerate() {
            let value = f64::from(value);
            mass += value;
            rows += value * (position / self.width) as f64;
            columns += value * (position % self.width) as f64;
        }
        (
            edge(height, self.height, rows / mass),
            edge(width, self.width, columns / mass),
        )
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the free space, which is a small number"
)]
fn edge(size: usize, ink_size: usize, centre_of_mass: f64) -> usize {
    let free = size - ink_size;
    (size as f64 / 2.0 - centre_of_mass)
        .round()
        .clamp(0.0, free as f64) as usize
}

/// The side of the box that the digit fills.
fn box_size(size: usize) -> usize {
    let (share, of) = BOX_SHARE;
    ((2 * size * share + of) / (2 * of)).max(1)
}

/// Rows and columns of the ink when it just fits into the box with its proportions.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the box, which is a small number"
)]
fn scaled_size((rows, columns): (u32, u32), (box_rows, box_columns): (usize, usize)) -> (u32, u32) {
    let scale = (box_rows as f64 / f64::from(rows)).min(box_columns as f64 / f64::from(columns));
    let side = |length: u32, limit: usize| {
        (f64::from(length) * scale).round().clamp(1.0, limit as f64) as u32
    };
    (side(rows, box_rows), side(columns, box_columns))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "from 0 to 255"
)]
fn to_byte(value: f32) -> u8 {
    (value * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::super::components::components;
    use super::*;

    #[test]
    fn the_box_is_20_of_28() {
        assert_eq!([28, 14, 32, 1, 2].map(box_size), [20, 10, 23, 1, 1]);
    }

    #[test]
    fn ink_keeps_its_proportions() {
        assert_eq!(scaled_size((100, 50), (20, 20)), (20, 10));
        assert_eq!(scaled_size((5, 10), (20, 20)), (10, 20));
        assert_eq!(scaled_size((1, 4000), (20, 20)), (1, 20));
    }

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
