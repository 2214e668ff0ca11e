//! Rows of a batch.

use std::ops::Range;

use super::Batch;
use crate::program::{Node, Place, Program};

/// Some rows of a batch on their way, and the places of theirs in buffers of the whole batch.
pub(super) struct Piece<'a> {
    pub(super) rows: Range<usize>,
    /// Of each node.
    pub(super) outputs: Vec<&'a mut [f32]>,
    pub(super) kept: Vec<&'a mut [f32]>,
}

/// The rows of a piece among those of a batch.
pub(super) fn rows_of<'a>(values: &'a [f32], rows: &Range<usize>, row_len: usize) -> &'a [f32] {
    &values[rows.start * row_len..rows.end * row_len]
}

/// What a node reads of a piece, for which these rows left the nodes before.
pub(super) fn sources<'a>(
    node: &Node,
    program: &Program,
    batch: &Batch<'a>,
    (rows, before): (&Range<usize>, &[&'a [f32]]),
) -> Vec<&'a [f32]> {
    let source = |source: &Place| match *source {
        Place::Input(input) => rows_of(batch.inputs[input], rows, program.inputs()[input]),
        Place::Node(node) => before[node],
    };
    node.sources.iter().map(source).collect()
}

pub(super) fn weights<'a>(node: &Node, batch: &Batch<'a>) -> Vec<&'a [f32]> {
    let weights = node.weights.iter();
    weights.map(|weight| batch.weights[*weight]).collect()
}

/// What was drawn for a node and these rows.
pub(super) fn drawn<'a>(batch: &Batch<'a>, node: usize, rows: &Range<usize>) -> Option<&'a [f32]> {
    let values = batch.drawn.get(node)?.as_deref()?;
    Some(rows_of(values, rows, values.len() / batch.rows.max(1)))
}
