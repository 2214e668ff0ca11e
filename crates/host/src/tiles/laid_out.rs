use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::dense::Width;
use super::is_finite;

/// Rows of a block: a panel of so many stays in the first cache, beside its factors.
pub(super) const STEPS: usize = 192;

/// Columns of a block, which stays in the second cache.
pub(super) const UNITS: usize = 512;

/// A wide matrix laid out for products, once for all pieces of a batch: block by block, panel by panel.
#[derive(Debug)]
pub struct LaidOut {
    units: usize,
    values: Vec<f32>,
    blocks: Vec<Block>,
}

#[derive(Clone, Debug)]
struct Block {
    place: Range<usize>,
    rows: Range<usize>,
    columns: Range<usize>,
    is_finite: bool,
}

impl LaidOut {
    /// Whether the matrix is so wide that it pays.
    pub(crate) fn is_worth_it(steps: usize, units: usize) -> bool {
        steps * units > STEPS * UNITS
    }

    /// Room for a matrix of these sizes.
    pub(crate) fn new(steps: usize, units: usize) -> Self {
        let width = Arch::new().dispatch(Width);
        let mut blocks = Vec::new();
        let mut end = 0;
        for first in (0..steps).step_by(STEPS) {
            let rows = first..steps.min(first + STEPS);
            for start in (0..units).step_by(UNITS) {
                let columns = start..units.min(start + UNITS);
                let len = rows.len() * columns.len().next_multiple_of(width);
                blocks.push(Block {
                    place: end..end + len,
                    rows: rows.clone(),
                    columns,
                    is_finite: true,
                });
                end += len;
            }
        }
        Self {
            units,
            values: vec![0.0; end],
            blocks,
        }
    }

    /// Lays out a matrix, on all cores.
    pub(crate) fn lay_out(&mut self, matrix: &[f32]) {
        let units = self.units;
        let mut rest = &mut self.values[..];
        let mut parts = Vec::with_capacity(self.blocks.len());
        for block in &mut self.blocks {
            let (own, others) = std::mem::take(&mut rest).split_at_mut(block.place.len());
            parts.push((block, own));
            rest = others;
        }
        parts.into_par_iter().for_each(|(block, values)| {
            let rows = &matrix[block.rows.start * units..block.rows.end * units];
            Arch::new().dispatch(LayOut {
                values,
                rows,
                units,
                columns: &block.columns,
            });
            block.is_finite = is_finite(values);
        });
    }

    /// The blocks in order, rows of the matrix running slowest, and whether all is finite there.
    pub(super) fn blocks(&self) -> impl Iterator<Item = (&[f32], bool)> {
        let block = |block: &Block| (&self.values[block.place.clone()], block.is_finite);
        self.blocks.iter().map(block)
    }
}

struct LayOut<'a> {
    values: &'a mut [f32],
    rows: &'a [f32],
    units: usize,
    columns: &'a Range<usize>,
}

impl WithSimd for LayOut<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let rows = self.rows.chunks_exact(self.units);
        match S::F32_LANES {
            16 | 8 | 4 => lay_out::<S, 2>(self.values, rows, self.columns),
            _ => lay_out::<S, 8>(self.values, rows, self.columns),
        }
    }
}

/// Lays out some columns of rows in panels of `V` vectors; what they do not have is zero.
#[inline(always)]
pub(super) fn lay_out<'a, S: Simd, const V: usize>(
    block: &mut [f32],
    rows: impl ExactSizeIterator<Item = &'a [f32]>,
    columns: &Range<usize>,
) {
    let width = V * S::F32_LANES;
    let panel_len = width * rows.len();
    for (place, row) in rows.enumerate() {
        let panels = block.chunks_exact_mut(panel_len);
        for (panel, values) in panels.zip(row[columns.clone()].chunks(width)) {
            let panel = &mut panel[place * width..][..width];
            if values.len() == width {
                let panel = S::as_mut_simd_f32s(panel).0.as_chunks_mut::<V>().0;
                let values = S::as_simd_f32s(values).0.as_chunks::<V>().0;
                panel[0] = values[0];
            } else {
                let (own, others) = panel.split_at_mut(values.len());
                own.copy_from_slice(values);
                others.fill(0.0);
            }
        }
    }
}
