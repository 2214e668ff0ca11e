//! What the weights of each layer are in PyTorch.

use std::collections::BTreeMap;

use firebrick_model::layers::AnyLayer;
use firebrick_model::{Graph, Sequential, WeightValue};

use crate::blocks::blocks;
use crate::error::FormatProblem;

/// How a weight lies in PyTorch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// As here.
    Same,
    /// With its axes in this order.
    Turned(&'static [usize]),
    /// Of a convolution of each channel by itself: inputs and their multiples are one axis there.
    Depthwise(&'static [usize]),
    /// With its axes turned and its gates in PyTorch's order, that of `r`, `z`, `n`.
    Gates,
    /// The two biases of a recurrent layer; here they are one, and the second is 0 there.
    Biases,
    /// The two biases of a recurrent layer, which are the rows of one here, with the gates in PyTorch's order.
    GateBiases,
}

/// Where the update gate, the reset gate and the candidate are.
const GATES: [usize; 3] = [1, 0, 2];

/// A weight of a layer, and what it is called in PyTorch: after the name of the module, and without it.
#[derive(Debug)]
struct Named {
    index: usize,
    /// Layer and name of the weight, for messages.
    weight: String,
    /// Keras' shape.
    shape: Vec<usize>,
    form: Form,
    /// One name, or two where there are two biases.
    names: Vec<String>,
}

/// A layer with weights as a module of PyTorch.
#[derive(Debug)]
pub(super) struct Counterpart {
    prefix: String,
    weights: Vec<Named>,
}

/// The layers of a network that have weights, in order.
///
/// # Errors
/// A layer that has no counterpart.
pub(super) fn counterparts(graph: &Graph) -> Result<Vec<Counterpart>, FormatProblem> {
    let mut layers = Vec::new();
    flattened(graph, "", &mut layers);
    let mut found: Vec<Counterpart> = Vec::new();
    for (index, (layer, spec)) in graph.weights()?.into_iter().enumerate() {
        let path = format!("{layer}/{}", spec.name);
        let own = layers.iter().find_map(|(name, layer)| {
            let weight = path.strip_prefix(name.as_str())?.strip_prefix('/')?;
            Some((name, *layer, weight.to_owned()))
        });
        let Some((name, layer, weight)) = own else {
            continue;
        };
        // A state that is kept between batches.
        if !weight.contains('/') && is_recurrent(layer) {
            continue;
        }
        let Some((form, names)) = counterpart(layer, &weight, &spec.shape) else {
            return Err(FormatProblem::Layer {
                layer: name.clone(),
                class_name: layer.class_name().to_owned(),
                reason: format!(
                    "its weight `{weight}` has no counterpart in PyTorch; save it under its own name"
                ),
            });
        };
        let prefix = name.replace('/', ".");
        let own = Named {
            index,
            weight: path,
            shape: spec.shape,
            form,
            names,
        };
        match found.last_mut().filter(|last| last.prefix == prefix) {
            Some(last) => last.weights.push(own),
            None => found.push(Counterpart {
                prefix,
                weights: vec![own],
            }),
        }
    }
    Ok(found)
}

/// All layers, those of networks within it with their paths.
fn flattened<'a>(graph: &'a Graph, path: &str, found: &mut Vec<(String, &'a AnyLayer)>) {
    for layer in graph.layers() {
        let name = format!("{path}{}", layer.name());
        let inner = layer.layer();
        let line = inner.downcast_ref::<Sequential>().map(Sequential::as_line);
        match inner.downcast_ref::<Graph>().or(line) {
            Some(graph) => flattened(graph, &format!("{name}/"), found),
            None => found.push((name, inner)),
        }
    }
}

fn is_recurrent(layer: &AnyLayer) -> bool {
    ["LSTM", "GRU", "SimpleRNN", "Bidirectional"].contains(&layer.class_name())
}

/// The form of a weight and its names.
fn counterpart(layer: &AnyLayer, weight: &str, shape: &[usize]) -> Option<(Form, Vec<String>)> {
    let one = |form: Form, name: &str| Some((form, vec![name.to_owned()]));
    match (layer.class_name(), weight) {
        (_, "bias")
        | ("BatchNormalization" | "LayerNormalization" | "GroupNormalization", "beta") => {
            one(Form::Same, "bias")
        }
        ("Dense", "kernel") => one(Form::Turned(&[1, 0]), "weight"),
        // Inputs and outputs of transposed ones have changed places in both.
        ("Conv1D" | "Conv1DTranspose", "kernel") => one(Form::Turned(&[2, 1, 0]), "weight"),
        ("Conv2D" | "Conv2DTranspose", "kernel") => one(Form::Turned(&[3, 2, 0, 1]), "weight"),
        ("Conv3D" | "Conv3DTranspose", "kernel") => one(Form::Turned(&[4, 3, 0, 1, 2]), "weight"),
        ("DepthwiseConv1D", _) => one(Form::Depthwise(&[1, 2, 0]), "weight"),
        ("DepthwiseConv2D", _) => one(Form::Depthwise(&[2, 3, 0, 1]), "weight"),
        ("Embedding", "embeddings")
        | ("BatchNormalization" | "LayerNormalization" | "GroupNormalization", "gamma")
        | ("RMSNormalization", "scale") => one(Form::Same, "weight"),
        ("PReLU", "alpha") if shape.len() == 1 => one(Form::Same, "weight"),
        ("BatchNormalization", "moving_mean") => one(Form::Same, "running_mean"),
        ("BatchNormalization", "moving_variance") => one(Form::Same, "running_var"),
        ("LSTM" | "GRU" | "SimpleRNN", weight) => recurrent(weight, shape, ""),
        ("Bidirectional", weight) => {
            let (direction, weight) = weight.split_once('/')?;
            let reverse = if direction.starts_with("backward") {
                "_reverse"
            } else {
                ""
            };
            recurrent(weight, shape, reverse)
        }
        _ => None,
    }
}

/// That of a cell, `lstm_cell/kernel`.
fn recurrent(weight: &str, shape: &[usize], reverse: &str) -> Option<(Form, Vec<String>)> {
    let (cell, weight) = weight.split_once('/')?;
    let is_gru = cell == "gru_cell";
    if !is_gru && cell != "lstm_cell" && cell != "simple_rnn_cell" {
        return None;
    }
    let kernel = if is_gru {
        Form::Gates
    } else {
        Form::Turned(&[1, 0])
    };
    let name = |start: &str| format!("{start}_l0{reverse}");
    match weight {
        "kernel" => Some((kernel, vec![name("weight_ih")])),
        "recurrent_kernel" => Some((kernel, vec![name("weight_hh")])),
        "bias" => {
            let form = match (is_gru, shape.len()) {
                (false, _) => Form::Biases,
                (true, 2) => Form::GateBiases,
                // Resets before the product, which PyTorch does not.
                (true, _) => return None,
            };
            Some((form, vec![name("bias_ih"), name("bias_hh")]))
        }
        _ => None,
    }
}

impl Counterpart {
    /// The name of the module.
    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The tensors of the module, by name.
    ///
    /// # Errors
    /// None with weights of the network.
    pub(super) fn to_torch(
        &self,
        values: &[WeightValue],
    ) -> Result<Vec<(String, WeightValue)>, FormatProblem> {
        let mut tensors = Vec::new();
        for weight in &self.weights {
            let Some(value) = values.get(weight.index) else {
                continue;
            };
            let names = weight.names.iter();
            let names = names.map(|name| format!("{}.{name}", self.prefix));
            tensors.extend(names.zip(weight.form.to_torch(value)?));
        }
        Ok(tensors)
    }

    /// The weights of the layer, by their places, taken out of those of a file.
    ///
    /// # Errors
    /// One that is missing or of another shape.
    pub(super) fn take(
        &self,
        prefix: &str,
        found: &mut BTreeMap<String, WeightValue>,
    ) -> Result<Vec<(usize, WeightValue)>, FormatProblem> {
        let mut weights = Vec::new();
        for weight in &self.weights {
            // What the tensors should be, by turning one of zeros.
            let zeros = vec![0.0; weight.shape.iter().product()];
            let zeros = WeightValue::new(weight.shape.clone(), zeros)?;
            let mut tensors = Vec::new();
            for (name, expected) in weight.names.iter().zip(weight.form.to_torch(&zeros)?) {
                let place = format!("{prefix}.{name}");
                let tensor = found
                    .remove(&place)
                    .ok_or_else(|| FormatProblem::MissingWeight {
                        weight: weight.weight.clone(),
                        expected: expected.shape().to_vec(),
                        place: place.clone(),
                    })?;
                if tensor.shape() != expected.shape() {
                    return Err(FormatProblem::WeightShape {
                        weight: weight.weight.clone(),
                        expected: expected.shape().to_vec(),
                        received: tensor.shape().to_vec(),
                        place,
                    });
                }
                tensors.push(tensor);
            }
            let value = weight.form.restored(&tensors, &weight.shape)?;
            weights.push((weight.index, value));
        }
        Ok(weights)
    }
}

impl Form {
    fn to_torch(self, value: &WeightValue) -> Result<Vec<WeightValue>, FormatProblem> {
        Ok(match self {
            Self::Same => vec![value.clone()],
            Self::Turned(axes) => vec![value.transposed(axes)?],
            Self::Depthwise(axes) => {
                let value = value.transposed(axes)?;
                let (inputs, kernel) = value.shape().split_at(2);
                let shape = [&[inputs.iter().product::<usize>(), 1][..], kernel].concat();
                vec![WeightValue::new(shape, value.into_values())?]
            }
            Self::Gates => vec![blocks(value, &GATES)?.transposed(&[1, 0])?],
            Self::Biases => {
                let zeros = vec![0.0; value.values().len()];
                vec![value.clone(), WeightValue::new(value.shape(), zeros)?]
            }
            Self::GateBiases => {
                let value = blocks(value, &GATES)?;
                let length = value.shape()[1];
                let rows = value.values().chunks_exact(length.max(1));
                rows.map(|row| WeightValue::new([length], row))
                    .collect::<Result<_, _>>()?
            }
        })
    }

    /// Back from tensors of the shapes that [`to_torch`](Self::to_torch) gives.
    fn restored(
        self,
        tensors: &[WeightValue],
        shape: &[usize],
    ) -> Result<WeightValue, FormatProblem> {
        let inverse = |axes: &[usize]| -> Vec<usize> {
            (0..axes.len())
                .filter_map(|axis| axes.iter().position(|other| *other == axis))
                .collect()
        };
        let values = || {
            tensors
                .iter()
                .flat_map(|tensor| tensor.values().iter().copied())
        };
        let first = || &tensors[0];
        Ok(match self {
            Self::Same => first().clone(),
            Self::Turned(axes) => first().transposed(&inverse(axes))?,
            Self::Depthwise(axes) => {
                let order: Vec<usize> = axes.iter().map(|axis| shape[*axis]).collect();
                let value = WeightValue::new(order, values().collect::<Vec<_>>())?;
                value.transposed(&inverse(axes))?
            }
            // The order of the gates is its own inverse.
            Self::Gates => blocks(&first().transposed(&[1, 0])?, &GATES)?,
            Self::Biases => {
                let sums = tensors[0].values().iter().zip(tensors[1].values());
                let sums: Vec<f32> = sums.map(|(one, other)| one + other).collect();
                WeightValue::new(shape, sums)?
            }
            Self::GateBiases => {
                let rows = WeightValue::new(shape, values().collect::<Vec<_>>())?;
                blocks(&rows, &GATES)?
            }
        })
    }
}
