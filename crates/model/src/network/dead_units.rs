//! Units that say nothing.

use std::cell::RefCell;

use super::Network;
use super::running::Pass;
use crate::error::ModelError;
use crate::mode::Mode;
use crate::model::DeadUnits;
use crate::signal::Signals;

impl Network {
    /// Of each layer whose activation can leave units dead how many of them are above 0 for none of these samples.
    pub(super) fn silent_units(&self, inputs: Signals) -> Result<Vec<DeadUnits>, ModelError> {
        let losses = RefCell::default();
        let pass = Pass::whole(Mode::Inference, &losses);
        let mut silent = Vec::new();
        let inputs = self.description.fitted(inputs)?;
        self.description.run(inputs, |index, inputs| {
            let outputs = self.run_node(index, inputs, &pass)?;
            let node = &self.description.nodes()[index];
            // A layer that is called several times has several answers.
            let is_first = node.call == 0;
            if is_first
                && self
                    .description
                    .called(index)
                    .last_activation()
                    .may_silence()
                && let Some(output) = outputs.get(0)
            {
                let name = self.description.layers()[node.layer].name();
                silent.push(DeadUnits::of(name, output.values().clone())?);
            }
            Ok::<_, ModelError>(outputs)
        })?;
        Ok(silent)
    }
}
