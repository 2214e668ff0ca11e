//! From a network to its program over plain memory.

use firebrick_host::{Place, Program};

use crate::graph::Source;
use crate::host_pass::{Drawing, HostPass, trained};
use crate::layer::{HostForm, NoHostForm, WeightSpec};
use crate::network::Network;

/// A program that grows call by call.
struct Growing<'a> {
    network: &'a Network,
    program: Program,
    /// Where each call ends.
    places: Vec<Place>,
    /// The first weight of each layer.
    first_weights: Vec<usize>,
    drawn: Vec<Drawing>,
    num_nodes: usize,
}

impl Network {
    /// The network over plain memory.
    ///
    /// # Errors
    /// The first part of it that has no form for that.
    pub(super) fn over_plain_memory(&self) -> Result<HostPass, NoHostForm> {
        let (graph, plan) = (&self.description, &self.plan);
        let mut inputs = Vec::new();
        for input in graph.inputs() {
            let len = input.shape().num_elements();
            inputs.push(len.ok_or_else(|| NoHostForm::OpenShape {
                layer: input.name().to_owned(),
            })?);
        }
        let mut first_weights = Vec::with_capacity(plan.weights.len());
        let mut specs: Vec<WeightSpec> = Vec::new();
        for weights in &plan.weights {
            first_weights.push(specs.len());
            specs.extend(weights.iter().cloned());
        }
        let weights: Vec<usize> = specs.iter().map(WeightSpec::num_params).collect();
        let mut growing = Growing {
            network: self,
            program: Program::new(inputs, weights),
            places: Vec::with_capacity(graph.nodes().len()),
            first_weights,
            drawn: Vec::new(),
            num_nodes: 0,
        };
        for node in 0..graph.nodes().len() {
            growing.add_call(node)?;
        }
        let outputs = graph.outputs().iter().map(|source| growing.place(*source));
        let outputs: Vec<Place> = outputs.collect();
        let program = growing.program.with_outputs(outputs, trained(self));
        let shapes = graph.inputs().iter().map(|input| input.shape().clone());
        let shapes = (shapes.collect::<Vec<_>>(), plan.outputs.clone());
        let mut pass = HostPass::new(program, shapes);
        pass.weights = specs;
        pass.drawn = growing.drawn;
        pass.num_nodes = growing.num_nodes;
        Ok(pass)
    }
}

impl Growing<'_> {
    fn place(&self, source: Source) -> Place {
        match source {
            Source::Input(input) => Place::Input(input),
            Source::Node(node, _) => self.places[node],
        }
    }

    /// Adds the kernels of a call of a layer.
    fn add_call(&mut self, index: usize) -> Result<(), NoHostForm> {
        let network = self.network;
        let node = &network.description.nodes()[index];
        let (form, activation) = network.description.whole_form(&network.plan, index)?;
        let sources = node.inputs.iter().map(|source| self.place(*source));
        let mut sources = self.add_steps(index, form, sources.collect());
        if let Some(activation) = activation {
            sources = vec![self.program.add(activation, sources, [])];
            self.num_nodes += 1;
        }
        // A layer without a kernel has one input.
        self.places.extend(sources.first());
        Ok(())
    }

    fn add_steps(&mut self, index: usize, form: HostForm, mut sources: Vec<Place>) -> Vec<Place> {
        let network = self.network;
        let node = &network.description.nodes()[index];
        let own = &network.plan.weights[node.layer];
        let draws = network.layers[node.layer].is_training() && !node.arguments.in_inference;
        if !form.inputs.is_empty() {
            let inputs = form.inputs.into_iter().zip(sources);
            let inputs =
                inputs.flat_map(|(form, source)| self.add_steps(index, form, vec![source]));
            sources = inputs.collect();
        }
        for step in form.steps {
            let weights = step.weights.iter().filter_map(|name| {
                let place = own.iter().position(|spec| spec.name == *name)?;
                Some(self.first_weights[node.layer] + place)
            });
            let weights: Vec<usize> = weights.collect();
            if let (Some(drawn), true) = (step.drawn, draws) {
                let name = network.description.layers()[node.layer].name().to_owned();
                let again = (node.call > 0).then(|| node.call.to_string());
                self.drawn.push(Drawing {
                    node: self.num_nodes,
                    path: [name].into_iter().chain(again).collect(),
                    drawn,
                });
            }
            sources = vec![self.program.add(step.kernel, sources, weights)];
            self.num_nodes += 1;
        }
        sources
    }
}
