//! Matrix products of training, with the matrix as it lies.
//!
//! What is zero in all rows of a block, as most of a picture's margins is, is left out.

mod blocked;
mod dense;
mod gathered;
mod laid_out;
mod panels;
mod turned;

use std::iter;
use std::ops::Range;

use pulp::Arch;

use self::blocked::Blocked;
use self::dense::Dense;
use self::gathered::Gathered;
pub use self::laid_out::LaidOut;
pub(crate) use self::panels::Panels;
use self::turned::Turned;
use crate::vectorized::dispatch;

/// Where the factors of the rows of a matrix are, for each row of sums.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Factors<'a> {
    /// In a row of another matrix: a product.
    Rows(&'a [f32]),
    /// In a column of another matrix: a product with it turned.
    Columns(Columns<'a>),
}

/// Columns of a matrix.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Columns<'a> {
    /// The matrix.
    pub(crate) values: &'a [f32],
    /// How many columns it has.
    pub(crate) width: usize,
    /// Which of them the first row of sums has.
    pub(crate) first: usize,
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
    let Some(product) = Product::new((matrix, units), start, sums) else {
        return;
    };
    let Product { rows, steps, .. } = product;
    let has_gaps = factors.have_gaps(&product);
    if Blocked::is_worth_it(rows, steps, units) {
        Arch::new().dispatch(Blocked::new(factors, product, has_gaps));
    } else if has_gaps && is_finite(matrix) {
        // Zero times what is not finite is no zero.
        Arch::new().dispatch(Gathered(factors, product));
    } else {
        Arch::new().dispatch(Dense::new(factors, product));
    }
}

/// The same with a matrix that has been laid out.
pub(crate) fn sums_of_laid_out(
    factors: Factors<'_>,
    (matrix, units): (&[f32], usize),
    laid_out: &LaidOut,
    start: Start<'_>,
    sums: &mut [f32],
) {
    if let Some(product) = Product::new((matrix, units), start, sums) {
        let has_gaps = factors.have_gaps(&product);
        let blocked = Blocked::new(factors, product, has_gaps);
        Arch::new().dispatch(blocked.with_laid_out(laid_out));
    }
}

/// Products of rows with each row of a matrix with `units` columns: `rows · matrixᵀ`.
///
/// # Panics
/// When sizes do not meet.
pub(crate) fn sums_of_columns(
    rows: &[f32],
    (matrix, units): (&[f32], usize),
    start: Start<'_>,
    sums: &mut [f32],
) {
    if matrix.is_empty() || sums.is_empty() {
        return;
    }
    assert_eq!(
        rows.len() * (matrix.len() / units),
        sums.len() * units,
        "a sum for each row and each row of the matrix"
    );
    Arch::new().dispatch(Turned {
        rows,
        matrix,
        units,
        sums,
        start,
    });
}

/// Rows in blocks of `most`, then of two, and one at the end: where each begins, and its size.
fn blocks(rows: usize, most: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut row = 0;
    iter::from_fn(move || {
        let size = match rows - row {
            0 => return None,
            left if left >= most => most,
            1 => 1,
            _ => 2,
        };
        row += size;
        Some((row - size, size))
    })
}

/// Some factors of the first `R` rows, each as long.
#[inline(always)]
fn first_rows<'a, const R: usize>(
    values: &'a [f32],
    row_len: usize,
    steps: &Range<usize>,
) -> [&'a [f32]; R] {
    let mut rows = [&values[steps.clone()]; R];
    for (own, values) in rows.iter_mut().zip(values.chunks_exact(row_len.max(1))) {
        *own = &values[steps.clone()];
    }
    rows
}

struct Product<'a> {
    matrix: &'a [f32],
    units: usize,
    /// Of the output.
    rows: usize,
    /// Rows of the matrix.
    steps: usize,
    start: Start<'a>,
    output: &'a mut [f32],
}

