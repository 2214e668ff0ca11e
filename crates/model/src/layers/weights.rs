use std::collections::VecDeque;

use burn::module::Param;
use burn::tensor::{Device, Tensor, TensorData};

use super::layer_weights::WeightArguments;
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
/// assert_eq!((layer.as_str(), kernel.name), ("conv2d", "kernel"));
/// assert_eq!((kernel.shape.as_slice(), kernel.num_params()), (&[3, 3, 1, 8][..], 72));
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct WeightSpec {
    /// Keras' name, e.g. `kernel`.
    pub name: &'static str,
    /// Keras' shape, e.g. `[height, width, inputs, filters]`.
    pub shape: Vec<usize>,
    /// Whether training moves it; moving statistics are not moved by the optimizer.
    pub is_trainable: bool,
    pub(crate) initial: Initializer,
    pub(crate) regularizer: Option<Regularizer>,
    pub(crate) constraint: Option<Constraint>,
    pub(crate) storage: Storage,
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
    pub(crate) fn new(arguments: WeightArguments, shape: Vec<usize>) -> Self {
        Self {
            name: arguments.name,
            shape,
            is_trainable: arguments.is_trainable,
            initial: arguments.initializer,
            regularizer: arguments.regularizer,
            constraint: arguments.constraint,
            storage: Storage::Same,
        }
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
            .map_or(Ok(()), Regularizer::validate)?;
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
    pub(crate) fn stored_shape(&self) -> Vec<usize> {
        match self.storage {
            Storage::Same => self.shape.clone(),
            Storage::Permuted(axes) => axes.iter().map(|&axis| self.shape[axis]).collect(),
            Storage::Flat => vec![self.num_params()],
        }
    }

    /// Brings values of Keras' layout into the layer's.
    pub(crate) fn arrange(&self, values: Vec<f32>) -> Vec<f32> {
        match self.storage {
            Storage::Permuted(axes) => permuted(&values, &self.shape, axes),
            Storage::Same | Storage::Flat => values,
        }
    }

    /// Brings values of the layer's layout into Keras'.
    pub(crate) fn restore(&self, values: Vec<f32>) -> Vec<f32> {
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
fn permuted(values: &[f32], shape: &[usize], axes: &[usize]) -> Vec<f32> {
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

/// The values of a layer's weights on their way into the layer.
pub(crate) struct Weights {
    rest: VecDeque<(WeightSpec, Vec<f32>)>,
    device: Device,
}

impl Weights {
    /// Values in Keras' layout, as many as each weight has.
    pub(crate) fn new(weights: Vec<(WeightSpec, Vec<f32>)>, device: &Device) -> Self {
        Self {
            rest: weights.into(),
            device: device.clone(),
        }
    }

    /// The next weight, as a parameter.
    pub(crate) fn next<const D: usize>(&mut self) -> Param<Tensor<D>> {
        Param::from_tensor(self.next_tensor())
    }

    /// The next weight, if the layer has it.
    pub(crate) fn next_if<const D: usize>(&mut self, has: bool) -> Option<Param<Tensor<D>>> {
        has.then(|| self.next())
    }

    /// The next weight, as a mere tensor.
    pub(crate) fn next_tensor<const D: usize>(&mut self) -> Tensor<D> {
        match self.rest.pop_front() {
            Some((spec, values)) => {
                let data = TensorData::new(spec.arrange(values), spec.stored_shape());
                Tensor::from_data(data, &self.device)
            }
            None => unreachable!("a layer builds the weights that it lists"),
        }
    }
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
            WeightSpec::new(arguments, vec![2, 3, 2]).stored(storage)
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
