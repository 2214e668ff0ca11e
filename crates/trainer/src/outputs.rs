use burn::tensor::Tensor;
use firebrick_model::Activation;

/// What a network says of a batch, one answer a row, as losses and metrics see it.
///
/// A softmax or a sigmoid at the end of a network is kept apart, so that a cross-entropy can be
/// computed from the logits: stable where the probabilities would round to 0 or 1.
///
/// ```
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::losses::Outputs;
/// use firebrick::models::Activation;
///
/// let logits = Tensor::<2>::zeros([1, 4], &Device::flex());
/// let outputs = Outputs::new(logits, Activation::Softmax);
/// assert_eq!(outputs.values().into_data().to_vec::<f32>()?, [0.25; 4]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Outputs {
    raw: Tensor<2>,
    activation: Activation,
    steps: usize,
    mask: Option<Tensor<1>>,
}

impl From<Tensor<2>> for Outputs {
    /// What a network answers, with nothing kept apart.
    ///
    /// # Shapes
    /// - values: `[rows, columns]`
    fn from(values: Tensor<2>) -> Self {
        Self::new(values, Activation::Linear)
    }
}

impl Outputs {
    /// What a network gives before its last activation, and that activation.
    ///
    /// # Shapes
    /// - raw: `[rows, columns]`; axes between batch and channels are rows too
    pub fn new(raw: Tensor<2>, activation: Activation) -> Self {
        Self {
            raw,
            activation,
            steps: 1,
            mask: None,
        }
    }

    /// Says that every sample has so many rows, one after the other: the steps of a sequence.
    #[must_use = "returns the changed outputs"]
    pub fn with_steps(mut self, steps: usize) -> Self {
        self.steps = steps.max(1);
        self
    }

    /// Says which rows count in losses and metrics, by ones, and which only fill up what is shorter, by zeros: Keras' mask of
    /// what a network answers.
    ///
    /// In Keras metrics that are no means of values, [`Precision`](crate::metrics::Precision) say, do not look at the
    /// mask; here what is filled up counts in no metric.
    ///
    /// ```
    /// use firebrick::losses::{Loss, MeanSquaredError, Outputs};
    /// use firebrick::prelude::*;
    ///
    /// let device = Device::flex();
    /// let column = |values: [f32; 3]| Tensor::<2>::from_floats([values], &device).transpose();
    /// // Errors of 1, 2 and 9, of which the last is no answer.
    /// let mask = Tensor::from_floats([1.0, 1.0, 0.0], &device);
    /// let outputs = Outputs::from(column([1.0, 2.0, 9.0])).with_mask(mask);
    /// let loss = Loss::from(MeanSquaredError::new()).forward(column([0.0, 0.0, 0.0]), &outputs, None);
    /// assert_eq!(loss.into_scalar::<f32>(), 2.5);
    /// ```
    ///
    /// # Shapes
    /// - mask: `[rows]`
    #[must_use = "returns the changed outputs"]
    pub fn with_mask(mut self, mask: Tensor<1>) -> Self {
        self.mask = Some(mask);
        self
    }

    /// Ones for the rows that count and zeros for those that do not; `None` where all count.
    ///
    /// # Shapes
    /// - output: `[rows]`
    pub fn mask(&self) -> Option<Tensor<1>> {
        self.mask.clone()
    }

    /// The weights of the rows, those that do not count with 0.
    pub(crate) fn masked(&self, weights: Option<Tensor<1>>) -> Option<Tensor<1>> {
        match (self.mask(), weights) {
            (Some(mask), Some(weights)) => Some(mask * weights),
            (mask, weights) => mask.or(weights),
        }
    }

    /// Rows of a sample, 1 unless they are the steps of a sequence.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// The activation that [`values`](Self::values) applies; [`Activation::Linear`] for none.
    pub fn activation(&self) -> Activation {
        self.activation
    }

    /// What comes before the last activation: logits, if that is a softmax or a sigmoid.
    ///
    /// # Shapes
    /// - output: `[rows, columns]`
    pub fn raw(&self) -> Tensor<2> {
        self.raw.clone()
    }

    /// What the network answers, its last activation included.
    ///
    /// # Shapes
    /// - output: `[rows, columns]`
    pub fn values(&self) -> Tensor<2> {
        self.activation.forward(self.raw.clone())
    }

    /// The class that each row stands for; a single column decides between two.
    ///
    /// # Shapes
    /// - output: `[rows]`
    pub(crate) fn decided(&self) -> Tensor<1> {
        if self.raw.dims()[1] == 1 {
            self.values().greater_elem(0.5).float().squeeze_dim(1)
        } else {
            self.raw().argmax(1).float().squeeze_dim(1)
        }
    }

    /// What these answers are if they are what comes before this activation.
    pub(crate) fn followed_by(&self, activation: Activation) -> Self {
        Self {
            raw: self.values(),
            activation,
            ..self.clone()
        }
    }

    /// The same answers without a way back to the weights.
    #[must_use = "returns the detached outputs"]
    pub fn detached(&self) -> Self {
        Self {
            raw: self.raw.clone().inner(),
            mask: self.mask().map(Tensor::inner),
            ..*self
        }
    }
}
