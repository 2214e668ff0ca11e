use crate::kernel::{Backward, Fill, Forward, Kernel};

/// `y = x · scale + shift` with numbers for each channel, the last axis, which are weights; either may be missing.
///
/// # Shapes
/// - input and output: `[rows, places, channels]`
/// - scale and shift, in this order as far as they are there: `[channels]`
#[derive(Clone, Debug)]
pub struct ScaleAndShift {
    len: usize,
    channels: usize,
    has_scale: bool,
    has_shift: bool,
}

impl ScaleAndShift {
    /// Both, over so many channels of a row of `len` values.
    pub fn new(len: usize, channels: usize) -> Self {
        Self {
            len,
            channels,
            has_scale: true,
            has_shift: true,
        }
    }

    /// The scale alone.
    #[must_use = "returns the changed kernel"]
    pub fn without_shift(mut self) -> Self {
        self.has_shift = false;
        self
    }

    /// The shift alone.
    #[must_use = "returns the changed kernel"]
    pub fn without_scale(mut self) -> Self {
        self.has_scale = false;
        self
    }

    fn scale<'a>(&self, weights: &[&'a [f32]]) -> Option<&'a [f32]> {
        self.has_scale.then(|| weights[0])
    }

    fn shift<'a>(&self, weights: &[&'a [f32]]) -> Option<&'a [f32]> {
        self.has_shift.then(|| weights[usize::from(self.has_scale)])
    }
}

impl Kernel for ScaleAndShift {
    fn output_len(&self) -> usize {
        self.len
    }

    fn forward(&self, call: Forward<'_>) {
        let outputs = call.output.chunks_exact_mut(self.channels);
        for (y, x) in outputs.zip(call.inputs[0].chunks_exact(self.channels)) {
            match self.scale(call.weights) {
                Some(scale) => Fill::Set.put(y, x.iter().zip(scale).map(|(x, scale)| x * scale)),
                None => y.copy_from_slice(x),
            }
            if let Some(shift) = self.shift(call.weights) {
                Fill::Add.put(y, shift.iter().copied());
            }
        }
    }

    fn input_gradient(&self, call: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        let by = call.output_gradient.chunks_exact(self.channels);
        for (gradient, by) in gradient.chunks_exact_mut(self.channels).zip(by) {
            match self.scale(call.weights) {
                Some(scale) => {
                    fill.put(gradient, by.iter().zip(scale).map(|(by, scale)| by * scale));
                }
                None => fill.put(gradient, by.iter().copied()),
            }
        }
    }

    fn weight_gradient(
        &self,
        call: &Backward<'_>,
        weight: usize,
        gradient: &mut [f32],
        fill: Fill,
    ) {
        if fill == Fill::Set {
            gradient.fill(0.0);
        }
        let is_scale = self.has_scale && weight == 0;
        let inputs = call.inputs[0].chunks_exact(self.channels);
        let by = call.output_gradient.chunks_exact(self.channels);
        for (x, by) in inputs.zip(by) {
            if is_scale {
                Fill::Add.put(gradient, x.iter().zip(by).map(|(x, by)| x * by));
            } else {
                Fill::Add.put(gradient, by.iter().copied());
            }
        }
    }
}

/// `y = x · scale + shift` with constants that repeat along a row, such as numbers for each channel or for each place.
#[derive(Clone, Debug)]
pub struct Affine {
    len: usize,
    scale: Vec<f32>,
    shift: Vec<f32>,
}

impl Affine {
    /// With as many scales as shifts, which divide the `len` values of a row.
    pub fn new(len: usize, scale: impl Into<Vec<f32>>, shift: impl Into<Vec<f32>>) -> Self {
        Self {
            len,
            scale: scale.into(),
            shift: shift.into(),
        }
    }
}

impl Kernel for Affine {
    fn output_len(&self) -> usize {
        self.len
    }

    fn forward(&self, call: Forward<'_>) {
        let size = self.scale.len().max(1);
        let outputs = call.output.chunks_exact_mut(size);
        for (y, x) in outputs.zip(call.inputs[0].chunks_exact(size)) {
            let numbers = self.scale.iter().zip(&self.shift);
            let values = x.iter().zip(numbers);
            Fill::Set.put(y, values.map(|(x, (scale, shift))| x * scale + shift));
        }
    }

    fn input_gradient(&self, call: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        let size = self.scale.len().max(1);
        let by = call.output_gradient.chunks_exact(size);
        for (gradient, by) in gradient.chunks_exact_mut(size).zip(by) {
            let values = by.iter().zip(&self.scale);
            fill.put(gradient, values.map(|(by, scale)| by * scale));
        }
    }
}
