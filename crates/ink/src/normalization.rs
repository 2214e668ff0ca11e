//! Bringing ink into the form that the images of MNIST have.

use image::imageops::{self, FilterType};
use image::{ImageBuffer, Luma};

/// The digits of MNIST fill a box of 20 pixels in images of 28.
const BOX_SHARE: (usize, usize) = (20, 28);

/// Ink of `[rows, columns]` scaled and centred, `height * width` pixels.
pub(crate) fn normalized(
    ink: Vec<f32>,
    [rows, columns]: [usize; 2],
    height: usize,
    width: usize,
) -> Vec<u8> {
    let [rows, columns] = [rows, columns].map(|side| u32::try_from(side).unwrap_or(u32::MAX));
    let Some(ink) = ImageBuffer::<Luma<f32>, _>::from_raw(columns, rows, ink) else {
        unreachable!("ink has as many values as its sides say");
    };
    let (rows, columns) = scaled_size((rows, columns), (box_size(height), box_size(width)));
    let scaled = imageops::resize(&ink, columns, rows, FilterType::Triangle);
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
}
