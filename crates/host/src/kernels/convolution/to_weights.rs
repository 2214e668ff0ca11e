use pulp::{Simd, WithSimd};

use super::panels::{add_share, padded, panels};
use super::pooled::spread;
use super::sights::Sights;
use super::{Convolution, Room};
use crate::kernel::{Backward, Fill};

/// The gradient of the kernel, summed over places and samples.
pub(super) struct ToWeights<'a> {
    pub(super) convolution: &'a Convolution,
    pub(super) call: &'a Backward<'a>,
    pub(super) gradient: &'a mut [f32],
    pub(super) fill: Fill,
    pub(super) room: &'a mut Room,
}

impl WithSimd for ToWeights<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        if self.convolution.is_sparse() {
            self.sparse(simd);
        } else {
            self.dense(simd);
        }
    }
}

impl ToWeights<'_> {
    /// From the gradients that are not zero, one by one.
    #[inline(always)]
    fn sparse<S: Simd>(self, simd: S) {
        let (convolution, call) = (self.convolution, self.call);
        let (sights, filters) = (&convolution.sights, convolution.filters);
        let Room {
            edged, sums, spots, ..
        } = self.room;
        let seen = sights.seen();
        sums.clear();
        sums.resize(seen * filters, 0.0);
        sights.clear(edged);
        let pictures = call.inputs[0].chunks_exact(sights.window().input_len());
        for (x, sample) in pictures.zip(convolution.samples(call)) {
            let picture = sights.with_edges(x, edged);
            for spot in sample.spots(&sights.origins, spots) {
                let sums = &mut sums[spot.filter * seen..(spot.filter + 1) * seen];
                let runs = sums.chunks_exact_mut(sights.run_len).zip(&sights.runs);
                for (sums, run) in runs {
                    let seen = &picture[spot.origin + run..][..sights.run_len];
                    add_share(simd, spot.by, seen, sums);
                }
            }
        }
        for (place, gradient) in self.gradient.chunks_exact_mut(filters).enumerate() {
            let sums = sums.iter().skip(place).step_by(seen).copied();
            self.fill.put(gradient, sums);
        }
    }

    /// A tile of the kernel stays in registers, over all places of a sample.
    #[inline(always)]
    fn dense<S: Simd>(self, simd: S) {
        let (convolution, call) = (self.convolution, self.call);
        let (sights, filters) = (&convolution.sights, convolution.filters);
        let Room {
            edged, sums, rows, ..
        } = self.room;
        let row_len = padded::<S>(filters);
        let is_spread =
            row_len != filters || convolution.pooled_taps > 1 || convolution.is_rectified;
        rows.clear();
        if is_spread {
            rows.resize(sights.origins.len() * row_len, 0.0);
        }
        sums.clear();
        sums.resize(sights.seen() * row_len, 0.0);
        sights.clear(edged);
        let pictures = call.inputs[0].chunks_exact(sights.window().input_len());
        for (x, sample) in pictures.zip(convolution.samples(call)) {
            if is_spread {
                spread(simd, &sample, row_len, rows);
            }
            let tiles = Tiles {
                sights,
                picture: sights.with_edges(x, edged),
                rows: if is_spread { rows } else { sample.by },
                row_len,
            };
            for (start, vectors) in panels::<S>(filters) {
                let start = start / S::F32_LANES;
                if sights.run_len <= 3 && sights.runs.len() % 3 == 0 {
                    // Few registers are enough where few floats are seen.
                    for vector in start..start + vectors {
                        tiles.thin::<S>(simd, vector, sums);
                    }
                } else if vectors == 2 {
                    tiles.panel::<S, 2>(simd, start, sums);
                } else {
                    tiles.panel::<S, 1>(simd, start, sums);
                }
            }
        }
        let sums = sums.chunks_exact(row_len);
        for (gradient, sums) in self.gradient.chunks_exact_mut(filters).zip(sums) {
            self.fill.put(gradient, sums.iter().copied());
        }
    }
}

