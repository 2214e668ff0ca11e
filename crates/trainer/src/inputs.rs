//! The numbers of a batch as a network takes them.

use std::sync::Arc;

use burn::tensor::{Device, Int, Tensor};
use firebrick_data::{Batch, InputField, NumberKind};
use firebrick_model::{AnyTensor, Signals};

use crate::error::TrainError;
use crate::field_order::field_order;
use crate::mismatch_error::MismatchError;

/// Which numbers of the samples go into which input of a network, and in what shape.
#[derive(Clone, Debug)]
pub(crate) struct Inputs(Arc<[Input]>);

#[derive(Clone, Debug)]
struct Input {
    /// Its place in a batch.
    place: usize,
    field: InputField,
}

impl Inputs {
    /// The fields of samples, in the order of a batch, for inputs of these names.
    ///
    /// # Errors
    /// Names that are not those of the network, another number of inputs.
    pub(crate) fn new(fields: &[InputField], names: &[String]) -> Result<Self, MismatchError> {
        let own: Vec<Option<&str>> = fields.iter().map(|field| field.name.as_deref()).collect();
        let order = field_order("input", &own, names)?.into_iter();
        let input = |place: usize| Input {
            place,
            field: fields[place].clone(),
        };
        Ok(Self(order.map(input).collect()))
    }

    /// The inputs of a batch, in the network's order and the shapes that the data set gives them.
    ///
    /// # Errors
    /// Inputs of another size or number than the data set said.
    pub(crate) fn of(&self, batch: &Batch) -> Result<Signals, TrainError> {
        let all = batch.all_inputs();
        self.0
            .iter()
            .map(|Input { place, field }| {
                let received = all.len();
                let values = all.get(*place).cloned();
                let values = values.ok_or(MismatchError::BatchInputs { received })?;
                fitted(values, &field.shape)
            })
            .collect()
    }

    /// The shapes of a sample, in the network's order.
    pub(crate) fn shapes(&self) -> Vec<Vec<usize>> {
        let inputs = self.0.iter();
        inputs.map(|input| input.field.shape.clone()).collect()
    }
}

/// A batch of one sample of nothing but zeros.
pub(crate) fn zeros(fields: &[InputField], device: &Device) -> Vec<AnyTensor> {
    let zero = |field: &InputField| {
        let shape = [1, field.num_columns()];
        match field.kind {
            NumberKind::Floats => Tensor::<2>::zeros(shape, device).into(),
            NumberKind::Integers => Tensor::<2, Int>::zeros(shape, device).into(),
        }
    };
    fields.iter().map(zero).collect()
}

/// The same numbers with this shape of a sample.
fn fitted(values: AnyTensor, sample: &[usize]) -> Result<AnyTensor, TrainError> {
    let own = values.shape();
    if own[1..] == *sample {
        return Ok(values);
    }
    let mut shape = vec![own[0]];
    shape.extend(sample);
    Ok(values.reshape(&shape)?)
}
