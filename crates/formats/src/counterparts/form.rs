//! How weights lie in PyTorch.

use firebrick_model::{ModelError, WeightValue};

use crate::blocks::blocks;
use crate::error::FormatProblem;

/// Where the update gate, the reset gate and the candidate are.
const GATES: [usize; 3] = [1, 0, 2];

/// How some weights of a layer lie in some tensors of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// One weight in one tensor.
    One(Layout),
    /// Several weights in one tensor, one below the other.
    Stacked(Vec<Layout>),
    /// With its axes turned and its gates in PyTorch's order, that of `r`, `z`, `n`.
    Gates(Layout),
    /// The two biases of a recurrent layer; here they are one, and the second is 0 there.
    Biases,
    /// The two biases of a recurrent layer, which are the rows of one here, with the gates in PyTorch's order.
    GateBiases,
}

/// A weight split into these axes, which are put into another order and then joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// The weight's own shape.
    shape: Vec<usize>,
    split: Vec<usize>,
    axes: Vec<usize>,
    stored: Vec<usize>,
}

impl Layout {
    /// As here.
    pub(super) fn same(shape: &[usize]) -> Self {
        Self::reshaped(shape, shape)
    }

    /// The same values in another shape.
    pub(super) fn reshaped(shape: &[usize], stored: &[usize]) -> Self {
        Self {
            shape: shape.to_vec(),
            split: shape.to_vec(),
            axes: (0..shape.len()).collect(),
            stored: stored.to_vec(),
        }
    }

    /// With its axes in this order.
    pub(super) fn turned(shape: &[usize], axes: &[usize]) -> Self {
        Self::split_and_turned(shape, shape, axes, <[usize]>::to_vec)
    }

    /// Of a convolution of each channel by itself: inputs and their multiples are one axis there.
    pub(super) fn depthwise(shape: &[usize], axes: &[usize]) -> Self {
        Self::split_and_turned(shape, shape, axes, |sizes| {
            let (channels, kernel) = sizes.split_at(2);
            [&[channels.iter().product(), 1][..], kernel].concat()
        })
    }

    /// A kernel whose first axes are inputs and whose others are outputs, each joined into one.
    pub(super) fn kernel_of_heads(shape: &[usize], num_inputs: usize) -> Self {
        let (inputs, outputs) = shape.split_at(num_inputs);
        let split = [inputs.iter().product(), outputs.iter().product()];
        Self::split_and_turned(shape, &split, &[1, 0], <[usize]>::to_vec)
    }

    /// Of a layer after a `Flatten` of images of this shape, whose channels are last here and first there.
    pub(super) fn flattened(shape: &[usize], image: &[usize]) -> Self {
        let channels = image.len() - 1;
        let units = image.len();
        let split = [image, &shape[1..]].concat();
        let axes: Vec<usize> = [units, channels].into_iter().chain(0..channels).collect();
        Self::split_and_turned(shape, &split, &axes, |sizes| {
            vec![sizes[0], sizes[1..].iter().product()]
        })
    }

    fn split_and_turned(
        shape: &[usize],
        split: &[usize],
        axes: &[usize],
        joined: impl Fn(&[usize]) -> Vec<usize>,
    ) -> Self {
        let turned: Vec<usize> = axes.iter().map(|axis| split[*axis]).collect();
        Self {
            shape: shape.to_vec(),
            split: split.to_vec(),
            axes: axes.to_vec(),
            stored: joined(&turned),
        }
    }

    fn to_torch(&self, value: &WeightValue) -> Result<WeightValue, ModelError> {
        let split = WeightValue::new(self.split.clone(), value.values())?;
        let turned = split.transposed(&self.axes)?;
        WeightValue::new(self.stored.clone(), turned.into_values())
    }

    fn restored(&self, values: &[f32]) -> Result<WeightValue, ModelError> {
        let turned: Vec<usize> = self.axes.iter().map(|axis| self.split[*axis]).collect();
        let mut inverse = vec![0; self.axes.len()];
        for (place, axis) in self.axes.iter().enumerate() {
            inverse[*axis] = place;
        }
        let value = WeightValue::new(turned, values)?.transposed(&inverse)?;
        WeightValue::new(self.shape.clone(), value.into_values())
    }

    fn num_values(&self) -> usize {
        self.stored.iter().product()
    }
}

impl Form {
    /// The shapes of the tensors.
    pub(super) fn stored_shapes(&self, shape: &[usize]) -> Vec<Vec<usize>> {
        match self {
            Self::One(layout) | Self::Gates(layout) => vec![layout.stored.clone()],
            Self::Stacked(layouts) => {
                let rows: usize = layouts.iter().map(|layout| layout.stored[0]).sum();
                let row = layouts
                    .first()
                    .map_or(&[][..], |layout| &layout.stored[1..]);
                vec![[&[rows][..], row].concat()]
            }
            Self::Biases => vec![shape.to_vec(); 2],
            Self::GateBiases => vec![shape[1..].to_vec(); 2],
        }
    }

