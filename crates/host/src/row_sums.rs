//! Sums of rows.

use crate::kernel::Fill;
use crate::vectorized::dispatch;

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
