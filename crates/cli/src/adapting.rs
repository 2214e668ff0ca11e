//! Which layers of a network adapt to the samples that enter it.

use firebrick::layers::Normalization;
use firebrick::models::{Graph, GraphInput, GraphLayer};

/// The input that the layer of this index takes, if it takes one and nothing else.
pub(crate) fn input_of(network: &Graph, index: usize) -> Option<&GraphInput> {
    let sources = network.sources_of(index)?;
    let [source] = &sources[..] else {
        return None;
    };
    let mut inputs = network.inputs().iter();
    inputs.find(|input| input.name() == source)
}

/// Whether a layer waits for the numbers that it scales.
pub(crate) fn adapts(layer: &GraphLayer) -> bool {
    let layer = layer.layer().downcast_ref::<Normalization>();
    layer.is_some_and(|layer| layer.mean().is_none())
}

/// Whether nothing but what adapts sees the inputs of a network.
pub(crate) fn adapts_to_inputs(network: &Graph) -> bool {
    let names: Vec<&str> = network.inputs().iter().map(GraphInput::name).collect();
    let sees = |index: usize| match network.sources_of(index) {
        Some(sources) => sources
            .iter()
            .any(|source| names.contains(&source.as_str())),
        None => true,
    };
    let mut layers = network.layers().iter().enumerate();
    layers.all(|(index, layer)| !sees(index) || adapts(layer))
}
