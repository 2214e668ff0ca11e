//! Which call of a layer takes from which, as a network is saved.

use firebrick_model::layers::AnyLayer;
use firebrick_model::{Graph, Sequential};
use serde::Deserialize;

use crate::error::FormatProblem;

/// The calls of a network, each after those it takes from, and what leaves it.
#[derive(Deserialize)]
pub(super) struct Wiring {
    #[serde(default)]
    pub(super) nodes: Vec<Node>,
    #[serde(default)]
    pub(super) outputs: Vec<Source>,
}

/// A call of a layer.
#[derive(Deserialize)]
pub(super) struct Node {
    /// The layer's place.
    pub(super) layer: usize,
    pub(super) inputs: Vec<Source>,
    #[serde(default)]
    arguments: Arguments,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Arguments {
    called_as: Option<AnyLayer>,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Source {
    /// The input of this place.
    Input(usize),
    /// The call of this place, and which of its outputs.
    Node(usize, usize),
}

impl Wiring {
    /// That of a network.
    ///
    /// # Errors
    /// A layer that cannot be written down.
    pub(super) fn of(graph: &Graph, path: &str) -> Result<Self, FormatProblem> {
        for layer in graph.layers() {
            if let Err(error) = layer.layer().to_spec() {
                return Err(FormatProblem::Layer {
                    layer: format!("{path}{}", layer.name()),
                    class_name: layer.layer().class_name().to_owned(),
                    reason: error.to_string(),
                });
            }
        }
        let malformed = |error: serde_json::Error| FormatProblem::Malformed {
            expected: "description of a network",
            reason: error.to_string(),
        };
        let json = serde_json::to_value(graph).map_err(malformed)?;
        let is_line = json.get("input_shape").is_some();
        let wiring: Self = serde_json::from_value(json).map_err(malformed)?;
        Ok(if is_line {
            Self::line(graph.layers().len())
        } else {
            wiring
        })
    }

    /// So many layers, one after the other.
    fn line(num_layers: usize) -> Self {
        let before = |place: usize| match place.checked_sub(1) {
            Some(node) => Source::Node(node, 0),
            None => Source::Input(0),
        };
        let nodes = (0..num_layers).map(|place| Node {
            layer: place,
            inputs: vec![before(place)],
            arguments: Arguments::default(),
        });
        Self {
            nodes: nodes.collect(),
            outputs: vec![before(num_layers)],
        }
    }
}

impl Node {
    /// What the call says of its layer.
    pub(super) fn layer<'a>(&'a self, graph: &'a Graph) -> &'a AnyLayer {
        let layer = graph.layers()[self.layer].layer();
        self.arguments.called_as.as_ref().unwrap_or(layer)
    }
}

/// The network that a layer is, if it is one.
pub(super) fn inner(layer: &AnyLayer) -> Option<&Graph> {
    let line = layer.downcast_ref::<Sequential>().map(Sequential::as_line);
    layer.downcast_ref::<Graph>().or(line)
}

/// Whether whatever takes an input takes it as indices of an embedding.
///
/// # Errors
/// A layer that cannot be written down.
pub(super) fn are_indices(graph: &Graph, input: usize, path: &str) -> Result<bool, FormatProblem> {
    let wiring = Wiring::of(graph, path)?;
    if wiring.outputs.contains(&Source::Input(input)) {
        return Ok(false);
    }
    let mut is_taken = false;
    for node in &wiring.nodes {
        let layer = node.layer(graph);
        for (place, source) in node.inputs.iter().enumerate() {
            if *source != Source::Input(input) {
                continue;
            }
            is_taken = true;
            let takes_indices = match inner(layer) {
                Some(inner) => {
                    let path = format!("{path}{}/", graph.layers()[node.layer].name());
                    are_indices(inner, place, &path)?
                }
                None => layer.class_name() == "Embedding",
            };
            if !takes_indices {
                return Ok(false);
            }
        }
    }
    Ok(is_taken)
}
