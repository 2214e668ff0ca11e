mod backward;
mod pieces;
mod rest;
mod whole_sums;

use std::ops::Range;

use rayon::prelude::*;

use self::pieces::Piece;
use self::whole_sums::WholeSums;
use crate::pieces::cut;
use crate::program::{Node, Place, Program};
use crate::tiles::LaidOut;

/// A batch, and the weights that it meets.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// How many rows it has.
    pub rows: usize,
    /// The rows of each input.
    pub inputs: &'a [&'a [f32]],
    /// The values of each weight.
    pub weights: &'a [&'a [f32]],
    /// What was drawn for each node, whole rows; nothing for those that are missing.
    pub drawn: &'a [Option<Vec<f32>>],
    /// Whether each node takes from the whole batch what it can take from there; those that are missing do not.
    pub by_batch: &'a [bool],
}

/// Brings batches through a [`Program`] and their gradients back, with memory that stays from one to the next.
///
/// A batch goes in pieces, each of them all the way on one core. Large gradients of weights are computed in spans from the
/// whole batch instead, so that nothing has to be summed. Pieces and spans are functions of sizes alone.
#[derive(Debug)]
pub struct Pass {
    program: Program,
    /// Of the last batch.
    rows: Option<usize>,
    pieces: Vec<Range<usize>>,
    /// The rows of the batch that leave each node.
    outputs: Vec<Vec<f32>>,
    kept: Vec<Vec<f32>>,
    /// Their gradients; empty where none leads to a weight.
    gradients: Vec<Vec<f32>>,
    /// Of each piece, the gradients of weights that are summed over the pieces.
    sums: Vec<Vec<Vec<f32>>>,
    /// What the last batch added up to at each node that takes something from it.
    whole: WholeSums,
    /// Of each node with a wide matrix, that, laid out.
    laid_out: Vec<Option<LaidOut>>,
}

impl Pass {
    /// Nothing has gone through yet.
    pub fn new(program: Program) -> Self {
        let nodes = program.nodes().iter();
        let laid_out = nodes.map(|node| node.kernel.wide_matrix()).collect();
        Self {
            program,
            rows: None,
            pieces: Vec::new(),
            outputs: Vec::new(),
            kept: Vec::new(),
            gradients: Vec::new(),
            sums: Vec::new(),
            whole: WholeSums::default(),
            laid_out,
        }
    }

    /// The program that it runs.
    pub fn into_program(self) -> Program {
        self.program
    }

    /// What leaves of each output.
    pub fn forward(&mut self, batch: &Batch<'_>) -> Vec<Vec<f32>> {
        if self.rows != Some(batch.rows) {
            self.make_room(batch.rows);
        }
        let program = &self.program;
        for (node, laid_out) in program.nodes().iter().zip(&mut self.laid_out) {
            if let Some(laid_out) = laid_out {
                laid_out.lay_out(batch.weights[node.weights[0]]);
            }
        }
        let outputs = self.outputs.iter_mut().map(Vec::as_mut_slice);
        let outputs = cut(outputs, &self.pieces, program.output_lens());
        let kept = self.kept.iter_mut().map(Vec::as_mut_slice);
        let kept = cut(kept, &self.pieces, program.kept_lens());
        let mut pieces: Vec<Piece<'_>> = self
            .pieces
            .iter()
            .zip(outputs.into_iter().zip(kept))
            .map(|(rows, (outputs, kept))| Piece {
                rows: rows.clone(),
                outputs,
                kept,
                sums: Vec::new(),
            })
            .collect();
        let whole = &mut self.whole;
        let laid_out = &self.laid_out[..];
        *whole = WholeSums::new(program, batch);
        let mut start = 0;
        for (stop, kernel) in whole.stops(program) {
            each(&mut pieces, |piece| {
                piece.forward(start..stop, program, (batch, &*whole, laid_out));
                piece.add_up(stop, program, (batch, kernel));
            });
            whole.add_forward(stop, pieces.iter_mut().map(|piece| &mut piece.sums));
            start = stop;
        }
        let end = program.nodes().len();
        each(&mut pieces, |piece| {
            piece.forward(start..end, program, (batch, &*whole, laid_out));
        });
        let outputs = program.outputs().iter();
        outputs
            .map(|place| match *place {
                Place::Input(input) => batch.inputs[input].to_vec(),
                Place::Node(node) => self.outputs[node].clone(),
            })
            .collect()
    }

    /// What the last batch says of the weights that follow it at a node, one after the other; nothing where none do.
    pub fn statistics(&self, node: usize) -> Option<Vec<Vec<f32>>> {
        let (kernel, sums) = self.whole.of(&self.program, node)?;
        Some(kernel.statistics(sums))
    }

    fn make_room(&mut self, rows: usize) {
        let program = &self.program;
        self.rows = Some(rows);
        self.pieces = program.pieces(rows).collect();
        let nodes = program.nodes();
        let room = |len: usize| vec![0.0; rows * len];
        self.outputs = nodes
            .iter()
            .map(|node| room(node.kernel.output_len()))
            .collect();
        self.kept = nodes
            .iter()
            .map(|node| room(node.kernel.kept_len()))
            .collect();
        let gradient = |node: &Node| {
            let rows = node
                .leads_to_weights
                .then(|| room(node.kernel.output_len()));
            rows.unwrap_or_default()
        };
        self.gradients = nodes.iter().map(gradient).collect();
        let sums = || -> Vec<Vec<f32>> {
            let weights = program.weights().iter().enumerate();
            let is_summed = |weight| program.is_trained(weight) && !program.has_spans(weight);
            weights
                .map(|(weight, &len)| vec![0.0; if is_summed(weight) { len } else { 0 }])
                .collect()
        };
        self.sums = self.pieces.iter().map(|_| sums()).collect();
    }
}

/// Does something to every piece, on all cores where there are several.
fn each<T: Send>(pieces: &mut [T], work: impl Fn(&mut T) + Send + Sync) {
    match pieces {
        [piece] => work(piece),
        pieces => pieces.par_iter_mut().for_each(work),
    }
}
