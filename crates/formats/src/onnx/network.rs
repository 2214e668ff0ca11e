//! A network on its way into operators, call by call.

use firebrick_model::layers::{AnyLayer, MaskPolicy};
use firebrick_model::{Graph, Shape};

use super::layer_call::{LayerCall, Weights};
use super::layers;
use super::value::Value;
use super::wiring::{Source, Wiring, inner};
use super::writer::Writer;
use crate::error::FormatProblem;

/// Layers that a mask goes by, or that heed it as they are written here.
const MASKED: &[&str] = &[
    "Activation",
    "ActivityRegularization",
    "Add",
    "AdditiveAttention",
    "AlphaDropout",
    "Attention",
    "Average",
    "BatchNormalization",
    "Bidirectional",
    "Concatenate",
    "Dense",
    "Dot",
    "Dropout",
    "ELU",
    "GRU",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling1D",
    "GroupNormalization",
    "GroupQueryAttention",
    "Identity",
    "LSTM",
    "LayerNormalization",
    "LeakyReLU",
    "Masking",
    "Maximum",
    "Minimum",
    "MultiHeadAttention",
    "Multiply",
    "Normalization",
    "PReLU",
    "RNN",
    "ReLU",
    "Rescaling",
    "SimpleRNN",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "Subtract",
    "TimeDistributed",
    "UnitNormalization",
];

/// Writes the layers of a network, whose path ends in `/` if it is within another, and gives what leaves it.
///
/// # Errors
/// A layer that ONNX has no operators for.
pub(super) fn written(
    graph: &Graph,
    path: &str,
    inputs: &[Value],
    weights: &Weights,
    writer: &mut Writer,
) -> Result<Vec<Value>, FormatProblem> {
    let wiring = Wiring::of(graph, path)?;
    let mut results: Vec<Vec<Value>> = Vec::with_capacity(wiring.nodes.len());
    for node in &wiring.nodes {
        let taken = node.inputs.iter().map(|source| match *source {
            Source::Input(input) => inputs[input].clone(),
            Source::Node(node, output) => results[node][output].clone(),
        });
        let taken: Vec<Value> = taken.collect();
        let path = format!("{path}{}", graph.layers()[node.layer].name());
        let layer = node.layer(graph);
        results.push(called(layer, &path, taken, weights, writer)?);
    }
    let outputs = wiring.outputs.iter().map(|source| match *source {
        Source::Input(input) => inputs[input].clone(),
        Source::Node(node, output) => results[node][output].clone(),
    });
    Ok(outputs.collect())
}

/// Writes a call of a layer and gives what leaves it, with masks passed on as the layer says.
///
/// # Errors
/// A layer that ONNX has no operators for.
pub(super) fn called(
    layer: &AnyLayer,
    path: &str,
    inputs: Vec<Value>,
    weights: &Weights,
    writer: &mut Writer,
) -> Result<Vec<Value>, FormatProblem> {
    if let Some(inner) = inner(layer) {
        return written(inner, &format!("{path}/"), &inputs, weights, writer);
    }
    let shapes: Vec<Shape> = inputs.iter().map(|value| value.shape.clone()).collect();
    let outputs = layer.output_shapes(&shapes);
    let mut call = LayerCall {
        writer,
        weights,
        layer,
        path,
        outputs: Vec::new(),
    };
    call.outputs = outputs.map_err(|problem| call.refused(problem.to_string()))?;
    let masks: Vec<bool> = inputs.iter().map(|value| value.mask.is_some()).collect();
    if masks.contains(&true) && !MASKED.contains(&layer.class_name()) {
        return Err(call.refused(
            "a mask arrives, which it is not written with; don't mask the steps before it, or end the mask by a pooling over them",
        ));
    }
    let passed = inputs.first().and_then(|value| value.mask.clone());
    let passed = passed.filter(|_| layer.masking() == MaskPolicy::Passes);
    let mut values = layers::written(&mut call, inputs)?;
    let leaving = layer.output_masks(&masks);
    for (place, value) in values.iter_mut().enumerate() {
        if !leaving.get(place).copied().unwrap_or_default() {
            value.mask = None;
        } else if value.mask.is_none() {
            value.mask.clone_from(&passed);
        }
    }
    Ok(values)
}
