use burn::tensor::Tensor;

/// What a step has measured of a batch, still on the device.
///
/// ```
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::training::StepOutput;
///
/// let number = |value: f32| Tensor::<1>::from_floats([value], &Device::flex());
/// // The mean loss over 32 samples, and of what else is measured the means too.
/// let output = StepOutput::new(32, number(0.5), [number(0.25), number(1.0)]);
/// assert_eq!(output.num_samples(), 32);
/// ```
#[derive(Debug)]
pub struct StepOutput {
    pub(crate) samples: usize,
    /// The mean loss over the samples, then what the sums of each figure grow by.
    pub(crate) figures: Tensor<1>,
    /// How many of the numbers each figure beside the loss has.
    pub(crate) lengths: Vec<usize>,
}

impl StepOutput {
    /// The mean loss of so many samples, and the means of what else is [measured](crate::Measures::means), in its order.
    /// Where they can be differentiated, the way back to the weights is cut off.
    ///
    /// # Shapes
    /// - loss: `[1]`
    /// - means: `[1]` each
    pub fn new(
        samples: usize,
        loss: Tensor<1>,
        means: impl IntoIterator<Item = Tensor<1>>,
    ) -> Self {
        let sum = |mean: Tensor<1>| detached(mean).mul_scalar(samples as f64);
        let sums = means.into_iter().map(sum).collect();
        Self::of_sums(samples, detached(loss), sums)
    }

    /// How many samples the batch had.
    pub fn num_samples(&self) -> usize {
        self.samples
    }

    /// The mean loss, `[1]`, and what the sums of each figure grow by.
    pub(crate) fn of_sums(samples: usize, loss: Tensor<1>, sums: Vec<Tensor<1>>) -> Self {
        let lengths = sums.iter().map(|sums| sums.dims()[0]).collect();
        let mut figures = vec![loss];
        figures.extend(sums);
        Self {
            samples,
            figures: Tensor::cat(figures, 0),
            lengths,
        }
    }
}

fn detached(number: Tensor<1>) -> Tensor<1> {
    if number.is_autodiff() {
        number.inner()
    } else {
        number
    }
}
