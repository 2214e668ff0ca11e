use burn::tensor::Device;

/// Whether a network learns or is used.
///
/// Dropout and noise act in training alone; batch normalization takes the statistics of the batch
/// in training and its moving statistics otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// The network learns.
    Training,
    /// The network is used.
    Inference,
}

impl Mode {
    /// How Burn's own modules decide: a device with gradients means training.
    ///
    /// ```
    /// use burn::tensor::Device;
    /// use firebrick_model::Mode;
    ///
    /// assert_eq!(Mode::of(&Device::flex()), Mode::Inference);
    /// assert_eq!(Mode::of(&Device::flex().autodiff()), Mode::Training);
    /// ```
    pub fn of(device: &Device) -> Self {
        if device.is_autodiff() {
            Self::Training
        } else {
            Self::Inference
        }
    }
}
