use firebrick_tensor::AnyTensor;

use crate::batch::Batch;
use crate::fields::{InputField, TargetField};
use crate::stream_error::StreamProblem;
use crate::targets::Targets;

/// The inputs and targets that the batches of a stream have, in their order.
///
/// ```
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::datasets::{Batch, BatchStream};
///
/// let x = Tensor::<2>::ones([2, 4], &Device::flex());
/// let stream = BatchStream::new(move |_| [Batch::new(x.clone(), x.clone())]);
/// assert_eq!(stream.fields()?.targets[0].targets.num_columns(), 4);
/// # Ok::<(), firebrick::datasets::StreamError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct StreamFields {
    /// One for each input.
    pub inputs: Vec<InputField>,
    /// One for each target.
    pub targets: Vec<TargetField>,
}

impl StreamFields {
    /// Those of a batch.
    pub(crate) fn of(batch: &Batch) -> Result<Self, StreamProblem> {
        let own = Self {
            inputs: batch.all_inputs().iter().map(input).collect(),
            targets: batch.all_targets().iter().map(target).collect(),
        };
        own.check(batch).map(|()| own)
    }

    /// Makes sure that a batch is as these say.
    pub(crate) fn check(&self, batch: &Batch) -> Result<(), StreamProblem> {
        let counts = [
            ("inputs", self.inputs.len(), batch.all_inputs().len()),
            ("targets", self.targets.len(), batch.all_targets().len()),
        ];
        for (part, expected, received) in counts {
            if received != expected {
                return Err(StreamProblem::Parts {
                    part,
                    expected,
                    received,
                });
            }
        }
        let samples = batch.num_samples();
        if samples == 0 {
            return Err(StreamProblem::NoSample);
        }
        let inputs = self.inputs.iter().zip(batch.all_inputs());
        let inputs = inputs.map(|(field, tensor)| ("inputs", field.shape.clone(), tensor));
        let targets = self.targets.iter().zip(batch.all_targets());
        let targets =
            targets.map(|(field, tensor)| ("targets", target_shape(&field.targets), tensor));
        for (part, expected, tensor) in inputs.chain(targets) {
            let received = tensor.shape();
            let count = |shape: &[usize]| shape.iter().product::<usize>();
            // Rows of numbers do for samples of any shape.
            if received[0] != samples || count(&received[1..]) != count(&expected) {
                return Err(StreamProblem::Shape {
                    part,
                    expected: [&[samples], &expected[..]].concat(),
                    received,
                });
            }
        }
        for target in 0..self.targets.len() {
            let weights = batch.weights_of(target).map(|weights| weights.dims());
            if let Some(received) = weights.filter(|[count]| *count != samples) {
                return Err(StreamProblem::Shape {
                    part: "sample weights",
                    expected: vec![samples],
                    received: received.to_vec(),
                });
            }
        }
        Ok(())
    }
}

fn input(tensor: &AnyTensor) -> InputField {
    let field = InputField::new(tensor.shape()[1..].to_vec());
    if tensor.is_int() {
        field.of_integers()
    } else {
        field
    }
}

fn target(tensor: &AnyTensor) -> TargetField {
    TargetField::new(Targets::Values {
        shape: tensor.shape()[1..].to_vec(),
    })
}

fn target_shape(targets: &Targets) -> Vec<usize> {
    match targets {
        Targets::Classes { .. } => Vec::new(),
        Targets::Values { shape } => shape.clone(),
    }
}
