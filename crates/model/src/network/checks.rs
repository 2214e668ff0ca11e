use std::cell::RefCell;

use super::Network;
use super::running::Pass;
use firebrick_spec::SpecProblem;

use crate::error::ModelError;
use crate::graph::Source;
use crate::mode::Mode;
use crate::signal::{Signal, Signals};

impl Network {
    /// Whether a layer that sees the inputs, through no weights that training could move, may have no result for them.
    pub(super) fn has_limits(&self) -> bool {
        self.last_limit().is_some()
    }

    /// The last call of such a layer.
    fn last_limit(&self) -> Option<usize> {
        let graph = &self.description;
        let mut passes_on = vec![false; graph.nodes().len()];
        let mut last = None;
        for (index, node) in graph.nodes().iter().enumerate() {
            let sees_inputs = node.inputs.iter().all(|source| match *source {
                Source::Input(_) => true,
                Source::Node(node, _) => passes_on[node],
            });
            passes_on[index] = sees_inputs && self.plan.weights[node.layer].is_empty();
            if sees_inputs && graph.called(index).has_limits() {
                last = Some(index);
            }
        }
        last
    }

    /// Makes sure that those layers have results for these inputs.
    pub(super) fn check_limits(&self, inputs: Signals) -> Result<(), ModelError> {
        let Some(last) = self.last_limit() else {
            return Ok(());
        };
        let graph = &self.description;
        let inputs = graph.fitted(inputs)?;
        let losses = RefCell::default();
        let pass = Pass::whole(Mode::Inference, &losses);
        let mut results: Vec<Option<Signals>> = Vec::with_capacity(last + 1);
        for (index, node) in graph.nodes()[..=last].iter().enumerate() {
            let signal = |source: &Source| match *source {
                Source::Input(input) => inputs.get(input).cloned(),
                Source::Node(node, output) => results[node].as_ref()?.get(output).cloned(),
            };
            let Some(arriving) = node
                .inputs
                .iter()
                .map(signal)
                .collect::<Option<Vec<Signal>>>()
            else {
                results.push(None);
                continue;
            };
            let arriving = Signals::from(arriving);
            self.check_node(index, &arriving)?;
            let is_weightless = self.plan.weights[node.layer].is_empty();
            results.push(if is_weightless && index < last {
                Some(self.run_node(index, arriving, &pass)?)
            } else {
                None
            });
        }
        Ok(())
    }

    /// The first layer whose output for a batch is not finite.
    pub(super) fn first_spoiled(&self, inputs: Signals) -> Result<Option<String>, ModelError> {
        let losses = RefCell::default();
        let pass = Pass::whole(Mode::Inference, &losses);
        let mut spoiled = None;
        let inputs = self.description.fitted(inputs)?;
        self.description.run(inputs, |index, inputs| {
            let outputs = self.run_node(index, inputs, &pass)?;
            if spoiled.is_none() && !outputs.iter().all(|signal| signal.values().is_finite()) {
                let place = self.description.nodes()[index].layer;
                let layer = &self.description.layers()[place];
                spoiled = Some(format!(
                    "layer `{}` ({}, index {place})",
                    layer.name(),
                    layer.layer().class_name()
                ));
            }
            Ok::<_, ModelError>(outputs)
        })?;
        Ok(spoiled)
    }

    /// Finds the first layer that cannot be written down.
    pub(super) fn check_description(&self) -> Result<(), ModelError> {
        for described in self.description.layers() {
            let layer = described.layer();
            layer.to_spec().map_err(|error| ModelError::NotSaveable {
                layer: described.name().to_owned(),
                class_name: layer.class_name(),
                reason: match error.problem() {
                    SpecProblem::Refused { reason, .. } => reason.clone(),
                    problem => problem.to_string(),
                },
            })?;
        }
        Ok(())
    }
}
