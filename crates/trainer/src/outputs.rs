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
        }
    }

    /// Says that every sample has so many rows, one after the other: the steps of a sequence.
    #[must_use = "returns the changed outputs"]
    pub fn with_steps(mut self, steps: usize) -> Self {
        self.steps = steps.max(1);
        self
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

    /// What these answers are if they are what comes before this activation.
    pub(crate) fn followed_by(&self, activation: Activation) -> Self {
        Self {
            raw: self.values(),
            activation,
            ..*self
        }
    }

    /// The same answers without a way back to the weights.
    #[must_use = "returns the detached outputs"]
    pub fn detached(&self) -> Self {
        Self {
            raw: self.raw.clone().inner(),
            ..*self
        }
    }
}
