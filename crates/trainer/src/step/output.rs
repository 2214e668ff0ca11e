use burn::tensor::Tensor;

/// What a step says of its batch, still on the device.
pub(crate) struct StepOutput {
    pub(crate) samples: usize,
    /// The mean loss over the samples, then what each metric's sums grow by.
    pub(crate) figures: Tensor<1>,
    /// How many of the figures each metric has.
    pub(crate) lengths: Vec<usize>,
}

impl StepOutput {
    /// The mean loss, `[1]`, and what each metric's sums grow by.
    pub(crate) fn new(samples: usize, loss: Tensor<1>, sums: Vec<Tensor<1>>) -> Self {
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
