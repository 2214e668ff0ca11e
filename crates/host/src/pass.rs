use std::ops::Range;

use rayon::prelude::*;

use crate::kernel::{Backward, Fill, Forward};
use crate::program::{Place, Program};

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
}

/// Brings batches through a [`Program`] and their gradients back, with memory that stays from one to the next.
#[derive(Debug)]
pub struct Pass {
    program: Program,
    pieces: Vec<Piece>,
    rows: usize,
}

/// Some rows of a batch on their way.
#[derive(Debug, Default)]
struct Piece {
    rows: Range<usize>,
    /// Of each node.
    outputs: Vec<Vec<f32>>,
    kept: Vec<Vec<f32>>,
    gradients: Vec<Vec<f32>>,
    /// Of each weight.
    weights: Vec<Vec<f32>>,
}

impl Pass {
    /// Nothing has gone through yet.
    pub fn new(program: Program) -> Self {
        Self {
            program,
            pieces: Vec::new(),
            rows: 0,
        }
    }

    /// What leaves of each output.
    pub fn forward(&mut self, batch: &Batch<'_>) -> Vec<Vec<f32>> {
        if self.rows != batch.rows {
            self.rows = batch.rows;
            let ranges = Program::pieces(batch.rows);
            self.pieces.resize_with(ranges.count(), Piece::default);
            for (piece, rows) in self.pieces.iter_mut().zip(Program::pieces(batch.rows)) {
                piece.rows = rows;
                piece.make_room(&self.program);
            }
        }
        let program = &self.program;
        each(&mut self.pieces, |piece| piece.forward(program, batch));
        let outputs = program.outputs().iter();
        outputs.map(|place| self.gathered(*place, batch)).collect()
    }

    /// The gradient of each weight after the batch that went [`forward`](Self::forward) last, from those of the outputs;
    /// empty where it is not trained.
    pub fn backward(&mut self, batch: &Batch<'_>, outputs: &[&[f32]]) -> Vec<Vec<f32>> {
        let program = &self.program;
        each(&mut self.pieces, |piece| {
            piece.backward(program, batch, outputs);
        });
        let Some((first, others)) = self.pieces.split_first_mut() else {
            return Piece::room_of_weights(program);
        };
        add_up(&mut first.weights, others);
        let gradients = std::mem::take(&mut first.weights);
        first.weights = Piece::room_of_weights(program);
        gradients
    }

    fn gathered(&self, place: Place, batch: &Batch<'_>) -> Vec<f32> {
        match place {
            Place::Input(input) => batch.inputs[input].to_vec(),
            Place::Node(node) => {
                let mut rows = Vec::with_capacity(batch.rows * self.program.row_len(place));
                for piece in &self.pieces {
                    rows.extend_from_slice(&piece.outputs[node]);
                }
                rows
            }
        }
    }
}

/// Does something to every piece, on all cores where there are several.
fn each(pieces: &mut [Piece], work: impl Fn(&mut Piece) + Send + Sync) {
    match pieces {
        [piece] => work(piece),
        pieces => pieces.par_iter_mut().for_each(work),
    }
}

/// Adds the gradients of the others, in order, to those of the first.
fn add_up(first: &mut [Vec<f32>], others: &[Piece]) {
    const SPAN: usize = 1 << 14;
    if others.is_empty() {
        return;
    }
    let spans = first.iter_mut().enumerate().flat_map(|(weight, sums)| {
        let spans = sums.chunks_mut(SPAN).enumerate();
        spans.map(move |(span, sums)| (weight, span * SPAN, sums))
    });
    let spans: Vec<_> = spans.collect();
    spans.into_par_iter().for_each(|(weight, start, sums)| {
        for other in others {
            let values = &other.weights[weight][start..start + sums.len()];
            Fill::Add.put(sums, values.iter().copied());
        }
    });
}

/// The rows of a piece among those of a batch.
fn rows_of<'a>(values: &'a [f32], rows: &Range<usize>, row_len: usize) -> &'a [f32] {
    &values[rows.start * row_len..rows.end * row_len]
}

