use std::borrow::Cow;
use std::ops::Range;

use crate::constraint::Constraint;
use crate::error::ModelError;
use crate::initializer::Initializer;
use crate::regularizer::Regularizer;

/// One weight of a layer: its name and shape as in Keras.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::Conv2D;
/// use firebrick::models::Sequential;
///
/// let weights = Sequential::new([28, 28, 1]).add(Conv2D::new(8, 3)).weights()?;
/// let (layer, kernel) = &weights[0];
/// assert_eq!((layer.as_str(), &*kernel.name), ("conv2d", "kernel"));
/// assert_eq!((kernel.shape.as_slice(), kernel.num_params()), (&[3, 3, 1, 8][..], 72));
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct WeightSpec {
    /// Keras' name, e.g. `kernel`; that of a part of a layer has its path, e.g. `forward_lstm/kernel`.
    pub name: Cow<'static, str>,
    /// Keras' shape, e.g. `[height, width, inputs, filters]`.
    pub shape: Vec<usize>,
    /// Whether training moves it; moving statistics are not moved by the optimizer.
    pub is_trainable: bool,
    /// Whether it follows the batches that go through the layer, instead of being moved by training.
    pub(crate) is_moving: bool,
    /// Whether it can stay while a product of low rank that is added to it learns.
    pub(crate) takes_lora: bool,
    pub(crate) initial: Initializer,
    /// Where it starts at 1 whatever the initializer says.
    pub(crate) ones: Range<usize>,
    pub(crate) regularizer: Option<Regularizer>,
    pub(crate) constraint: Option<Constraint>,
    pub(crate) storage: Storage,
    /// Inputs of a unit and outputs of an input, where the shape does not say them.
    fans: Option<[usize; 2]>,
}

/// What a description says of one weight, whatever its shape: Keras' arguments
/// `<name>_initializer`, `<name>_regularizer` and `<name>_constraint`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WeightArguments {
    pub(crate) name: &'static str,
    /// A weight that training does not move is neither regularized nor constrained.
    pub(crate) is_trainable: bool,
    pub(crate) initializer: Initializer,
    pub(crate) regularizer: Option<Regularizer>,
    pub(crate) constraint: Option<Constraint>,
}

/// How a weight lies in the built layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Storage {
    /// As in Keras.
    Same,
    /// With its axes in this order.
    Permuted(&'static [usize]),
    /// With a single axis.
    Flat,
}

impl WeightSpec {
    /// The most axes.
    pub const MAX_RANK: usize = 6;

