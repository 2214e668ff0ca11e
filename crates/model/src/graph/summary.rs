use super::outline::inner;
use super::{Form, Graph, GraphInput, GraphNode, Plan, Source};
use crate::layer::WeightSpec;
use crate::summary::{LayerSummary, Summary};

/// A network layer by layer.
pub(crate) fn summary_of(graph: &Graph, plan: &Plan) -> Summary {
    let shapes = graph.inputs().iter().map(|input| input.shape().clone());
    let summary = Summary::new(graph.name(), shapes.collect(), rows(graph, plan));
    if is_line(graph) {
        summary
    } else {
        summary.connected()
    }
}

/// Whether the layers follow one another, so that nothing need be said of what each takes from.
fn is_line(graph: &Graph) -> bool {
    let follows = |(index, node): (usize, &GraphNode)| {
        let before = index
            .checked_sub(1)
            .map_or(Source::Input(0), |node| Source::Node(node, 0));
        node.layer == index && node.inputs == [before]
    };
    graph.inputs().len() == 1
        && graph.outputs().len() <= 1
        && graph.nodes().iter().enumerate().all(follows)
}

fn rows(graph: &Graph, plan: &Plan) -> Vec<LayerSummary> {
    let layers = (0..graph.layers().len()).map(|layer| layer_row(graph, plan, layer));
    if graph.form() == Form::Sequential {
        return layers.collect();
    }
    let mut rows = Vec::new();
    for (index, row) in layers.enumerate() {
        let is_before = |input: &&GraphInput| input.place() == index;
        rows.extend(graph.inputs().iter().filter(is_before).map(input_row));
        rows.push(row);
    }
    rows
}

fn input_row(input: &GraphInput) -> LayerSummary {
    LayerSummary::new(input.name(), "InputLayer", input.shape().clone())
}

fn layer_row(graph: &Graph, plan: &Plan, layer: usize) -> LayerSummary {
    let calls = graph.nodes().iter().zip(&plan.nodes);
    let calls: Vec<_> = calls.filter(|(node, _)| node.layer == layer).collect();
    let described = &graph.layers()[layer];
    let count = |is_trainable: bool| -> usize {
        plan.weights[layer]
            .iter()
            .filter(|weight| weight.is_trainable == is_trainable)
            .map(WeightSpec::num_params)
            .sum()
    };
    // Of a layer that is called several times, Keras shows what the last call gives.
    let mut shapes = calls
        .last()
        .map_or_else(Vec::new, |(_, planned)| planned.outputs.clone())
        .into_iter();
    let inner = inner(described.layer());
    let output_shape = shapes.next().unwrap_or_default();
    let row = LayerSummary::new(
        described.name(),
        described.layer().class_name(),
        output_shape,
    );
    LayerSummary {
        further_shapes: shapes.collect(),
        connected_to: calls
            .iter()
            .flat_map(|(node, _)| &node.inputs)
            .map(|source| source_text(graph, *source))
            .collect(),
        layers: inner
            .and_then(|inner| inner.plan().ok().map(|plan| rows(inner, &plan)))
            .unwrap_or_default(),
        num_params: count(true) + count(false),
        num_trainable_params: count(true),
        is_trainable: described.is_trainable(),
        ..row
    }
}

/// `dense[0][0]`: which of the calls of the layer, and which of their outputs.
fn source_text(graph: &Graph, source: Source) -> String {
    match source {
        Source::Input(input) => format!("{}[0][0]", graph.inputs()[input].name()),
        Source::Node(node, output) => {
            let node = &graph.nodes()[node];
            let name = graph.layers()[node.layer].name();
            format!("{name}[{}][{output}]", node.call)
        }
    }
}
