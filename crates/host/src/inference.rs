mod layout;

use std::fmt;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::kernel::{Forward, Frozen};
use crate::pieces::{cut, ranges};
use crate::program::Program;
use layout::{Layout, Source};

/// Brings rows forward through a [`Program`] with weights that stay.
///
/// It may be used by many threads at once; memory is kept from one call to the next. Many rows go through in pieces that stay in
/// the cache, on all cores where there is work for them. What leaves of a row does not depend on the rows that go with it.
///
/// ```
/// use firebrick_host::kernels::{Dense, Elementwise};
/// use firebrick_host::{Inference, Place, Program};
///
/// // y = relu(x · w), a row of two inputs and one output.
/// let mut program = Program::new([2], [2]);
/// let sum = program.add(Dense::new(2, 1), [Place::Input(0)], [0]);
/// let y = program.add(Elementwise::relu(1), [sum], []);
/// let inference = Inference::new(program.with_outputs([y], [false]), &[&[1.0, -1.0]]);
///
/// let mut y = [0.0; 2];
/// inference.run(2, &[&[3.0, 1.0, 1.0, 3.0]], &mut [&mut y]);
/// assert_eq!(y, [2.0, 0.0]);
/// ```
pub struct Inference {
    program: Program,
    /// Empty where the kernel that uses them has its own form of them.
    weights: Vec<Vec<f32>>,
    steps: Vec<Step>,
    /// Floats of a row of each place in memory.
    slots: Vec<usize>,
    /// Where each output lies at last.
    outputs: Vec<Source>,
    /// Floats of a row that kernels keep for a way back that there is none.
    kept: usize,
    /// At most.
    rows_of_piece: usize,
    /// Products and sums of a row.
    work: usize,
    rooms: Mutex<Vec<Room>>,
}

/// A kernel that runs.
struct Step {
    /// Of the program.
    node: usize,
    frozen: Option<Box<dyn Frozen>>,
    sources: Vec<Source>,
    slot: usize,
}

/// Memory of a piece of the rows.
#[derive(Default)]
struct Room {
    slots: Vec<Vec<f32>>,
    kept: Vec<f32>,
}

impl Inference {
    /// The program with these weights, of which it keeps what its kernels ask for.
    ///
    /// # Panics
    /// When a weight has another length than the program says.
    pub fn new(program: Program, weights: &[&[f32]]) -> Self {
        let lens = weights.iter().map(|weight| weight.len());
        assert!(
            lens.eq(program.weights().iter().copied()),
            "weights have the program's lengths"
        );
        let layout = Layout::new(&program);
        let mut is_used = vec![false; weights.len()];
        let mut steps = Vec::with_capacity(layout.steps.len());
        let (mut kept, mut work) = (0, 0);
        for (node, sources, slot) in layout.steps {
            let own = &program.nodes()[node];
            let values: Vec<&[f32]> = own.weights.iter().map(|&own| weights[own]).collect();
            let frozen = own.kernel.frozen(&values);
            if frozen.is_none() {
                own.weights.iter().for_each(|&own| is_used[own] = true);
                kept = kept.max(own.kernel.kept_len());
            }
            work += own.kernel.work();
            steps.push(Step {
                node,
                frozen,
                sources,
                slot,
            });
        }
        let weights = weights.iter().zip(is_used);
        let weights = weights.map(|(own, is_used)| if is_used { own.to_vec() } else { Vec::new() });
        let weights = weights.collect();
        let rows_of_piece = rows_in_cache(layout.slots.iter().sum::<usize>() + kept);
        Self {
            weights,
            steps,
            slots: layout.slots,
            outputs: layout.outputs,
            kept,
            rows_of_piece,
            work,
            rooms: Mutex::default(),
            program,
        }
    }

    /// Floats of a row of each input.
    pub fn inputs(&self) -> &[usize] {
        self.program.inputs()
    }

    /// Floats of a row of each output.
    pub fn outputs(&self) -> impl ExactSizeIterator<Item = usize> {
        let places = self.program.outputs().iter();
        places.map(|place| self.program.row_len(*place))
    }

