//! Matrices laid out once for many products with rows from the left.

use std::cell::RefCell;

use pulp::{Arch, Simd, WithSimd};

/// Columns of a panel.
const WIDE: usize = 32;
/// Columns of the last panel, where no more than these are left.
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

/// Which inputs of a block of rows are not zero, and their values, those of all rows together.
#[derive(Debug)]
struct Inputs {
    places: Vec<u32>,
    values: Vec<f32>,
}

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
            is_finite: matrix.iter().all(|value| value.is_finite()),
            inputs,
            units,
            panels,
            bias: padded,
        }
    }

    /// `y = x · matrix + bias`, for as many rows as `y` has.
    pub(crate) fn product(&self, x: &[f32], y: &mut [f32]) {
        thread_local! {
            static INPUTS: RefCell<Inputs> = const { RefCell::new(Inputs::new()) };
        }
        INPUTS.with_borrow_mut(|inputs| {
            Arch::new().dispatch(Product {
                packed: self,
                x,
                y,
                inputs,
            });
        });
    }
}

/// Where the panels begin, and how many columns they have room for.
fn widths(units: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..units).step_by(WIDE).map(move |start| {
        let width = if units - start > NARROW { WIDE } else { NARROW };
        (start, width)
    })
}

struct Product<'a> {
    packed: &'a Packed,
    x: &'a [f32],
    y: &'a mut [f32],
    inputs: &'a mut Inputs,
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self {
            packed,
            x,
            y,
            inputs,
        } = self;
        let rows = y.len() / packed.units.max(1);
        let mut done = 0;
        while done < rows {
            // Eight rows take 16 of the 32 large registers, six take 12 of 16 small ones.
            let block = match rows - done {
                8.. if S::F32_LANES == 16 => 8,
                6.. if S::F32_LANES < 16 => 6,
                4.. => 4,
                2.. => 2,
                _ => 1,
            };
            let x = &x[done * packed.inputs..(done + block) * packed.inputs];
            let y = &mut y[done * packed.units..(done + block) * packed.units];
            match block {
                8 => packed.block::<S, 8>(simd, x, y, inputs),
                6 => packed.block::<S, 6>(simd, x, y, inputs),
                4 => packed.block::<S, 4>(simd, x, y, inputs),
                2 => packed.block::<S, 2>(simd, x, y, inputs),
                _ => packed.block::<S, 1>(simd, x, y, inputs),
            }
            done += block;
        }
    }
}

/// The inputs of a block of rows.
#[derive(Clone, Copy)]
enum Block<'a, const R: usize> {
    /// Those that are not zero in all rows, by their places.
    Sparse(&'a [u32], &'a [[f32; R]]),
    /// All of them.
    Dense([&'a [f32]; R]),
}

impl Packed {
    #[inline(always)]
    fn block<S: Simd, const R: usize>(
        &self,
        simd: S,
        x: &[f32],
        y: &mut [f32],
        inputs: &mut Inputs,
    ) {
        let mut rows = [x; R];
        for (row, own) in rows.iter_mut().zip(x.chunks_exact(self.inputs)) {
            *row = own;
        }
        let block = if self.is_finite && inputs.find(&rows) {
            Block::Sparse(&inputs.places, inputs.values.as_chunks().0)
        } else {
            Block::Dense(rows)
        };
        let mut panels = &self.panels[..];
        for (start, width) in widths(self.units) {
            let (panel, others) = panels.split_at(self.inputs * width);
            panels = others;
            let bias = &self.bias[start..start + width];
            let end = (start + width).min(self.units);
            let y = y.chunks_exact_mut(self.units);
            let y = y.map(|row| &mut row[start..end]);
            // As many accumulators as there are registers for.
            match (S::F32_LANES, width) {
                (16, WIDE) => tiles::<S, R, 2, 2>(simd, block, panel, bias, y),
                (16, _) => tiles::<S, R, 1, 1>(simd, block, panel, bias, y),
                (8, WIDE) => tiles::<S, R, 4, 2>(simd, block, panel, bias, y),
                (8, _) => tiles::<S, R, 2, 2>(simd, block, panel, bias, y),
                (4, WIDE) => tiles::<S, R, 8, 2>(simd, block, panel, bias, y),
                (4, _) => tiles::<S, R, 4, 2>(simd, block, panel, bias, y),
                (_, WIDE) => tiles::<S, R, 32, 8>(simd, block, panel, bias, y),
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
    let mut sums = [[simd.splat_f32s(0.0); P]; R];
    for start in (0..P).step_by(V) {
        let mut first = [simd.splat_f32s(0.0); V];
        first.copy_from_slice(&bias[start..start + V]);
        let own = match block {
            Block::Sparse(places, values) => {
                let pairs = places.iter().zip(values);
                let pairs = pairs.map(|(place, values)| (&panel[*place as usize], *values));
                tile::<S, R, P, V>(simd, pairs, start, first)
            }
            Block::Dense(rows) => {
                let rows = rows.map(|row| &row[..panel.len()]);
                let pairs = panel.iter().enumerate();
                let pairs = pairs.map(|(place, weights)| (weights, rows.map(|row| row[place])));
                tile::<S, R, P, V>(simd, pairs, start, first)
            }
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

/// Sums of products, `R` rows by `V` vectors, of a panel from its vector `start` on.
#[inline(always)]
fn tile<'a, S: Simd, const R: usize, const P: usize, const V: usize>(
    simd: S,
    pairs: impl Iterator<Item = (&'a [S::f32s; P], [f32; R])>,
    start: usize,
    first: [S::f32s; V],
) -> [[S::f32s; V]; R] {
    let mut sums = [first; R];
    for (weights, values) in pairs {
        for r in 0..R {
            let value = simd.splat_f32s(values[r]);
            for v in 0..V {
                sums[r][v] = simd.mul_add_e_f32s(value, weights[start + v], sums[r][v]);
            }
        }
    }
    sums
}

impl Inputs {
    const fn new() -> Self {
        Self {
            places: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Finds the inputs that are not zero in all rows; `false` where they are almost all.
    #[inline(always)]
    fn find<const R: usize>(&mut self, rows: &[&[f32]; R]) -> bool {
        let len = rows[0].len();
        let rows = rows.map(|row| &row[..len]);
        let is_there = |place: usize| {
            let mut bits = 0;
            for row in rows {
                bits |= row[place].to_bits() << 1;
            }
            bits != 0
        };
        let mut count = 0;
        for place in 0..len {
            count += usize::from(is_there(place));
        }
        if count * 8 > len * 7 {
            return false;
        }
        if self.places.len() < len {
            self.places.resize(len, 0);
        }
        let mut found = 0;
        for (place, number) in (0..len).zip(0..) {
            self.places[found] = number;
            found += usize::from(is_there(place));
        }
        self.places.truncate(found);
        self.values.clear();
        for place in &self.places {
            self.values.extend(rows.map(|row| row[*place as usize]));
        }
        true
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
        for (rows, inputs, units) in [(1, 5, 1), (3, 7, 10), (9, 40, 33), (15, 3, 70), (8, 1, 16)] {
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
