//! Matrices laid out once for many products with rows from the left.

use std::cell::RefCell;

use pulp::{Arch, Simd, WithSimd};

use crate::tiles::is_finite;

/// Columns of a panel.
const WIDE: usize = 64;
/// Columns of panels for what is left, where that is less.
const MIDDLE: usize = 32;
const NARROW: usize = 16;

/// A matrix in panels of columns, each of which is read from front to back, and what is added to each row of a product.
///
/// A row of a product is the same bits whatever rows go with it.
#[derive(Debug)]
pub(crate) struct Packed {
    inputs: usize,
    units: usize,
    /// Panel by panel, row by row; zeros where no column is.
    panels: Vec<f32>,
    /// A number for each column of the panels.
    bias: Vec<f32>,
    /// Where everything is finite, what is multiplied with zero needs not to be.
    is_finite: bool,
}

/// Inputs that are looked at together.
const CHUNK: usize = 16;

impl Packed {
    /// Of a matrix `[inputs, units]`.
    pub(crate) fn new(matrix: &[f32], units: usize, bias: Option<&[f32]>) -> Self {
        let inputs = matrix.len().checked_div(units).unwrap_or(0);
        let mut panels = Vec::new();
        let mut padded = Vec::new();
        for (start, width) in widths(units) {
            let end = (start + width).min(units);
            for row in matrix.chunks_exact(units) {
                panels.extend_from_slice(&row[start..end]);
                panels.resize(panels.len() + width - (end - start), 0.0);
            }
            padded.extend_from_slice(bias.map_or(&[], |bias| &bias[start..end]));
            padded.resize(start + width, 0.0);
        }
        Self {
            is_finite: is_finite(matrix),
            inputs,
            units,
            panels,
            bias: padded,
        }
    }

    /// `y = x · matrix + bias`, for as many rows as `y` has.
    pub(crate) fn product(&self, x: &[f32], y: &mut [f32]) {
        thread_local! {
            static PLACES: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
        }
        PLACES.with_borrow_mut(|places| {
            Arch::new().dispatch(Product {
                packed: self,
                x,
                y,
                places,
            });
        });
    }
}

/// Where the panels begin, and how many columns they have room for.
fn widths(units: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let width = match units - start {
            0 => return None,
            left if left > WIDE - NARROW => WIDE,
            left if left > NARROW => MIDDLE,
            _ => NARROW,
        };
        let own = start;
        start = (start + width).min(units);
        Some((own, width))
    })
}

struct Product<'a> {
    packed: &'a Packed,
    x: &'a [f32],
    y: &'a mut [f32],
    /// Memory for the inputs that are not zero.
    places: &'a mut Vec<u32>,
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self {
            packed,
            x,
            y,
            places,
        } = self;
        if places.len() < packed.inputs + CHUNK {
            places.resize(packed.inputs + CHUNK, 0);
        }
        let rows = y.len() / packed.units.max(1);
        let mut done = 0;
        while done < rows {
            let block = match rows - done {
                6.. => 6,
                4.. => 4,
                2.. => 2,
                _ => 1,
            };
            let x = &x[done * packed.inputs..(done + block) * packed.inputs];
            let y = &mut y[done * packed.units..(done + block) * packed.units];
            match block {
                6 => packed.block::<S, 6>(simd, x, y, places),
                4 => packed.block::<S, 4>(simd, x, y, places),
                2 => packed.block::<S, 2>(simd, x, y, places),
                _ => packed.block::<S, 1>(simd, x, y, places),
            }
            done += block;
        }
    }
}

/// A block of rows.
#[derive(Clone, Copy)]
struct Block<'a, const R: usize> {
    rows: [&'a [f32]; R],
    /// Where not all of them are zero, unless that is almost everywhere.
    places: Option<&'a [u32]>,
}

