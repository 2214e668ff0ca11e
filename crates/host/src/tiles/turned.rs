//! Products with a matrix turned, without turning it: the rows are, which are fewer.

use std::cell::RefCell;

use pulp::{Simd, WithSimd};

use super::dense::Dense;
use super::{Factors, Product, Start};

/// Rows times a matrix turned.
pub(super) struct Turned<'a> {
    /// As long as those of the matrix.
    pub(super) rows: &'a [f32],
    pub(super) matrix: &'a [f32],
    pub(super) units: usize,
    /// For each of the rows, a sum for each row of the matrix.
    pub(super) sums: &'a mut [f32],
    pub(super) start: Start<'a>,
}

#[derive(Debug, Default)]
struct Scratch {
    /// Some rows, turned.
    rows: Vec<f32>,
    /// Their sums, turned.
    sums: Vec<f32>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl WithSimd for Turned<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let mut scratch = SCRATCH.take();
        let lanes = S::F32_LANES;
        let inputs = self.matrix.len() / self.units;
        let count = self.sums.len() / inputs;
        let mut row = 0;
        while row < count {
            let wide = if count - row > lanes {
                2 * lanes
            } else {
                lanes
            };
            let size = wide.min(count - row);
            let own = (row, size);
            match (lanes, size > lanes) {
                (16, true) => self.some::<S, 8, 2>(simd, &mut scratch, own),
                (16, false) => self.some::<S, 16, 1>(simd, &mut scratch, own),
                (_, true) => self.some::<S, 6, 2>(simd, &mut scratch, own),
                (_, false) => self.some::<S, 12, 1>(simd, &mut scratch, own),
            }
            row += size;
        }
        SCRATCH.set(scratch);
    }
}

impl Turned<'_> {
    /// The sums of some rows, as many as vectors have room for.
    #[inline(always)]
    fn some<S: Simd, const R: usize, const V: usize>(
        &mut self,
        simd: S,
        scratch: &mut Scratch,
        (row, size): (usize, usize),
    ) {
        let (units, width) = (self.units, V * S::F32_LANES);
        let inputs = self.matrix.len() / units;
        let Scratch { rows, sums } = scratch;
        rows.resize(units * width, 0.0);
        sums.resize(inputs * width, 0.0);
        let own = &self.rows[row * units..(row + size) * units];
        turn(own, units, rows, width);
        let product = Product {
            matrix: rows,
            units: width,
            rows: inputs,
            steps: units,
            start: Start::Zero,
            output: sums,
        };
        let mut dense = Dense::new(Factors::Rows(self.matrix), product);
        dense.run::<S, R, V>(simd, &mut Vec::new());
        let own = &mut self.sums[row * inputs..(row + size) * inputs];
        turn_back(sums, width, own, (inputs, self.start));
    }
}

/// Columns that are turned together, so that what is written stays at hand.
const TOGETHER: usize = 16;

/// Rows of so many values as columns; what was in further columns stays, and counts for nothing.
#[inline(always)]
fn turn(rows: &[f32], units: usize, turned: &mut [f32], width: usize) {
    let turned = turned.chunks_mut(TOGETHER * width);
    for (turned, start) in turned.zip((0..units).step_by(TOGETHER)) {
        for (place, row) in rows.chunks_exact(units).enumerate() {
            let values = &row[start..units.min(start + TOGETHER)];
            for (turned, value) in turned.chunks_exact_mut(width).zip(values) {
                turned[place] = *value;
            }
        }
    }
}

/// Columns as rows of so many values, added to what these start from.
#[inline(always)]
fn turn_back(turned: &[f32], width: usize, rows: &mut [f32], (inputs, from): (usize, Start<'_>)) {
    let turned = turned.chunks(TOGETHER * width);
    for (turned, start) in turned.zip((0..inputs).step_by(TOGETHER)) {
        let end = inputs.min(start + TOGETHER);
        for (place, row) in rows.chunks_exact_mut(inputs).enumerate() {
            let values = &mut row[start..end];
            let turned = turned.chunks_exact(width).map(|values| values[place]);
            let both = values.iter_mut().zip(turned);
            match from {
                Start::Zero => both.for_each(|(value, own)| *value = own),
                Start::Row(row) => {
                    let all = both.zip(&row[start..end]);
                    all.for_each(|((value, own), from)| *value = from + own);
                }
                Start::Kept => both.for_each(|(value, own)| *value += own),
            }
        }
    }
}
