//! The way back.

use std::ops::Range;

use super::pieces::{self, rows_of, sources};
use super::rest::{Rest, begin};
use super::whole_sums::WholeSums;
use super::{Batch, Pass, each};
use crate::kernel::{Backward, Fill, WholeBatch};
use crate::pieces::cut;
use crate::program::{Place, Program};

/// The rows of a piece on their way back.
struct Piece<'a> {
    program: &'a Program,
    batch: &'a Batch<'a>,
    rows: Range<usize>,
    outputs: Vec<&'a [f32]>,
    kept: Vec<&'a [f32]>,
    gradients: Vec<&'a mut [f32]>,
    /// Of the weights that are summed over the pieces.
    sums: &'a mut Vec<Vec<f32>>,
    /// Whether a gradient has arrived at each node.
    is_begun: Vec<bool>,
    /// Whether one has arrived at each weight.
    is_summed: Vec<bool>,
    /// What the rows add up to at the node that takes something from the whole batch next.
    whole: Vec<f64>,
}

/// Some floats of a weight, whose gradient comes from the whole batch.
struct Span<'a> {
    weight: usize,
    start: usize,
    gradient: &'a mut [f32],
}

impl Pass {
    /// The gradient of each weight after the batch that went [`forward`](Self::forward) last, from those of the outputs;
    /// empty where it is not trained.
    pub fn backward(&mut self, batch: &Batch<'_>, outputs: &[&[f32]]) -> Vec<Vec<f32>> {
        let program = &self.program;
        let output_lens: Vec<usize> = program.output_lens().collect();
        let kept_lens: Vec<usize> = program.kept_lens().collect();
        let gradients = self.gradients.iter_mut().map(Vec::as_mut_slice);
        let gradients = cut(gradients, &self.pieces, output_lens.iter().copied());
        let buffers = (&self.outputs, &self.kept);
        let mut pieces: Vec<Piece<'_>> = self
            .pieces
            .iter()
            .zip(gradients.into_iter().zip(&mut self.sums))
            .map(|(rows, (gradients, sums))| Piece {
                rows: rows.clone(),
                outputs: rows_of_each(buffers.0, rows, &output_lens),
                kept: rows_of_each(buffers.1, rows, &kept_lens),
                gradients,
                sums,
                program,
                batch,
                is_begun: vec![false; program.nodes().len()],
                is_summed: vec![false; program.weights().len()],
                whole: Vec::new(),
            })
            .collect();
        let whole = &mut self.whole;
        let mut end = program.nodes().len();
        let mut is_first = true;
        for (stop, kernel) in whole.stops(program).into_iter().rev() {
            each(&mut pieces, |piece| {
                if is_first {
                    piece.begin(outputs);
                }
                piece.backward(stop + 1..end, &*whole);
                piece.add_up(stop, kernel);
            });
            whole.add_backward(stop, pieces.iter_mut().map(|piece| &mut piece.whole));
            end = stop + 1;
            is_first = false;
        }
        each(&mut pieces, |piece| {
            if is_first {
                piece.begin(outputs);
            }
            piece.backward(0..end, &*whole);
            piece.finish();
        });
        self.weight_gradients(batch)
    }

    /// The gradients of the weights, once those of all rows are there.
    fn weight_gradients(&mut self, batch: &Batch<'_>) -> Vec<Vec<f32>> {
        let program = &self.program;
        let mut gradients: Vec<Vec<f32>> = program
            .weights()
            .iter()
            .enumerate()
            .map(|(weight, &len)| vec![0.0; if program.is_trained(weight) { len } else { 0 }])
            .collect();
        let spans = gradients.iter_mut().enumerate();
        let mut spans: Vec<Span<'_>> = spans
            .flat_map(|(weight, gradient)| {
                let len = program.span_len(weight).max(1);
                let spans = gradient.chunks_mut(len).enumerate();
                spans.map(move |(index, gradient)| Span {
                    weight,
                    start: index * len,
                    gradient,
                })
            })
            .collect();
        each(&mut spans, |span| {
            if program.has_spans(span.weight) {
                self.compute(span, batch);
            } else {
                for sums in &self.sums {
                    let values = &sums[span.weight][span.start..][..span.gradient.len()];
                    Fill::Add.put(span.gradient, values.iter().copied());
                }
            }
        });
        gradients
    }

