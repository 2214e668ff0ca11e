use pulp::{Simd, WithSimd};

use super::panels::{block, multiply_add, pack, padded, panels, store};
use super::pooled::pool;
use super::{Convolution, Room};
use crate::kernel::Forward;

/// The way forward, straight from what windows see: a block of places by a panel of filters stays in registers.
pub(super) struct ToOutput<'a> {
    pub(super) convolution: &'a Convolution,
    pub(super) call: Forward<'a>,
    pub(super) room: &'a mut Room,
}

/// About how many rows before pooling are kept in the nearest cache.
const ROWS_AT_ONCE: usize = 32;

impl WithSimd for ToOutput<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self {
            convolution,
            call,
            room,
        } = self;
        let (sights, filters) = (&convolution.sights, convolution.filters);
        let Room {
            edged,
            weights,
            rows,
            ..
        } = room;
        weights.clear();
        pack::<S>(&call.weights[0].chunks_exact(filters), filters, weights);
        let bias = weights.len();
        match call.weights.get(1) {
            Some(own) => pack::<S>(&[*own].into_iter(), filters, weights),
            None => weights.resize(bias + padded::<S>(filters), 0.0),
        }
        let (weights, bias) = weights.split_at(bias);
        sights.clear(edged);
        let own = convolution.row_len();
        let taps = convolution.pooled_taps;
        let kept = if taps > 1 { own } else { 0 };
        let mut kept = call.kept.chunks_exact_mut(kept.max(1));
        let samples = call.inputs[0].chunks_exact(sights.window().input_len());
        for (x, y) in samples.zip(call.output.chunks_exact_mut(own)) {
            let picture = sights.with_edges(x, edged);
            let whole = Whole {
                run_len: sights.run_len,
                runs: &sights.runs,
                picture,
                weights,
                bias,
                filters,
            };
            if taps == 1 {
                whole.places(simd, &sights.origins, y);
            } else if let Some(kept) = kept.next() {
                let at_once = (ROWS_AT_ONCE / taps).max(1);
                rows.resize(at_once * taps * filters, 0.0);
                let pieces = sights.origins.chunks(at_once * taps);
                let outputs = y
                    .chunks_mut(at_once * filters)
                    .zip(kept.chunks_mut(at_once * filters));
                for (origins, (y, kept)) in pieces.zip(outputs) {
                    let rows = &mut rows[..origins.len() * filters];
                    whole.places(simd, origins, rows);
                    pool(simd, rows, filters, taps, y, kept);
                }
            }
            if convolution.is_rectified {
                for y in y {
                    *y = if *y < 0.0 { 0.0 } else { *y };
                }
            }
        }
    }
}

/// A picture and the weights that it meets.
#[derive(Clone, Copy)]
struct Whole<'a> {
    runs: &'a [usize],
    run_len: usize,
    picture: &'a [f32],
    /// In panels.
    weights: &'a [f32],
    bias: &'a [f32],
    filters: usize,
}

impl Whole<'_> {
    /// A row of filters for each of the places.
    #[inline(always)]
    fn places<S: Simd>(&self, simd: S, origins: &[usize], y: &mut [f32]) {
        let seen = self.runs.len() * self.run_len;
        let (mut weights, mut bias) = (self.weights, self.bias);
        for (start, vectors) in panels::<S>(self.filters) {
            let width = vectors * S::F32_LANES;
            let (own, others) = weights.split_at(seen * width);
            weights = others;
            let (own_bias, other_biases) = bias.split_at(width);
            bias = other_biases;
            let panel = Self {
                weights: own,
                bias: own_bias,
                ..*self
            };
            if vectors == 2 {
                panel.panel::<S, 2>(simd, origins, start, y);
            } else {
                panel.panel::<S, 1>(simd, origins, start, y);
            }
        }
    }

    #[inline(always)]
    fn panel<S: Simd, const V: usize>(
        &self,
        simd: S,
        origins: &[usize],
        start: usize,
        y: &mut [f32],
    ) {
        let (mut origins, mut y) = (origins, y);
        while !origins.is_empty() {
            let size = block::<S>(origins.len());
            let (own, others) = origins.split_at(size);
            let (own_y, other_y) = y.split_at_mut(size * self.filters);
            match size {
                8 => self.block::<S, 8, V>(simd, own, start, own_y),
                6 => self.block::<S, 6, V>(simd, own, start, own_y),
                4 => self.block::<S, 4, V>(simd, own, start, own_y),
                2 => self.block::<S, 2, V>(simd, own, start, own_y),
                _ => self.block::<S, 1, V>(simd, own, start, own_y),
            }
            (origins, y) = (others, other_y);
        }
    }

    #[inline(always)]
    fn block<S: Simd, const R: usize, const V: usize>(
        &self,
        simd: S,
        origins: &[usize],
        start: usize,
        y: &mut [f32],
    ) {
        let mut own = [0; R];
        own.copy_from_slice(origins);
        let weights = S::as_simd_f32s(self.weights).0.as_chunks::<V>().0;
        let mut first = [simd.splat_f32s(0.0); V];
        first.copy_from_slice(S::as_simd_f32s(self.bias).0);
        let mut sums = [first; R];
        for (run, weights) in self.runs.iter().zip(weights.chunks_exact(self.run_len)) {
            let mut seen = [self.picture; R];
            for (seen, origin) in seen.iter_mut().zip(own) {
                *seen = &self.picture[origin + run..][..self.run_len];
            }
            multiply_add(simd, seen, weights, &mut sums);
        }
        let end = (start + V * S::F32_LANES).min(self.filters);
        for (y, sums) in y.chunks_exact_mut(self.filters).zip(sums) {
            store(simd, sums, &mut y[start..end]);
        }
    }
}
