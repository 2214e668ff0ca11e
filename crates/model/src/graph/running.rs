use super::{Graph, Source};
use crate::layer::Call;
use crate::layer::{AnyLayer, Masking};
use crate::layer_problem::LayerProblem;
use crate::signal::{Signal, Signals};

impl Graph {
    /// Brings signals from the inputs to the outputs; `call` runs the node of an index.
    ///
    /// What nobody waits for any more is let go of.
    pub(crate) fn run<E>(
        &self,
        inputs: Signals,
        mut call: impl FnMut(usize, Signals) -> Result<Signals, E>,
    ) -> Result<Signals, E> {
        let mut given: Vec<Option<Signal>> = inputs.into_iter().map(Some).collect();
        let mut uses = Uses::of(self);
        let mut results: Vec<Vec<Option<Signal>>> = Vec::with_capacity(self.nodes.len());
        for (index, node) in self.nodes.iter().enumerate() {
            let inputs = node
                .inputs
                .iter()
                .map(|source| uses.take(*source, &mut given, &mut results));
            let inputs: Signals = inputs.collect();
            let outputs = if uses.nodes[index] == 0 {
                Vec::new()
            } else {
                call(index, inputs)?.into_iter().map(Some).collect()
            };
            results.push(outputs);
        }
        let outputs = self
            .outputs
            .iter()
            .map(|source| uses.take(*source, &mut given, &mut results));
        Ok(outputs.collect())
    }

    /// Runs it as a part of a larger network.
    pub(super) fn run_within(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        self.run(inputs, |index, inputs| {
            let node = &self.nodes[index];
            let described = &self.layers[node.layer];
            let mut call = call.within(&described.name);
            if node.call > 0 {
                call = call.again(node.call);
            }
            let call = call
                .frozen_if(!described.trainable)
                .inferring_if(node.arguments.in_inference);
            called(self.called(index), inputs, &call).map_err(|problem| LayerProblem::Part {
                what: format!(
                    "layer `{}` ({}) {problem}",
                    described.name,
                    described.layer.class_name()
                ),
            })
        })
    }
}

/// Runs a layer, with masks passed on as it says.
pub(crate) fn called(
    layer: &AnyLayer,
    inputs: Signals,
    call: &Call,
) -> Result<Signals, LayerProblem> {
    let mask = inputs.iter().find_map(Signal::mask);
    if mask.is_none() {
        return layer.call(inputs, call);
    }
    if layer.refuses_masks() {
        return Err(LayerProblem::Mask);
    }
    let passed = match layer.masking() {
        Masking::Passes => inputs.get(0).and_then(Signal::mask).cloned(),
        _ => None,
    };
    let outputs = layer.call(inputs, call)?;
    if passed.is_none() {
        return Ok(outputs);
    }
    let mut outputs = outputs.into_vec();
    if let Some(first) = outputs.first_mut()
        && first.mask().is_none()
    {
        *first = first.clone().with_mask(passed);
    }
    Ok(outputs.into())
}

/// How often each signal is still to be taken.
struct Uses {
    inputs: Vec<usize>,
    nodes: Vec<usize>,
}

impl Uses {
    fn of(graph: &Graph) -> Self {
        let mut uses = Self {
            inputs: vec![0; graph.inputs.len()],
            nodes: vec![0; graph.nodes.len()],
        };
        let sources = graph.nodes.iter().flat_map(|node| &node.inputs);
        for source in sources.chain(&graph.outputs) {
            *uses.count(*source) += 1;
        }
        uses
    }

    fn count(&mut self, source: Source) -> &mut usize {
        match source {
            Source::Input(input) => &mut self.inputs[input],
            Source::Node(node, _) => &mut self.nodes[node],
        }
    }

    fn take(
        &mut self,
        source: Source,
        given: &mut [Option<Signal>],
        results: &mut [Vec<Option<Signal>>],
    ) -> Signal {
        let left = self.count(source);
        *left -= 1;
        let is_last = *left == 0;
        let signal = match source {
            Source::Input(input) => &mut given[input],
            Source::Node(node, output) => &mut results[node][output],
        };
        let taken = if is_last {
            signal.take()
        } else {
            signal.clone()
        };
        match taken {
            Some(signal) => signal,
            None => unreachable!("a signal is there as long as somebody waits for it"),
        }
    }
}
