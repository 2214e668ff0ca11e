//! The weights and functions of a recurrent operator, as Keras has them.

use firebrick_model::WeightValue;
use serde_json::{Value as Json, json};

use crate::blocks::blocks;
use crate::error::FormatProblem;
use crate::onnx::reading::node_call::NodeCall;
use crate::onnx::reading::operators::activation::is_near;

/// A kind of cell.
pub(super) struct Cell {
    pub(super) class_name: &'static str,
    /// The part of the layer that has its weights.
    part: &'static str,
    /// Which of the operator's gates stands at each of Keras' places.
    gates: &'static [usize],
    /// What the operator computes with where nothing is said.
    functions: &'static [&'static str],
}

impl Cell {
    pub(super) fn of(operator: &str) -> Self {
        match operator {
            "LSTM" => Self {
                class_name: "LSTM",
                part: "lstm_cell",
                gates: &[0, 2, 3, 1],
                functions: &["Sigmoid", "Tanh", "Tanh"],
            },
            "GRU" => Self {
                class_name: "GRU",
                part: "gru_cell",
                gates: &[0, 1, 2],
                functions: &["Sigmoid", "Tanh"],
            },
            _ => Self {
                class_name: "SimpleRNN",
                part: "simple_rnn_cell",
                gates: &[0],
                functions: &["Tanh"],
            },
        }
    }

    pub(super) fn is_lstm(&self) -> bool {
        self.class_name == "LSTM"
    }

    /// Keras' arguments of the functions of one direction.
    ///
    /// # Errors
    /// Functions that there are not within layers.
    pub(super) fn functions(
        &self,
        call: &NodeCall<'_, '_>,
        direction: usize,
    ) -> Result<Json, FormatProblem> {
        let names = call.texts("activations");
        let (alphas, betas) = (
            call.floats("activation_alpha"),
            call.floats("activation_beta"),
        );
        let each = self.functions.len();
        let mut found = Vec::new();
        let (mut taken_alphas, mut taken_betas) = (0, 0);
        for place in 0..each * (direction + 1) {
            let name = match names.get(place) {
                Some(name) => name.to_lowercase(),
                None => self.functions[place % each].to_lowercase(),
            };
            let argument = |values: &[f32], taken: &mut usize, default: f32| {
                let value = values.get(*taken).copied().unwrap_or(default);
                *taken += 1;
                value
            };
            let function = match name.as_str() {
                "sigmoid" | "tanh" | "relu" | "softplus" | "softsign" => name,
                "affine" => {
                    let factors = [
                        argument(alphas, &mut taken_alphas, 1.0),
                        argument(betas, &mut taken_betas, 0.0),
                    ];
                    if !(is_near(factors[0], 1.0) && is_near(factors[1], 0.0)) {
                        return Err(call.refused_attribute(
                            "activations",
                            "has an Affine other than x itself",
                        ));
                    }
                    "linear".to_owned()
                }
                "hardsigmoid" => {
                    let slope = argument(alphas, &mut taken_alphas, 0.2);
                    let offset = argument(betas, &mut taken_betas, 0.5);
                    if is_near(slope, 1.0 / 6.0) && is_near(offset, 0.5) {
                        "hard_sigmoid".to_owned()
                    } else if is_near(slope, 0.5) && is_near(offset, 0.5) {
                        "sparse_sigmoid".to_owned()
                    } else {
                        return Err(call.refused_attribute(
                            "activations",
                            format!("has a HardSigmoid of slope {slope}, expected 1/6 or 1/2"),
                        ));
                    }
                }
                "leakyrelu" => format!(
                    "leaky_relu:negative_slope={}",
                    argument(alphas, &mut taken_alphas, 0.01)
                ),
                "elu" => format!("elu:alpha={}", argument(alphas, &mut taken_alphas, 1.0)),
                _ => {
                    let name = firebrick_model::shortened(&name);
                    return Err(call.refused_attribute(
                        "activations",
                        format!("has `{name}`, which no layer has"),
                    ));
                }
            };
            found.push(function);
        }
        let own = &found[each * direction..];
        Ok(match own {
            [gate, activation, last] if activation == last => {
                json!({"activation": activation, "recurrent_activation": gate})
            }
            [gate, activation] => json!({"activation": activation, "recurrent_activation": gate}),
            [activation] => json!({"activation": activation}),
            _ => {
                return Err(call.refused_attribute(
                    "activations",
                    "has other functions for the cell and its output, expected the same",
                ));
            }
        })
    }

    /// The weights of one direction, with their paths within the layer.
    ///
    /// # Errors
    /// Weights of other shapes.
    pub(super) fn weights(
        &self,
        call: &mut NodeCall<'_, '_>,
        direction: usize,
        resets_after: Option<bool>,
    ) -> Result<Vec<(String, WeightValue)>, FormatProblem> {
        let name = |weight: &str| format!("{}/{weight}", self.part);
        let mut weights = Vec::new();
        for (input, weight) in [(1, "kernel"), (2, "recurrent_kernel")] {
            let own = of_direction(call, input, direction)?;
            let own = own.ok_or_else(|| call.refused(format!("its input {input} is missing")))?;
            if own.shape().len() != 2
                || own.shape()[0] == 0
                || own.shape()[0] % self.gates.len() != 0
            {
                return Err(call.refused(format!(
                    "its input {input} has the shape {:?}, expected gates and features",
                    own.shape()
                )));
            }
            weights.push((name(weight), blocks(&own.transposed(&[1, 0])?, self.gates)?));
        }
        if let Some(bias) = of_direction(call, 3, direction)? {
            let half = bias.values().len() / 2;
            if half == 0 || half % self.gates.len() != 0 || bias.values().len() != 2 * half {
                return Err(call.refused(format!(
                    "its bias has the shape {:?}, expected two of all gates",
                    bias.shape()
                )));
            }
            let both = WeightValue::new([2, half], bias.into_values())?;
            let both = blocks(&both, self.gates)?;
            let bias = if resets_after == Some(true) {
                both
            } else {
                let (input, recurrent) = both.values().split_at(half);
                let sum: Vec<f32> = input
                    .iter()
                    .zip(recurrent)
                    .map(|(one, other)| one + other)
                    .collect();
                WeightValue::new([half], sum)?
            };
            weights.push((name("bias"), bias));
        }
        Ok(weights)
    }
}

/// The part of an input that belongs to a direction.
fn of_direction(
    call: &mut NodeCall<'_, '_>,
    input: usize,
    direction: usize,
) -> Result<Option<WeightValue>, FormatProblem> {
    let Some(all) = call.find_weight(input)? else {
        return Ok(None);
    };
    let [directions, shape @ ..] = all.shape() else {
        return Err(call.refused(format!("its input {input} has no axis of directions")));
    };
    if direction >= *directions || shape.is_empty() {
        return Err(call.refused(format!(
            "its input {input} has {directions} directions, expected more"
        )));
    }
    let count: usize = shape.iter().product();
    let values = all
        .values()
        .get(direction * count..(direction + 1) * count)
        .unwrap_or_default();
    Ok(Some(WeightValue::new(shape.to_vec(), values.to_vec())?))
}
