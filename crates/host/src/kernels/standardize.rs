use crate::kernel::{Backward, Fill, Forward, Kernel};
use crate::vectorized::dispatch;

/// Some values of a row at a time, each set of them by its own statistics.
///
/// # Shapes
/// - input and output: `[rows, sets, size]`
#[derive(Clone, Debug)]
pub struct Standardize {
    len: usize,
    size: usize,
    by: Statistic,
}

#[derive(Clone, Copy, Debug)]
enum Statistic {
    /// `(x - mean) / sqrt(variance + epsilon)`
    Deviation { epsilon: f32 },
    /// `x / sqrt(mean(x²) + epsilon)`
    MeanSquare { epsilon: f32 },
    /// `x / sqrt(max(Σ x², least))`
    Length { least: f32 },
}

impl Standardize {
    /// To mean 0 and standard deviation 1: `(x - mean) / sqrt(variance + epsilon)`.
    pub fn by_deviation(len: usize, size: usize, epsilon: f32) -> Self {
        let by = Statistic::Deviation { epsilon };
        Self { len, size, by }
    }

    /// To a mean square of 1: `x / sqrt(mean(x²) + epsilon)`.
    pub fn by_mean_square(len: usize, size: usize, epsilon: f32) -> Self {
        let by = Statistic::MeanSquare { epsilon };
        Self { len, size, by }
    }

    /// To a length of 1: `x / sqrt(max(Σ x², least))`.
    pub fn by_length(len: usize, size: usize, least: f32) -> Self {
        let by = Statistic::Length { least };
        Self { len, size, by }
    }

    /// What is taken from each value, and what the rest is multiplied with.
    #[inline(always)]
    fn shift_and_scale(&self, x: &[f32]) -> (f32, f32) {
        let count = x.len() as f32;
        match self.by {
            Statistic::Deviation { epsilon } => {
                let mean = sum(x.iter().copied()) / count;
                let variance = sum(x.iter().map(|x| (x - mean) * (x - mean))) / count;
                (mean, (variance + epsilon).sqrt().recip())
            }
            Statistic::MeanSquare { epsilon } => {
                let squares = sum(x.iter().map(|x| x * x));
                (0.0, (squares / count + epsilon).sqrt().recip())
            }
            Statistic::Length { least } => {
                let squares = sum(x.iter().map(|x| x * x));
                let squares = if squares < least { least } else { squares };
                (0.0, squares.sqrt().recip())
            }
        }
    }
}

/// A sum in double precision, in order.
#[inline(always)]
fn sum(values: impl Iterator<Item = f32>) -> f32 {
    #[expect(clippy::cast_possible_truncation, reason = "the sum of 32-bit floats")]
    let sum = values.map(f64::from).sum::<f64>() as f32;
    sum
}

impl Kernel for Standardize {
    fn output_len(&self) -> usize {
        self.len
    }

    /// The scale of each set.
    fn kept_len(&self) -> usize {
        self.len / self.size
    }

    fn forward(&self, call: Forward<'_>) {
        let sets = call.inputs[0].chunks_exact(self.size);
        let outputs = call.output.chunks_exact_mut(self.size);
        for ((x, y), kept) in sets.zip(outputs).zip(call.kept) {
            dispatch(
                #[inline(always)]
                || {
                    let (shift, scale) = self.shift_and_scale(x);
                    Fill::Set.put(y, x.iter().map(|x| (x - shift) * scale));
                    *kept = scale;
                },
            );
        }
    }

    fn input_gradient(&self, call: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        let outputs = call.output.chunks_exact(self.size);
        let by = call.output_gradient.chunks_exact(self.size);
        let sets = outputs.zip(by).zip(call.kept);
        for (gradient, ((y, by), &scale)) in gradient.chunks_exact_mut(self.size).zip(sets) {
            dispatch(
                #[inline(always)]
                || {
                    let count = y.len() as f32;
                    let along = || sum(y.iter().zip(by).map(|(y, by)| y * by));
                    // Of what is taken off each gradient, the part that is the same, and that by what left.
                    let (same, by_output) = match self.by {
                        Statistic::Deviation { .. } => {
                            (sum(by.iter().copied()) / count, along() / count)
                        }
                        Statistic::MeanSquare { .. } => (0.0, along() / count),
                        // Where the least is taken, it is no function of the values.
                        Statistic::Length { least } if scale >= least.sqrt().recip() => (0.0, 0.0),
                        Statistic::Length { .. } => (0.0, along()),
                    };
                    let values = y.iter().zip(by);
                    let values = values.map(|(y, by)| scale * (by - same - y * by_output));
                    fill.put(gradient, values);
                },
            );
        }
    }
}
