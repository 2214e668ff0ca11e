use crate::kernel::{Backward, Fill, Forward, Kernel};

/// The sum of the inputs, each times a factor.
#[derive(Clone, Debug)]
pub struct Sum {
    len: usize,
    factors: Vec<f32>,
}

impl Sum {
    /// A factor for each input.
    pub fn new(len: usize, factors: impl Into<Vec<f32>>) -> Self {
        Self {
            len,
            factors: factors.into(),
        }
    }
}

impl Kernel for Sum {
    fn output_len(&self) -> usize {
        self.len
    }

    fn forward(&self, call: Forward<'_>) {
        let mut fill = Fill::Set;
        for (input, factor) in call.inputs.iter().zip(&self.factors) {
            fill.put(call.output, input.iter().map(|x| x * factor));
            fill = Fill::Add;
        }
    }

    fn input_gradient(&self, call: &Backward<'_>, input: usize, gradient: &mut [f32], fill: Fill) {
        let factor = self.factors[input];
        fill.put(gradient, call.output_gradient.iter().map(|by| by * factor));
    }
}

/// The inputs one behind the other, along an axis.
///
/// # Shapes
/// - inputs: `[rows, before, own, after]`, the axis in the middle; what comes after it counts with it
#[derive(Clone, Debug)]
pub struct Concatenate {
    /// How often a piece of each comes.
    times: usize,
    /// The floats of a piece of each input.
    lens: Vec<usize>,
}

impl Concatenate {
    /// Pieces of these lengths, so many times a row.
    pub fn new(times: usize, lens: impl Into<Vec<usize>>) -> Self {
        Self {
            times,
            lens: lens.into(),
        }
    }

    /// Floats of a piece of what leaves.
    fn len(&self) -> usize {
        self.lens.iter().sum()
    }
}

impl Kernel for Concatenate {
    fn output_len(&self) -> usize {
        self.times * self.len()
    }

    fn forward(&self, call: Forward<'_>) {
        let mut start = 0;
        for (input, &len) in call.inputs.iter().zip(&self.lens) {
            let pieces = call.output.chunks_exact_mut(self.len());
            for (whole, piece) in pieces.zip(input.chunks_exact(len)) {
                whole[start..start + len].copy_from_slice(piece);
            }
            start += len;
        }
    }

    fn input_gradient(&self, call: &Backward<'_>, input: usize, gradient: &mut [f32], fill: Fill) {
        let start: usize = self.lens[..input].iter().sum();
        let len = self.lens[input];
        let pieces = call.output_gradient.chunks_exact(self.len());
        for (piece, whole) in gradient.chunks_exact_mut(len).zip(pieces) {
            fill.put(piece, whole[start..start + len].iter().copied());
        }
    }
}
