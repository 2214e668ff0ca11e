use pulp::{Simd, WithSimd};

use super::panels::{add, add_share, block, multiply_add, panels, transpose};
use super::pooled::spread;
use super::{Convolution, Room};
use crate::kernel::{Backward, Fill};

/// The gradient of what windows saw.
pub(super) struct ToInput<'a> {
    pub(super) convolution: &'a Convolution,
    pub(super) call: &'a Backward<'a>,
    pub(super) gradient: &'a mut [f32],
    pub(super) fill: Fill,
    pub(super) room: &'a mut Room,
}

impl WithSimd for ToInput<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Room {
            edged,
            weights,
            rows,
            spots,
            ..
        } = self.room;
        let (convolution, call) = (self.convolution, self.call);
        let (sights, filters) = (&convolution.sights, convolution.filters);
        let mut samples = convolution.samples(call);
        if convolution.is_sparse() {
            transpose(call.weights[0], filters, weights);
            let seen = sights.seen();
            sights.each_gradient(
                self.gradient,
                self.fill,
                edged,
                #[inline(always)]
                |picture| {
                    let Some(sample) = samples.next() else {
                        return;
                    };
                    for spot in sample.spots(&sights.origins, spots) {
                        let weights = &weights[spot.filter * seen..(spot.filter + 1) * seen];
                        for (run, weights) in
                            sights.runs.iter().zip(weights.chunks_exact(sights.run_len))
                        {
                            let sums = &mut picture[spot.origin + run..][..sights.run_len];
                            add_share(simd, spot.by, weights, sums);
                        }
                    }
                },
            );
            return;
        }
        convolution.pack_transposed::<S>(call.weights[0], weights);
        let is_spread = convolution.pooled_taps > 1 || convolution.is_rectified;
        rows.clear();
        if is_spread {
            rows.resize(sights.origins.len() * filters, 0.0);
        }
        sights.each_gradient(
            self.gradient,
            self.fill,
            edged,
            #[inline(always)]
            |picture| {
                let Some(sample) = samples.next() else {
                    return;
                };
                if is_spread {
                    spread(simd, &sample, filters, rows);
                }
                let rows: &[f32] = if is_spread { &*rows } else { sample.by };
                let mut weights = &weights[..];
                for run in &sights.runs {
                    for (start, vectors) in panels::<S>(sights.run_len) {
                        let width = vectors * S::F32_LANES;
                        let (own, others) = weights.split_at(filters * width);
                        weights = others;
                        let end = (start + width).min(sights.run_len);
                        let part = Part {
                            weights: own,
                            begin: run + start,
                            len: end - start,
                            filters,
                        };
                        if vectors == 2 {
                            part.places::<S, 2>(simd, &sights.origins, rows, picture);
                        } else {
                            part.places::<S, 1>(simd, &sights.origins, rows, picture);
                        }
                    }
                }
            },
        );
    }
}

impl Convolution {
    /// Lays the weights out for the way back: of each panel of each run a row for each filter.
    #[inline(always)]
    fn pack_transposed<S: Simd>(&self, kernel: &[f32], packed: &mut Vec<f32>) {
        let (filters, run_len) = (self.filters, self.sights.run_len);
        packed.clear();
        for run in kernel.chunks_exact(run_len * filters) {
            for (start, vectors) in panels::<S>(run_len) {
                let width = vectors * S::F32_LANES;
                for filter in 0..filters {
                    let own = run.iter().skip(start * filters + filter);
                    let len = packed.len();
                    packed.extend(own.step_by(filters).take(width));
                    packed.resize(len + width, 0.0);
                }
            }
        }
    }
}

/// Some floats of a run, and the weights that they met.
struct Part<'a> {
    /// A row for each filter.
    weights: &'a [f32],
    /// Where they lie behind an origin.
    begin: usize,
    len: usize,
    filters: usize,
}

impl Part<'_> {
    #[inline(always)]
    fn places<S: Simd, const V: usize>(
        &self,
        simd: S,
        origins: &[usize],
        rows: &[f32],
        picture: &mut [f32],
    ) {
        let (mut origins, mut rows) = (origins, rows);
        while !origins.is_empty() {
            let size = block::<S>(origins.len());
            let (own, others) = origins.split_at(size);
            let (own_rows, other_rows) = rows.split_at(size * self.filters);
            match size {
                8 => self.block::<S, 8, V>(simd, own, own_rows, picture),
                6 => self.block::<S, 6, V>(simd, own, own_rows, picture),
                4 => self.block::<S, 4, V>(simd, own, own_rows, picture),
                2 => self.block::<S, 2, V>(simd, own, own_rows, picture),
                _ => self.block::<S, 1, V>(simd, own, own_rows, picture),
            }
            (origins, rows) = (others, other_rows);
        }
    }

    #[inline(always)]
    fn block<S: Simd, const R: usize, const V: usize>(
        &self,
        simd: S,
        origins: &[usize],
        rows: &[f32],
        picture: &mut [f32],
    ) {
        let mut own = [rows; R];
        for (own, row) in own.iter_mut().zip(rows.chunks_exact(self.filters)) {
            *own = row;
        }
        let weights = S::as_simd_f32s(self.weights).0.as_chunks::<V>().0;
        let mut sums = [[simd.splat_f32s(0.0); V]; R];
        multiply_add(simd, own, weights, &mut sums);
        for (origin, sums) in origins.iter().zip(sums) {
            add(simd, sums, &mut picture[origin + self.begin..][..self.len]);
        }
    }
}
