//! Factors without gaps: blocks of rows, and a panel of the matrix that stays in the cache for all of them.

use std::cell::RefCell;

use pulp::{Simd, WithSimd};

use super::{Columns, Factors, Product, Start, blocks, first_rows};

/// Sums of all rows of these factors.
pub(super) struct Dense<'a> {
    factors: Factors<'a>,
    product: Product<'a>,
    /// The matrix where it has been laid out, one panel after the other.
    panels: Option<&'a [f32]>,
}

/// Some columns of a matrix.
#[derive(Clone, Copy, Debug)]
pub(super) struct Panel<'a> {
    matrix: &'a [f32],
    /// Of the matrix.
    columns: usize,
    first: usize,
}

thread_local! {
    static PANEL: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

impl WithSimd for Dense<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let mut panel = PANEL.take();
        // Their columns are those of `Width`.
        match S::F32_LANES {
            16 => self.run::<S, 8, 2>(simd, &mut panel),
            8 | 4 => self.run::<S, 6, 2>(simd, &mut panel),
            _ => self.run::<S, 2, 8>(simd, &mut panel),
        }
        PANEL.set(panel);
    }
}

/// Columns of a panel on this machine, as many as tiles have.
pub(super) struct Width;

impl WithSimd for Width {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> usize {
        match S::F32_LANES {
            lanes @ (16 | 8 | 4) => 2 * lanes,
            lanes => 8 * lanes,
        }
    }
}

impl<'a> Dense<'a> {
    pub(super) fn new(factors: Factors<'a>, product: Product<'a>) -> Self {
        Self {
            factors,
            product,
            panels: None,
        }
    }

    /// With the matrix in panels instead of as it lies.
    pub(super) fn with_panels(mut self, panels: &'a [f32]) -> Self {
        self.panels = Some(panels);
        self
    }

    /// The same in tiles of so many rows and vectors.
    #[inline(always)]
    pub(super) fn run<S: Simd, const R: usize, const V: usize>(
        &mut self,
        simd: S,
        copy: &mut Vec<f32>,
    ) {
        let Product {
            matrix,
            units,
            rows,
            steps,
            ..
        } = self.product;
        let width = V * S::F32_LANES;
        for start in (0..units).step_by(width) {
            // A copy lies together, and is as wide as vectors are.
            let is_copied = start + width > units || (units > width && rows >= 4 * R);
            let panel = if let Some(panels) = self.panels {
                Panel::new(&panels[start * steps..][..width * steps], width, 0)
            } else if is_copied {
                Panel::copy(copy, (matrix, units), start, width);
                Panel::new(copy, width, 0)
            } else {
                Panel::new(matrix, units, start)
            };
            for (row, size) in blocks(rows, R) {
                match size {
                    1 => self.block::<S, 1, V>(simd, panel, (row, start)),
                    2 => self.block::<S, 2, V>(simd, panel, (row, start)),
                    _ => self.block::<S, R, V>(simd, panel, (row, start)),
                }
            }
        }
    }

    /// The sums of `R` rows from one on, in the columns of a panel.
    #[inline(always)]
    fn block<S: Simd, const R: usize, const V: usize>(
        &mut self,
        simd: S,
        panel: Panel<'_>,
        (row, start): (usize, usize),
    ) {
        let Self {
            factors, product, ..
        } = self;
        let steps = product.steps;
        let mut tile = [[simd.splat_f32s(0.0); V]; R];
        match *factors {
            Factors::Rows(values) => {
                let rows = first_rows::<R>(&values[row * steps..], steps, &(0..steps));
                for step in 0..steps {
                    let mut own = [0.0; R];
                    for (own, values) in own.iter_mut().zip(&rows) {
                        *own = values[step];
                    }
                    tile = panel.add::<S, R, V>(simd, tile, step, &own);
                }
            }
            Factors::Columns(Columns {
                values,
                width,
                first,
            }) => {
                let from = first + row;
                for (step, values) in values.chunks_exact(width).enumerate() {
                    if let Some(own) = values[from..].first_chunk::<R>() {
                        tile = panel.add::<S, R, V>(simd, tile, step, own);
                    }
                }
            }
        }
        store(simd, tile, (row, start), product);
    }
}

