//! Where images become rows: their channels are last here, and first in PyTorch.

use std::collections::BTreeMap;

use firebrick_model::{Graph, Outline, OutlineNode};

use crate::error::FormatProblem;

/// Layers that leave a row of numbers in its order.
const OF_ROWS: &[&str] = &[
    "Activation",
    "ActivityRegularization",
    "AlphaDropout",
    "Dropout",
    "ELU",
    "GaussianDropout",
    "GaussianNoise",
    "Identity",
    "LeakyReLU",
    "ReLU",
    "Rescaling",
    "Softmax",
];

/// Layers that take images with channels as they take sequences with features.
const OF_BOTH: &[&str] = &[
    "Add",
    "Average",
    "BatchNormalization",
    "Concatenate",
    "GroupNormalization",
    "LayerNormalization",
    "Maximum",
    "Minimum",
    "Multiply",
    "Normalization",
    "PReLU",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "Subtract",
    "UnitNormalization",
];

/// How the names of layers begin or go on that PyTorch gives channels first.
const OF_IMAGES: &[&str] = &[
    "Conv",
    "DepthwiseConv",
    "SeparableConv",
    "Pooling",
    "UpSampling",
    "ZeroPadding",
    "Cropping",
    "Resizing",
];

/// The shape of the images that each dense layer has as rows, by the layer's path.
///
/// # Errors
/// A network that cannot be built.
pub(super) fn flattened_images(
    graph: &Graph,
) -> Result<BTreeMap<String, Vec<usize>>, FormatProblem> {
    let mut found = BTreeMap::new();
    look(&graph.outline()?, "", &mut found);
    Ok(found)
}

fn look(outline: &Outline, path: &str, found: &mut BTreeMap<String, Vec<usize>>) {
    for node in &outline.nodes {
        let own = format!("{path}{}", node.name);
        if let Some(inside) = &node.inside {
            look(inside, &format!("{own}/"), found);
        } else if node.class_name == "Dense"
            && let Some(image) = flattened(outline, node)
        {
            found.insert(own, image);
        }
    }
}

/// The node that a node takes from, where it is one.
fn before<'a>(outline: &'a Outline, node: &OutlineNode) -> Option<&'a OutlineNode> {
    outline.nodes.get(*node.takes_from.first()?)
}

/// The images whose rows arrive at a node.
fn flattened(outline: &Outline, node: &OutlineNode) -> Option<Vec<usize>> {
    let mut node = before(outline, node)?;
    while OF_ROWS.contains(&node.class_name.as_str()) {
        node = before(outline, node)?;
    }
    if node.class_name != "Flatten" {
        return None;
    }
    let image = node.input_shapes.first()?.known().ok()?;
    let is_image = image.len() >= 2 && are_images(outline, before(outline, node)?);
    is_image.then_some(image)
}

/// Whether images leave a node, which PyTorch has with their channels first.
fn are_images(outline: &Outline, node: &OutlineNode) -> bool {
    let mut node = node;
    loop {
        let class = node.class_name.as_str();
        if let Some(inside) = &node.inside {
            return inside
                .nodes
                .last()
                .is_some_and(|last| are_images(inside, last));
        }
        if class == "InputLayer" {
            // Height, width and channels; what has two axes may as well be a sequence.
            return node
                .output_shapes
                .first()
                .map_or(0, firebrick_model::Shape::rank)
                >= 3;
        }
        if OF_IMAGES.iter().any(|part| class.contains(part)) && !class.contains("LSTM") {
            return true;
        }
        if !OF_ROWS.contains(&class) && !OF_BOTH.contains(&class) {
            return false;
        }
        match before(outline, node) {
            Some(earlier) => node = earlier,
            None => return false,
        }
    }
}