impl<'a> Product<'a> {
    /// `None` where there is nothing to compute.
    fn new(
        (matrix, units): (&'a [f32], usize),
        start: Start<'a>,
        output: &'a mut [f32],
    ) -> Option<Self> {
        let is_empty = units == 0 || output.is_empty();
        (!is_empty).then(|| Self {
            matrix,
            units,
            rows: output.len() / units,
            steps: matrix.len() / units,
            start,
            output,
        })
    }
}

impl Factors<'_> {
    /// Whether there are so many zeros side by side that leaving them out is worth it.
    ///
    /// # Panics
    /// When there is not a factor for each row of the matrix.
    fn have_gaps(self, product: &Product<'_>) -> bool {
        let count = match self {
            Self::Rows(values) => values.len() / product.rows,
            Self::Columns(Columns { values, width, .. }) => values.len() / width,
        };
        assert_eq!(count, product.steps, "a factor for each row of the matrix");
        have_gaps(self, product.rows)
    }
}

/// Whether factors of so many sums have gaps, zeros side by side as pictures have them, so many that leaving these out is worth
/// looking for them; by a few of the rows.
fn have_gaps(factors: Factors<'_>, sums: usize) -> bool {
    const LOOKED_AT: usize = 8;
    let (values, width, own) = match factors {
        Factors::Rows(values) => (values, values.len() / sums, 0..values.len() / sums),
        Factors::Columns(Columns {
            values,
            width,
            first,
        }) => (values, width, first..first + sums),
    };
    let rows = values.chunks_exact(width.max(1));
    let apart = rows.len().div_ceil(LOOKED_AT).max(1);
    let (mut runs, mut gaps) = (0, 0);
    dispatch(
        #[inline(always)]
        || {
            for row in rows.step_by(apart) {
                let (own, _) = row[own.clone()].as_chunks::<8>();
                runs += own.len();
                gaps += own.iter().map(|run| u32::from(is_gap(run))).sum::<u32>();
            }
        },
    );
    gaps as usize * 3 > runs
}

/// Whether all of them are zero.
#[inline(always)]
fn is_gap(run: &[f32; 8]) -> bool {
    let bits = run.iter().fold(0, |bits, value| bits | value.to_bits());
    bits << 1 == 0
}