    /// Computes the rows of each output from those of each input.
    ///
    /// # Panics
    /// When their numbers or lengths are not those of so many rows.
    pub fn run(&self, rows: usize, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        let received = inputs.iter().map(|input| input.len());
        assert!(
            received.eq(self.inputs().iter().map(|len| rows * len)),
            "inputs have rows of the program's lengths"
        );
        let received = outputs.iter().map(|output| output.len());
        assert!(
            received.eq(self.outputs().map(|len| rows * len)),
            "outputs have room for rows of the program's lengths"
        );
        if rows == 0 {
            return;
        }
        let size = rows_of_piece(rows, self.work).min(self.rows_of_piece);
        if rows <= size {
            self.with_room(|room| self.piece(rows, inputs, outputs, room));
            return;
        }
        let pieces_of_core = WORTH_A_CORE.div_ceil((self.work * size).max(1));
        let mut pieces = self.pieces(ranges(rows, size).collect(), outputs);
        if pieces.len() <= pieces_of_core {
            self.with_room(|room| {
                for (rows, outputs) in &mut pieces {
                    self.piece_of(rows, inputs, outputs, room);
                }
            });
            return;
        }
        let pieces = pieces.par_iter_mut();
        let pieces = pieces.with_min_len(pieces_of_core);
        pieces.for_each(|(rows, outputs)| {
            self.with_room(|room| self.piece_of(rows, inputs, outputs, room));
        });
    }

    /// The rows of each piece, and where its outputs go.
    fn pieces<'a>(
        &self,
        ranges: Vec<Range<usize>>,
        outputs: &'a mut [&mut [f32]],
    ) -> Vec<(Range<usize>, Vec<&'a mut [f32]>)> {
        let outputs = outputs.iter_mut().map(|output| &mut **output);
        let outputs = cut(outputs, &ranges, self.outputs());
        ranges.into_iter().zip(outputs).collect()
    }

    fn piece_of(
        &self,
        rows: &Range<usize>,
        inputs: &[&[f32]],
        outputs: &mut [&mut [f32]],
        room: &mut Room,
    ) {
        let inputs = inputs.iter().zip(self.inputs());
        let inputs = inputs.map(|(values, len)| &values[rows.start * len..rows.end * len]);
        Few::default().with(inputs, |inputs| {
            self.piece(rows.len(), inputs, outputs, room);
        });
    }

    fn piece(&self, rows: usize, inputs: &[&[f32]], outputs: &mut [&mut [f32]], room: &mut Room) {
        for step in &self.steps {
            let node = &self.program.nodes()[step.node];
            let mut own = std::mem::take(&mut room.slots[step.slot]);
            let output = &mut own[..rows * node.kernel.output_len()];
            let sources = step.sources.iter().zip(&node.sources);
            let sources = sources.map(|(source, place)| match *source {
                Source::Input(input) => inputs[input],
                Source::Slot(slot) => &room.slots[slot][..rows * self.program.row_len(*place)],
            });
            let kept = &mut room.kept;
            Few::default().with(sources, |inputs| {
                if let Some(frozen) = &step.frozen {
                    return frozen.forward(inputs, output);
                }
                let weights = node.weights.iter().map(|&own| &self.weights[own][..]);
                Few::default().with(weights, |weights| {
                    node.kernel.forward(Forward {
                        rows,
                        inputs,
                        weights,
                        drawn: None,
                        output,
                        kept: &mut kept[..rows * node.kernel.kept_len()],
                    });
                });
            });
            room.slots[step.slot] = own;
        }
        for (output, source) in outputs.iter_mut().zip(&self.outputs) {
            let values = match *source {
                Source::Input(input) => inputs[input],
                Source::Slot(slot) => &room.slots[slot],
            };
            output.copy_from_slice(&values[..output.len()]);
        }
    }

    /// Does something with memory that nobody else uses meanwhile.
    fn with_room<R>(&self, work: impl FnOnce(&mut Room) -> R) -> R {
        let rooms = || self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = rooms().pop();
        let mut room = kept.unwrap_or_else(|| Room {
            slots: self
                .slots
                .iter()
                .map(|len| vec![0.0; self.rows_of_piece * len])
                .collect(),
            kept: vec![0.0; self.rows_of_piece * self.kept],
        });
        let result = work(&mut room);
        rooms().push(room);
        result
    }
}

