//! The way forward over plain memory.

use std::collections::BTreeMap;

use crate::draws::Draws;
use crate::error::ModelError;
use crate::host_pass::{HostOutput, HostPass, Kept, batch_shape, values_of};
use crate::mode::Mode;
use crate::model::Model;
use crate::signal::Signals;
use crate::single::single;

impl HostPass {
    /// What the network says of a batch but for its last activations, as [`Model::call`](crate::Model::call) does.
    ///
    /// # Errors
    /// A batch that is not there.
    pub fn forward(
        &mut self,
        network: &impl Model,
        inputs: Signals,
        mode: Mode,
    ) -> Result<Vec<HostOutput>, ModelError> {
        let rows = inputs.get(0).map_or(0, |input| input.shape()[0]);
        let mut values = Vec::with_capacity(self.inputs.len());
        for (input, shape) in inputs.into_iter().zip(&self.inputs) {
            values.push(values_of(input, shape, rows)?);
        }
        let weights = self.weights_of(network);
        let num_drawn = if self.drawn.is_empty() {
            0
        } else {
            self.num_nodes
        };
        let mut by_node = vec![None; num_drawn];
        let mut by_batch = Vec::new();
        if let Mode::Training(draws) = mode {
            if !self.following.is_empty() {
                by_batch = vec![false; self.num_nodes];
                for following in &self.following {
                    by_batch[following.node] = true;
                }
            }
            for drawing in &self.drawn {
                let path = drawing.path.iter();
                let own = path.fold(draws, |draws: Draws, part| draws.at(part));
                by_node[drawing.node] = Some(drawing.drawn.values(own, rows));
            }
        }
        let kept = self.kept.insert(Kept {
            rows,
            inputs: values,
            weights,
            drawn: by_node,
            by_batch,
        });
        let pass = &mut self.pass;
        let outputs = kept.with_batch(|batch| pass.forward(batch));
        if let Mode::Training(_) = mode {
            self.follow(network);
        }
        let outputs = outputs.into_iter().zip(&self.outputs);
        Ok(outputs
            .map(|(values, shape)| HostOutput {
                values,
                shape: batch_shape(rows, shape),
            })
            .collect())
    }

    /// Brings weights that follow the batches nearer to what the last one says.
    fn follow(&self, network: &impl Model) {
        let Some(kept) = &self.kept else {
            return;
        };
        let mut moved: BTreeMap<usize, Vec<f32>> = BTreeMap::new();
        for following in &self.following {
            let statistics = self.pass.statistics(following.node).unwrap_or_default();
            let (old, new) = (single(following.momentum), single(1.0 - following.momentum));
            for (&weight, batch) in following.weights.iter().zip(statistics) {
                let moving = moved.entry(weight);
                let moving = moving.or_insert_with(|| kept.weights[weight].as_slice().to_vec());
                for (moving, batch) in moving.iter_mut().zip(batch) {
                    *moving = *moving * old + batch * new;
                }
            }
        }
        for (weight, values) in moved {
            network.follow(weight, values);
        }
    }
}
