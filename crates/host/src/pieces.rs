//! Buffers of many rows, cut into pieces of some rows each.

use std::ops::Range;

/// Rows, so many at a time.
pub(crate) fn ranges(rows: usize, at_once: usize) -> impl ExactSizeIterator<Item = Range<usize>> {
    (0..rows)
        .step_by(at_once)
        .map(move |start| start..(start + at_once).min(rows))
}

/// Each buffer piece by piece, where a row of it has so many floats; a buffer that is too short ends early.
pub(crate) fn cut<'a>(
    buffers: impl ExactSizeIterator<Item = &'a mut [f32]>,
    pieces: &[Range<usize>],
    lens: impl Iterator<Item = usize>,
) -> Vec<Vec<&'a mut [f32]>> {
    let mut cut: Vec<Vec<&mut [f32]>> = Vec::with_capacity(pieces.len());
    cut.resize_with(pieces.len(), || Vec::with_capacity(buffers.len()));
    for (mut rest, len) in buffers.zip(lens) {
        for (rows, cut) in pieces.iter().zip(&mut cut) {
            let len = (rows.len() * len).min(rest.len());
            let (own, others) = rest.split_at_mut(len);
            cut.push(own);
            rest = others;
        }
    }
    cut
}