impl fmt::Debug for Inference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inference")
            .field("program", &self.program)
            .finish_non_exhaustive()
    }
}

/// Products and sums for which it is worth waking a core.
const WORTH_A_CORE: usize = 1 << 19;

/// Kernels have the least work where rows come in multiples of this.
const ROWS_TOGETHER: usize = 12;

/// The most rows of which what lies between the kernels stays in the cache.
fn rows_in_cache(floats_of_row: usize) -> usize {
    const CACHE: usize = 1 << 16;
    const FEWEST: usize = 4;
    const MOST: usize = 10 * ROWS_TOGETHER;
    (CACHE / floats_of_row.max(1)).clamp(FEWEST, MOST)
}

/// How many of so many rows go through together, so that there is a piece for every core that is worth waking; a function of
/// sizes alone.
fn rows_of_piece(rows: usize, work_of_row: usize) -> usize {
    const CORES: usize = 16;
    let worth_a_core = WORTH_A_CORE.div_ceil(work_of_row.max(1));
    let rows = rows.div_ceil(CORES).max(worth_a_core);
    rows.next_multiple_of(ROWS_TOGETHER)
}

/// Slices in a row, without allocation where there are few.
#[derive(Default)]
struct Few<'a>([&'a [f32]; 8]);

impl<'a> Few<'a> {
    fn with<R>(
        mut self,
        slices: impl ExactSizeIterator<Item = &'a [f32]>,
        work: impl FnOnce(&[&'a [f32]]) -> R,
    ) -> R {
        let len = slices.len();
        if len > self.0.len() {
            return work(&slices.collect::<Vec<_>>());
        }
        for (place, slice) in self.0.iter_mut().zip(slices) {
            *place = slice;
        }
        work(&self.0[..len])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::{ByDrawn, Concatenate, Dense, Elementwise, MaxPooling, Softmax, Sum};
    use crate::{Batch, Pass, Place, Window};

    /// Numbers by a seed.
    struct Draws(u64);

    impl Draws {
        fn below(&mut self, limit: usize) -> usize {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (self.0 >> 33) as usize % limit
        }

        fn floats(&mut self, len: usize) -> Vec<f32> {
            let float = |_| self.below(2000) as f32 / 1000.0 - 1.0;
            (0..len).map(float).collect()
        }
    }

    /// A program of nodes that read any before them, and its weights.
    fn drawn(seed: u64) -> (Program, Vec<Vec<f32>>) {
        const LEN: usize = 12;
        let mut draws = Draws(seed);
        let inputs = [LEN, LEN];
        let num_nodes = 2 + draws.below(9);
        let sizes = vec![[LEN * LEN, LEN]; num_nodes].concat();
        let mut program = Program::new(inputs, sizes.clone());
        let mut places = vec![Place::Input(0), Place::Input(1)];
        for node in 0..num_nodes {
            let [a, b] = [0; 2].map(|_| places[draws.below(places.len())]);
            places.push(match draws.below(7) {
                0 | 1 => program.add(Dense::new(LEN, LEN), [a], [2 * node, 2 * node + 1]),
                2 => program.add(Elementwise::sigmoid(LEN), [a], []),
                3 => program.add(Sum::new(LEN, [1.0, -0.5]), [a, b], []),
                4 => program.add(ByDrawn::new(LEN), [a], []),
                5 => program.add(Softmax::new(LEN, 4), [a], []),
                _ => {
                    let both = program.add(Concatenate::new(1, [LEN, LEN]), [a, b], []);
                    let window = Window {
                        input: [LEN, 1],
                        channels: 2,
                        size: [2, 1],
                        strides: [2, 1],
                        dilation: [1, 1],
                        padding: [0, 0],
                        output: [LEN / 2, 1],
                    };
                    program.add(MaxPooling::new(window), [both], [])
                }
            });
        }
        let outputs = [0; 3].map(|_| places[draws.below(places.len())]);
        let weights: Vec<_> = sizes.iter().map(|&len| draws.floats(len)).collect();
        (
            program.with_outputs(outputs, vec![false; weights.len()]),
            weights,
        )
    }

    fn inference(seed: u64) -> Inference {
        let (program, weights) = drawn(seed);
        let weights: Vec<&[f32]> = weights.iter().map(|weight| &weight[..]).collect();
        Inference::new(program, &weights)
    }

    fn ran(inference: &Inference, rows: usize, inputs: &[&[f32]]) -> Vec<Vec<f32>> {
        let outputs = inference.outputs();
        let mut outputs: Vec<Vec<f32>> = outputs.map(|len| vec![f32::NAN; rows * len]).collect();
        let mut places: Vec<&mut [f32]> =
            outputs.iter_mut().map(|output| &mut output[..]).collect();
        inference.run(rows, inputs, &mut places);
        outputs
    }

    #[test]
    fn rows_leave_any_program_as_they_do_in_training() {
        for seed in 0..200 {
            let (program, weights) = drawn(seed);
            let weights: Vec<&[f32]> = weights.iter().map(|weight| &weight[..]).collect();
            let inference = Inference::new(drawn(seed).0, &weights);
            let mut pass = Pass::new(program);
            for rows in [1, 7, 300] {
                let mut draws = Draws(seed + 1000);
                let inputs = [0; 2].map(|_| draws.floats(rows * 12));
                let inputs = [&inputs[0][..], &inputs[1]];
                let batch = Batch {
                    rows,
                    inputs: &inputs,
                    weights: &weights,
                    drawn: &[],
                    by_batch: &[],
                };
                let expected = pass.forward(&batch).concat();
                let received = ran(&inference, rows, &inputs).concat();
                assert_eq!(received.len(), expected.len());
                for (received, expected) in received.iter().zip(expected) {
                    let distance = (received - expected).abs() / expected.abs().max(1.0);
                    assert!(distance < 1e-4, "{seed}: {received} {expected}");
                }
            }
        }
    }

    #[test]
    fn a_row_is_the_same_bits_alone_among_many_and_on_several_threads() {
        let inference = inference(5);
        let mut draws = Draws(1);
        let rows = 3 * inference.rows_of_piece + 1;
        let inputs = [0; 2].map(|_| draws.floats(rows * 12));
        let inputs = [&inputs[0][..], &inputs[1]];
        let together = ran(&inference, rows, &inputs);
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let (inference, together) = (&inference, &together);
                scope.spawn(move || {
                    for row in (thread..rows).step_by(8) {
                        let own = inputs.map(|input| &input[row * 12..(row + 1) * 12]);
                        let alone = ran(inference, 1, &own);
                        for (alone, (together, len)) in
                            alone.iter().zip(together.iter().zip(inference.outputs()))
                        {
                            assert_eq!(alone[..], together[row * len..(row + 1) * len]);
                        }
                    }
                });
            }
        });
    }

    #[test]
    fn memory_is_that_of_what_is_still_to_be_read() {
        let mut program = Program::new([4], vec![16; 9]);
        let mut place = Place::Input(0);
        for weight in 0..9 {
            place = program.add(Dense::new(4, 4), [place], [weight]);
        }
        let layout = Layout::new(&program.with_outputs([place], vec![false; 9]));
        assert_eq!((layout.steps.len(), layout.slots), (9, vec![4, 4]));
    }

    #[test]
    #[should_panic(expected = "inputs have rows")]
    fn rows_of_another_length_are_refused() {
        let inference = inference(5);
        inference.run(1, &[&[0.0; 12], &[0.0; 11]], &mut []);
    }
}
