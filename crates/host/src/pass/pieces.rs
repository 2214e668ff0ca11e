//! Rows of a batch.

use std::ops::Range;

use super::Batch;
use super::whole_sums::WholeSums;
use crate::kernel::{Forward, WholeBatch};
use crate::program::{Node, Place, Program};
use crate::tiles::LaidOut;

/// Some rows of a batch on their way, and the places of theirs in buffers of the whole batch.
pub(super) struct Piece<'a> {
    pub(super) rows: Range<usize>,
    /// Of each node.
    pub(super) outputs: Vec<&'a mut [f32]>,
    pub(super) kept: Vec<&'a mut [f32]>,
    /// What they add up to at the node that takes something from the whole batch next.
    pub(super) sums: Vec<f64>,
}

impl Piece<'_> {
    /// Computes what leaves these nodes.
    pub(super) fn forward(
        &mut self,
        nodes: Range<usize>,
        program: &Program,
        (batch, whole, laid_out): (&Batch<'_>, &WholeSums, &[Option<LaidOut>]),
    ) {
        for index in nodes {
            let node = &program.nodes()[index];
            let (before, rest) = self.outputs.split_at_mut(index);
            let before: Vec<&[f32]> = before.iter().map(|rows| &**rows).collect();
            let call = Forward {
                rows: self.rows.len(),
                inputs: &sources(node, program, batch, (&self.rows, &before)),
                weights: &weights(node, batch),
                drawn: drawn(batch, index, &self.rows),
                output: rest[0],
                kept: self.kept[index],
            };
            match (whole.of(program, index), &laid_out[index]) {
                (Some((kernel, sums)), _) => kernel.forward(call, sums),
                (None, Some(matrix)) => node.kernel.forward_laid_out(call, matrix),
                (None, None) => node.kernel.forward(call),
            }
        }
    }

    /// Adds up what arrives at a node.
    pub(super) fn add_up(
        &mut self,
        node: usize,
        program: &Program,
        (batch, kernel): (&Batch<'_>, &dyn WholeBatch),
    ) {
        let before: Vec<&[f32]> = self.outputs[..node].iter().map(|rows| &**rows).collect();
        let own = &program.nodes()[node];
        let inputs = sources(own, program, batch, (&self.rows, &before));
        self.sums.resize(kernel.num_sums(), 0.0);
        kernel.add_up(&inputs, &mut self.sums);
    }
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
