//! What the weights of each layer are in PyTorch.

mod attention;
mod flattening;
mod form;

use std::collections::BTreeMap;

use firebrick_model::layers::AnyLayer;
use firebrick_model::{Graph, Sequential, WeightValue};

use crate::error::FormatProblem;
use form::{Form, Layout};

/// A weight of a layer.
#[derive(Debug)]
struct Own {
    /// Its place among all of the network.
    index: usize,
    /// Its name within the layer.
    name: String,
    /// Layer and name of the weight, for messages.
    path: String,
    /// Keras' shape.
    shape: Vec<usize>,
}

/// Some weights of a layer, and the tensors of its module that they are in.
#[derive(Debug)]
struct Piece {
    weights: Vec<Own>,
    form: Form,
    /// The names of the tensors, without that of the module.
    names: Vec<String>,
}

/// A tensor of a module, as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expected {
    /// Its name without that of the module.
    pub(crate) name: String,
    /// Layer and name of the weight that it is, for messages.
    pub(crate) weight: String,
    /// The shape it should have.
    pub(crate) shape: Vec<usize>,
}

/// A layer with weights as a module of PyTorch.
#[derive(Debug)]
pub(crate) struct Counterpart {
    prefix: String,
    pieces: Vec<Piece>,
}

/// A layer, its path, and its weights.
struct Described<'a> {
    path: String,
    layer: &'a AnyLayer,
    weights: Vec<Own>,
}

/// The layers of a network that have weights, in order.
///
/// # Errors
/// A layer that has no counterpart.
pub(crate) fn counterparts(graph: &Graph) -> Result<Vec<Counterpart>, FormatProblem> {
    let images = flattening::flattened_images(graph)?;
    let mut found = Vec::new();
    for Described {
        path,
        layer,
        weights,
    } in described(graph)?
    {
        let refused = |reason: String| FormatProblem::Layer {
            layer: path.clone(),
            class_name: layer.class_name().to_owned(),
            reason,
        };
        let pieces = if layer.class_name() == "MultiHeadAttention" {
            let pieces = attention::attention(weights).ok_or_else(|| {
                refused(
                    "PyTorch has none whose heads have together another number of features than the query and the output; \
                     use our own names"
                        .to_owned(),
                )
            })?;
            let pieces = pieces.into_iter().map(|(weights, form, name)| Piece {
                weights,
                form,
                names: vec![name],
            });
            pieces.collect()
        } else {
            let image = images.get(&path).map(Vec::as_slice);
            let mut pieces = Vec::new();
            for own in weights {
                let Some((form, names)) = counterpart(layer, &own, image) else {
                    return Err(refused(format!(
                        "its weight `{}` has no counterpart in PyTorch; use our own names",
                        own.name
                    )));
                };
                pieces.push(Piece {
                    weights: vec![own],
                    form,
                    names,
                });
            }
            pieces
        };
        found.push(Counterpart {
            prefix: path.replace('/', "."),
            pieces,
        });
    }
    Ok(found)
}

