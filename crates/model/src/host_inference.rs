use burn::tensor::TensorData;
use firebrick_host::{Inference, Place};
use firebrick_tensor::HostFloats;

use crate::activation::Activation;
use crate::error::ModelError;
use crate::host_pass::{HostOutput, HostPass, batch_shape, floats, values_of};
use crate::layer::{NoHostForm, activation_kernel};
use crate::model::Model;
use crate::shape::Shape;
use crate::signal::{Signal, Signals};

/// A network over plain memory with the weights that it had when this was made, for the way forward alone.
///
/// Faster than [`HostPass`] where several batches meet the same weights, as in a validation; any number of threads may use it.
/// Apps, which have numbers rather than tensors, take a [`Predictor`](crate::Predictor).
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::models::{HostInference, MlpConfig, Model, Signals};
///
/// let device = Device::flex();
/// let model = MlpConfig::new(4, 3).init(1, &device)?;
/// let x = Tensor::<2>::ones([2, 4], &device);
/// let inference = HostInference::new(&model).expect("all of its layers have a form for it");
/// let answers = inference.predict(Signals::from(x.clone()))?;
/// let [own, expected] = [answers[0].values().clone(), model.predict(x)?].map(|y| y.into_vec());
/// assert!(own?.iter().zip(expected?).all(|(own, expected)| (own - expected).abs() < 1e-6));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct HostInference {
    inference: Inference,
    input_names: Vec<String>,
    /// Of a sample.
    inputs: Vec<Shape>,
    outputs: Vec<Shape>,
}

impl HostInference {
    /// What [`Model::predict_all`] says.
    ///
    /// # Errors
    /// What has no form for plain memory; a network that has [no answer](Model::has_input_limits) to some inputs, which its
    /// layers tell one by one.
    pub fn new(model: &impl Model) -> Result<Self, NoHostForm> {
        if model.has_input_limits() {
            return Err(NoHostForm::InputLimits);
        }
        Self::ending_with(model, &model.output_activations())
    }

    /// What [`Model::call`] says in inference, which leaves last activations to the losses. Whoever asks has made sure that the
    /// network has an [answer](Model::check_all_inputs).
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::models::{HostInference, MlpConfig, Model};
    ///
    /// let device = Device::flex();
    /// let model = MlpConfig::new(4, 3).init(1, &device)?;
    /// let x = Tensor::<2>::ones([2, 4], &device);
    /// let inference = HostInference::before_activations(&model).expect("all of its layers have a form for it");
    /// let logits = inference.outputs(x.clone().into())?.remove(0).values;
    /// let expected = model.forward(x.into())?.into_vec()?;
    /// assert!(logits.iter().zip(expected).all(|(own, expected)| (own - expected).abs() < 1e-6));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// What has no form for plain memory.
    pub fn before_activations(model: &impl Model) -> Result<Self, NoHostForm> {
        Self::ending_with(model, &[])
    }

    fn ending_with(model: &impl Model, activations: &[Activation]) -> Result<Self, NoHostForm> {
        let pass = model.host_pass()?;
        let weights = pass.weights_of(model);
        let weights: Vec<&[f32]> = weights.iter().map(HostFloats::as_slice).collect();
        let HostPass {
            pass,
            inputs,
            outputs,
            ..
        } = pass;
        let mut program = pass.into_program();
        let mut places: Vec<Place> = program.outputs().to_vec();
        let ends = places.iter_mut().zip(activations).zip(&outputs).enumerate();
        for (index, ((place, activation), shape)) in ends {
            let (len, last) = (shape.num_elements(), shape.last());
            let (Some(len), last) = (len, last.unwrap_or(1)) else {
                return Err(NoHostForm::OpenShape {
                    layer: model.output_names()[index].clone(),
                });
            };
            if let Some(kernel) = activation_kernel(*activation, len, last) {
                *place = program.add(kernel, [*place], []);
            }
        }
        let program = program.with_outputs(places, vec![false; weights.len()]);
        Ok(Self {
            inference: Inference::new(program, &weights),
            input_names: model.input_names(),
            inputs,
            outputs,
        })
    }

    /// What the network says of a batch, on the device of the batch.
    ///
    /// # Errors
    /// Another number of inputs, or inputs of other shapes than the network's.
    pub fn predict(&self, inputs: Signals) -> Result<Signals, ModelError> {
        let device = inputs.get(0).map(Signal::device).unwrap_or_default();
        let outputs = self.outputs(inputs)?.into_iter();
        Ok(outputs.map(|output| output.into_signal(&device)).collect())
    }

    /// The same as numbers.
    ///
    /// # Errors
    /// As those of [`predict`](Self::predict).
    pub fn outputs(&self, inputs: Signals) -> Result<Vec<HostOutput>, ModelError> {
        self.check(&inputs)?;
        let rows = inputs.get(0).map_or(0, |first| first.shape()[0]);
        let mut values: Vec<TensorData> = Vec::with_capacity(self.inputs.len());
        for (input, shape) in inputs.into_iter().zip(&self.inputs) {
            values.push(values_of(input, shape, rows)?);
        }
        let values: Vec<&[f32]> = values.iter().map(floats).collect();
        let room = |(len, shape): (usize, &Shape)| HostOutput {
            values: vec![0.0; rows * len],
            shape: batch_shape(rows, shape),
        };
        let lens = self.inference.outputs().zip(&self.outputs);
        let mut outputs: Vec<HostOutput> = lens.map(room).collect();
        let places = outputs.iter_mut().map(|output| &mut output.values[..]);
        let mut places: Vec<&mut [f32]> = places.collect();
        self.inference.run(rows, &values, &mut places);
        Ok(outputs)
    }

    /// Whether inputs have the shapes of the network's, or are rows of as many features, and none of them has a mask.
    pub fn takes(&self, inputs: &Signals) -> bool {
        let has_mask = inputs.iter().any(|input| input.mask().is_some());
        !has_mask && self.check(inputs).is_ok()
    }

    fn check(&self, inputs: &Signals) -> Result<(), ModelError> {
        if inputs.len() != self.inputs.len() {
            return Err(ModelError::NumInputs {
                names: self.input_names.clone(),
                received: inputs.len(),
            });
        }
        let inputs = inputs.iter().zip(&self.inputs).zip(&self.input_names);
        for ((input, expected), name) in inputs {
            let received = input.shape();
            let is_fitting = match &received[..] {
                [_, features] if Some(*features) == expected.num_elements() => true,
                [_, sample @ ..] => expected.takes(sample),
                [] => false,
            };
            if !is_fitting {
                return Err(ModelError::InputShape {
                    input: (self.inputs.len() > 1).then(|| name.clone()),
                    expected: expected.clone(),
                    received,
                });
            }
        }
        Ok(())
    }

    /// The rows of each output from those of each input.
    pub(crate) fn run(&self, rows: usize, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        self.inference.run(rows, inputs, outputs);
    }
}
