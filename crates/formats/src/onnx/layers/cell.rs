//! Cells of recurrent layers, each an operator that goes through a whole sequence.

use firebrick_model::layers::AnyLayer;
use firebrick_model::{Activation, WeightValue};
use serde::Deserialize;

use super::super::attribute::{floats, int, single, text, texts, whole};
use super::super::layer_call::LayerCall;
use super::super::proto::Attribute;
use crate::blocks::blocks;
use crate::error::FormatProblem;

#[derive(Deserialize)]
struct Arguments {
    activation: Activation,
    recurrent_activation: Option<Activation>,
    #[serde(default)]
    reset_after: bool,
}

/// The arguments of a layer of cells.
#[derive(Deserialize)]
struct OfCell {
    cell: AnyLayer,
}

/// The arguments of cells on top of each other.
#[derive(Deserialize)]
struct Stacked {
    cells: Vec<AnyLayer>,
}

/// What stands for a cell in ONNX.
pub(super) struct Cell {
    kind: Kind,
    /// The part of the layer that has its weights.
    part: String,
    arguments: Arguments,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Lstm,
    Gru,
    Simple,
}

/// What a cell is given beside the sequence.
pub(super) struct Around<'a> {
    /// How many steps each sample has, if not all.
    pub(super) lengths: &'a str,
    /// The states that it begins with, if not zeros.
    pub(super) states: &'a [String],
    pub(super) goes_backwards: bool,
}

impl Kind {
    fn of(class_name: &str) -> Option<Self> {
        Some(match class_name {
            "LSTM" | "LSTMCell" => Self::Lstm,
            "GRU" | "GRUCell" => Self::Gru,
            "SimpleRNN" | "SimpleRNNCell" => Self::Simple,
            _ => return None,
        })
    }

    fn operator(self) -> &'static str {
        match self {
            Self::Lstm => "LSTM",
            Self::Gru => "GRU",
            Self::Simple => "RNN",
        }
    }

    /// Which of Keras' gates stands at each place.
    fn gates(self) -> &'static [usize] {
        match self {
            // Input, output, forget, candidate.
            Self::Lstm => &[0, 3, 1, 2],
            Self::Gru => &[0, 1, 2],
            Self::Simple => &[0],
        }
    }
}

impl Cell {
    /// The cells of a recurrent layer, each of which takes what the one before gives.
    ///
    /// # Errors
    /// A cell that ONNX has no operator for.
    pub(super) fn all(call: &LayerCall<'_>) -> Result<Vec<Self>, FormatProblem> {
        let part = match call.layer.class_name() {
            "LSTM" => "lstm_cell",
            "GRU" => "gru_cell",
            "SimpleRNN" => "simple_rnn_cell",
            _ => {
                let own: OfCell = call.arguments()?;
                return Self::within(call, &own.cell);
            }
        };
        Ok(vec![Self::new(call, call.layer, part.to_owned())?])
    }

    fn within(call: &LayerCall<'_>, cell: &AnyLayer) -> Result<Vec<Self>, FormatProblem> {
        let part = cell.default_name();
        if cell.class_name() != "StackedRNNCells" {
            return Ok(vec![Self::new(call, cell, part)?]);
        }
        let stacked: Stacked = call.arguments_of(cell)?;
        let cells = stacked.cells.iter().enumerate().map(|(place, cell)| {
            let name = cell.default_name();
            let before = stacked.cells[..place].iter();
            let name = match before.filter(|other| other.default_name() == name).count() {
                0 => name,
                count => format!("{name}_{count}"),
            };
            Self::new(call, cell, format!("{part}/{name}"))
        });
        cells.collect()
    }

    fn new(call: &LayerCall<'_>, layer: &AnyLayer, part: String) -> Result<Self, FormatProblem> {
        let class_name = layer.class_name();
        let kind = Kind::of(class_name).ok_or_else(|| {
            call.refused(format!(
                "its cell is a {class_name}, expected an LSTM, a GRU or a SimpleRNN, which alone ONNX has"
            ))
        })?;
        Ok(Self {
            kind,
            part,
            arguments: call.arguments_of(layer)?,
        })
    }

    pub(super) fn num_states(&self) -> usize {
        if self.kind == Kind::Lstm { 2 } else { 1 }
    }

