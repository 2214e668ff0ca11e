use firebrick_spec::shortened;
use serde::{Deserialize, Serialize};

use super::{Form, Graph, GraphInput, GraphLayer, GraphNode, Source};
use crate::shape::Shape;

/// How a graph is written: a line of layers by the shape of its input and the layers alone.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GraphForm {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    input_shape: Option<Shape>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    inputs: Vec<GraphInput>,
    layers: Vec<GraphLayer>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    nodes: Vec<GraphNode>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    outputs: Vec<Source>,
}

impl From<Graph> for GraphForm {
    fn from(graph: Graph) -> Self {
        let Graph {
            name,
            form,
            inputs,
            layers,
            nodes,
            outputs,
        } = graph;
        match form {
            Form::Sequential => Self {
                name,
                input_shape: inputs.into_iter().next().map(|input| input.shape),
                inputs: Vec::new(),
                layers,
                nodes: Vec::new(),
                outputs: Vec::new(),
            },
            Form::Functional => Self {
                name,
                input_shape: None,
                inputs,
                layers,
                nodes,
                outputs,
            },
        }
    }
}

impl TryFrom<GraphForm> for Graph {
    type Error = String;

    fn try_from(form: GraphForm) -> Result<Self, String> {
        if let Some(shape) = form.input_shape {
            let mut line = Self::line(&form.name, shape);
            line.push(form.layers);
            return Ok(line);
        }
        let graph = Self {
            name: form.name,
            form: Form::Functional,
            inputs: form.inputs,
            layers: form.layers,
            nodes: form.nodes,
            outputs: form.outputs,
        };
        graph.check_places()?;
        Ok(graph)
    }
}

impl Graph {
    /// Whether everything that is referred to by its place stands there, and before.
    fn check_places(&self) -> Result<(), String> {
        let is_there = |source: &Source, before: usize| match *source {
            Source::Input(input) => input < self.inputs.len(),
            Source::Node(node, _) => node < before,
        };
        for (index, node) in self.nodes.iter().enumerate() {
            if node.layer >= self.layers.len() {
                return Err(format!(
                    "node {index} calls layer {}, of {} layers",
                    node.layer,
                    self.layers.len()
                ));
            }
            if let Some(source) = node.inputs.iter().find(|source| !is_there(source, index)) {
                return Err(format!(
                    "node {index}, a call of layer `{}`, takes from {source:?}, which does not stand before it",
                    shortened(&self.layers[node.layer].name)
                ));
            }
        }
        let is_missing = |source: &&Source| !is_there(source, self.nodes.len());
        match self.outputs.iter().find(is_missing) {
            Some(source) => Err(format!("{source:?} leaves the network and is not there")),
            None => Ok(()),
        }
    }
}
