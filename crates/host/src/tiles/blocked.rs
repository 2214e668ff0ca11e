//! Matrices that no near cache holds, block by block: a block is laid out in panels once, for all rows of sums.

use std::cell::RefCell;
use std::ops::Range;

use pulp::{NullaryFnOnce, Simd, WithSimd};

use super::dense::{add_row, store};
use super::gathered::Gathering;
use super::laid_out::{LaidOut, STEPS, UNITS, lay_out};
use super::{Columns, Factors, Product, Start, blocks, first_rows, is_finite};

/// Fewer rows of sums than this are not worth laying out a matrix.
const FEWEST_ROWS: usize = 8;

/// Sums of all rows of these factors.
pub(super) struct Blocked<'a> {
    factors: Factors<'a>,
    product: Product<'a>,
    /// The matrix where it has been laid out.
    laid_out: Option<&'a LaidOut>,
    /// Whether zeros are looked for.
    has_gaps: bool,
}

#[derive(Debug, Default)]
struct Scratch {
    /// A block of the matrix, panel by panel.
    block: Vec<f32>,
    factors: Gathered,
    gathering: Gathering,
}

/// The factors of all rows of sums for the rows of a block.
#[derive(Debug, Default)]
struct Gathered {
    tiles: Vec<Tile>,
    /// Of each tile, the rows of the block with a factor that is not zero; nothing where all count.
    places: Vec<u32>,
    /// Of each tile, the factors of its rows, together for each place.
    values: Vec<f32>,
}

/// Some rows of sums.
#[derive(Clone, Debug)]
struct Tile {
    row: usize,
    size: usize,
    places: Range<usize>,
    values: Range<usize>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl<'a> Blocked<'a> {
    pub(super) fn new(factors: Factors<'a>, product: Product<'a>, has_gaps: bool) -> Self {
        Self {
            factors,
            product,
            laid_out: None,
            has_gaps,
        }
    }

    /// With the matrix laid out instead of as it lies.
    pub(super) fn with_laid_out(mut self, laid_out: &'a LaidOut) -> Self {
        self.laid_out = Some(laid_out);
        self
    }

    /// Whether a product is large enough for blocks.
    pub(super) fn is_worth_it(rows: usize, steps: usize, units: usize) -> bool {
        rows >= FEWEST_ROWS && LaidOut::is_worth_it(steps, units)
    }
}

impl WithSimd for Blocked<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let mut scratch = SCRATCH.take();
        match S::F32_LANES {
            16 => self.run::<S, 8, 2>(simd, &mut scratch),
            8 | 4 => self.run::<S, 6, 2>(simd, &mut scratch),
            _ => self.run::<S, 2, 8>(simd, &mut scratch),
        }
        SCRATCH.set(scratch);
    }
}