/// A picture, and the gradients of the rows of its places.
#[derive(Clone, Copy)]
struct Tiles<'a> {
    sights: &'a Sights,
    picture: &'a [f32],
    rows: &'a [f32],
    row_len: usize,
}

impl Tiles<'_> {
    /// Groups of three runs of up to three floats.
    #[inline(always)]
    fn thin<S: Simd>(&self, simd: S, vector: usize, sums: &mut [f32]) {
        for (group, runs) in self.sights.runs.as_chunks::<3>().0.iter().enumerate() {
            let begin = group * 3 * self.sights.run_len;
            match self.sights.run_len {
                3 => self.tile::<S, 3, 3, 1>(simd, *runs, begin, vector, sums),
                2 => self.tile::<S, 3, 2, 1>(simd, *runs, begin, vector, sums),
                _ => self.tile::<S, 3, 1, 1>(simd, *runs, begin, vector, sums),
            }
        }
    }

    /// Tile by tile of each run.
    #[inline(always)]
    fn panel<S: Simd, const V: usize>(&self, simd: S, start: usize, sums: &mut [f32]) {
        let run_len = self.sights.run_len;
        for (index, run) in self.sights.runs.iter().enumerate() {
            let mut done = 0;
            while done < run_len {
                let (from, begin) = ([run + done], index * run_len + done);
                let len = match run_len - done {
                    8.. if S::F32_LANES == 16 => 8,
                    6.. if S::F32_LANES < 16 => 6,
                    left => left.min(5),
                };
                match len {
                    8 => self.tile::<S, 1, 8, V>(simd, from, begin, start, sums),
                    6 => self.tile::<S, 1, 6, V>(simd, from, begin, start, sums),
                    5 => self.tile::<S, 1, 5, V>(simd, from, begin, start, sums),
                    4 => self.tile::<S, 1, 4, V>(simd, from, begin, start, sums),
                    3 => self.tile::<S, 1, 3, V>(simd, from, begin, start, sums),
                    2 => self.tile::<S, 1, 2, V>(simd, from, begin, start, sums),
                    _ => self.tile::<S, 1, 1, V>(simd, from, begin, start, sums),
                }
                done += len;
            }
        }
    }

    #[expect(
        clippy::needless_range_loop,
        reason = "a tile that is iterated over leaves its registers"
    )]
    /// Adds what `T` runs of `L` floats have with `V` vectors of filters to rows of the sums, from the row `begin` and the vector
    /// `start` on.
    #[inline(always)]
    fn tile<S: Simd, const T: usize, const L: usize, const V: usize>(
        &self,
        simd: S,
        runs: [usize; T],
        begin: usize,
        start: usize,
        sums: &mut [f32],
    ) {
        let mut tile = [[[simd.splat_f32s(0.0); V]; L]; T];
        let rows = S::as_simd_f32s(self.rows).0;
        let vectors = self.row_len / S::F32_LANES;
        for (origin, row) in self.sights.origins.iter().zip(rows.chunks_exact(vectors)) {
            let mut by = [simd.splat_f32s(0.0); V];
            by.copy_from_slice(&row[start..start + V]);
            for t in 0..T {
                let Some(seen) = self.picture[origin + runs[t]..].first_chunk::<L>() else {
                    unreachable!("windows see what is there");
                };
                for l in 0..L {
                    let value = simd.splat_f32s(seen[l]);
                    for v in 0..V {
                        tile[t][l][v] = simd.mul_add_e_f32s(value, by[v], tile[t][l][v]);
                    }
                }
            }
        }
        let sums = S::as_mut_simd_f32s(sums).0;
        for t in 0..T {
            for l in 0..L {
                let row = (begin + t * L + l) * vectors;
                let own = &mut sums[row + start..row + start + V];
                for v in 0..V {
                    own[v] = simd.add_f32s(own[v], tile[t][l][v]);
                }
            }
        }
    }
}
