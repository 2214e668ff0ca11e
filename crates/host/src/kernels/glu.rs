use crate::kernel::{Backward, Fill, Forward, Kernel};
use crate::vectorized::{dispatch, sigmoid};

/// `a · sigmoid(b)` with the halves `a` and `b` of the last axis.
///
/// # Shapes
/// - input: `[rows, before, 2 · half]`
/// - output: `[rows, before, half]`
#[derive(Clone, Debug)]
pub struct Glu {
    len: usize,
    half: usize,
}

impl Glu {
    /// With `len` values of a row that leave, `half` along the last axis.
    pub fn new(len: usize, half: usize) -> Self {
        Self { len, half }
    }
}

impl Kernel for Glu {
    fn output_len(&self) -> usize {
        self.len
    }

    fn forward(&self, call: Forward<'_>) {
        let halves = call.inputs[0].chunks_exact(2 * self.half);
        for (y, x) in call.output.chunks_exact_mut(self.half).zip(halves) {
            let (a, b) = x.split_at(self.half);
            dispatch(
                #[inline(always)]
                || Fill::Set.put(y, a.iter().zip(b).map(|(&a, &b)| a * sigmoid(b))),
            );
        }
    }

    fn input_gradient(&self, call: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        let halves = call.inputs[0].chunks_exact(2 * self.half);
        let by = call.output_gradient.chunks_exact(self.half);
        let gradients = gradient.chunks_exact_mut(2 * self.half);
        for ((gradient, x), by) in gradients.zip(halves).zip(by) {
            let (a, b) = x.split_at(self.half);
            let (by_a, by_b) = gradient.split_at_mut(self.half);
            dispatch(
                #[inline(always)]
                || {
                    fill.put(by_a, by.iter().zip(b).map(|(&by, &b)| by * sigmoid(b)));
                    let values = by.iter().zip(a.iter().zip(b));
                    fill.put(
                        by_b,
                        values.map(|(&by, (&a, &b))| {
                            let share = sigmoid(b);
                            by * a * share * (1.0 - share)
                        }),
                    );
                },
            );
        }
    }
}
