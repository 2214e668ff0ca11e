//! Matrix products over slices.

use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2};

use crate::kernel::Fill;
use crate::vectorized::dispatch;

/// Rows of values, the last axis running fastest.
///
/// # Panics
/// When there are fewer values than that.
pub(crate) fn matrix(values: &[f32], rows: usize, columns: usize) -> ArrayView2<'_, f32> {
    match ArrayView2::from_shape((rows, columns), values) {
        Ok(view) => view,
        Err(error) => {
            unreachable!("a program has buffers of its sizes: {rows} x {columns}: {error}")
        }
    }
}

/// `c = a · b + share · c`, where `c` has `rows` rows.
#[expect(clippy::needless_pass_by_value, reason = "views are made for the call")]
pub(crate) fn product(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>, share: f32, c: &mut [f32]) {
    let sizes = (a.nrows(), b.ncols());
    match ArrayViewMut2::from_shape(sizes, c) {
        Ok(mut c) => general_mat_mul(1.0, &a, &b, share, &mut c),
        Err(error) => unreachable!("a program has buffers of its sizes: {sizes:?}: {error}"),
    }
}

/// The sum of rows as long as the sums.
pub(crate) fn add_rows(rows: &[f32], sums: &mut [f32], fill: Fill) {
    if fill == Fill::Set {
        sums.fill(0.0);
    }
    dispatch(
        #[inline(always)]
        || {
            for row in rows.chunks_exact(sums.len()) {
                for (sum, value) in sums.iter_mut().zip(row) {
                    *sum += value;
                }
            }
        },
    );
}