impl Packed {
    #[inline(always)]
    fn block<S: Simd, const R: usize>(
        &self,
        simd: S,
        x: &[f32],
        y: &mut [f32],
        places: &mut [u32],
    ) {
        let mut rows = [x; R];
        for (row, own) in rows.iter_mut().zip(x.chunks_exact(self.inputs)) {
            *row = own;
        }
        let found = if self.is_finite {
            find(&rows, places)
        } else {
            None
        };
        let block = Block {
            rows,
            places: found.map(|found| &places[..found]),
        };
        let mut panels = &self.panels[..];
        for (start, width) in widths(self.units) {
            let (panel, others) = panels.split_at(self.inputs * width);
            panels = others;
            let bias = &self.bias[start..start + width];
            let end = (start + width).min(self.units);
            let y = y.chunks_exact_mut(self.units);
            let y = y.map(|row| &mut row[start..end]);
            // As many sums at once as there are registers for: 24 of 32 large ones, 8 to 12 of 16 small ones.
            match (S::F32_LANES, width) {
                (16, WIDE) => tiles::<S, R, 4, 4>(simd, block, panel, bias, y),
                (8, WIDE) if R == 1 => tiles::<S, R, 8, 8>(simd, block, panel, bias, y),
                (8, WIDE) if R == 2 => tiles::<S, R, 8, 4>(simd, block, panel, bias, y),
                (8, MIDDLE) if R <= 2 => tiles::<S, R, 4, 4>(simd, block, panel, bias, y),
                (4, WIDE) => tiles::<S, R, 16, 2>(simd, block, panel, bias, y),
                (8, WIDE) | (4, MIDDLE) => tiles::<S, R, 8, 2>(simd, block, panel, bias, y),
                (8, MIDDLE) | (4, _) => tiles::<S, R, 4, 2>(simd, block, panel, bias, y),
                (16, MIDDLE) | (8, _) => tiles::<S, R, 2, 2>(simd, block, panel, bias, y),
                (16, _) => tiles::<S, R, 1, 1>(simd, block, panel, bias, y),
                (_, WIDE) => tiles::<S, R, 64, 8>(simd, block, panel, bias, y),
                (_, MIDDLE) => tiles::<S, R, 32, 8>(simd, block, panel, bias, y),
                _ => tiles::<S, R, 16, 8>(simd, block, panel, bias, y),
            }
        }
    }
}

/// Brings a block of rows through a panel of `P` vectors, `V` of them at once.
#[inline(always)]
fn tiles<'a, S: Simd, const R: usize, const P: usize, const V: usize>(
    simd: S,
    block: Block<'_, R>,
    panel: &[f32],
    bias: &[f32],
    y: impl Iterator<Item = &'a mut [f32]>,
) {
    let panel = S::as_simd_f32s(panel).0.as_chunks::<P>().0;
    let bias = S::as_simd_f32s(bias).0;
    let mut rows = block.rows;
    for row in &mut rows {
        *row = &row[..panel.len()];
    }
    let mut sums = [[simd.splat_f32s(0.0); P]; R];
    for start in (0..P).step_by(V) {
        let mut first = [simd.splat_f32s(0.0); V];
        first.copy_from_slice(&bias[start..start + V]);
        let own = match block.places {
            Some(places) => {
                let places = places.iter().map(
                    #[inline(always)]
                    |place| *place as usize,
                );
                tile::<S, R, P, V>(simd, (panel, rows), places, start, first)
            }
            None => tile::<S, R, P, V>(simd, (panel, rows), 0..panel.len(), start, first),
        };
        for (sums, own) in sums.iter_mut().zip(own) {
            sums[start..start + V].copy_from_slice(&own);
        }
    }
    for (y, sums) in y.zip(sums) {
        for (y, sum) in y.chunks_mut(S::F32_LANES).zip(sums) {
            simd.partial_store_f32s(y, sum);
        }
    }
}

/// Sums of products at these places, `R` rows by `V` vectors, of a panel from its vector `start` on.
#[inline(always)]
fn tile<S: Simd, const R: usize, const P: usize, const V: usize>(
    simd: S,
    (panel, rows): (&[[S::f32s; P]], [&[f32]; R]),
    places: impl Iterator<Item = usize>,
    start: usize,
    first: [S::f32s; V],
) -> [[S::f32s; V]; R] {
    let mut sums = [first; R];
    for place in places {
        let weights = &panel[place];
        for r in 0..R {
            let value = simd.splat_f32s(rows[r][place]);
            for v in 0..V {
                sums[r][v] = simd.mul_add_e_f32s(value, weights[start + v], sums[r][v]);
            }
        }
    }
    sums
}

