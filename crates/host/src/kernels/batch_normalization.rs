mod over_batch;

use crate::kernel::{Backward, Fill, Forward, Frozen, Kernel, WholeBatch};
use crate::vectorized::dispatch;

/// Each channel, the last axis, to mean 0 and standard deviation 1, then `· scale + shift` as far as they are there.
///
/// Mean and variance are the batch's where the pass takes them from there, else those that are weights.
///
/// # Shapes
/// - input and output: `[rows, places, channels]`
/// - weights: scale and shift as far as they are there, mean, variance, `[channels]` each
///
/// ```
/// use firebrick_host::kernels::BatchNormalization;
/// use firebrick_host::{Batch, Pass, Place, Program};
///
/// let mut program = Program::new([1], [1, 1]);
/// let kernel = BatchNormalization::new(1, 1, 0.0).without_scale().without_shift();
/// let y = program.add(kernel, [Place::Input(0)], [0, 1]);
/// let mut pass = Pass::new(program.with_outputs([y], [false, false]));
/// let (mean, variance) = ([0.0], [4.0]);
/// let mut batch = Batch {
///     rows: 2,
///     inputs: &[&[1.0, 3.0]],
///     weights: &[&mean, &variance],
///     drawn: &[],
///     by_batch: &[],
/// };
/// assert_eq!(pass.forward(&batch), [[0.5, 1.5]]);
/// batch.by_batch = &[true];
/// assert_eq!(pass.forward(&batch), [[-1.0, 1.0]]);
/// assert_eq!(pass.statistics(0), Some(vec![vec![2.0], vec![1.0]]));
/// ```
#[derive(Clone, Debug)]
pub struct BatchNormalization {
    len: usize,
    channels: usize,
    epsilon: f64,
    has_scale: bool,
    has_shift: bool,
}

/// What happens to the values of each channel: `(x - mean) · factor + shift`.
#[derive(Debug)]
struct Change {
    mean: Vec<f32>,
    factor: Vec<f32>,
    shift: Vec<f32>,
}

impl BatchNormalization {
    /// With both, over so many channels of a row of `len` values; `epsilon` is added to variances.
    pub fn new(len: usize, channels: usize, epsilon: f64) -> Self {
        Self {
            len,
            channels,
            epsilon,
            has_scale: true,
            has_shift: true,
        }
    }

    /// Drops the scale.
    #[must_use = "returns the changed kernel"]
    pub fn without_scale(mut self) -> Self {
        self.has_scale = false;
        self
    }

    /// Drops the shift.
    #[must_use = "returns the changed kernel"]
    pub fn without_shift(mut self) -> Self {
        self.has_shift = false;
        self
    }

    /// One by the standard deviation.
    fn steepness(&self, variance: f64) -> f64 {
        (variance + self.epsilon).sqrt().recip()
    }

    fn is_scale(&self, weight: usize) -> bool {
        self.has_scale && weight == 0
    }

    /// What happens with this mean and these factors before the scale.
    fn change(&self, weights: &[&[f32]], mean: Vec<f32>, mut factor: Vec<f32>) -> Change {
        if self.has_scale {
            for (factor, scale) in factor.iter_mut().zip(weights[0]) {
                *factor *= scale;
            }
        }
        let shift = self
            .has_shift
            .then(|| weights[usize::from(self.has_scale)].to_vec());
        Change {
            shift: shift.unwrap_or_else(|| vec![0.0; mean.len()]),
            mean,
            factor,
        }
    }

    /// Mean and one by the standard deviation that are weights.
    fn moving(&self, weights: &[&[f32]]) -> (Vec<f32>, Vec<f32>) {
        let first = usize::from(self.has_scale) + usize::from(self.has_shift);
        let variances = weights[first + 1].iter();
        let steepness = variances.map(|variance| single(self.steepness(f64::from(*variance))));
        (weights[first].to_vec(), steepness.collect())
    }

    fn moving_change(&self, weights: &[&[f32]]) -> Change {
        let (mean, steepness) = self.moving(weights);
        self.change(weights, mean, steepness)
    }
}

impl Change {
    fn apply(&self, x: &[f32], y: &mut [f32]) {
        let channels = self.mean.len();
        let (mean, factor, shift) = (&self.mean[..], &self.factor[..], &self.shift[..]);
        dispatch(
            #[inline(always)]
            || {
                let places = x.chunks_exact(channels).zip(y.chunks_exact_mut(channels));
                for (x, y) in places {
                    let numbers = mean.iter().zip(factor).zip(shift);
                    let values = x.iter().zip(numbers);
                    let values =
                        values.map(|(x, ((mean, factor), shift))| (x - mean) * factor + shift);
                    Fill::Set.put(y, values);
                }
            },
        );
    }
}

impl Kernel for BatchNormalization {
    fn output_len(&self) -> usize {
        self.len
    }

    fn forward(&self, call: Forward<'_>) {
        self.moving_change(call.weights)
            .apply(call.inputs[0], call.output);
    }

    fn input_gradient(&self, call: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        let change = self.moving_change(call.weights);
        let by = call.output_gradient.chunks_exact(self.channels);
        for (gradient, by) in gradient.chunks_exact_mut(self.channels).zip(by) {
            let values = by.iter().zip(&change.factor);
            fill.put(gradient, values.map(|(by, factor)| by * factor));
        }
    }

    /// A channel: the sums of the batch are there.
    fn gradient_unit(&self, _: usize) -> Option<usize> {
        Some(1)
    }

    fn weight_gradient_from(
        &self,
        call: &Backward<'_>,
        weight: usize,
        start: usize,
        gradient: &mut [f32],
        fill: Fill,
    ) {
        let (mean, steepness) = self.moving(call.weights);
        let own = start..start + gradient.len();
        let (mean, steepness) = (&mean[own.clone()], &steepness[own.clone()]);
        if fill == Fill::Set {
            gradient.fill(0.0);
        }
        let inputs = call.inputs[0].chunks_exact(self.channels);
        let by = call.output_gradient.chunks_exact(self.channels);
        for (x, by) in inputs.zip(by) {
            let (x, by) = (&x[own.clone()], &by[own.clone()]);
            if self.is_scale(weight) {
                let values = x.iter().zip(by).zip(mean.iter().zip(steepness));
                let values = values.map(|((x, by), (mean, steepness))| by * (x - mean) * steepness);
                Fill::Add.put(gradient, values);
            } else {
                Fill::Add.put(gradient, by.iter().copied());
            }
        }
    }

    fn over_batch(&self) -> Option<&dyn WholeBatch> {
        Some(self)
    }

    fn frozen(&self, weights: &[&[f32]]) -> Option<Box<dyn Frozen>> {
        Some(Box::new(self.moving_change(weights)))
    }
}

impl Frozen for Change {
    fn forward(&self, inputs: &[&[f32]], output: &mut [f32]) {
        self.apply(inputs[0], output);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "weights are as precise")]
fn single(number: f64) -> f32 {
    number as f32
}