    /// The tensors of these weights.
    pub(super) fn to_torch(
        &self,
        values: &[&WeightValue],
    ) -> Result<Vec<WeightValue>, FormatProblem> {
        Ok(match self {
            Self::One(layout) => vec![layout.to_torch(values[0])?],
            Self::Stacked(layouts) => {
                let mut joined = Vec::new();
                for (layout, value) in layouts.iter().zip(values) {
                    joined.extend(layout.to_torch(value)?.into_values());
                }
                let shape = self.stored_shapes(&[]).remove(0);
                vec![WeightValue::new(shape, joined)?]
            }
            Self::Gates(layout) => vec![layout.to_torch(&blocks(values[0], &GATES)?)?],
            Self::Biases => {
                let zeros = vec![0.0; values[0].values().len()];
                vec![
                    values[0].clone(),
                    WeightValue::new(values[0].shape(), zeros)?,
                ]
            }
            Self::GateBiases => {
                let value = blocks(values[0], &GATES)?;
                let length = value.shape()[1];
                let rows = value.values().chunks_exact(length.max(1));
                rows.map(|row| WeightValue::new([length], row))
                    .collect::<Result<_, _>>()?
            }
        })
    }

    /// Back from tensors of the shapes that [`stored_shapes`](Self::stored_shapes) gives to weights, the first of this shape.
    pub(super) fn restored(
        &self,
        tensors: &[WeightValue],
        shape: &[usize],
    ) -> Result<Vec<WeightValue>, FormatProblem> {
        let first = tensors[0].values();
        Ok(match self {
            Self::One(layout) => vec![layout.restored(first)?],
            Self::Stacked(layouts) => {
                let mut left = first;
                let mut restored = Vec::new();
                for layout in layouts {
                    let (own, others) = left.split_at(layout.num_values());
                    restored.push(layout.restored(own)?);
                    left = others;
                }
                restored
            }
            // The order of the gates is its own inverse.
            Self::Gates(layout) => vec![blocks(&layout.restored(first)?, &GATES)?],
            Self::Biases => {
                let sums = first.iter().zip(tensors[1].values());
                let sums: Vec<f32> = sums.map(|(one, other)| one + other).collect();
                vec![WeightValue::new(shape, sums)?]
            }
            Self::GateBiases => {
                let rows = tensors.iter().flat_map(WeightValue::values);
                let rows = WeightValue::new(shape, rows.copied().collect::<Vec<_>>())?;
                vec![blocks(&rows, &GATES)?]
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(shape: &[usize]) -> WeightValue {
        let values: Vec<f32> = (0..shape.iter().product::<usize>())
            .map(|place| place as f32)
            .collect();
        WeightValue::new(shape, values).unwrap()
    }

    #[test]
    fn a_layer_after_a_flatten_finds_channels_first() {
        // Images of 1 by 2 with 3 channels, and 1 unit.
        let layout = Layout::flattened(&[6, 1], &[1, 2, 3]);
        let kernel = counted(&[6, 1]);
        let stored = Form::One(layout.clone()).to_torch(&[&kernel]).unwrap();
        assert_eq!(stored[0].shape(), [1, 6]);
        assert_eq!(stored[0].values(), [0., 3., 1., 4., 2., 5.]);
        let back = Form::One(layout).restored(&stored, &[6, 1]).unwrap();
        assert_eq!(back[0], kernel);
    }

    #[test]
    fn every_form_comes_back_as_it_was() {
        let forms = [
            (
                Form::One(Layout::turned(&[3, 2, 4], &[2, 1, 0])),
                vec![3, 2, 4],
            ),
            (
                Form::One(Layout::depthwise(&[3, 4, 2], &[1, 2, 0])),
                vec![3, 4, 2],
            ),
            (
                Form::One(Layout::kernel_of_heads(&[2, 3, 4], 2)),
                vec![2, 3, 4],
            ),
            (Form::Gates(Layout::turned(&[2, 6], &[1, 0])), vec![2, 6]),
            (Form::GateBiases, vec![2, 6]),
            (Form::Biases, vec![5]),
        ];
        for (form, shape) in forms {
            let value = counted(&shape);
            let stored = form.to_torch(&[&value]).unwrap();
            let shapes: Vec<&[usize]> = stored.iter().map(WeightValue::shape).collect();
            assert_eq!(shapes, form.stored_shapes(&shape), "{form:?}");
            assert_eq!(form.restored(&stored, &shape).unwrap(), [value], "{form:?}");
        }
        let stacked = Form::Stacked(vec![Layout::kernel_of_heads(&[4, 2, 1], 1); 2]);
        let (one, other) = (
            counted(&[4, 2, 1]),
            WeightValue::new([4, 2, 1], [0.5; 8]).unwrap(),
        );
        let stored = stacked.to_torch(&[&one, &other]).unwrap();
        assert_eq!(stored[0].shape(), [4, 4]);
        assert_eq!(stacked.restored(&stored, &[4, 2, 1]).unwrap(), [one, other]);
    }
}