/// Finds where not all rows are zero; how many places that are, or `None` where it is almost everywhere.
#[inline(always)]
fn find<const R: usize>(rows: &[&[f32]; R], places: &mut [u32]) -> Option<usize> {
    let len = rows[0].len();
    let mut rows = *rows;
    for row in &mut rows {
        *row = &row[..len];
    }
    let mut found = 0;
    let chunks = (0..len).step_by(CHUNK);
    for (start, first) in chunks.zip((0..).step_by(CHUNK)) {
        let mut bits = [0; CHUNK];
        for row in &rows {
            match row[start..].first_chunk::<CHUNK>() {
                Some(values) => add_bits(&mut bits, values),
                None => add_bits(&mut bits, &row[start..]),
            }
        }
        // Without the sign of zeros.
        if bits.iter().fold(0, |all, own| all | own) << 1 == 0 {
            continue;
        }
        let (places, _) = places[found..].split_first_chunk_mut::<CHUNK>()?;
        let mut own = 0;
        for (bits, place) in bits.iter().zip(first..) {
            places[own % CHUNK] = place;
            own += usize::from(bits << 1 != 0);
        }
        found += own;
        if start > 0 && is_almost_all(found, start + CHUNK) {
            return None;
        }
    }
    (!is_almost_all(found, len)).then_some(found)
}

#[inline(always)]
fn is_almost_all(found: usize, of: usize) -> bool {
    found * 8 > of * 7
}

#[inline(always)]
fn add_bits(bits: &mut [u32; CHUNK], values: &[f32]) {
    for (bits, value) in bits.iter_mut().zip(values) {
        *bits |= value.to_bits();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that differ, of which some are zero.
    fn numbers(len: usize, zero_every: usize) -> Vec<f32> {
        let number = |place: usize| {
            let is_zero = place.is_multiple_of(zero_every);
            let value = ((place * 7919 + 13) % 1000) as f32 / 500.0 - 1.0;
            if is_zero { 0.0 } else { value }
        };
        (0..len).map(number).collect()
    }

    fn exact(x: &[f32], matrix: &[f32], bias: &[f32]) -> Vec<f64> {
        let units = bias.len();
        let rows = x.chunks_exact(matrix.len() / units);
        let row = |row: &[f32]| {
            let mut sums: Vec<f64> = bias.iter().map(|&bias| f64::from(bias)).collect();
            for (x, weights) in row.iter().zip(matrix.chunks_exact(units)) {
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum += f64::from(*x) * f64::from(*weight);
                }
            }
            sums
        };
        rows.flat_map(row).collect()
    }

    #[test]
    fn a_product_is_that_of_rows_and_columns() {
        for (rows, inputs, units) in [
            (1, 5, 1),
            (3, 7, 10),
            (9, 40, 33),
            (15, 3, 70),
            (8, 1, 16),
            (13, 90, 100),
        ] {
            for zero_every in [2, 1000] {
                let (x, matrix) = (
                    numbers(rows * inputs, zero_every),
                    numbers(inputs * units, 1000),
                );
                let bias = numbers(units, 1000);
                let mut y = vec![f32::NAN; rows * units];
                let packed = Packed::new(&matrix, units, Some(&bias));
                packed.product(&x, &mut y);
                for (y, expected) in y.iter().zip(exact(&x, &matrix, &bias)) {
                    assert!((f64::from(*y) - expected).abs() < 1e-5, "{y} {expected}");
                }
            }
        }
    }

    #[test]
    fn a_row_is_the_same_bits_whatever_goes_with_it() {
        let (inputs, units) = (100, 37);
        let x = numbers(11 * inputs, 3);
        let packed = Packed::new(&numbers(inputs * units, 1000), units, None);
        let mut together = vec![0.0; 11 * units];
        packed.product(&x, &mut together);
        for (x, together) in x.chunks_exact(inputs).zip(together.chunks_exact(units)) {
            let mut alone = vec![0.0; units];
            packed.product(x, &mut alone);
            assert_eq!(alone, together);
        }
    }

    #[test]
    fn what_is_not_finite_is_not_left_out() {
        let packed = Packed::new(&[f32::INFINITY, 1.0], 1, None);
        let mut y = [0.0];
        packed.product(&[0.0, 1.0], &mut y);
        assert!(y[0].is_nan());
    }
}
