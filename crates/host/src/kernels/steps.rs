use crate::kernel::{Backward, Fill, Forward, Kernel};

/// Which steps of a row count: 1 where any of their features differs from a value, else 0. It has no gradient.
///
/// # Shapes
/// - input: `[rows, steps, features]`
/// - output: `[rows, steps]`
///
/// ```
/// use firebrick_host::Kernel;
/// use firebrick_host::kernels::StepMask;
///
/// assert_eq!(StepMask::new([5, 2], 0.0).output_len(), 5);
/// ```
#[derive(Clone, Debug)]
pub struct StepMask {
    steps: usize,
    features: usize,
    value: f32,
}

impl StepMask {
    /// Of so many steps and features, of which there is one at least; all of them have this value where a step does not count.
    pub fn new([steps, features]: [usize; 2], value: f32) -> Self {
        Self {
            steps,
            features,
            value,
        }
    }

    #[expect(clippy::float_cmp, reason = "a step counts but for this very value")]
    fn counts(&self, step: &[f32]) -> bool {
        step.iter().any(|x| *x != self.value)
    }
}

impl Kernel for StepMask {
    fn output_len(&self) -> usize {
        self.steps
    }

    fn forward(&self, call: Forward<'_>) {
        let steps = call.inputs[0].chunks_exact(self.features);
        for (y, step) in call.output.iter_mut().zip(steps) {
            *y = f32::from(u8::from(self.counts(step)));
        }
    }

    fn input_gradient(&self, _: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        if fill == Fill::Set {
            gradient.fill(0.0);
        }
    }
}

/// The steps that count, as they are, and zeros for the others.
///
/// # Shapes
/// - input and output: `[rows, steps, features]`
///
/// ```
/// use firebrick_host::Kernel;
/// use firebrick_host::kernels::{MaskedSteps, StepMask};
///
/// assert_eq!(MaskedSteps::new(StepMask::new([5, 2], 0.0)).output_len(), 5 * 2);
/// ```
#[derive(Clone, Debug)]
pub struct MaskedSteps {
    mask: StepMask,
}

impl MaskedSteps {
    /// With those that count.
    pub fn new(mask: StepMask) -> Self {
        Self { mask }
    }
}

impl Kernel for MaskedSteps {
    fn output_len(&self) -> usize {
        self.mask.steps * self.mask.features
    }

    fn forward(&self, call: Forward<'_>) {
        call.output.copy_from_slice(call.inputs[0]);
        for step in call.output.chunks_exact_mut(self.mask.features) {
            if !self.mask.counts(step) {
                step.fill(0.0);
            }
        }
    }

    fn input_gradient(&self, call: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        let features = self.mask.features;
        let steps = call.inputs[0].chunks_exact(features);
        let both = steps.zip(call.output_gradient.chunks_exact(features));
        for (gradient, (step, by)) in gradient.chunks_exact_mut(features).zip(both) {
            let share = f32::from(u8::from(self.mask.counts(step)));
            fill.put(gradient, by.iter().map(|by| by * share));
        }
    }
}
