use pulp::Simd;

/// The largest values of each group of rows, and which of them they come from.
#[inline(always)]
pub(super) fn pool<S: Simd>(
    simd: S,
    rows: &[f32],
    filters: usize,
    taps: usize,
    y: &mut [f32],
    from: &mut [f32],
) {
    let outputs = y
        .chunks_exact_mut(filters)
        .zip(from.chunks_exact_mut(filters));
    for (group, (y, from)) in rows.chunks_exact(taps * filters).zip(outputs) {
        y.copy_from_slice(&group[..filters]);
        from.fill(0.0);
        for (tap, row) in group.chunks_exact(filters).enumerate().skip(1) {
            let tap = tap as f32;
            let (y, last_y) = S::as_mut_simd_f32s(y);
            let (from, last_from) = S::as_mut_simd_f32s(from);
            let (row, last_row) = S::as_simd_f32s(row);
            let taps = simd.splat_f32s(tap);
            for ((y, from), x) in y.iter_mut().zip(from).zip(row) {
                // What is no number stays.
                let is_less = simd.less_than_or_equal_f32s(*x, *y);
                let is_number = simd.equal_f32s(*y, *y);
                let larger = simd.select_f32s(is_number, *x, *y);
                let tap = simd.select_f32s(is_number, taps, *from);
                *from = simd.select_f32s(is_less, *from, tap);
                *y = simd.select_f32s(is_less, *y, larger);
            }
            for ((y, from), x) in last_y.iter_mut().zip(last_from).zip(last_row) {
                if *x > *y || (x.is_nan() && !y.is_nan()) {
                    (*y, *from) = (*x, tap);
                }
            }
        }
    }
}

/// The gradient of a row that left, 0 where it was cut off.
#[inline(always)]
pub(super) fn uncut(by: f32, y: f32, is_rectified: bool) -> f32 {
    if !is_rectified || y > 0.0 { by } else { 0.0 }
}

/// Spreads the gradients of a sample out to rows of this length as they were before they were pooled and cut.
#[inline(always)]
pub(super) fn spread<S: Simd>(simd: S, sample: &Sample<'_>, row_len: usize, rows: &mut [f32]) {
    let Sample {
        filters,
        taps,
        is_rectified,
        ..
    } = *sample;
    let zero = simd.splat_f32s(0.0);
    for (place, group) in rows.chunks_exact_mut(row_len * taps).enumerate() {
        let own = place * filters..(place + 1) * filters;
        let (by, y) = (&sample.by[own.clone()], &sample.output[own.clone()]);
        // Where nothing was pooled, all of it comes from the only tap.
        let from = sample.kept.get(own).unwrap_or(y);
        for (tap, row) in group.chunks_exact_mut(row_len).enumerate() {
            let tap = tap as f32;
            let (whole, rest) = S::as_mut_simd_f32s(&mut row[..filters]);
            let done = filters - rest.len();
            let values = S::as_simd_f32s(by).0.iter().zip(S::as_simd_f32s(y).0);
            let values = values.zip(S::as_simd_f32s(from).0);
            for (row, ((by, y), from)) in whole.iter_mut().zip(values) {
                let mut value = *by;
                if is_rectified {
                    value = simd.select_f32s(simd.greater_than_f32s(*y, zero), value, zero);
                }
                if taps > 1 {
                    let is_own = simd.equal_f32s(*from, simd.splat_f32s(tap));
                    value = simd.select_f32s(is_own, value, zero);
                }
                *row = value;
            }
            let values = by[done..].iter().zip(&y[done..]).zip(&from[done..]);
            for (row, ((by, y), from)) in rest.iter_mut().zip(values) {
                let is_own = taps == 1 || (*from - tap).abs() < 0.5;
                *row = if is_own {
                    uncut(*by, *y, is_rectified)
                } else {
                    0.0
                };
            }
        }
    }
}

/// What left of a sample, and its gradient.
#[derive(Clone, Copy)]
pub(super) struct Sample<'a> {
    pub(super) by: &'a [f32],
    pub(super) output: &'a [f32],
    /// Which tap each came from, where it was pooled.
    pub(super) kept: &'a [f32],
    pub(super) filters: usize,
    pub(super) taps: usize,
    pub(super) is_rectified: bool,
}

/// A gradient that is not zero before pooling.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spot {
    /// Where its place begins to see.
    pub(super) origin: usize,
    pub(super) filter: usize,
    pub(super) by: f32,
}

impl Sample<'_> {
    /// Lists the gradients that are not zero, of a sample that was pooled.
    #[inline(always)]
    pub(super) fn spots<'a>(&self, origins: &[usize], spots: &'a mut Vec<Spot>) -> &'a [Spot] {
        if spots.len() <= self.by.len() {
            spots.resize(self.by.len() + 1, Spot::default());
        }
        let mut found = 0;
        let places = self.by.chunks_exact(self.filters);
        let left = self.output.chunks_exact(self.filters);
        let places = places.zip(left).zip(self.kept.chunks_exact(self.filters));
        for (((by, y), kept), origins) in places.zip(origins.chunks_exact(self.taps)) {
            for (filter, ((by, y), from)) in by.iter().zip(y).zip(kept).enumerate() {
                let by = uncut(*by, *y, self.is_rectified);
                spots[found] = Spot {
                    origin: origins[tap(*from)],
                    filter,
                    by,
                };
                found += usize::from(by != 0.0);
            }
        }
        &spots[..found]
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "taps are kept as small whole numbers"
)]
#[inline(always)]
fn tap(from: f32) -> usize {
    from as i32 as usize
}