    /// Its operator: what leaves each step of `[steps, N, features]`, then the last states.
    ///
    /// # Errors
    /// A function that there is not within ONNX' operator.
    pub(super) fn written(
        &self,
        call: &mut LayerCall<'_>,
        x: &str,
        around: &Around<'_>,
    ) -> Result<Vec<String>, FormatProblem> {
        let weights = self.weights(call)?;
        let mut inputs = vec![x];
        inputs.extend(weights.iter().map(String::as_str));
        inputs.push(around.lengths);
        inputs.extend(around.states.iter().map(String::as_str));
        while inputs.last().is_some_and(|input| input.is_empty()) {
            inputs.pop();
        }
        let mut attributes = self.attributes(call)?;
        if around.goes_backwards {
            attributes.push(text("direction", "reverse"));
        }
        let num_outputs = 1 + self.num_states();
        Ok(call.operators(self.kind.operator(), &inputs, attributes, num_outputs))
    }

    /// Kernel, recurrent kernel and biases.
    fn weights(&self, call: &mut LayerCall<'_>) -> Result<[String; 3], FormatProblem> {
        let name = |weight: &str| format!("{}/{weight}", self.part);
        let gates = self.kind.gates();
        let mut kernel_of = |weight: &str| -> Result<String, FormatProblem> {
            let value = blocks(call.weight(&name(weight))?, gates)?.transposed(&[1, 0])?;
            Ok(one_direction(call, &name(weight), &value))
        };
        let kernel = kernel_of("kernel")?;
        let recurrent_kernel = kernel_of("recurrent_kernel")?;
        let bias = match call.find(&name("bias")).cloned() {
            Some(bias) => {
                let bias = blocks(&bias, gates)?;
                // The second one, of the recurrent kernel, is there for some.
                let mut values = bias.values().to_vec();
                if bias.shape().len() == 1 {
                    values.resize(2 * values.len(), 0.0);
                }
                let value = WeightValue::new([values.len()], values)?;
                one_direction(call, &name("bias"), &value)
            }
            None => String::new(),
        };
        Ok([kernel, recurrent_kernel, bias])
    }

    fn attributes(&self, call: &LayerCall<'_>) -> Result<Vec<Attribute>, FormatProblem> {
        let recurrent_kernel = call.weight(&format!("{}/recurrent_kernel", self.part))?;
        let units = recurrent_kernel.shape()[0];
        let activation = self.arguments.activation;
        let gate = self.arguments.recurrent_activation.unwrap_or(activation);
        let functions = match self.kind {
            Kind::Lstm => vec![gate, activation, activation],
            Kind::Gru => vec![gate, activation],
            Kind::Simple => vec![activation],
        };
        let (mut names, mut alphas, mut betas) = (Vec::new(), Vec::new(), Vec::new());
        for function in functions {
            let (name, alpha, beta) = cell_function(function).ok_or_else(|| {
                call.refused(format!(
                    "ONNX has no activation `{function}` within recurrent layers; choose another"
                ))
            })?;
            names.push(name);
            alphas.extend(alpha.map(single));
            betas.extend(beta.map(single));
        }
        let mut attributes = vec![
            int("hidden_size", whole(units)),
            texts("activations", &names),
        ];
        if !alphas.is_empty() {
            attributes.push(floats("activation_alpha", alphas));
        }
        if !betas.is_empty() {
            attributes.push(floats("activation_beta", betas));
        }
        if self.kind == Kind::Gru {
            let resets_after = self.arguments.reset_after.into();
            attributes.push(int("linear_before_reset", resets_after));
        }
        Ok(attributes)
    }
}

fn one_direction(call: &mut LayerCall<'_>, name: &str, value: &WeightValue) -> String {
    let shape = [&[1], value.shape()].concat();
    call.floats(name, &shape, value.values())
}

/// A function within a cell, with its slope and what it adds.
fn cell_function(activation: Activation) -> Option<(&'static str, Option<f64>, Option<f64>)> {
    Some(match activation {
        Activation::Sigmoid => ("Sigmoid", None, None),
        Activation::Tanh => ("Tanh", None, None),
        Activation::Relu => ("Relu", None, None),
        Activation::Softplus => ("Softplus", None, None),
        Activation::Softsign => ("Softsign", None, None),
        Activation::Linear => ("Affine", Some(1.0), Some(0.0)),
        Activation::HardSigmoid => ("HardSigmoid", Some(1.0 / 6.0), Some(0.5)),
        Activation::SparseSigmoid => ("HardSigmoid", Some(0.5), Some(0.5)),
        Activation::LeakyRelu { negative_slope } => ("LeakyRelu", Some(negative_slope), None),
        Activation::Elu { alpha } => ("Elu", Some(alpha), None),
        _ => return None,
    })
}
