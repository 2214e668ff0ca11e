//! Matrices that no near cache holds, block by block: a block is laid out in panels once, for all rows of sums.

use std::cell::RefCell;
use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::dense::{Panel, store};
use super::gathered::Gathering;
use super::{Columns, Factors, Product, Start, blocks, first_rows, is_finite};

/// Rows of a block: a panel of so many stays in the first cache, beside its factors.
const STEPS: usize = 192;

/// Columns of a block, which stays in the second cache.
const UNITS: usize = 512;

/// Fewer rows of sums than this are not worth laying out a matrix.
const FEWEST_ROWS: usize = 8;

/// Sums of all rows of these factors.
pub(super) struct Blocked<'a> {
    factors: Factors<'a>,
    product: Product<'a>,
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
            has_gaps,
        }
    }

    /// Whether a product is large enough for blocks.
    pub(super) fn is_worth_it(rows: usize, steps: usize, units: usize) -> bool {
        rows >= FEWEST_ROWS && steps * units > STEPS * UNITS
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
        let width = V * S::F32_LANES;
        for first in (0..steps).step_by(STEPS) {
            let own = first..steps.min(first + STEPS);
            self.gather::<R>(scratch, &own);
            for start in (0..units).step_by(UNITS) {
                let columns = start..units.min(start + UNITS);
                let rows = &matrix[own.start * units..own.end * units];
                lay_out(
                    &mut scratch.block,
                    rows.chunks_exact(units),
                    &columns,
                    width,
                );
                if self.has_gaps && !is_finite(&scratch.block) {
                    // Zero times what is not finite is no zero.
                    self.has_gaps = false;
                    self.gather::<R>(scratch, &own);
                }
                let panels = scratch.block.chunks_exact(width * own.len());
                for (panel, start) in panels.zip(columns.step_by(width)) {
                    let panel = Panel::new(panel, width, 0);
                    for tile in &scratch.factors.tiles {
                        match tile.size {
                            1 => self.add::<S, 1, V>(simd, panel, (tile, &scratch.factors), start),
                            2 => self.add::<S, 2, V>(simd, panel, (tile, &scratch.factors), start),
                            _ => self.add::<S, R, V>(simd, panel, (tile, &scratch.factors), start),
                        }
                    }
                }
            }
            self.product.start = Start::Kept;
        }
    }

    /// Gathers the factors of these rows of the matrix.
    #[inline(always)]
    fn gather<const R: usize>(&self, scratch: &mut Scratch, steps: &Range<usize>) {
        scratch.factors.tiles.clear();
        scratch.factors.places.clear();
        scratch.factors.values.clear();
        for (row, size) in blocks(self.product.rows, R) {
            let [places, values] = [scratch.factors.places.len(), scratch.factors.values.len()];
            match size {
                1 => self.gather_tile::<1>(scratch, row, steps),
                2 => self.gather_tile::<2>(scratch, row, steps),
                _ => self.gather_tile::<R>(scratch, row, steps),
            }
            scratch.factors.tiles.push(Tile {
                row,
                size,
                places: places..scratch.factors.places.len(),
                values: values..scratch.factors.values.len(),
            });
        }
    }

    /// Gathers those of `R` rows of sums from one on.
    #[inline(always)]
    fn gather_tile<const R: usize>(
        &self,
        Scratch {
            factors, gathering, ..
        }: &mut Scratch,
        row: usize,
        steps: &Range<usize>,
    ) {
        let row_len = self.product.steps;
        match self.factors {
            Factors::Rows(values) if self.has_gaps => {
                gathering.gather_rows::<R>(&values[row * row_len..], row_len, steps);
            }
            Factors::Rows(values) => {
                let rows = first_rows::<R>(&values[row * row_len..], row_len, steps);
                for step in 0..steps.len() {
                    let own: [f32; R] = std::array::from_fn(
                        #[inline(always)]
                        |r| rows[r][step],
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
        panel: Panel<'_>,
        (tile, factors): (&Tile, &Gathered),
        start: usize,
    ) {
        let mut sums = [[simd.splat_f32s(0.0); V]; R];
        let values = factors.values[tile.values.clone()].as_chunks::<R>().0;
        if self.has_gaps {
            for (place, values) in factors.places[tile.places.clone()].iter().zip(values) {
                sums = panel.add::<S, R, V>(simd, sums, *place as usize, values);
            }
        } else {
            for (place, values) in values.iter().enumerate() {
                sums = panel.add::<S, R, V>(simd, sums, place, values);
            }
        }
        store(simd, sums, (tile.row, start), &mut self.product);
    }
}

/// Lays out some columns of rows in panels; what they do not have is zero.
#[inline(always)]
fn lay_out<'a>(
    block: &mut Vec<f32>,
    rows: impl ExactSizeIterator<Item = &'a [f32]>,
    columns: &Range<usize>,
    width: usize,
) {
    let panel_len = width * rows.len();
    block.resize(columns.len().div_ceil(width) * panel_len, 0.0);
    for (place, row) in rows.enumerate() {
        let own = &row[columns.clone()];
        let panels = block.chunks_exact_mut(panel_len);
        for (panel, values) in panels.zip(own.chunks(width)) {
            let panel = &mut panel[place * width..][..width];
            if let Some(panel) = panel.get_mut(..values.len()) {
                panel.copy_from_slice(values);
            }
            panel[values.len()..].fill(0.0);
        }
    }
}