impl Blocked<'_> {
    #[inline(always)]
    fn run<S: Simd, const R: usize, const V: usize>(&mut self, simd: S, scratch: &mut Scratch) {
        let Product {
            matrix,
            units,
            steps,
            ..
        } = self.product;
        let Scratch {
            block,
            factors,
            gathering,
        } = scratch;
        let width = V * S::F32_LANES;
        let mut laid_out = self.laid_out.map(LaidOut::blocks);
        for first in (0..steps).step_by(STEPS) {
            let own = first..steps.min(first + STEPS);
            self.gather::<R>(factors, gathering, &own);
            for start in (0..units).step_by(UNITS) {
                let columns = start..units.min(start + UNITS);
                let (panels, is_finite) =
                    if let Some(laid_out) = laid_out.as_mut().and_then(Iterator::next) {
                        laid_out
                    } else {
                        let rows = &matrix[own.start * units..own.end * units];
                        block.resize(own.len() * columns.len().next_multiple_of(width), 0.0);
                        lay_out::<S, V>(block, rows.chunks_exact(units), &columns);
                        (&block[..], self.has_gaps && is_finite(block))
                    };
                if self.has_gaps && !is_finite {
                    // Zero times what is not finite is no zero.
                    self.has_gaps = false;
                    self.gather::<R>(factors, gathering, &own);
                }
                let panels = panels.chunks_exact(width * own.len());
                for (panel, start) in panels.zip(columns.step_by(width)) {
                    for tile in &factors.tiles {
                        match tile.size {
                            1 => self.add::<S, 1, V>(simd, panel, (tile, factors), start),
                            2 => self.add::<S, 2, V>(simd, panel, (tile, factors), start),
                            _ => self.add::<S, R, V>(simd, panel, (tile, factors), start),
                        }
                    }
                }
            }
            self.product.start = Start::Kept;
        }
    }

    /// Gathers the factors of these rows of the matrix.
    #[inline(always)]
    fn gather<const R: usize>(
        &self,
        factors: &mut Gathered,
        gathering: &mut Gathering,
        steps: &Range<usize>,
    ) {
        factors.tiles.clear();
        factors.places.clear();
        factors.values.clear();
        for (row, size) in blocks(self.product.rows, R) {
            let [places, values] = [factors.places.len(), factors.values.len()];
            match size {
                1 => self.gather_tile::<1>(factors, gathering, (row, steps)),
                2 => self.gather_tile::<2>(factors, gathering, (row, steps)),
                _ => self.gather_tile::<R>(factors, gathering, (row, steps)),
            }
            factors.tiles.push(Tile {
                row,
                size,
                places: places..factors.places.len(),
                values: values..factors.values.len(),
            });
        }
    }

    /// Gathers those of `R` rows of sums from one on.
    #[inline(always)]
    fn gather_tile<const R: usize>(
        &self,
        factors: &mut Gathered,
        gathering: &mut Gathering,
        (row, steps): (usize, &Range<usize>),
    ) {
        let row_len = self.product.steps;
        match self.factors {
            Factors::Rows(values) if self.has_gaps => {
                gathering.gather_rows::<R>(&values[row * row_len..], row_len, steps);
            }
            Factors::Rows(values) => {
                let rows = first_rows::<R>(&values[row * row_len..], row_len, steps);
                for step in 0..steps.len() {
                    let own = rows.map(
                        #[inline(always)]
                        |row| row[step],
                    );
                    factors.values.extend_from_slice(&own);
                }
            }
            Factors::Columns(columns) => {
                let values =
                    &columns.values[steps.start * columns.width..steps.end * columns.width];
                let columns = Columns { values, ..columns };
                if self.has_gaps {
                    gathering.gather_columns::<R>(columns, row);
                } else {
                    let from = columns.first + row;
                    for row in values.chunks_exact(columns.width) {
                        factors.values.extend_from_slice(&row[from..from + R]);
                    }
                }
            }
        }
        if self.has_gaps {
            let (places, values) = gathering.found::<R>();
            factors.places.extend_from_slice(places);
            factors.values.extend_from_slice(values.as_flattened());
        }
    }

    /// Adds what the rows of a panel are to those of a tile.
    #[inline(always)]
    fn add<S: Simd, const R: usize, const V: usize>(
        &mut self,
        simd: S,
        panel: &[f32],
        (tile, factors): (&Tile, &Gathered),
        start: usize,
    ) {
        let places = &factors.places[tile.places.clone()];
        let sums = simd.vectorize(Sums::<S, R, V> {
            simd,
            panel,
            places: self.has_gaps.then_some(places),
            values: factors.values[tile.values.clone()].as_chunks().0,
        });
        store(simd, sums, (tile.row, start), &mut self.product);
    }
}

/// The sums of a tile over the rows of a panel: a function of its own, so that they stay in registers.
struct Sums<'a, S, const R: usize, const V: usize> {
    simd: S,
    panel: &'a [f32],
    /// The rows that count, if not all do.
    places: Option<&'a [u32]>,
    /// Their factors.
    values: &'a [[f32; R]],
}

impl<S: Simd, const R: usize, const V: usize> NullaryFnOnce for Sums<'_, S, R, V> {
    type Output = [[S::f32s; V]; R];

    #[inline(always)]
    fn call(self) -> Self::Output {
        let panel = S::as_simd_f32s(self.panel).0.as_chunks::<V>().0;
        let mut sums = [[self.simd.splat_f32s(0.0); V]; R];
        match self.places {
            None => {
                for (row, factors) in panel.iter().zip(self.values) {
                    sums = add_row(self.simd, sums, row, factors);
                }
            }
            Some(places) => {
                for (place, factors) in places.iter().zip(self.values) {
                    if let Some(row) = panel.get(*place as usize) {
                        sums = add_row(self.simd, sums, row, factors);
                    }
                }
            }
        }
        sums
    }
}
