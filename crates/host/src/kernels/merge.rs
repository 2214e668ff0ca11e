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

/// The product of the inputs.
#[derive(Clone, Debug)]
pub struct Product {
    len: usize,
}

impl Product {
    /// Of rows of so many values.
    pub fn new(len: usize) -> Self {
        Self { len }
    }
}

impl Kernel for Product {
    fn output_len(&self) -> usize {
        self.len
    }

    fn forward(&self, call: Forward<'_>) {
        call.output.fill(1.0);
        for input in call.inputs {
            for (y, x) in call.output.iter_mut().zip(*input) {
                *y *= x;
            }
        }
    }

    fn input_gradient(&self, call: &Backward<'_>, input: usize, gradient: &mut [f32], fill: Fill) {
        let others = |place: usize| -> f32 {
            let others = call.inputs.iter().enumerate();
            let others = others.filter(|(other, _)| *other != input);
            others.map(|(_, values)| values[place]).product()
        };
        let values = call.output_gradient.iter().enumerate();
        fill.put(gradient, values.map(|(place, by)| by * others(place)));
    }
}

/// The largest or the smallest of the inputs, value by value; of several that are the same, the gradient is the first one's.
///
/// What is no number is larger and smaller than any.
#[derive(Clone, Debug)]
pub struct Extreme {
    len: usize,
    /// -1 for the smallest.
    sign: f32,
}

impl Extreme {
    /// The largest, of rows of so many values.
    pub fn largest(len: usize) -> Self {
        Self { len, sign: 1.0 }
    }

    /// The smallest, of rows of so many values.
    pub fn smallest(len: usize) -> Self {
        Self { len, sign: -1.0 }
    }

    /// Whether one comes before another that is first.
    #[inline(always)]
    fn is_before(&self, one: f32, other: f32) -> bool {
        self.sign * one > self.sign * other || (one.is_nan() && !other.is_nan())
    }
}

impl Kernel for Extreme {
    fn output_len(&self) -> usize {
        self.len
    }

    fn forward(&self, call: Forward<'_>) {
        call.output.copy_from_slice(call.inputs[0]);
        for input in &call.inputs[1..] {
            for (y, &x) in call.output.iter_mut().zip(*input) {
                *y = if self.is_before(x, *y) { x } else { *y };
            }
        }
    }

    fn input_gradient(&self, call: &Backward<'_>, input: usize, gradient: &mut [f32], fill: Fill) {
        let is_it = |place: usize| {
            let own = call.inputs[input][place];
            let (earlier, later) = call.inputs.split_at(input);
            earlier
                .iter()
                .all(|other| self.is_before(own, other[place]))
                && !later.iter().any(|other| self.is_before(other[place], own))
        };
        let values = call.output_gradient.iter().enumerate();
        let values = values.map(|(place, by)| if is_it(place) { *by } else { 0.0 });
        fill.put(gradient, values);
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
