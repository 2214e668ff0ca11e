//! Matrix products of training, with the matrix as it lies, that leave out what is zero in all rows of a block: most of a
//! picture's margins.

use std::cell::RefCell;

use pulp::{Arch, Simd, WithSimd};

use crate::vectorized::dispatch;

/// Where the factors of the rows of a matrix are, for each row of sums.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Factors<'a> {
    /// In a row of another matrix: a product.
    Rows(&'a [f32]),
    /// In a column of another matrix: a product with it turned.
    Columns {
        /// The matrix.
        values: &'a [f32],
        /// How many columns it has.
        columns: usize,
        /// Which of them the first row of sums has.
        first: usize,
    },
}

/// What sums start from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Start<'a> {
    /// From zero.
    Zero,
    /// Each row from these numbers.
    Row(&'a [f32]),
    /// From what is there.
    Kept,
}

impl Factors<'_> {
    /// Whether so many as there are sums have gaps, zeros side by side as pictures have them, so many that leaving these out is
    /// worth looking for them.
    pub(crate) fn have_gaps(&self, sums: usize) -> bool {
        let (values, columns, own) = match *self {
            Self::Rows(values) => (values, values.len(), 0..values.len()),
            Self::Columns {
                values,
                columns,
                first,
            } => (values, columns, first..first + sums),
        };
        let (mut runs, mut gaps) = (0, 0);
        dispatch(
            #[inline(always)]
            || {
                let is_gap = |run: &[f32; 8]| {
                    let bits = run.iter().fold(0, |bits, value| bits | value.to_bits());
                    u32::from(bits << 1 == 0)
                };
                for row in values.chunks_exact(columns.max(1)) {
                    let (own, _) = row[own.clone()].as_chunks::<8>();
                    runs += own.len();
                    gaps += own.iter().map(is_gap).sum::<u32>();
                }
            },
        );
        gaps as usize * 3 > runs
    }
}

/// Sums of the rows of a matrix with `units` columns, each row times its factor; as many as `sums` has rows.
///
/// # Panics
/// When sizes do not meet.
pub(crate) fn sums_of_rows(
    factors: Factors<'_>,
    (matrix, units): (&[f32], usize),
    start: Start<'_>,
    sums: &mut [f32],
) {
    thread_local! {
        static SCRATCH: RefCell<Scratch> = const { RefCell::new(Scratch::new()) };
    }
    if units == 0 || sums.is_empty() {
        return;
    }
    let [rows, steps] = [sums.len(), matrix.len()].map(|len| len / units);
    let num_factors = match factors {
        Factors::Rows(values) => values.len() / rows,
        Factors::Columns {
            values, columns, ..
        } => values.len() / columns,
    };
    assert_eq!(num_factors, steps, "a factor for each row of the matrix");
    SCRATCH.with_borrow_mut(|scratch| {
        Arch::new().dispatch(Sums {
            factors,
            matrix,
            units,
            rows,
            steps,
            start,
            output: sums,
            scratch,
        });
    });
}

struct Sums<'a> {
    factors: Factors<'a>,
    matrix: &'a [f32],
    units: usize,
    /// Of the output.
    rows: usize,
    /// Rows of the matrix.
    steps: usize,
    start: Start<'a>,
    output: &'a mut [f32],
    scratch: &'a mut Scratch,
}

#[derive(Debug)]
struct Scratch {
    /// The last columns of the matrix, as wide as vectors are.
    tail: Vec<f32>,
    /// Rows of the matrix with a factor that is not zero.
    places: Vec<u32>,
    /// Their factors, those of all rows of a block together.
    values: Vec<f32>,
}

impl Scratch {
    const fn new() -> Self {
        Self {
            tail: Vec::new(),
            places: Vec::new(),
            values: Vec::new(),
        }
    }
}

impl WithSimd for Sums<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match S::F32_LANES {
            // Eight rows take 16 of the 32 large registers, six take 12 of 16 small ones.
            16 => self.run::<S, 8, 2>(simd),
            8 | 4 => self.run::<S, 6, 2>(simd),
            _ => self.run::<S, 2, 8>(simd),
        }
    }
}

