//! From a network to its program over plain memory.

use std::mem;

use burn::tensor::{Tensor, TensorData};
use firebrick_host::{Kernel, Place, Program};

use crate::graph::Source;
use crate::host_pass::{Drawing, Following, HostPass, trained};
use crate::layer::{HostForm, HostMask, NoHostForm, WeightSpec};
use crate::network::Network;

/// A program that grows call by call.
struct Growing<'a> {
    network: &'a Network,
    program: Program,
    /// Where each output of each call is.
    places: Vec<Vec<Place>>,
    /// Where the mask is that leaves each call with the first output, if one does.
    masks: Vec<Option<Place>>,
    /// The first weight of each layer.
    first_weights: Vec<usize>,
    drawn: Vec<Drawing>,
    following: Vec<Following>,
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
            masks: Vec::with_capacity(graph.nodes().len()),
            first_weights,
            drawn: Vec::new(),
            following: Vec::new(),
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
        pass.following = growing.following;
        pass.num_nodes = growing.num_nodes;
        Ok(pass)
    }

    /// Sets a weight that follows the batches, by its place among all weights.
    pub(super) fn set_moving(&self, weight: usize, values: Vec<f32>) {
        let mut place = weight;
        for (layer, weights) in self.layers.iter().zip(&self.plan.weights) {
            match weights.get(place) {
                Some(spec) => {
                    if let Some(old) = layer.find::<1>("", &spec.name) {
                        let values = TensorData::new(values, old.dims());
                        let new = Tensor::<1>::from_data(values, &old.device());
                        layer.update("", &spec.name, new);
                    }
                    return;
                }
                None => place -= weights.len(),
            }
        }
    }
}

impl Growing<'_> {
    fn place(&self, source: Source) -> Place {
        match source {
            Source::Input(input) => Place::Input(input),
            Source::Node(node, output) => self.places[node][output],
        }
    }

    /// Adds the kernels of a call of a layer.
    fn add_call(&mut self, index: usize) -> Result<(), NoHostForm> {
        let network = self.network;
        let node = &network.description.nodes()[index];
        let (mut form, activation) = network.description.whole_form(&network.plan, index)?;
        let sources = node.inputs.iter().map(|source| self.place(*source));
        let mut sources: Vec<Place> = sources.collect();
        let mut mask = match node.inputs.first() {
            Some(Source::Node(node, 0)) => self.masks[*node],
            _ => None,
        };
        match mem::take(&mut form.mask) {
            HostMask::Made(kernel, input) => {
                mask = Some(self.add(kernel, vec![sources[input]], Vec::new()));
            }
            HostMask::Read => sources.extend(mask),
            HostMask::Passes | HostMask::Refused => {}
        }
        let leaves = network.plan.nodes[index].masks.first() == Some(&true);
        self.masks.push(mask.filter(|_| leaves));
        let outputs = mem::take(&mut form.outputs);
        sources = self.add_steps(index, form, sources);
        if let Some(activation) = activation {
            sources = vec![self.add(activation, sources, Vec::new())];
        }
        // What leaves a layer without a kernel is its first input.
        sources.truncate(1);
        if !outputs.is_empty() {
            let outputs = outputs.into_iter();
            let outputs = outputs.flat_map(|form| self.add_steps(index, form, sources.clone()));
            sources = outputs.collect();
        }
        self.places.push(sources);
        Ok(())
    }

    fn add(&mut self, kernel: Box<dyn Kernel>, sources: Vec<Place>, weights: Vec<usize>) -> Place {
        self.num_nodes += 1;
        self.program.add(kernel, sources, weights)
    }

    fn add_steps(&mut self, index: usize, form: HostForm, mut sources: Vec<Place>) -> Vec<Place> {
        let network = self.network;
        let node = &network.description.nodes()[index];
        let own = &network.plan.weights[node.layer];
        let learns = network.layers[node.layer].is_training() && !node.arguments.in_inference;
        let is_trainable = network.description.layers()[node.layer].is_trainable();
        let first = self.first_weights[node.layer];
        let places = |names: &[String]| -> Vec<usize> {
            let place = |name: &String| own.iter().position(|spec| spec.name == *name);
            let places = names.iter().filter_map(place);
            places.map(|place| first + place).collect()
        };
        if !form.inputs.is_empty() {
            let inputs = form.inputs.into_iter().zip(sources);
            let inputs =
                inputs.flat_map(|(form, source)| self.add_steps(index, form, vec![source]));
            sources = inputs.collect();
        }
        if !form.branches.is_empty() {
            let branches = form.branches.into_iter();
            let branches = branches.flat_map(|form| self.add_steps(index, form, sources.clone()));
            sources = branches.collect();
        }
        for step in form.steps {
            let weights = places(&step.weights);
            if let Some(followed) = step.followed.filter(|_| learns && is_trainable) {
                self.following.push(Following {
                    node: self.num_nodes,
                    weights: places(&followed.weights),
                    momentum: followed.momentum,
                });
            }
            if let (Some(drawn), true) = (step.drawn, learns) {
                let name = network.description.layers()[node.layer].name().to_owned();
                let again = (node.call > 0).then(|| node.call.to_string());
                self.drawn.push(Drawing {
                    node: self.num_nodes,
                    path: [name].into_iter().chain(again).collect(),
                    drawn,
                });
            }
            sources = vec![self.add(step.kernel, sources, weights)];
        }
        sources
    }
}