    /// The gradient of a span from the rows of the whole batch.
    fn compute(&self, span: &mut Span<'_>, batch: &Batch<'_>) {
        let program = &self.program;
        let all = 0..batch.rows;
        let before: Vec<&[f32]> = self.outputs.iter().map(Vec::as_slice).collect();
        let mut is_begun = false;
        for (index, node) in program.nodes().iter().enumerate().rev() {
            if !program.is_reached(index) || !node.weights.contains(&span.weight) {
                continue;
            }
            let call = Backward {
                rows: batch.rows,
                inputs: &sources(node, program, batch, (&all, &before)),
                weights: &pieces::weights(node, batch),
                drawn: pieces::drawn(batch, index, &all),
                output: &self.outputs[index],
                output_gradient: &self.gradients[index],
                kept: &self.kept[index],
            };
            for (place, weight) in node.weights.iter().enumerate() {
                if *weight == span.weight {
                    let fill = begin(&mut is_begun);
                    let (start, gradient) = (span.start, &mut *span.gradient);
                    match self.whole.of(program, index) {
                        Some((kernel, sums)) => {
                            kernel.weight_gradient(sums, place, start, gradient, fill);
                        }
                        None => node
                            .kernel
                            .weight_gradient_from(&call, place, start, gradient, fill),
                    }
                }
            }
        }
    }
}

/// The rows of a piece in each of some buffers, whose rows have so many floats.
fn rows_of_each<'a>(
    buffers: &'a [Vec<f32>],
    rows: &Range<usize>,
    lens: &[usize],
) -> Vec<&'a [f32]> {
    let both = buffers.iter().zip(lens);
    both.map(|(values, len)| rows_of(values, rows, *len))
        .collect()
}

impl<'a> Piece<'a> {
    /// Takes the gradients of what leaves the program.
    fn begin(&mut self, outputs: &[&[f32]]) {
        let program = self.program;
        for (place, gradient) in program.outputs().iter().zip(outputs) {
            if let Place::Node(node) = *place
                && program.leads_to_weights(*place)
            {
                let gradient = rows_of(gradient, &self.rows, program.row_len(*place));
                let fill = begin(&mut self.is_begun[node]);
                fill.put(self.gradients[node], gradient.iter().copied());
            }
        }
    }

    /// What a node has at hand, and the gradients of the nodes before it.
    fn with_call<R>(
        &mut self,
        index: usize,
        work: impl FnOnce(&Backward<'_>, &mut [&'a mut [f32]], &mut Rest<'_>) -> R,
    ) -> R {
        let (program, batch) = (self.program, self.batch);
        let node = &program.nodes()[index];
        let (before, rest) = self.gradients.split_at_mut(index);
        let call = Backward {
            rows: self.rows.len(),
            inputs: &sources(node, program, batch, (&self.rows, &self.outputs)),
            weights: &pieces::weights(node, batch),
            drawn: pieces::drawn(batch, index, &self.rows),
            output: self.outputs[index],
            output_gradient: &*rest[0],
            kept: self.kept[index],
        };
        let mut rest = Rest {
            sums: &mut *self.sums,
            is_begun: &mut self.is_begun,
            is_summed: &mut self.is_summed,
        };
        work(&call, before, &mut rest)
    }

    /// Brings gradients back through these nodes.
    fn backward(&mut self, nodes: Range<usize>, whole: &WholeSums) {
        let program = self.program;
        for index in nodes.rev() {
            if !self.is_begun[index] {
                continue;
            }
            let node = &program.nodes()[index];
            self.with_call(index, |call, before, rest| {
                if let Some(kernel) = node.joint_backward() {
                    return rest.gradients_of(node, program, before, |wanted| {
                        kernel.gradients(call, wanted);
                    });
                }
                for (place, weight) in node.weights.iter().enumerate() {
                    if program.is_trained(*weight) && !program.has_spans(*weight) {
                        let fill = begin(&mut rest.is_summed[*weight]);
                        let sums = &mut rest.sums[*weight];
                        node.kernel.weight_gradient(call, place, sums, fill);
                    }
                }
                for (place, source) in node.sources.iter().enumerate() {
                    if let Place::Node(source_node) = *source
                        && program.leads_to_weights(*source)
                    {
                        let fill = begin(&mut rest.is_begun[source_node]);
                        let gradient = &mut *before[source_node];
                        match whole.of(program, index) {
                            Some((kernel, sums)) => {
                                kernel.input_gradient(call, sums, gradient, fill);
                            }
                            None => node.kernel.input_gradient(call, place, gradient, fill),
                        }
                    }
                }
            });
        }
    }

    /// Adds up what has arrived at a node.
    fn add_up(&mut self, node: usize, kernel: &dyn WholeBatch) {
        let mut sums = vec![0.0; kernel.num_sums()];
        if self.is_begun[node] {
            self.with_call(node, |call, _, _| kernel.add_up_gradients(call, &mut sums));
        }
        self.whole = sums;
    }

    /// Has weights that no gradient got to get none.
    fn finish(&mut self) {
        for (sums, is_summed) in self.sums.iter_mut().zip(&self.is_summed) {
            if !is_summed {
                sums.fill(0.0);
            }
        }
    }
}
