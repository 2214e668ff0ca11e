use burn::tensor::TensorData;
use firebrick_host::{Inference, Place};

use crate::activation::Activation;
use crate::error::ModelError;
use crate::host_pass::{HostPass, batch_shape, floats, signal_of, values_of};
use crate::layer::{NoHostForm, activation_kernel};
use crate::model::Model;
use crate::shape::Shape;
use crate::signal::Signals;

/// A network over plain memory with the weights that it had when this was made, for the way forward alone.
///
/// Faster than [`HostPass`] where several batches meet the same weights, as in a validation; any number of threads may use it.
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
    /// Of a sample.
    inputs: Vec<Shape>,
    outputs: Vec<Shape>,
}

impl HostInference {
    /// What [`Model::predict_all`] says.
    ///
    /// # Errors
    /// What has no form for plain memory.
    pub fn new(model: &impl Model) -> Result<Self, NoHostForm> {
        Self::ending_with(model, &model.output_activations())
    }

    /// What [`Model::call`] says in inference, which leaves last activations to the losses.
    ///
    /// # Errors
    /// What has no form for plain memory.
    pub fn before_activations(model: &impl Model) -> Result<Self, NoHostForm> {
        Self::ending_with(model, &[])
    }

    fn ending_with(model: &impl Model, activations: &[Activation]) -> Result<Self, NoHostForm> {
        let pass = model.host_pass()?;
        let weights = pass.weights_of(model);
        let weights = weights.iter().map(|weight| floats(weight).to_vec());
        let weights: Vec<Vec<f32>> = weights.collect();
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
            let kernel = activation_kernel(*activation, len, last);
            let kernel = kernel.map_err(|activation| NoHostForm::Activation {
                layer: model.output_names()[index].clone(),
                activation,
            })?;
            if let Some(kernel) = kernel {
                *place = program.add(kernel, [*place], []);
            }
        }
        let program = program.with_outputs(places, vec![false; weights.len()]);
        Ok(Self {
            inference: Inference::new(program, weights),
            inputs,
            outputs,
        })
    }

    /// What the network says of a batch, on the device of the batch.
    ///
    /// # Errors
    /// Another number of inputs, or inputs of other shapes than the network's.
    pub fn predict(&self, inputs: Signals) -> Result<Signals, ModelError> {
        let Some(first) = inputs.get(0) else {
            return Ok(Signals::default());
        };
        let (rows, device) = (first.shape()[0], first.values().device());
        let mut values: Vec<TensorData> = Vec::with_capacity(self.inputs.len());
        for (input, shape) in inputs.into_iter().zip(&self.inputs) {
            values.push(values_of(input, shape, rows)?);
        }
        let values: Vec<&[f32]> = values.iter().map(floats).collect();
        let lens = self.inference.outputs();
        let mut outputs: Vec<Vec<f32>> = lens.map(|len| vec![0.0; rows * len]).collect();
        let mut places: Vec<&mut [f32]> = outputs.iter_mut().map(|own| &mut own[..]).collect();
        self.inference.run(rows, &values, &mut places);
        let signal = |(values, shape): (Vec<f32>, &Shape)| {
            signal_of(values, &batch_shape(rows, shape), &device)
        };
        Ok(outputs.into_iter().zip(&self.outputs).map(signal).collect())
    }

    /// The rows of each output from those of each input.
    pub(crate) fn run(&self, rows: usize, inputs: &[&[f32]], outputs: &mut [&mut [f32]]) {
        self.inference.run(rows, inputs, outputs);
    }
}
