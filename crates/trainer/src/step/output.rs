use burn::tensor::Tensor;

use crate::detached::detached;
use crate::error::TrainError;
use crate::read_back::read_back;

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
    pub(crate) figures: Figures,
    /// How many of the numbers each figure beside the loss has.
    pub(crate) lengths: Vec<usize>,
}

/// Numbers on a device, or in the host's memory.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "there are a few hundred at most, and those on a device need no further memory"
)]
pub(crate) enum Figures {
    Device(Tensor<1>),
    Host(Vec<f32>),
}

impl Figures {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Device(numbers) => numbers.dims()[0],
            Self::Host(numbers) => numbers.len(),
        }
    }

    /// Those of several, one after the other; waits for the device.
    ///
    /// # Errors
    /// A device that fails.
    pub(crate) fn read(all: Vec<Self>) -> Result<Vec<f32>, TrainError> {
        let on_device = all.iter().filter_map(|own| match own {
            Self::Device(numbers) => Some(numbers.clone()),
            Self::Host(_) => None,
        });
        let on_device: Vec<Tensor<1>> = on_device.collect();
        let read = if on_device.is_empty() {
            Vec::new()
        } else {
            read_back(Tensor::cat(on_device, 0))?
        };
        let mut rest = read.as_slice();
        let mut numbers = Vec::new();
        for own in all {
            match own {
                Self::Host(own) => numbers.extend(own),
                Self::Device(own) => {
                    let (own, others) = rest.split_at(own.dims()[0]);
                    numbers.extend_from_slice(own);
                    rest = others;
                }
            }
        }
        Ok(numbers)
    }
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

    /// The same in the host's memory.
    pub(crate) fn of_numbers(samples: usize, loss: f32, sums: Vec<Vec<f32>>) -> Self {
        let lengths = sums.iter().map(Vec::len).collect();
        let mut figures = vec![loss];
        figures.extend(sums.into_iter().flatten());
        Self {
            samples,
            figures: Figures::Host(figures),
            lengths,
        }
    }

    /// The mean loss, `[1]`, and what the sums of each figure grow by.
    pub(crate) fn of_sums(samples: usize, loss: Tensor<1>, sums: Vec<Tensor<1>>) -> Self {
        let lengths = sums.iter().map(|sums| sums.dims()[0]).collect();
        let mut figures = vec![loss];
        figures.extend(sums);
        Self {
            samples,
            figures: Figures::Device(Tensor::cat(figures, 0)),
            lengths,
        }
    }
}