impl Sums<'_> {
    #[inline(always)]
    fn run<S: Simd, const R: usize, const V: usize>(mut self, simd: S) {
        let width = V * S::F32_LANES;
        let whole = self.units - self.units % width;
        let tail = &mut self.scratch.tail;
        tail.clear();
        if whole < self.units {
            for row in self.matrix.chunks_exact(self.units) {
                tail.extend_from_slice(&row[whole..]);
                tail.resize(tail.len() + width - (self.units - whole), 0.0);
            }
        }
        // What is not finite is not zero times zero.
        let is_finite = is_finite(self.matrix);
        let mut row = 0;
        while row + R <= self.rows {
            self.block::<S, R, V>(simd, row, is_finite);
            row += R;
        }
        while row + 2 <= self.rows {
            self.block::<S, 2, V>(simd, row, is_finite);
            row += 2;
        }
        if row < self.rows {
            self.block::<S, 1, V>(simd, row, is_finite);
        }
    }

    /// The sums of `R` rows from this one on.
    #[inline(always)]
    fn block<S: Simd, const R: usize, const V: usize>(
        &mut self,
        simd: S,
        row: usize,
        is_finite: bool,
    ) {
        match self.factors {
            Factors::Rows(values) => {
                let values = &values[row * self.steps..(row + R) * self.steps];
                let mut rows = [&values[..self.steps]; R];
                for (own, values) in rows.iter_mut().zip(values.chunks_exact(self.steps.max(1))) {
                    *own = &values[..self.steps];
                }
                let values = (0..self.steps).map(
                    #[inline(always)]
                    |step| values_at(&rows, step),
                );
                self.scratch.gather(self.steps, values, is_finite);
            }
            Factors::Columns {
                values,
                columns,
                first,
            } => {
                let values = values.chunks_exact(columns).map(
                    #[inline(always)]
                    |values| {
                        let mut own = [0.0; R];
                        own.copy_from_slice(&values[first + row..first + row + R]);
                        own
                    },
                );
                self.scratch.gather(self.steps, values, is_finite);
            }
        }
        let places = &self.scratch.places[..];
        let values = &self.scratch.values.as_chunks::<R>().0[..places.len()];
        let width = V * S::F32_LANES;
        for start in (0..self.units).step_by(width) {
            let end = (start + width).min(self.units);
            let panel = if start + width == end {
                (self.matrix, self.units, start)
            } else {
                (&self.scratch.tail[..], width, 0)
            };
            let mut first = [simd.splat_f32s(0.0); V];
            if let Start::Row(values) = self.start {
                let values = values[start..end].chunks(S::F32_LANES);
                for (first, values) in first.iter_mut().zip(values) {
                    *first = simd.partial_load_f32s(values);
                }
            }
            let mut tile = [first; R];
            for (place, values) in places.iter().zip(values) {
                add::<S, R, V>(simd, &mut tile, panel, *place as usize, values);
            }
            let is_added = matches!(self.start, Start::Kept);
            for (r, own) in tile.iter().enumerate() {
                let from = (row + r) * self.units;
                let sums = &mut self.output[from + start..from + end];
                if start + width == end {
                    let sums = S::as_mut_simd_f32s(sums).0;
                    for v in 0..V {
                        sums[v] = if is_added {
                            simd.add_f32s(sums[v], own[v])
                        } else {
                            own[v]
                        };
                    }
                    continue;
                }
                for (sums, own) in sums.chunks_mut(S::F32_LANES).zip(own) {
                    let own = if is_added {
                        simd.add_f32s(simd.partial_load_f32s(sums), *own)
                    } else {
                        *own
                    };
                    simd.partial_store_f32s(sums, own);
                }
            }
        }
    }
}

impl Scratch {
    /// Gathers the factors of a block at each place, those that are all zero only where these matter.
    #[inline(always)]
    fn gather<const R: usize>(
        &mut self,
        steps: usize,
        factors: impl Iterator<Item = [f32; R]>,
        is_finite: bool,
    ) {
        self.places.resize(steps, 0);
        self.values.resize(steps * R, 0.0);
        let values = self.values.as_chunks_mut::<R>().0;
        let mut found = 0;
        // What does not count is written over: a jump would be guessed wrong too often.
        for (factors, number) in factors.zip(0..) {
            let mut bits = 0;
            for factor in factors {
                bits |= factor.to_bits() << 1;
            }
            if let (Some(values), Some(place)) = (values.get_mut(found), self.places.get_mut(found))
            {
                *values = factors;
                *place = number;
            }
            found += usize::from(bits != 0) | usize::from(!is_finite);
        }
        self.places.truncate(found);
    }
}

/// What rows have at a place.
#[inline(always)]
fn values_at<const R: usize>(rows: &[&[f32]; R], place: usize) -> [f32; R] {
    let mut values = [0.0; R];
    for (value, row) in values.iter_mut().zip(rows) {
        *value = row[place];
    }
    values
}

/// Adds a row of a panel (of a matrix with so many columns, from a column on), times its factors.
#[inline(always)]
fn add<S: Simd, const R: usize, const V: usize>(
    simd: S,
    tile: &mut [[S::f32s; V]; R],
    (matrix, columns, first): (&[f32], usize, usize),
    row: usize,
    values: &[f32; R],
) {
    let from = row * columns + first;
    let weights = S::as_simd_f32s(&matrix[from..from + V * S::F32_LANES]).0;
    for r in 0..R {
        let value = simd.splat_f32s(values[r]);
        for v in 0..V {
            tile[r][v] = simd.mul_add_e_f32s(value, weights[v], tile[r][v]);
        }
    }
}

