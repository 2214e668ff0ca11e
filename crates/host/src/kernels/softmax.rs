use crate::kernel::{Backward, Fill, Forward, Kernel};
use crate::vectorized::{dispatch, exp};

/// `exp(x) / Σ exp(x)` over the last axis.
#[derive(Clone, Debug)]
pub struct Softmax {
    len: usize,
    classes: usize,
}

impl Softmax {
    /// Over so many classes at a time of a row of `len` values.
    pub fn new(len: usize, classes: usize) -> Self {
        Self { len, classes }
    }
}

impl Kernel for Softmax {
    fn output_len(&self) -> usize {
        self.len
    }

    fn forward(&self, call: Forward<'_>) {
        let (x, y) = (call.inputs[0], call.output);
        dispatch(
            #[inline(always)]
            || {
                let rows = y
                    .chunks_exact_mut(self.classes)
                    .zip(x.chunks_exact(self.classes));
                for (y, x) in rows {
                    let largest = x.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                    let mut sum = 0.0;
                    for (y, x) in y.iter_mut().zip(x) {
                        *y = exp(x - largest);
                        sum += *y;
                    }
                    for y in y {
                        *y /= sum;
                    }
                }
            },
        );
    }

    fn input_gradient(&self, call: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        let rows = call.output.chunks_exact(self.classes);
        let by = call.output_gradient.chunks_exact(self.classes);
        let gradients = gradient.chunks_exact_mut(self.classes);
        for ((gradient, y), by) in gradients.zip(rows).zip(by) {
            let sum: f32 = y.iter().zip(by).map(|(y, by)| y * by).sum();
            fill.put(gradient, y.iter().zip(by).map(|(y, by)| y * (by - sum)));
        }
    }
}
