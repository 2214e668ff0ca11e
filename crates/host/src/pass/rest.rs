use std::mem;

use crate::kernel::{Fill, Gradient, Gradients};
use crate::program::{Node, Place, Program};

/// What a piece has beside the gradients of nodes.
pub(super) struct Rest<'a> {
    pub(super) sums: &'a mut Vec<Vec<f32>>,
    pub(super) is_begun: &'a mut Vec<bool>,
    pub(super) is_summed: &'a mut Vec<bool>,
}

impl Rest<'_> {
    /// Has the gradients of a node's weights and sources computed that are wanted, all at once.
    pub(super) fn gradients_of<'a>(
        &mut self,
        node: &Node,
        program: &Program,
        before: &mut [&'a mut [f32]],
        compute: impl FnOnce(Gradients<'_>),
    ) {
        let weights = node.weights.iter();
        let mut sums: Vec<Vec<f32>> = weights
            .map(|weight| mem::take(&mut self.sums[*weight]))
            .collect();
        let mut sources: Vec<(usize, &'a mut [f32])> = Vec::with_capacity(node.sources.len());
        let mut wanted = Gradients::default();
        for ((place, weight), values) in node.weights.iter().enumerate().zip(&mut sums) {
            if program.is_trained(*weight) && !program.has_spans(*weight) {
                let fill = begin(&mut self.is_summed[*weight]);
                wanted = wanted.with_weight(place, Gradient { values, fill });
            }
        }
        for source in &node.sources {
            if let Place::Node(source_node) = *source
                && program.leads_to_weights(*source)
            {
                sources.push((source_node, mem::take(&mut before[source_node])));
            }
        }
        for (source_node, values) in &mut sources {
            let is_it = |source: &Place| *source == Place::Node(*source_node);
            if let Some(place) = node.sources.iter().position(is_it) {
                let fill = begin(&mut self.is_begun[*source_node]);
                wanted = wanted.with_input(place, Gradient { values, fill });
            }
        }
        compute(wanted);
        for (weight, sums) in node.weights.iter().zip(sums) {
            self.sums[*weight] = sums;
        }
        for (source_node, values) in sources {
            before[source_node] = values;
        }
    }
}

/// How the first of several fills a place, and how the others do.
pub(super) fn begin(is_begun: &mut bool) -> Fill {
    if mem::replace(is_begun, true) {
        Fill::Add
    } else {
        Fill::Set
    }
}