impl Piece {
    fn make_room(&mut self, program: &Program) {
        let rows = self.rows.len();
        let room = |len: usize| vec![0.0; rows * len];
        let nodes = program.nodes().iter();
        self.outputs = nodes
            .clone()
            .map(|node| room(node.kernel.output_len()))
            .collect();
        self.kept = nodes
            .clone()
            .map(|node| room(node.kernel.kept_len()))
            .collect();
        self.gradients = nodes
            .map(|node| {
                if node.leads_to_weights {
                    room(node.kernel.output_len())
                } else {
                    Vec::new()
                }
            })
            .collect();
        self.weights = Self::room_of_weights(program);
    }

    fn room_of_weights(program: &Program) -> Vec<Vec<f32>> {
        let weights = program.weights().iter().enumerate();
        weights
            .map(|(weight, &len)| vec![0.0; if program.is_trained(weight) { len } else { 0 }])
            .collect()
    }

    fn forward(&mut self, program: &Program, batch: &Batch<'_>) {
        for (index, node) in program.nodes().iter().enumerate() {
            let (before, rest) = self.outputs.split_at_mut(index);
            let inputs: Vec<&[f32]> = node
                .sources
                .iter()
                .map(|source| match *source {
                    Place::Input(input) => {
                        rows_of(batch.inputs[input], &self.rows, program.inputs()[input])
                    }
                    Place::Node(node) => &before[node],
                })
                .collect();
            let weights: Vec<&[f32]> = node
                .weights
                .iter()
                .map(|weight| batch.weights[*weight])
                .collect();
            node.kernel.forward(Forward {
                rows: self.rows.len(),
                inputs: &inputs,
                weights: &weights,
                drawn: drawn(batch, index, &self.rows),
                output: &mut rest[0],
                kept: &mut self.kept[index],
            });
        }
    }

    fn backward(&mut self, program: &Program, batch: &Batch<'_>, outputs: &[&[f32]]) {
        let mut is_begun = vec![false; program.nodes().len()];
        for (place, gradient) in program.outputs().iter().zip(outputs) {
            if let Place::Node(node) = *place
                && program.leads_to_weights(*place)
            {
                let gradient = rows_of(gradient, &self.rows, program.row_len(*place));
                let fill = begin(&mut is_begun[node]);
                fill.put(&mut self.gradients[node], gradient.iter().copied());
            }
        }
        let mut is_summed = vec![false; program.weights().len()];
        for (index, node) in program.nodes().iter().enumerate().rev() {
            if !is_begun[index] {
                continue;
            }
            let (before, rest) = self.gradients.split_at_mut(index);
            let inputs: Vec<&[f32]> = node
                .sources
                .iter()
                .map(|source| match *source {
                    Place::Input(input) => {
                        rows_of(batch.inputs[input], &self.rows, program.inputs()[input])
                    }
                    Place::Node(node) => &self.outputs[node],
                })
                .collect();
            let weights: Vec<&[f32]> = node
                .weights
                .iter()
                .map(|weight| batch.weights[*weight])
                .collect();
            let call = Backward {
                rows: self.rows.len(),
                inputs: &inputs,
                weights: &weights,
                drawn: drawn(batch, index, &self.rows),
                output: &self.outputs[index],
                output_gradient: &rest[0],
                kept: &self.kept[index],
            };
            for (place, weight) in node.weights.iter().enumerate() {
                if program.is_trained(*weight) {
                    let fill = begin(&mut is_summed[*weight]);
                    node.kernel
                        .weight_gradient(&call, place, &mut self.weights[*weight], fill);
                }
            }
            for (place, source) in node.sources.iter().enumerate() {
                if let Place::Node(node_before) = *source
                    && program.leads_to_weights(*source)
                {
                    let fill = begin(&mut is_begun[node_before]);
                    node.kernel
                        .input_gradient(&call, place, &mut before[node_before], fill);
                }
            }
        }
        // A weight that no gradient got to.
        for (weight, is_summed) in is_summed.iter().enumerate() {
            if !is_summed {
                self.weights[weight].fill(0.0);
            }
        }
    }
}

/// How the first of several fills a place, and how the others do.
fn begin(is_begun: &mut bool) -> Fill {
    if std::mem::replace(is_begun, true) {
        Fill::Add
    } else {
        Fill::Set
    }
}

fn drawn<'a>(batch: &Batch<'a>, node: usize, rows: &Range<usize>) -> Option<&'a [f32]> {
    let values = batch.drawn.get(node)?.as_deref()?;
    Some(rows_of(values, rows, values.len() / batch.rows.max(1)))
}