pub(crate) fn is_finite(values: &[f32]) -> bool {
    let mut largest = 0;
    dispatch(
        #[inline(always)]
        || {
            for value in values {
                largest = (value.to_bits() << 1).max(largest);
            }
        },
    );
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

    /// What a sum in this column starts from, where 0.5 was there.
    fn base(start: Start<'_>, column: usize) -> f32 {
        match start {
            Start::Zero => 0.0,
            Start::Row(bias) => bias[column],
            Start::Kept => 0.5,
        }
    }

    fn exact(factors: Factors<'_>, matrix: &[f32], units: usize, rows: usize) -> Vec<f64> {
        let steps = matrix.len() / units;
        let factor = |row: usize, step: usize| match factors {
            Factors::Rows(values) => values[row * steps + step],
            Factors::Columns(Columns {
                values,
                width,
                first,
            }) => values[step * width + first + row],
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
            (21, 30, 150),
            (40, 24, 127),
            // Several blocks of a matrix.
            (19, 300, 530),
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
                    let (width, first) = (rows + 3, 2);
                    Factors::Columns(Columns {
                        values,
                        width,
                        first,
                    })
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
                        let base = base(start, place % units);
                        let distance = f64::from(*sum) - f64::from(base) - exact;
                        let most = 1e-5 * (steps as f64 / 64.0).max(1.0);
                        assert!(distance.abs() < most, "{rows}, {steps}, {units}: {sum}");
                    }
                }
            }
        }
    }

    #[test]
    fn products_with_a_turned_matrix_are_those_of_double_precision() {
        for (rows, inputs, units) in [
            (1, 1, 1),
            (5, 3, 20),
            (16, 40, 7),
            (33, 17, 64),
            (70, 50, 30),
        ] {
            let matrix = numbers(inputs * units, |_| false);
            let turned: Vec<f32> = (0..units)
                .flat_map(|unit| matrix.iter().skip(unit).step_by(units).copied())
                .collect();
            let values = numbers(rows * units, |place| place % 5 == 0);
            let exact = exact(Factors::Rows(&values), &turned, inputs, rows);
            let bias = numbers(inputs, |_| false);
            for start in [Start::Zero, Start::Row(&bias), Start::Kept] {
                let mut sums = vec![0.5; rows * inputs];
                sums_of_columns(&values, (&matrix, units), start, &mut sums);
                for (place, (sum, exact)) in sums.iter().zip(&exact).enumerate() {
                    let base = base(start, place % inputs);
                    let distance = f64::from(*sum) - f64::from(base) - exact;
                    assert!(distance.abs() < 1e-5, "{rows}, {inputs}, {units}: {sum}");
                }
            }
        }
    }

    #[test]
    fn a_row_of_sums_is_the_same_bits_whatever_rows_are_beside_it() {
        let (rows, steps, units) = (21, 300, 400);
        let matrix = numbers(steps * units, |_| false);
        let values = numbers(rows * steps, |place| place % 3 == 0);
        let sums = |values: &[f32]| {
            let mut sums = vec![0.0; values.len() / steps * units];
            sums_of_rows(
                Factors::Rows(values),
                (&matrix, units),
                Start::Zero,
                &mut sums,
            );
            sums
        };
        let (some, whole) = (sums(&values[..9 * steps]), sums(&values));
        assert_eq!(some, whole[..9 * units]);
    }

    #[test]
    fn a_matrix_that_is_laid_out_gives_the_same_bits() {
        let (steps, units) = (300, 530);
        let mut matrix = numbers(steps * units, |_| false);
        let mut laid_out = LaidOut::new(steps, units);
        for odd in [0.5, f32::NAN] {
            matrix[250 * units + 525] = odd;
            laid_out.lay_out(&matrix);
            for is_zero in [|_| false, |place: usize| place % 40 > 9] {
                let values = numbers(19 * steps, is_zero);
                let [mut as_it_lies, mut sums] = [(); 2].map(|()| vec![0.0; 19 * units]);
                let factors = Factors::Rows(&values);
                sums_of_rows(factors, (&matrix, units), Start::Zero, &mut as_it_lies);
                let kernel = (&matrix[..], units);
                sums_of_laid_out(factors, kernel, &laid_out, Start::Zero, &mut sums);
                let bits = |sums: &[f32]| sums.iter().map(|sum| sum.to_bits()).collect::<Vec<_>>();
                assert_eq!(bits(&sums), bits(&as_it_lies));
                assert_eq!(sums.iter().any(|sum| sum.is_nan()), odd.is_nan());
            }
        }
    }

    #[test]
    fn gaps_are_zeros_side_by_side() {
        let len = 28 * 28;
        let have_gaps = |is_zero| have_gaps(Factors::Rows(&numbers(len, is_zero)), 1);
        assert!(!have_gaps(|_| false));
        assert!(!have_gaps(|place| place % 2 == 0));
        assert!(have_gaps(|place| place % 28 > 8));
    }

    #[test]
    fn what_is_not_finite_is_not_left_out() {
        let (rows, steps, units) = (8, 200, 600);
        let mut matrix = vec![1.0; steps * units];
        matrix[150 * units + 550] = f32::INFINITY;
        let mut sums = vec![0.0; rows * units];
        let factors = Factors::Rows(&vec![0.0; rows * steps]);
        sums_of_rows(factors, (&matrix, units), Start::Zero, &mut sums);
        for row in sums.chunks(units) {
            let is_odd = |place: usize| row[place].is_nan();
            assert!((0..units).all(|place| is_odd(place) == (place == 550)));
        }
        for odd in [f32::INFINITY, f32::NAN, f32::NEG_INFINITY] {
            let mut sums = [0.0; 2];
            let factors = Factors::Rows(&[0.0, 1.0, 0.0, 1.0]);
            sums_of_rows(factors, (&[odd, 1.0], 1), Start::Zero, &mut sums);
            assert!(sums.iter().all(|sum| sum.is_nan()), "{sums:?}");
        }
        let mut sums = [0.0; 2];
        let factors = Factors::Columns(Columns {
            values: &[f32::NAN, 1.0],
            width: 2,
            first: 0,
        });
        sums_of_rows(factors, (&[1.0], 1), Start::Zero, &mut sums);
        assert!(sums[0].is_nan() && !sums[1].is_nan());
    }
}
