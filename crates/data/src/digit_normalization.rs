//! Bringing a picture of a digit into the form that the images of MNIST have.

use image::imageops::{self, FilterType};
use image::{ImageBuffer, Luma};

/// The least difference from the background that counts as ink, of 255.
pub(crate) const MIN_CONTRAST: u8 = 16;
/// Shares of the full contrast: below the first is noise, from the second on a pixel belongs to the digit.
const NOISE: f32 = 0.1;
const INK: f32 = 0.2;
/// The digits of MNIST fill a box of 20 pixels in images of 28.
const BOX_SHARE: (usize, usize) = (20, 28);

/// A picture of one byte a pixel, row by row.
pub(crate) struct GreyImage {
    pixels: Vec<u8>,
    height: usize,
    width: usize,
}

impl GreyImage {
    /// Takes `height * width` pixels, at least one.
    pub(crate) fn new(pixels: Vec<u8>, height: usize, width: usize) -> Self {
        debug_assert_eq!(pixels.len(), height * width);
        Self {
            pixels,
            height,
            width,
        }
    }

    pub(crate) fn into_pixels(self) -> Vec<u8> {
        self.pixels
    }

    /// The median of the outermost pixels: what the background is like.
    fn border_median(&self) -> u8 {
        let (last_row, last_column) = (self.height - 1, self.width - 1);
        let mut border: Vec<u8> = Vec::with_capacity(2 * (self.height + self.width));
        border.extend(&self.pixels[..self.width]);
        border.extend(&self.pixels[last_row * self.width..]);
        for row in self.pixels.chunks_exact(self.width) {
            border.extend([row[0], row[last_column]]);
        }
        border.sort_unstable();
        border[border.len() / 2]
    }

    /// The largest difference from the background towards dark and towards light.
    pub(crate) fn contrasts(&self) -> (u8, u8) {
        let background = self.border_median();
        let darkest = self.pixels.iter().copied().min().unwrap_or(background);
        let lightest = self.pixels.iter().copied().max().unwrap_or(background);
        (
            background.saturating_sub(darkest),
            lightest.saturating_sub(background),
        )
    }

    pub(crate) fn invert(&mut self) {
        for pixel in &mut self.pixels {
            *pixel = u8::MAX - *pixel;
        }
    }

    /// The light ink cut out, scaled and centred, `height * width` pixels.
    ///
    /// The ink must differ from the dark background by at least [`MIN_CONTRAST`].
    pub(crate) fn normalized(&self, height: usize, width: usize) -> Vec<u8> {
        let ink = self.cut_out_ink();
        let (rows, columns) = scaled_size(
            (ink.height(), ink.width()),
            (box_size(height), box_size(width)),
        );
        let ink = imageops::resize(&ink, columns, rows, FilterType::Triangle);
        let ink = Ink::new(ink.into_raw(), rows as usize, columns as usize);
        let (top, left) = ink.place(height, width);

        let mut pixels = vec![0; height * width];
        for (row, values) in ink.values.chunks_exact(ink.width).enumerate() {
            let start = (top + row) * width + left;
            for (pixel, &value) in pixels[start..].iter_mut().zip(values) {
                *pixel = to_byte(value);
            }
        }
        pixels
    }

    /// The smallest rectangle that holds the ink, from 0 for the background to 1 for full ink.
    fn cut_out_ink(&self) -> ImageBuffer<Luma<f32>, Vec<f32>> {
        let background = self.border_median();
        let contrast = f32::from(self.contrasts().1.max(1));
        let value = |row: usize, column: usize| {
            let ink = f32::from(self.pixels[row * self.width + column].saturating_sub(background))
                / contrast;
            if ink < NOISE { 0.0 } else { ink }
        };
        let (mut top, mut left, mut bottom, mut right) = (self.height - 1, self.width - 1, 0, 0);
        for row in 0..self.height {
            for column in (0..self.width).filter(|&column| value(row, column) >= INK) {
                (top, bottom) = (top.min(row), bottom.max(row));
                (left, right) = (left.min(column), right.max(column));
            }
        }
        let [rows, columns] = [bottom + 1 - top, right + 1 - left]
            .map(|side| u32::try_from(side).unwrap_or(u32::MAX));
        ImageBuffer::from_fn(columns, rows, |x, y| {
            Luma([value(top + y as usize, left + x as usize)])
        })
    }
}

/// Ink at its final scale, from 0 to 1.
struct Ink {
    values: Vec<f32>,
    height: usize,
    width: usize,
}

impl Ink {
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

#[allow(
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
#[allow(
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

#[allow(
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

    #[test]
    fn a_square_ends_up_as_a_square_in_the_middle() {
        let mut pixels = vec![10; 100 * 60];
        for row in 70..90 {
            pixels[row * 60 + 5..row * 60 + 25].fill(110);
        }
        let normalized = GreyImage::new(pixels, 100, 60).normalized(28, 28);
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

    #[test]
    fn the_border_decides_about_the_background() {
        let mut pixels = vec![200; 25];
        pixels[12] = 0;
        pixels[0] = 0;
        let grey = GreyImage::new(pixels, 5, 5);
        assert_eq!((grey.border_median(), grey.contrasts()), (200, (200, 0)));
    }
}