    /// A weight that training moves, with what it starts from.
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        shape: impl Into<Vec<usize>>,
        initializer: Initializer,
    ) -> Self {
        Self {
            name: name.into(),
            shape: shape.into(),
            is_trainable: true,
            is_moving: false,
            takes_lora: false,
            initial: initializer,
            ones: 0..0,
            regularizer: None,
            constraint: None,
            storage: Storage::Same,
            fans: None,
        }
    }

    /// One that no optimizer moves: the layer sets it by [`Call::update`](crate::Call::update).
    #[must_use = "returns the changed weight"]
    pub fn moving(mut self) -> Self {
        self.is_trainable = false;
        self.is_moving = true;
        self
    }

    /// Lets [`Network::enable_lora`](crate::Network::enable_lora) add a product of low rank to it, a kernel whose last axis
    /// is that of the outputs.
    #[must_use = "returns the changed weight"]
    pub fn taking_lora(mut self) -> Self {
        self.takes_lora = true;
        self
    }

    /// Sets what it adds to the loss.
    #[must_use = "returns the changed weight"]
    pub fn with_regularizer(mut self, regularizer: impl Into<Option<Regularizer>>) -> Self {
        self.regularizer = regularizer.into();
        self
    }

    /// Sets where it is brought back to after every step.
    #[must_use = "returns the changed weight"]
    pub fn with_constraint(mut self, constraint: impl Into<Option<Constraint>>) -> Self {
        self.constraint = constraint.into();
        self
    }

    /// The same weight of a part of a layer: its name has that of the part before it.
    #[must_use = "returns the changed weight"]
    pub fn within(mut self, part: &str) -> Self {
        self.name = format!("{part}/{}", self.name).into();
        self
    }

    /// The same weight under another name.
    pub(crate) fn renamed(mut self, name: &'static str) -> Self {
        self.name = name.into();
        self
    }

    /// The same with ones at these places at the start, whatever its initializer says.
    pub(crate) fn with_ones(mut self, places: Range<usize>) -> Self {
        self.ones = places;
        self
    }

    /// What it starts from; see [`Initializer::values`].
    pub(crate) fn initial_values(&self, seed: u64, stream: u64) -> Result<Vec<f32>, ModelError> {
        let mut values = match &self.fans {
            // Each value is drawn by itself, by the fans alone.
            Some(fans) if self.initial.scales_variance() => {
                self.initial.values(fans, seed, stream)?
            }
            _ => self.initial.values(&self.shape, seed, stream)?,
        };
        for value in values.get_mut(self.ones.clone()).into_iter().flatten() {
            *value = 1.0;
        }
        Ok(values)
    }

    pub(crate) fn of(arguments: WeightArguments, shape: Vec<usize>) -> Self {
        Self {
            name: arguments.name.into(),
            shape,
            is_trainable: arguments.is_trainable,
            is_moving: !arguments.is_trainable,
            takes_lora: false,
            initial: arguments.initializer,
            ones: 0..0,
            regularizer: arguments.regularizer,
            constraint: arguments.constraint,
            storage: Storage::Same,
            fans: None,
        }
    }

    /// Sets the inputs of a unit and the outputs of an input, whose product is the number of elements, for a kernel whose
    /// axes are not in the order from which initializers tell them.
    pub(crate) fn with_fans(mut self, fans: [usize; 2]) -> Self {
        self.fans = Some(fans);
        self
    }

    pub(crate) fn stored(mut self, storage: Storage) -> Self {
        self.storage = storage;
        self
    }

    /// Checks what the description says of the weight against its shape.
    pub(crate) fn check(&self) -> Result<(), ModelError> {
        self.initial.check_for(&self.shape)?;
        self.regularizer
            .as_ref()
            .map_or(Ok(()), |regularizer| regularizer.validate(&self.shape))?;
        self.constraint
            .as_ref()
            .map_or(Ok(()), |constraint| constraint.validate(&self.shape))
    }

    /// Number of its elements.
    pub fn num_params(&self) -> usize {
        self.shape
            .iter()
            .fold(1, |product: usize, &axis| product.saturating_mul(axis))
    }

    /// The shape it has in the built layer and in a saved file.
    pub fn stored_shape(&self) -> Vec<usize> {
        match self.storage {
            // A single number has an axis, too.
            Storage::Same if self.shape.is_empty() => vec![1],
            Storage::Same => self.shape.clone(),
            Storage::Permuted(axes) => axes.iter().map(|&axis| self.shape[axis]).collect(),
            Storage::Flat => vec![self.num_params()],
        }
    }

    /// Where Keras' last axis is in the built layer.
    pub(crate) fn last_axis(&self) -> usize {
        let last = self.shape.len().saturating_sub(1);
        match self.storage {
            Storage::Permuted(axes) => axes.iter().position(|&axis| axis == last).unwrap_or(last),
            Storage::Same | Storage::Flat => last,
        }
    }

    /// Whether the layer's layout is another one than Keras'.
    pub fn is_rearranged(&self) -> bool {
        matches!(self.storage, Storage::Permuted(_))
    }

    /// Brings values of Keras' layout into the layer's.
    pub fn arrange(&self, values: Vec<f32>) -> Vec<f32> {
        match self.storage {
            Storage::Permuted(axes) => permuted(&values, &self.shape, axes),
            Storage::Same | Storage::Flat => values,
        }
    }

    /// Brings values of the layer's layout into Keras'.
    pub fn restore(&self, values: Vec<f32>) -> Vec<f32> {
        match self.storage {
            Storage::Permuted(axes) => {
                let mut inverse = vec![0; axes.len()];
                for (stored, &axis) in axes.iter().enumerate() {
                    inverse[axis] = stored;
                }
                permuted(&values, &self.stored_shape(), &inverse)
            }
            Storage::Same | Storage::Flat => values,
        }
    }
}

/// The values of a tensor with its axes in another order.
pub(crate) fn permuted(values: &[f32], shape: &[usize], axes: &[usize]) -> Vec<f32> {
    let mut strides = vec![1; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis];
    }
    let shape: Vec<usize> = axes.iter().map(|&axis| shape[axis]).collect();
    let strides: Vec<usize> = axes.iter().map(|&axis| strides[axis]).collect();
    let mut place = vec![0; shape.len()];
    let mut arranged = Vec::with_capacity(values.len());
    for _ in 0..values.len() {
        let offset: usize = place
            .iter()
            .zip(&strides)
            .map(|(p, stride)| p * stride)
            .sum();
        arranged.push(values[offset]);
        for axis in (0..shape.len()).rev() {
            place[axis] += 1;
            if place[axis] < shape[axis] {
                break;
            }
            place[axis] = 0;
        }
    }
    arranged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_follow_their_axes_and_come_back() {
        let weight = |storage| {
            let arguments = WeightArguments {
                name: "kernel",
                is_trainable: true,
                initializer: Initializer::Zeros,
                regularizer: None,
                constraint: None,
            };
            WeightSpec::of(arguments, vec![2, 3, 2]).stored(storage)
        };
        let values: Vec<f32> = (0..12_u8).map(f32::from).collect();
        let turned = weight(Storage::Permuted(&[2, 1, 0]));
        assert_eq!(turned.stored_shape(), [2, 3, 2]);
        assert_eq!(
            turned.arrange(values.clone()),
            [0.0, 6.0, 2.0, 8.0, 4.0, 10.0, 1.0, 7.0, 3.0, 9.0, 5.0, 11.0]
        );
        assert_eq!(weight(Storage::Flat).stored_shape(), [12]);
        assert_eq!(weight(Storage::Flat).arrange(values.clone()), values);
        for storage in [Storage::Permuted(&[1, 2, 0]), Storage::Flat, Storage::Same] {
            let weight = weight(storage);
            assert_eq!(weight.restore(weight.arrange(values.clone())), values);
        }
    }
}