/// The layers that have weights that files of PyTorch know, in order.
fn described(graph: &Graph) -> Result<Vec<Described<'_>>, FormatProblem> {
    let mut layers = Vec::new();
    flattened(graph, "", &mut layers);
    let mut found: Vec<Described<'_>> = Vec::new();
    for (index, (layer, spec)) in graph.weights()?.into_iter().enumerate() {
        let path = format!("{layer}/{}", spec.name);
        let own = layers.iter().find_map(|(name, layer)| {
            let weight = path.strip_prefix(name.as_str())?.strip_prefix('/')?;
            Some((name, *layer, weight.to_owned()))
        });
        let Some((layer_path, layer, name)) = own else {
            continue;
        };
        // A state that is kept between batches.
        if !name.contains('/') && is_recurrent(layer) {
            continue;
        }
        let own = Own {
            index,
            name,
            path,
            shape: spec.shape,
        };
        match found.last_mut().filter(|last| last.path == *layer_path) {
            Some(last) => last.weights.push(own),
            None => found.push(Described {
                path: layer_path.clone(),
                layer,
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

/// The form of a weight and its names; `image` is what a `Flatten` before the layer had, if one had images.
fn counterpart(
    layer: &AnyLayer,
    own: &Own,
    image: Option<&[usize]>,
) -> Option<(Form, Vec<String>)> {
    let shape = own.shape.as_slice();
    let one = |layout: Layout, name: &str| Some((Form::One(layout), vec![name.to_owned()]));
    let same = |name: &str| one(Layout::same(shape), name);
    let turned = |axes: &[usize]| one(Layout::turned(shape, axes), "weight");
    match (layer.class_name(), own.name.as_str()) {
        (_, "bias")
        | ("BatchNormalization" | "LayerNormalization" | "GroupNormalization", "beta") => {
            same("bias")
        }
        ("Dense", "kernel") => match image {
            Some(image) if shape[0] == image.iter().product::<usize>() => {
                one(Layout::flattened(shape, image), "weight")
            }
            _ => turned(&[1, 0]),
        },
        // Inputs and outputs of transposed ones have changed places in both.
        ("Conv1D" | "Conv1DTranspose", "kernel") => turned(&[2, 1, 0]),
        ("Conv2D" | "Conv2DTranspose", "kernel") => turned(&[3, 2, 0, 1]),
        ("Conv3D" | "Conv3DTranspose", "kernel") => turned(&[4, 3, 0, 1, 2]),
        ("DepthwiseConv1D", _) => one(Layout::depthwise(shape, &[1, 2, 0]), "weight"),
        ("DepthwiseConv2D", _) => one(Layout::depthwise(shape, &[2, 3, 0, 1]), "weight"),
        ("Embedding", "embeddings")
        | ("BatchNormalization" | "LayerNormalization" | "GroupNormalization", "gamma")
        | ("RMSNormalization", "scale") => same("weight"),
        ("PReLU", "alpha") if shape.len() == 1 => same("weight"),
        ("BatchNormalization", "moving_mean") => same("running_mean"),
        ("BatchNormalization", "moving_variance") => same("running_var"),
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
    let kernel = || {
        let layout = Layout::turned(shape, &[1, 0]);
        if is_gru {
            Form::Gates(layout)
        } else {
            Form::One(layout)
        }
    };
    let name = |start: &str| format!("{start}_l0{reverse}");
    match weight {
        "kernel" => Some((kernel(), vec![name("weight_ih")])),
        "recurrent_kernel" => Some((kernel(), vec![name("weight_hh")])),
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
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The tensors of the module, by name.
    ///
    /// # Errors
    /// None with weights of the network.
    pub(crate) fn to_torch(
        &self,
        values: &[WeightValue],
    ) -> Result<Vec<(String, WeightValue)>, FormatProblem> {
        let mut tensors = Vec::new();
        for piece in &self.pieces {
            let own = piece.weights.iter();
            let own: Option<Vec<&WeightValue>> = own.map(|own| values.get(own.index)).collect();
            let Some(own) = own else {
                continue;
            };
            let names = piece.names.iter();
            let names = names.map(|name| format!("{}.{name}", self.prefix));
            tensors.extend(names.zip(piece.form.to_torch(&own)?));
        }
        Ok(tensors)
    }

    /// The tensors that the module should have, in PyTorch's order.
    pub(crate) fn expected(&self) -> Vec<Expected> {
        let of_piece = |piece: &Piece| {
            let first = &piece.weights[0];
            let shapes = piece.form.stored_shapes(&first.shape);
            let expected = piece.names.iter().zip(shapes);
            let expected = expected.map(|(name, shape)| Expected {
                name: name.clone(),
                weight: first.path.clone(),
                shape,
            });
            expected.collect::<Vec<_>>()
        };
        self.pieces.iter().flat_map(of_piece).collect()
    }

    /// The weights of the layer, by their places, from the tensors that are [`expected`](Self::expected).
    ///
    /// # Errors
    /// None with as many tensors of those shapes.
    pub(crate) fn restored(
        &self,
        tensors: Vec<WeightValue>,
    ) -> Result<BTreeMap<usize, WeightValue>, FormatProblem> {
        let mut tensors = tensors.into_iter();
        let mut weights = BTreeMap::new();
        for piece in &self.pieces {
            let own: Vec<WeightValue> = tensors.by_ref().take(piece.names.len()).collect();
            let values = piece.form.restored(&own, &piece.weights[0].shape)?;
            weights.extend(piece.weights.iter().map(|own| own.index).zip(values));
        }
        Ok(weights)
    }
}
