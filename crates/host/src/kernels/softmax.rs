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

/// `x - ln(Σ exp(x))` over the last axis.
#[derive(Clone, Debug)]
pub struct LogSoftmax {
    len: usize,
    classes: usize,
}

impl LogSoftmax {
    /// Over so many classes at a time of a row of `len` values.
    pub fn new(len: usize, classes: usize) -> Self {
        Self { len, classes }
    }
}

impl Kernel for LogSoftmax {
    fn output_len(&self) -> usize {
        self.len
    }

    fn forward(&self, call: Forward<'_>) {
        let rows = call.output.chunks_exact_mut(self.classes);
        for (y, x) in rows.zip(call.inputs[0].chunks_exact(self.classes)) {
            let largest = x.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let sum: f32 = x.iter().map(|x| exp(x - largest)).sum();
            let level = sum.ln();
            Fill::Set.put(y, x.iter().map(|x| x - largest - level));
        }
    }

    fn input_gradient(&self, call: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        let rows = call.output.chunks_exact(self.classes);
        let by = call.output_gradient.chunks_exact(self.classes);
        let gradients = gradient.chunks_exact_mut(self.classes);
        for ((gradient, y), by) in gradients.zip(rows).zip(by) {
            let sum: f32 = by.iter().sum();
            fill.put(gradient, y.iter().zip(by).map(|(y, by)| by - exp(*y) * sum));
        }
    }
}

/// `max(x - τ, 0)` over the last axis with the `τ` that makes the sum 1.
///
/// # Source
/// Martins and Astudillo, "From Softmax to Sparsemax", ICML 2016
#[derive(Clone, Debug)]
pub struct Sparsemax {
    len: usize,
    classes: usize,
}

impl Sparsemax {
    /// Over so many classes at a time of a row of `len` values.
    pub fn new(len: usize, classes: usize) -> Self {
        Self { len, classes }
    }
}

impl Kernel for Sparsemax {
    fn output_len(&self) -> usize {
        self.len
    }

    fn forward(&self, call: Forward<'_>) {
        let mut sorted = Vec::with_capacity(self.classes);
        let rows = call.output.chunks_exact_mut(self.classes);
        for (y, x) in rows.zip(call.inputs[0].chunks_exact(self.classes)) {
            sorted.clear();
            sorted.extend_from_slice(x);
            sorted.sort_by(|one, other| other.total_cmp(one));
            let (mut sum, mut threshold) = (0.0, f32::NAN);
            for (place, value) in sorted.iter().enumerate() {
                let count = (place + 1) as f32;
                sum += value;
                if value * count + 1.0 > sum {
                    threshold = (sum - 1.0) / count;
                }
            }
            let above = |x: f32| if x <= 0.0 { 0.0 } else { x };
            Fill::Set.put(y, x.iter().map(|x| above(x - threshold)));
        }
    }

    fn input_gradient(&self, call: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        let rows = call.output.chunks_exact(self.classes);
        let by = call.output_gradient.chunks_exact(self.classes);
        let gradients = gradient.chunks_exact_mut(self.classes);
        for ((gradient, y), by) in gradients.zip(rows).zip(by) {
            let of_kept = y.iter().zip(by).filter(|(y, _)| **y > 0.0);
            let (count, sum) = of_kept.fold((0.0_f32, 0.0), |(count, sum), (_, by)| {
                (count + 1.0, sum + by)
            });
            let mean = sum / count.max(1.0);
            let values = y.iter().zip(by);
            fill.put(
                gradient,
                values.map(|(y, by)| if *y > 0.0 { by - mean } else { 0.0 }),
            );
        }
    }
}
