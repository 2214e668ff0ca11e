use crate::kernel::{Backward, Fill, Forward, Kernel};
use crate::vectorized::dispatch;

/// The product of every vector of one input with every vector of the other.
///
/// # Shapes
/// - inputs: `[rows, own vectors, size]`
/// - output: `[rows, vectors of the first, vectors of the second]`
///
/// ```
/// use firebrick_host::kernels::Dot;
/// use firebrick_host::{Batch, Pass, Place, Program};
///
/// let mut program = Program::new([2, 4], []);
/// let y = program.add(Dot::new([1, 2], 2), [Place::Input(0), Place::Input(1)], []);
/// let mut pass = Pass::new(program.with_outputs([y], []));
/// let inputs: [&[f32]; 2] = [&[1.0, 2.0], &[1.0, 1.0, 3.0, 0.0]];
/// let batch = Batch { rows: 1, inputs: &inputs, weights: &[], drawn: &[], by_batch: &[] };
/// assert_eq!(pass.forward(&batch), [[3.0, 3.0]]);
/// ```
#[derive(Clone, Debug)]
pub struct Dot {
    /// How many vectors each input has.
    vectors: [usize; 2],
    size: usize,
}

impl Dot {
    /// So many vectors of each input, of `size` values each.
    pub fn new(vectors: [usize; 2], size: usize) -> Self {
        Self { vectors, size }
    }
}

impl Kernel for Dot {
    fn output_len(&self) -> usize {
        self.vectors.iter().product()
    }

    fn forward(&self, call: Forward<'_>) {
        let [one, other] = self.vectors.map(|vectors| (vectors * self.size).max(1));
        let (one, other) = (
            call.inputs[0].chunks_exact(one),
            call.inputs[1].chunks_exact(other),
        );
        let outputs = call.output.chunks_exact_mut(self.output_len().max(1));
        for (y, (one, other)) in outputs.zip(one.zip(other)) {
            let pairs = one.chunks_exact(self.size).flat_map(|one| {
                let others = other.chunks_exact(self.size);
                others.map(move |other| (one, other))
            });
            for (y, (one, other)) in y.iter_mut().zip(pairs) {
                *y = one.iter().zip(other).map(|(one, other)| one * other).sum();
            }
        }
    }

    fn input_gradient(&self, call: &Backward<'_>, input: usize, gradient: &mut [f32], fill: Fill) {
        if fill == Fill::Set {
            gradient.fill(0.0);
        }
        let [own, others] = [input, 1 - input].map(|input| self.vectors[input] * self.size);
        let others = call.inputs[1 - input].chunks_exact(others.max(1));
        let by = call.output_gradient.chunks_exact(self.output_len().max(1));
        let gradients = gradient.chunks_exact_mut(own.max(1));
        for (gradient, (others, by)) in gradients.zip(others.zip(by)) {
            dispatch(
                #[inline(always)]
                || {
                    for (vector, sums) in gradient.chunks_exact_mut(self.size).enumerate() {
                        for (other, values) in others.chunks_exact(self.size).enumerate() {
                            let by = match input {
                                0 => by[vector * self.vectors[1] + other],
                                _ => by[other * self.vectors[1] + vector],
                            };
                            Fill::Add.put(sums, values.iter().map(|value| by * value));
                        }
                    }
                },
            );
        }
    }

    fn work(&self) -> usize {
        self.output_len() * self.size
    }
}
