//! Factors with gaps: blocks of rows, with those rows of the matrix that count for any of them.

use std::cell::RefCell;
use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::dense::{Panel, store};
use super::{Columns, Factors, Product, blocks, first_rows, is_gap};

/// Sums of all rows of these factors.
pub(super) struct Gathered<'a>(pub(super) Factors<'a>, pub(super) Product<'a>);

#[derive(Debug, Default)]
struct Scratch {
    /// The last columns of the matrix, as wide as vectors are.
    tail: Vec<f32>,
    gathering: Gathering,
}

/// The factors of some rows of sums that count.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    /// Rows of the matrix with a factor that is not zero.
    places: Vec<u32>,
    /// Their factors, those of all rows of sums together.
    values: Vec<f32>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl WithSimd for Gathered<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let mut scratch = SCRATCH.take();
        match S::F32_LANES {
            // Tiles take 16 of the 32 large registers, or 12 of 16 small ones. The fewer rows, the more gaps.
            16 if matches!(self.0, Factors::Rows(_)) => self.run::<S, 4, 4>(simd, &mut scratch),
            16 => self.run::<S, 8, 2>(simd, &mut scratch),
            8 | 4 => self.run::<S, 6, 2>(simd, &mut scratch),
            _ => self.run::<S, 2, 8>(simd, &mut scratch),
        }
        SCRATCH.set(scratch);
    }
}

impl Gathered<'_> {
    #[inline(always)]
    fn run<S: Simd, const R: usize, const V: usize>(&mut self, simd: S, scratch: &mut Scratch) {
        let Product {
            matrix,
            units,
            rows,
            ..
        } = self.1;
        let width = V * S::F32_LANES;
        Panel::copy(
            &mut scratch.tail,
            (matrix, units),
            units - units % width,
            width,
        );
        for (row, size) in blocks(rows, R) {
            match size {
                1 => self.block::<S, 1, V>(simd, scratch, row),
                2 => self.block::<S, 2, V>(simd, scratch, row),
                _ => self.block::<S, R, V>(simd, scratch, row),
            }
        }
    }

    /// The sums of `R` rows from this one on.
    #[inline(always)]
    fn block<S: Simd, const R: usize, const V: usize>(
        &mut self,
        simd: S,
        scratch: &mut Scratch,
        row: usize,
    ) {
        let Self(factors, product) = self;
        match *factors {
            Factors::Rows(values) => {
                let (values, steps) = (&values[row * product.steps..], product.steps);
                scratch
                    .gathering
                    .gather_rows::<R>(values, steps, &(0..steps));
            }
            Factors::Columns(columns) => scratch.gathering.gather_columns::<R>(columns, row),
        }
        let (places, values) = scratch.gathering.found::<R>();
        let width = V * S::F32_LANES;
        for start in (0..product.units).step_by(width) {
            let panel = if start + width <= product.units {
                Panel::new(product.matrix, product.units, start)
            } else {
                Panel::new(&scratch.tail, width, 0)
            };
            let mut tile = [[simd.splat_f32s(0.0); V]; R];
            for (place, values) in places.iter().zip(values) {
                tile = panel.add::<S, R, V>(simd, tile, *place as usize, values);
            }
            store(simd, tile, (row, start), product);
        }
    }
}

impl Gathering {
    /// What was gathered last: rows of the matrix, and their factors for each row of sums.
    #[inline(always)]
    pub(super) fn found<const R: usize>(&self) -> (&[u32], &[[f32; R]]) {
        let values = self.values.as_chunks::<R>().0;
        (&self.places, &values[..self.places.len()])
    }

    /// Gathers the factors of `R` rows at each of these places, but for those that are all zero.
    #[inline(always)]
    pub(super) fn gather_rows<const R: usize>(
        &mut self,
        values: &[f32],
        row_len: usize,
        steps: &Range<usize>,
    ) {
        let rows = first_rows::<R>(values, row_len, steps);
        let steps = steps.len();
        self.make_room::<R>(steps);
        let mut found = 0;
        let whole = steps - steps % 8;
        for from in (0..whole).step_by(8) {
            let mut runs = [[0.0; 8]; R];
            for (run, row) in runs.iter_mut().zip(rows) {
                run.copy_from_slice(&row[from..from + 8]);
            }
            let mut bits = [0; 8];
            for run in &runs {
                for (bits, factor) in bits.iter_mut().zip(run) {
                    *bits |= factor.to_bits();
                }
            }
            if is_gap(&bits.map(f32::from_bits)) {
                continue;
            }
            for step in 0..8 {
                let mut own = [0.0; R];
                for (own, run) in own.iter_mut().zip(&runs) {
                    *own = run[step];
                }
                self.take(&mut found, from + step, own);
            }
        }
        for step in whole..steps {
            let mut own = [0.0; R];
            for (own, row) in own.iter_mut().zip(rows) {
                *own = row[step];
            }
            self.take(&mut found, step, own);
        }
        self.places.truncate(found);
    }

    /// Gathers the factors of `R` columns from one on in each row, but for those that are all zero.
    #[inline(always)]
    pub(super) fn gather_columns<const R: usize>(&mut self, factors: Columns<'_>, first: usize) {
        let from = factors.first + first;
        let rows = factors.values.chunks_exact(factors.width);
        self.make_room::<R>(rows.len());
        let mut found = 0;
        for (step, row) in rows.enumerate() {
            let mut own = [0.0; R];
            own.copy_from_slice(&row[from..from + R]);
            self.take(&mut found, step, own);
        }
        self.places.truncate(found);
    }

    #[inline(always)]
    fn make_room<const R: usize>(&mut self, steps: usize) {
        self.places.resize(steps, 0);
        self.values.resize(steps * R, 0.0);
    }

    /// Keeps factors at the next place. What does not count is written over: a jump would be guessed wrong too often.
    #[inline(always)]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a matrix has fewer rows than that"
    )]
    fn take<const R: usize>(&mut self, found: &mut usize, step: usize, own: [f32; R]) {
        let mut bits = 0;
        for factor in own {
            bits |= factor.to_bits() << 1;
        }
        let values = self.values.as_chunks_mut::<R>().0;
        if let (Some(values), Some(place)) = (values.get_mut(*found), self.places.get_mut(*found)) {
            *values = own;
            *place = step as u32;
        }
        *found += usize::from(bits != 0);
    }
}