impl<'a> Panel<'a> {
    pub(super) fn new(matrix: &'a [f32], columns: usize, first: usize) -> Self {
        Self {
            matrix,
            columns,
            first,
        }
    }

    /// Copies the columns from one on, as many as so wide a panel has; what the matrix does not have is zero.
    #[inline(always)]
    pub(super) fn copy(
        copy: &mut Vec<f32>,
        (matrix, columns): (&[f32], usize),
        first: usize,
        width: usize,
    ) {
        copy.clear();
        let end = columns.min(first + width);
        if first < end {
            for row in matrix.chunks_exact(columns) {
                copy.extend_from_slice(&row[first..end]);
                copy.resize(copy.len() + width - (end - first), 0.0);
            }
        }
    }

    /// Adds a row of it to each row of a tile, times its factor.
    #[inline(always)]
    pub(super) fn add<S: Simd, const R: usize, const V: usize>(
        &self,
        simd: S,
        tile: [[S::f32s; V]; R],
        row: usize,
        factors: &[f32; R],
    ) -> [[S::f32s; V]; R] {
        let from = row * self.columns + self.first;
        let weights = S::as_simd_f32s(&self.matrix[from..from + V * S::F32_LANES]).0;
        add_row(simd, tile, &weights.as_chunks().0[0], factors)
    }
}

/// Adds a row to each of a tile, times its factor.
#[inline(always)]
pub(super) fn add_row<S: Simd, const R: usize, const V: usize>(
    simd: S,
    mut tile: [[S::f32s; V]; R],
    row: &[S::f32s; V],
    factors: &[f32; R],
) -> [[S::f32s; V]; R] {
    for r in 0..R {
        let factor = simd.splat_f32s(factors[r]);
        for v in 0..V {
            tile[r][v] = simd.mul_add_e_f32s(factor, row[v], tile[r][v]);
        }
    }
    tile
}

/// Puts the sums of some rows from one on into their place, in the columns from another one on.
#[inline(always)]
pub(super) fn store<S: Simd, const R: usize, const V: usize>(
    simd: S,
    tile: [[S::f32s; V]; R],
    (row, start): (usize, usize),
    product: &mut Product<'_>,
) {
    let units = product.units;
    let width = V * S::F32_LANES;
    let end = units.min(start + width);
    #[expect(
        clippy::needless_range_loop,
        reason = "a row of a tile stays in registers"
    )]
    for r in 0..R {
        let own = tile[r];
        let sums = &mut product.output[(row + r) * units..][start..end];
        if end < start + width {
            store_some(simd, own, sums, product.start, start);
            continue;
        }
        let sums = S::as_mut_simd_f32s(sums).0;
        match product.start {
            Start::Zero => sums.copy_from_slice(&own),
            Start::Row(values) => {
                let values = S::as_simd_f32s(&values[start..end]).0;
                for v in 0..V {
                    sums[v] = simd.add_f32s(values[v], own[v]);
                }
            }
            Start::Kept => {
                for v in 0..V {
                    sums[v] = simd.add_f32s(sums[v], own[v]);
                }
            }
        }
    }
}

/// The same for the last columns of a row.
#[inline(always)]
fn store_some<S: Simd, const V: usize>(
    simd: S,
    own: [S::f32s; V],
    sums: &mut [f32],
    start: Start<'_>,
    first: usize,
) {
    let places = (first..).step_by(S::F32_LANES);
    for ((sums, own), place) in sums.chunks_mut(S::F32_LANES).zip(own).zip(places) {
        let before = match start {
            Start::Zero => simd.splat_f32s(0.0),
            Start::Row(values) => simd.partial_load_f32s(&values[place..place + sums.len()]),
            Start::Kept => simd.partial_load_f32s(sums),
        };
        simd.partial_store_f32s(sums, simd.add_f32s(before, own));
    }
}
