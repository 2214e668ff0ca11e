//! A batch on its way through a network.

use std::cell::RefCell;

use burn::tensor::Tensor;
use firebrick_tensor::AnyTensor;

use super::Network;
use crate::error::ModelError;
use crate::graph::{Graph, called};
use crate::layer::Call;
use crate::layer_problem::LayerProblem;
use crate::mode::Mode;
use crate::model::Answers;
use crate::shape::Shape;
use crate::signal::{Signal, Signals};

impl Network {
    /// Runs a batch through all layers of a network of one input and one output.
    ///
    /// A frozen network (Burn's [`Module::freeze`](burn::module::Module::freeze), [`Module::valid`](burn::module::Module::valid))
    /// keeps its dropout off and its moving statistics as they are in training, too.
    ///
    /// # Shapes
    /// - inputs: `[batch_size, input_shape...]`, or one row of features a sample
    /// - output: `[batch_size, output_shape...]`
    ///
    /// # Panics
    /// When the inputs do not have the network's input shape; [`predict`](Self::predict) gives an
    /// error.
    pub fn forward(&self, inputs: impl Into<AnyTensor>, mode: Mode) -> AnyTensor {
        let outputs = self.forward_all(inputs.into().into(), mode);
        match outputs.and_then(|outputs| self.only(outputs)) {
            Ok(outputs) => outputs,
            Err(error) => panic!("{error}"),
        }
    }

    /// The same of several inputs and outputs, with masks; last activations are included.
    ///
    /// # Errors
    /// Another number of inputs, or inputs of other shapes than the network's; values for which a layer has no result.
    pub fn forward_all(&self, inputs: Signals, mode: Mode) -> Result<Signals, ModelError> {
        let losses = RefCell::default();
        let pass = Pass::whole(mode, &losses);
        let inputs = self.description.fitted(inputs)?;
        self.description
            .run(inputs, |node, inputs| self.run_node(node, inputs, &pass))
    }

    /// What the network says of a batch, a softmax at its end included, of a network of one input and one output.
    ///
    /// # Shapes
    /// As those of [`forward`](Self::forward).
    ///
    /// # Errors
    /// Inputs of another shape than the network's; values for which a layer has no result, with its
    /// name.
    pub fn predict(&self, inputs: impl Into<AnyTensor>) -> Result<AnyTensor, ModelError> {
        self.only(self.predict_all(inputs.into().into())?)
    }

    /// The same of several inputs and outputs, in the order in which the network has them.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::layers::{Add, Layer, Subtract};
    /// use firebrick::models::{Graph, Signal, input};
    ///
    /// let device = Device::flex();
    /// let (a, b) = (input([1]), input([1]));
    /// let outputs = [Add::new().on([&a, &b]), Subtract::new().on([&a, &b])];
    /// let model = Graph::new([a, b], outputs).build(1, &device)?;
    /// let number = |x: f32| Signal::from(Tensor::<2>::from_floats([[x]], &device));
    /// let answers = model.predict_all([number(5.0), number(3.0)].into())?;
    /// assert_eq!(answers[0].values().clone().into_vec()?, [8.0]);
    /// assert_eq!(answers[1].values().clone().into_vec()?, [2.0]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Errors
    /// Another number of inputs; those of [`predict`](Self::predict).
    pub fn predict_all(&self, inputs: Signals) -> Result<Signals, ModelError> {
        let losses = RefCell::default();
        let pass = Pass::whole(Mode::Inference, &losses);
        let inputs = self.description.fitted(inputs)?;
        self.description.run(inputs, |node, inputs| {
            self.check_node(node, &inputs)?;
            self.run_node(node, inputs, &pass)
        })
    }

    /// Runs a batch through all layers but for a softmax or a sigmoid at the ends.
    pub(super) fn raw_answers(&self, inputs: Signals, mode: Mode) -> Result<Answers, ModelError> {
        let losses = RefCell::default();
        let pass = Pass {
            leaves_activations: true,
            ..Pass::whole(mode, &losses)
        };
        let inputs = self.description.fitted(inputs)?;
        let outputs = self
            .description
            .run(inputs, |node, inputs| self.run_node(node, inputs, &pass))?;
        Ok(Answers {
            outputs,
            losses: losses.into_inner(),
        })
    }

