use crate::kernel::{Backward, Fill, Forward, Frozen, Kernel};
use crate::packed::Packed;
use crate::row_sums::add_rows;
use crate::tiles::{
    Columns, Factors, LaidOut, Start, sums_of_columns, sums_of_laid_out, sums_of_rows,
};

/// `y = x · kernel`, and `+ bias` where there is a second weight, for each of several rows of a sample.
///
/// # Shapes
/// - input: `[rows, steps · inputs]`
/// - kernel: `[inputs, units]`, bias: `[units]`
/// - output: `[rows, steps · units]`
#[derive(Clone, Debug)]
pub struct Dense {
    inputs: usize,
    units: usize,
    steps: usize,
}

impl Dense {
    /// One row a sample.
    pub fn new(inputs: usize, units: usize) -> Self {
        Self {
            inputs,
            units,
            steps: 1,
        }
    }

    /// Several rows a sample, each by itself.
    #[must_use = "returns the changed kernel"]
    pub fn with_steps(mut self, steps: usize) -> Self {
        self.steps = steps;
        self
    }
}

impl Kernel for Dense {
    fn output_len(&self) -> usize {
        self.steps * self.units
    }

    fn forward(&self, call: Forward<'_>) {
        let kernel = (call.weights[0], self.units);
        let factors = Factors::Rows(call.inputs[0]);
        sums_of_rows(factors, kernel, start(call.weights), call.output);
    }

    fn wide_matrix(&self) -> Option<LaidOut> {
        let sizes = (self.inputs, self.units);
        LaidOut::is_worth_it(sizes.0, sizes.1).then(|| LaidOut::new(sizes.0, sizes.1))
    }

    fn forward_laid_out(&self, call: Forward<'_>, matrix: &LaidOut) {
        let kernel = (call.weights[0], self.units);
        let factors = Factors::Rows(call.inputs[0]);
        let start = start(call.weights);
        sums_of_laid_out(factors, kernel, matrix, start, call.output);
    }

    fn input_gradient(&self, call: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        let kernel = (call.weights[0], self.units);
        sums_of_columns(call.output_gradient, kernel, kept(fill), gradient);
    }

    fn weight_gradient(
        &self,
        call: &Backward<'_>,
        weight: usize,
        gradient: &mut [f32],
        fill: Fill,
    ) {
        if weight == 0 {
            self.weight_gradient_from(call, weight, 0, gradient, fill);
        } else {
            add_rows(call.output_gradient, gradient, fill);
        }
    }

    fn gradient_unit(&self, weight: usize) -> Option<usize> {
        (weight == 0).then_some(self.units)
    }

    fn weight_gradient_from(
        &self,
        call: &Backward<'_>,
        _: usize,
        start: usize,
        gradient: &mut [f32],
        fill: Fill,
    ) {
        let factors = Factors::Columns(Columns {
            values: call.inputs[0],
            width: self.inputs,
            first: start / self.units,
        });
        let matrix = (call.output_gradient, self.units);
        sums_of_rows(factors, matrix, kept(fill), gradient);
    }

    fn work(&self) -> usize {
        self.steps * self.inputs * self.units
    }

    fn frozen(&self, weights: &[&[f32]]) -> Option<Box<dyn Frozen>> {
        let bias = weights.get(1).copied();
        Some(Box::new(Packed::new(weights[0], self.units, bias)))
    }
}

/// What sums start from: the bias, if there is one.
fn start<'a>(weights: &[&'a [f32]]) -> Start<'a> {
    weights.get(1).map_or(Start::Zero, |bias| Start::Row(bias))
}

/// What the sums of a gradient start from.
fn kept(fill: Fill) -> Start<'static> {
    match fill {
        Fill::Set => Start::Zero,
        Fill::Add => Start::Kept,
    }
}

impl Frozen for Packed {
    fn forward(&self, inputs: &[&[f32]], output: &mut [f32]) {
        self.product(inputs[0], output);
    }
}
