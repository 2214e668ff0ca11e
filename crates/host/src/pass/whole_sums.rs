use crate::kernel::{Sums, WholeBatch};
use crate::program::Program;

use super::Batch;

/// What a batch adds up to at nodes that take something from the whole of it.
#[derive(Debug, Default)]
pub(super) struct WholeSums {
    rows: usize,
    /// Of each node, empty where it takes nothing.
    forward: Vec<Vec<f64>>,
    backward: Vec<Vec<f64>>,
}

impl WholeSums {
    /// Nothing added up yet.
    pub(super) fn new(program: &Program, batch: &Batch<'_>) -> Self {
        let nodes = program.nodes().iter().zip(batch.by_batch);
        let sums = nodes.map(|(node, by_batch)| {
            let whole = node.kernel.over_batch().filter(|_| *by_batch);
            vec![0.0; whole.map_or(0, WholeBatch::num_sums)]
        });
        let forward: Vec<Vec<f64>> = sums.collect();
        Self {
            rows: batch.rows,
            backward: forward.clone(),
            forward,
        }
    }

    /// The nodes that the pieces wait for each other at, in order.
    pub(super) fn stops<'a>(&self, program: &'a Program) -> Vec<(usize, &'a dyn WholeBatch)> {
        let nodes = program.nodes().iter().zip(&self.forward).enumerate();
        let stop = |(index, (node, sums)): (usize, (&'a crate::program::Node, &Vec<f64>))| {
            let kernel = node.kernel.over_batch().filter(|_| !sums.is_empty());
            Some((index, kernel?))
        };
        nodes.filter_map(stop).collect()
    }

    /// The kernel of a node that takes something from the batch, and what it takes.
    pub(super) fn of<'a>(
        &'a self,
        program: &'a Program,
        node: usize,
    ) -> Option<(&'a dyn WholeBatch, Sums<'a>)> {
        let forward = self.forward.get(node).filter(|sums| !sums.is_empty())?;
        let kernel = program.nodes()[node].kernel.over_batch()?;
        let sums = Sums {
            rows: self.rows,
            forward,
            backward: &self.backward[node],
        };
        Some((kernel, sums))
    }

    /// Adds what the pieces have on the way forward, which is taken from them.
    pub(super) fn add_forward<'a>(
        &mut self,
        node: usize,
        pieces: impl Iterator<Item = &'a mut Vec<f64>>,
    ) {
        add(&mut self.forward[node], pieces);
    }

    /// The same on the way back.
    pub(super) fn add_backward<'a>(
        &mut self,
        node: usize,
        pieces: impl Iterator<Item = &'a mut Vec<f64>>,
    ) {
        add(&mut self.backward[node], pieces);
    }
}

/// Adds the sums of pieces, in their order.
fn add<'a>(sums: &mut [f64], pieces: impl Iterator<Item = &'a mut Vec<f64>>) {
    for piece in pieces {
        for (sum, own) in sums.iter_mut().zip(piece.drain(..)) {
            *sum += own;
        }
    }
}