#[inline(always)]
fn is_finite(values: &[f32]) -> bool {
    let largest = values
        .iter()
        .fold(0, |largest, value| (value.to_bits() << 1).max(largest));
    largest < f32::INFINITY.to_bits() << 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that differ, of which some are zero.
    fn numbers(len: usize, is_zero: fn(usize) -> bool) -> Vec<f32> {
        let number = |place: usize| ((place * 7919 + 13) % 1000) as f32 / 500.0 - 1.0;
        (0..len)
            .map(|place| if is_zero(place) { 0.0 } else { number(place) })
            .collect()
    }

    fn exact(factors: Factors<'_>, matrix: &[f32], units: usize, rows: usize) -> Vec<f64> {
        let steps = matrix.len() / units;
        let factor = |row: usize, step: usize| match factors {
            Factors::Rows(values) => values[row * steps + step],
            Factors::Columns {
                values,
                columns,
                first,
            } => values[step * columns + first + row],
        };
        let sum = |row: usize, unit: usize| -> f64 {
            let products = (0..steps)
                .map(|step| f64::from(factor(row, step)) * f64::from(matrix[step * units + unit]));
            products.sum()
        };
        (0..rows)
            .flat_map(|row| (0..units).map(move |unit| (row, unit)))
            .map(|(row, unit)| sum(row, unit))
            .collect()
    }

    #[test]
    fn sums_are_those_of_double_precision_for_all_sizes_starts_and_zeros() {
        let sizes = [
            (1, 1, 1),
            (3, 7, 10),
            (9, 40, 33),
            (15, 3, 70),
            (8, 1, 16),
            (13, 64, 32),
        ];
        let zeros: [fn(usize) -> bool; 3] = [|_| false, |place| place % 11 > 1, |_| true];
        // Each as it lies and turned.
        let zeros = [zeros, zeros].concat();
        for (rows, steps, units) in sizes {
            let matrix = numbers(steps * units, |_| false);
            let bias = numbers(units, |_| false);
            for (is_zero, is_turned) in zeros.iter().zip([false, true].into_iter().cycle()) {
                let values = &numbers((rows + 3) * steps, *is_zero)[..];
                let factors = if is_turned {
                    let (columns, first) = (rows + 3, 2);
                    Factors::Columns {
                        values,
                        columns,
                        first,
                    }
                } else {
                    Factors::Rows(&values[..rows * steps])
                };
                let exact = exact(factors, &matrix, units, rows);
                for start in [Start::Zero, Start::Row(&bias), Start::Kept] {
                    let before = if matches!(start, Start::Kept) {
                        0.5
                    } else {
                        f32::NAN
                    };
                    let mut sums = vec![before; rows * units];
                    sums_of_rows(factors, (&matrix, units), start, &mut sums);
                    for (place, (sum, exact)) in sums.iter().zip(&exact).enumerate() {
                        let base = match start {
                            Start::Zero => 0.0,
                            Start::Row(bias) => bias[place % units],
                            Start::Kept => 0.5,
                        };
                        let distance = f64::from(*sum) - f64::from(base) - exact;
                        assert!(distance.abs() < 1e-5, "{rows}, {steps}, {units}: {sum}");
                    }
                }
            }
        }
    }

    #[test]
    fn gaps_are_zeros_side_by_side() {
        let len = 28 * 28;
        assert!(!Factors::Rows(&numbers(len, |_| false)).have_gaps(1));
        assert!(!Factors::Rows(&numbers(len, |place| place % 2 == 0)).have_gaps(1));
        assert!(Factors::Rows(&numbers(len, |place| place % 28 > 8)).have_gaps(1));
    }

    #[test]
    fn what_is_not_finite_is_not_left_out() {
        for odd in [f32::INFINITY, f32::NAN, f32::NEG_INFINITY] {
            let mut sums = [0.0; 2];
            let factors = Factors::Rows(&[0.0, 1.0, 0.0, 1.0]);
            sums_of_rows(factors, (&[odd, 1.0], 1), Start::Zero, &mut sums);
            assert!(sums.iter().all(|sum| sum.is_nan()), "{sums:?}");
        }
        let mut sums = [0.0; 2];
        let factors = Factors::Columns {
            values: &[f32::NAN, 1.0],
            columns: 2,
            first: 0,
        };
        sums_of_rows(factors, (&[1.0], 1), Start::Zero, &mut sums);
        assert!(sums[0].is_nan() && !sums[1].is_nan());
    }
}
