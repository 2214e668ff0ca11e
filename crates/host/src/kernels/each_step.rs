use crate::kernel::{Backward, Fill, Forward, Frozen, Kernel};

/// Another kernel for each step of a sample, as if they were samples.
///
/// # Shapes
/// - input and output: `[rows, steps, …]`, of which the other kernel sees `[rows · steps, …]`
///
/// ```
/// use firebrick_host::Kernel;
/// use firebrick_host::kernels::{Dense, EachStep};
///
/// assert_eq!(EachStep::new(Dense::new(3, 5), 4).output_len(), 4 * 5);
/// ```
#[derive(Debug)]
pub struct EachStep {
    kernel: Box<dyn Kernel>,
    steps: usize,
}

impl EachStep {
    /// So many steps. A kernel that takes something from the whole batch takes it from weights here.
    pub fn new(kernel: impl Into<Box<dyn Kernel>>, steps: usize) -> Self {
        Self {
            kernel: kernel.into(),
            steps,
        }
    }

    fn own<'a>(&self, call: &Backward<'a>) -> Backward<'a> {
        Backward {
            rows: call.rows * self.steps,
            ..*call
        }
    }
}

impl Kernel for EachStep {
    fn output_len(&self) -> usize {
        self.steps * self.kernel.output_len()
    }

    fn kept_len(&self) -> usize {
        self.steps * self.kernel.kept_len()
    }

    fn forward(&self, call: Forward<'_>) {
        self.kernel.forward(Forward {
            rows: call.rows * self.steps,
            ..call
        });
    }

    fn input_gradient(&self, call: &Backward<'_>, input: usize, gradient: &mut [f32], fill: Fill) {
        let own = self.own(call);
        self.kernel.input_gradient(&own, input, gradient, fill);
    }

    fn gradient_unit(&self, weight: usize) -> Option<usize> {
        self.kernel.gradient_unit(weight)
    }

    fn weight_gradient_from(
        &self,
        call: &Backward<'_>,
        weight: usize,
        start: usize,
        gradient: &mut [f32],
        fill: Fill,
    ) {
        let own = self.own(call);
        self.kernel
            .weight_gradient_from(&own, weight, start, gradient, fill);
    }

    fn weight_gradient(
        &self,
        call: &Backward<'_>,
        weight: usize,
        gradient: &mut [f32],
        fill: Fill,
    ) {
        let own = self.own(call);
        self.kernel.weight_gradient(&own, weight, gradient, fill);
    }

    fn work(&self) -> usize {
        self.steps * self.kernel.work()
    }

    fn passes_through(&self) -> bool {
        self.kernel.passes_through()
    }

    fn frozen(&self, weights: &[&[f32]]) -> Option<Box<dyn Frozen>> {
        self.kernel.frozen(weights)
    }
}