    /// Runs a batch through a call of one of the layers; an error names it.
    pub(super) fn run_node(
        &self,
        index: usize,
        inputs: Signals,
        pass: &Pass,
    ) -> Result<Signals, ModelError> {
        let node = &self.description.nodes()[index];
        let layer = &self.description.layers()[node.layer];
        let mut mode = pass.mode.at(layer.name());
        if node.call > 0 {
            mode = mode.at(&node.call.to_string());
        }
        let leaves = pass.leaves_activations && self.plan.nodes[index].may_leave_activation;
        let call = Call::new(&self.layers[node.layer], mode, pass.losses)
            .frozen_if(!layer.is_trainable())
            .inferring_if(node.arguments.in_inference)
            .leaving_activation_if(leaves);
        let described = self.description.called(index);
        let shapes = sample_shapes(&inputs);
        let failed = |problem| self.description.layer_error(index, &shapes, problem);
        if self.plan.nodes[index].is_open {
            // What was not known when the network was planned is looked at now.
            described.output_shapes(&shapes).map_err(failed)?;
        }
        called(described, inputs, &call).map_err(failed)
    }

    pub(super) fn check_node(&self, index: usize, inputs: &Signals) -> Result<(), ModelError> {
        let layer = self.description.called(index);
        let failed = |problem: LayerProblem| {
            let shapes = sample_shapes(inputs);
            self.description.layer_error(index, &shapes, problem)
        };
        layer.check(inputs).map_err(failed)
    }

    /// The only output.
    pub(super) fn only(&self, outputs: Signals) -> Result<AnyTensor, ModelError> {
        let count = outputs.len();
        outputs
            .into_values()
            .map_err(|_several| ModelError::Several {
                what: "outputs",
                count,
                names: self
                    .description
                    .output_names()
                    .into_iter()
                    .map(str::to_owned)
                    .collect(),
                hint: "ask by `predict_all` or `Model::call`, which give all of them",
            })
    }
}

/// How a batch goes through a network.
pub(super) struct Pass<'a> {
    pub(super) mode: Mode,
    /// Whether losses compute the activations at the ends.
    leaves_activations: bool,
    /// What layers add to the loss.
    losses: &'a RefCell<Vec<Tensor<1>>>,
}

impl<'a> Pass<'a> {
    /// Through all of it.
    pub(super) fn whole(mode: Mode, losses: &'a RefCell<Vec<Tensor<1>>>) -> Self {
        Self {
            mode,
            leaves_activations: false,
            losses,
        }
    }
}

/// The shapes of single samples.
fn sample_shapes(signals: &Signals) -> Vec<Shape> {
    let shape = |signal: &Signal| Shape::from(&signal.shape()[1..]);
    signals.iter().map(shape).collect()
}

impl Graph {
    /// Brings rows of features into the input shapes.
    ///
    /// # Errors
    /// Another number of inputs, or of features.
    pub(crate) fn fitted(&self, signals: Signals) -> Result<Signals, ModelError> {
        let inputs = self.inputs();
        if inputs.len() != signals.len() {
            return Err(ModelError::NumInputs {
                names: inputs.iter().map(|input| input.name().to_owned()).collect(),
                received: signals.len(),
            });
        }
        let fit = |(signal, input): (Signal, &crate::graph::GraphInput)| {
            let shape = signal.shape();
            if input.shape().takes(&shape[1..]) {
                return Ok(signal);
            }
            match (&shape[..], input.shape().known()) {
                (&[batch_size, features], Ok(expected))
                    if features == expected.iter().product::<usize>() =>
                {
                    let (values, mask) = signal.into_parts();
                    let mut shape = vec![batch_size];
                    shape.extend(expected);
                    Ok(Signal::from(values.reshaped(&shape)).with_mask(mask))
                }
                _ => Err(ModelError::InputShape {
                    input: (inputs.len() > 1).then(|| input.name().to_owned()),
                    expected: input.shape().clone(),
                    received: shape,
                }),
            }
        };
        signals.into_iter().zip(inputs).map(fit).collect()
    }
}
