use burn::tensor::{Bool, Device, Int, Tensor};
use firebrick_tensor::AnyTensor;

use crate::layer_problem::LayerProblem;

/// What travels from layer to layer: a batch of values, and a mask where there is one.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::models::Signal;
///
/// let steps = Signal::from(Tensor::<3>::zeros([2, 5, 8], &Device::flex()));
/// assert_eq!(steps.shape(), [2, 5, 8]);
/// assert!(steps.mask().is_none());
/// ```
#[derive(Clone, Debug)]
pub struct Signal {
    values: AnyTensor,
    mask: Option<Tensor<2, Bool>>,
}

impl Signal {
    /// Sets which steps count.
    ///
    /// # Shapes
    /// - mask: `[batch_size, steps]`, false where a step is padding
    #[must_use = "returns the changed signal"]
    pub fn with_mask(mut self, mask: impl Into<Option<Tensor<2, Bool>>>) -> Self {
        self.mask = mask.into();
        self
    }

    /// Which steps count, `[batch_size, steps]`; all of them where there is no mask.
    pub fn mask(&self) -> Option<&Tensor<2, Bool>> {
        self.mask.as_ref()
    }

    /// The values.
    pub fn values(&self) -> &AnyTensor {
        &self.values
    }

    /// The values alone.
    pub fn into_values(self) -> AnyTensor {
        self.values
    }

    /// The values alone, as floats of this rank, channels last: what a layer of several inputs takes of each.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::models::{Signal, Signals};
    ///
    /// let zeros = || Signal::from(Tensor::<2>::zeros([2, 3], &Device::flex()));
    /// let [left, right] = Signals::from([zeros(), zeros()]).into_array()?;
    /// let sum = left.into_rank::<2>()? + right.into_rank::<2>()?;
    /// assert_eq!(sum.dims(), [2, 3]);
    /// assert!(zeros().into_rank::<3>().is_err());
    /// # Ok::<(), firebrick_model::layers::LayerProblem>(())
    /// ```
    ///
    /// # Errors
    /// Another rank.
    pub fn into_rank<const D: usize>(self) -> Result<Tensor<D>, LayerProblem> {
        let shape = self.shape();
        self.values.into_rank().map_err(|_rank| {
            LayerProblem::input(
                format!("{D} axes, the batch axis included, not of the shape {shape:?}"),
                "reshape it before",
            )
        })
    }

    /// Values and mask.
    pub fn into_parts(self) -> (AnyTensor, Option<Tensor<2, Bool>>) {
        (self.values, self.mask)
    }

    /// Sizes of all axes, the batch axis first.
    pub fn shape(&self) -> Vec<usize> {
        self.values.shape()
    }

    /// Where the values lie.
    pub fn device(&self) -> Device {
        self.values.device()
    }
}

impl From<AnyTensor> for Signal {
    fn from(values: AnyTensor) -> Self {
        Self { values, mask: None }
    }
}

impl<const D: usize> From<Tensor<D>> for Signal
where
    AnyTensor: From<Tensor<D>>,
{
    fn from(tensor: Tensor<D>) -> Self {
        AnyTensor::from(tensor).into()
    }
}

impl<const D: usize> From<Tensor<D, Int>> for Signal
where
    AnyTensor: From<Tensor<D, Int>>,
{
    fn from(tensor: Tensor<D, Int>) -> Self {
        AnyTensor::from(tensor).into()
    }
}

/// What enters a layer or a network, or leaves it, in order; of most it is a single [`Signal`].
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::models::{Signal, Signals};
///
/// let device = Device::flex();
/// let two: Signals = [Tensor::<2>::zeros([1, 3], &device), Tensor::<2>::ones([1, 3], &device)]
///     .map(Signal::from)
///     .into();
/// assert_eq!(two.len(), 2);
/// assert!(two.into_one().is_err());
///
/// let one = Signals::from(Tensor::<2>::zeros([1, 3], &device));
/// assert_eq!(one.into_rank::<2>()?.dims(), [1, 3]);
/// # Ok::<(), firebrick::layers::LayerProblem>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Signals(Vec<Signal>);

impl Signals {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Signal> {
        self.0.iter()
    }

    /// The one with this index, counted from 0.
    pub fn get(&self, index: usize) -> Option<&Signal> {
        self.0.get(index)
    }

    /// The only one.
    ///
    /// # Errors
    /// None, or several.
    pub fn into_one(self) -> Result<Signal, LayerProblem> {
        let [signal] = self.into_array()?;
        Ok(signal)
    }

    /// As many as are asked for.
    ///
    /// # Errors
    /// Another number of them.
    pub fn into_array<const N: usize>(self) -> Result<[Signal; N], LayerProblem> {
        <[Signal; N]>::try_from(self.0).map_err(|signals| LayerProblem::NumInputs {
            expected: N.to_string(),
            received: signals.len(),
        })
    }

    /// The values of the only one.
    ///
    /// # Errors
    /// None, or several.
    pub fn into_values(self) -> Result<AnyTensor, LayerProblem> {
        self.into_one().map(Signal::into_values)
    }

    /// The values of the only one, as floats of this rank, channels last.
    ///
    /// # Errors
    /// None, or several; another rank.
    pub fn into_rank<const D: usize>(self) -> Result<Tensor<D>, LayerProblem> {
        self.into_one()?.into_rank()
    }

    /// All of them.
    pub fn into_vec(self) -> Vec<Signal> {
        self.0
    }
}

impl std::ops::Index<usize> for Signals {
    type Output = Signal;

    fn index(&self, index: usize) -> &Signal {
        &self.0[index]
    }
}

impl IntoIterator for Signals {
    type Item = Signal;
    type IntoIter = std::vec::IntoIter<Signal>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Signals {
    type Item = &'a Signal;
    type IntoIter = std::slice::Iter<'a, Signal>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<S: Into<Signal>> FromIterator<S> for Signals {
    fn from_iter<I: IntoIterator<Item = S>>(signals: I) -> Self {
        Self(signals.into_iter().map(Into::into).collect())
    }
}

impl<S: Into<Signal>> From<S> for Signals {
    fn from(signal: S) -> Self {
        Self(vec![signal.into()])
    }
}

impl From<Vec<Signal>> for Signals {
    fn from(signals: Vec<Signal>) -> Self {
        Self(signals)
    }
}

impl<const N: usize> From<[Signal; N]> for Signals {
    fn from(signals: [Signal; N]) -> Self {
        Self(signals.into())
    }
}
