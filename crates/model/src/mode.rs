use burn::tensor::Device;

use crate::draws::Draws;

/// Whether a network learns or is used.
///
/// Dropout and noise act in training alone; batch normalization takes the statistics of the batch
/// in training and its moving statistics otherwise.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::Dropout;
/// use firebrick::models::{Draws, Mode, Sequential};
///
/// let model = Sequential::new([100]).add(Dropout::new(0.5)).build(1, &Device::flex())?;
/// let ones = Tensor::<2>::ones([1, 100], &Device::flex());
/// assert_eq!(model.forward(ones.clone(), Mode::Inference).into_vec()?, [1.0; 100]);
/// let training = Mode::Training(Draws::new(42, 0));
/// assert!(model.forward(ones, training).into_vec()?.contains(&0.0));
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// The network learns; what is drawn at random comes from here.
    Training(Draws),
    /// The network is used.
    Inference,
}

impl Mode {
    /// How Burn's own modules decide: a device with gradients means training, with other draws at every call
    /// ([`Draws::anew`]).
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::Device;
    /// use firebrick::models::Mode;
    ///
    /// assert_eq!(Mode::of(&Device::flex()), Mode::Inference);
    /// assert!(matches!(Mode::of(&Device::flex().autodiff()), Mode::Training(_)));
    /// ```
    pub fn of(device: &Device) -> Self {
        if device.is_autodiff() {
            Self::Training(Draws::anew())
        } else {
            Self::Inference
        }
    }

    /// That of a part of the network with this name.
    pub(crate) fn at(self, name: &str) -> Self {
        match self {
            Self::Training(draws) => Self::Training(draws.at(name)),
            Self::Inference => Self::Inference,
        }
    }
}
