use pulp::Simd;

/// Columns of a matrix that are worked on at once, two vectors or one: where each group begins, and how many vectors it has.
pub(super) fn panels<S: Simd>(columns: usize) -> impl Iterator<Item = (usize, usize)> {
    let lanes = S::F32_LANES;
    (0..columns).step_by(2 * lanes).map(move |start| {
        let vectors = if columns - start > lanes { 2 } else { 1 };
        (start, vectors)
    })
}

/// Floats of all panels of a row.
pub(super) fn padded<S: Simd>(columns: usize) -> usize {
    columns.next_multiple_of(S::F32_LANES)
}

/// Lays the columns of some rows out panel by panel, zeros where no column is.
pub(super) fn pack<'a, S: Simd>(
    rows: &(impl Iterator<Item = &'a [f32]> + Clone),
    columns: usize,
    packed: &mut Vec<f32>,
) {
    for (start, vectors) in panels::<S>(columns) {
        let width = vectors * S::F32_LANES;
        let end = (start + width).min(columns);
        for row in rows.clone() {
            packed.extend_from_slice(&row[start..end]);
            packed.resize(packed.len() + width - (end - start), 0.0);
        }
    }
}

/// Lays a matrix `[rows, columns]` out as `[columns, rows]`.
pub(super) fn transpose(matrix: &[f32], columns: usize, transposed: &mut Vec<f32>) {
    transposed.clear();
    for column in 0..columns {
        transposed.extend(matrix.iter().skip(column).step_by(columns));
    }
}

/// How many rows are worked on at once: as many as there are registers for.
pub(super) fn block<S: Simd>(left: usize) -> usize {
    match left {
        8.. if S::F32_LANES == 16 => 8,
        6.. if S::F32_LANES < 16 => 6,
        4.. => 4,
        2.. => 2,
        _ => 1,
    }
}

/// `values · weights` for `R` rows by `V` vectors, added to sums.
#[inline(always)]
pub(super) fn multiply_add<S: Simd, const R: usize, const V: usize>(
    simd: S,
    rows: [&[f32]; R],
    weights: &[[S::f32s; V]],
    sums: &mut [[S::f32s; V]; R],
) {
    let mut rows = rows;
    for row in &mut rows {
        *row = &row[..weights.len()];
    }
    for (place, weights) in weights.iter().enumerate() {
        for r in 0..R {
            let value = simd.splat_f32s(rows[r][place]);
            for v in 0..V {
                sums[r][v] = simd.mul_add_e_f32s(value, weights[v], sums[r][v]);
            }
        }
    }
}

/// Stores vectors where floats are, as many as there are.
#[inline(always)]
pub(super) fn store<S: Simd, const V: usize>(simd: S, values: [S::f32s; V], floats: &mut [f32]) {
    let (whole, rest) = S::as_mut_simd_f32s(floats);
    for (place, value) in whole.iter_mut().zip(values) {
        *place = value;
    }
    if !rest.is_empty()
        && let Some(value) = values.get(whole.len())
    {
        simd.partial_store_f32s(rest, *value);
    }
}

/// Adds vectors to floats, as many as there are.
#[inline(always)]
pub(super) fn add<S: Simd, const V: usize>(simd: S, values: [S::f32s; V], floats: &mut [f32]) {
    let (whole, rest) = S::as_mut_simd_f32s(floats);
    for (place, value) in whole.iter_mut().zip(values) {
        *place = simd.add_f32s(*place, value);
    }
    if !rest.is_empty()
        && let Some(value) = values.get(whole.len())
    {
        let sum = simd.add_f32s(simd.partial_load_f32s(rest), *value);
        simd.partial_store_f32s(rest, sum);
    }
}

/// Adds `share · values` to sums.
#[inline(always)]
pub(super) fn add_share<S: Simd>(simd: S, share: f32, values: &[f32], sums: &mut [f32]) {
    let shares = simd.splat_f32s(share);
    let (values, last_values) = S::as_simd_f32s(values);
    let (sums, last_sums) = S::as_mut_simd_f32s(sums);
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum = simd.mul_add_e_f32s(shares, *value, *sum);
    }
    for (sum, value) in last_sums.iter_mut().zip(last_values) {
        *sum += share * value;
    }
}
