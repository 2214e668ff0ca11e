use std::collections::HashMap;

use super::outline::inner;
use super::{Form, Given, Graph, GraphInput, Source};
use crate::activation::Activation;
use crate::error::{Arrival, ModelError};
use crate::layer::{AnyLayer, WeightSpec};
use crate::layer_problem::LayerProblem;
use crate::limits::MAX_PARAMS;
use crate::shape::Shape;
use firebrick_tensor::AnyTensor;

/// What was inferred of a graph.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Of each call.
    pub(crate) nodes: Vec<PlannedNode>,
    /// Those of each layer.
    pub(crate) weights: Vec<Vec<WeightSpec>>,
    /// The shapes that leave.
    pub(crate) outputs: Vec<Shape>,
    /// The last activation of each output, where a loss may compute it instead.
    pub(crate) activations: Vec<Activation>,
}

/// A call with the shapes that were inferred for it.
#[derive(Clone, Debug)]
pub(crate) struct PlannedNode {
    pub(crate) inputs: Vec<Shape>,
    pub(crate) outputs: Vec<Shape>,
    /// Which of the outputs have a mask.
    pub(crate) masks: Vec<bool>,
    /// Whether its last activation is one that a loss may compute.
    pub(crate) may_leave_activation: bool,
    /// Whether a size of what enters is known only when data is there.
    pub(crate) is_open: bool,
}

impl Graph {
    /// What is wrong with a call of a layer that receives shapes.
    pub(crate) fn layer_error(
        &self,
        node: usize,
        received: &[Shape],
        problem: LayerProblem,
    ) -> ModelError {
        let node = &self.nodes[node];
        let layer = &self.layers[node.layer];
        let arrivals = node.inputs.iter().zip(received);
        ModelError::Layer {
            layer: layer.name.clone(),
            class_name: layer.layer.class_name(),
            index: node.layer,
            received: arrivals
                .map(|(source, shape)| Arrival {
                    shape: shape.clone(),
                    from: self.source_text(*source),
                })
                .collect(),
            problem: Box::new(problem),
        }
    }

    /// Where a signal comes from, in words.
    pub(crate) fn source_text(&self, source: Source) -> String {
        match source {
            Source::Input(_) if self.form == Form::Sequential => "the input".to_owned(),
            Source::Input(input) => format!("the input `{}`", self.inputs[input].name),
            Source::Node(node, output) => {
                let layer = &self.layers[self.nodes[node].layer];
                let output = match output {
                    0 => String::new(),
                    output => format!(", output {output}"),
                };
                let (name, class_name) = (&layer.name, layer.layer.class_name());
                format!("layer `{name}` ({class_name}{output})")
            }
        }
    }

    /// Infers every shape and checks everything that can be checked without a device.
    pub(crate) fn plan(&self) -> Result<Plan, ModelError> {
        self.plan_masked(&[])
    }

    /// The same where some of the inputs have a mask.
    pub(super) fn plan_masked(&self, masked: &[bool]) -> Result<Plan, ModelError> {
        self.check_names()?;
        self.check_inputs_given()?;
        self.check_inputs_used()?;
        if self.layers.is_empty() {
            return Err(ModelError::NoLayers);
        }
        if self.outputs.is_empty() {
            return Err(ModelError::NoOutputs);
        }
        let mut plan = Plan {
            nodes: Vec::with_capacity(self.nodes.len()),
            weights: vec![Vec::new(); self.layers.len()],
            outputs: Vec::new(),
            activations: Vec::new(),
        };
        let mut num_params = 0_usize;
        for index in 0..self.nodes.len() {
            let planned = self.plan_node(index, &plan, masked)?;
            let layer = &self.layers[self.nodes[index].layer];
            let mut weights = layer.weights_for(self.called(index), &planned.inputs)?;
            if self.nodes[index].call == 0 {
                num_params = weights.iter().fold(num_params, |sum, weight| {
                    sum.saturating_add(weight.num_params())
                });
                if num_params > MAX_PARAMS {
                    return Err(ModelError::TooLarge {
                        layer: layer.name.clone(),
                        limit: MAX_PARAMS,
                    });
                }
                for weight in &mut weights {
                    weight.check().map_err(|source| ModelError::Weight {
                        weight: format!("{}/{}", layer.name, weight.name),
                        source: Box::new(source),
                    })?;
                    weight.is_trainable &= layer.trainable;
                }
                plan.weights[self.nodes[index].layer] = weights;
            } else if !are_alike(&plan.weights[self.nodes[index].layer], &weights) {
                let problem = match self.nodes[index].arguments.called_as {
                    Some(_) => LayerProblem::CalledAs {
                        what: "arguments that want other weights than its first call".to_owned(),
                    },
                    None => LayerProblem::input(
                        "the same features at every call: its weights are shared",
                        "bring what arrives into one shape, or give each call a layer of its own",
                    ),
                };
                return Err(self.layer_error(index, &planned.inputs, problem));
            }
            plan.nodes.push(planned);
        }
        plan.outputs = self
            .outputs
            .iter()
            .map(|source| self.shape_of(*source, &plan))
            .collect::<Result<_, _>>()?;
        self.plan_activations(&mut plan);
        Ok(plan)
    }

    /// The shape of what comes from somewhere that was planned.
    fn shape_of(&self, source: Source, plan: &Plan) -> Result<Shape, ModelError> {
        match source {
            Source::Input(input) => Ok(self.inputs[input].shape.clone()),
            Source::Node(node, output) => {
                let outputs = &plan.nodes[node].outputs;
                outputs
                    .get(output)
                    .cloned()
                    .ok_or_else(|| ModelError::UnknownOutput {
                        layer: self.layers[self.nodes[node].layer].name.clone(),
                        output,
                        outputs: outputs.len(),
                    })
            }
        }
    }

    fn plan_node(
        &self,
        index: usize,
        plan: &Plan,
        masked: &[bool],
    ) -> Result<PlannedNode, ModelError> {
        let node = &self.nodes[index];
        let layer = &self.layers[node.layer];
        let inputs: Vec<Shape> = node
            .inputs
            .iter()
            .map(|source| self.shape_of(*source, plan))
            .collect::<Result<_, _>>()?;
        let failed = |problem| self.layer_error(index, &inputs, problem);
        if inputs.is_empty() {
            // Nothing would say how many samples there are.
            return Err(failed(LayerProblem::NumInputs {
                expected: "at least 1".to_owned(),
                received: 0,
            }));
        }
        if let Some(called_as) = &node.arguments.called_as {
            check_called_as(&layer.layer, called_as).map_err(failed)?;
        }
        let called = self.called(index);
        let outputs = called.output_shapes(&inputs).map_err(failed)?;
        for output in &outputs {
            check_output(&layer.name, output)?;
        }
        let arriving: Vec<bool> = node
            .inputs
            .iter()
            .map(|source| has_mask(*source, plan, masked))
            .collect();
        if arriving.contains(&true) && called.refuses_masks() {
            return Err(failed(LayerProblem::Mask));
        }
        let masks = called.output_masks(&arriving);
        let is_open = inputs.iter().any(|shape| shape.axes().contains(&None));
        Ok(PlannedNode {
            inputs,
            outputs,
            masks,
            may_leave_activation: false,
            is_open,
        })
    }

    /// Finds the softmax or sigmoid at the end of each output that nobody else sees.
    fn plan_activations(&self, plan: &mut Plan) {
        let mut uses = vec![0_usize; self.nodes.len()];
        let sources = self.nodes.iter().flat_map(|node| &node.inputs);
        for source in sources.chain(&self.outputs) {
            if let Source::Node(node, _) = source {
                uses[*node] += 1;
            }
        }
        for source in &self.outputs {
            let activation = match *source {
                Source::Node(node, 0) if uses[node] == 1 => self.called(node).last_activation(),
                _ => Activation::Linear,
            };
            let activation = match activation {
                Activation::Softmax | Activation::Sigmoid => activation,
                _ => Activation::Linear,
            };
            if let Source::Node(node, _) = *source
                && activation != Activation::Linear
            {
                plan.nodes[node].may_leave_activation = true;
            }
            plan.activations.push(activation);
        }
    }

    fn check_names(&self) -> Result<(), ModelError> {
        let mut names: HashMap<&str, usize> = HashMap::with_capacity(self.layers.len());
        for (index, layer) in self.layers.iter().enumerate() {
            if let Some(first) = names.insert(&layer.name, index) {
                return Err(ModelError::DuplicateName {
                    name: layer.name.clone(),
                    first,
                    second: index,
                });
            }
        }
        if self.form == Form::Sequential {
            return Ok(());
        }
        for (index, input) in self.inputs.iter().enumerate() {
            let is_taken = names.contains_key(input.name.as_str())
                || self.inputs[..index]
                    .iter()
                    .any(|other| other.name == input.name);
            if is_taken {
                return Err(ModelError::DuplicateInput {
                    name: input.name.clone(),
                });
            }
        }
        Ok(())
    }

    fn check_inputs_given(&self) -> Result<(), ModelError> {
        if self.inputs.is_empty() {
            return Err(ModelError::ZeroInputs);
        }
        for (place, input) in self.inputs.iter().enumerate() {
            match input.given {
                Given::Yes | Given::Spare => {}
                Given::Missing => {
                    let is_it = |source: &&Source| **source == Source::Input(place);
                    let taker = self
                        .nodes
                        .iter()
                        .find(|node| node.inputs.iter().any(|source| is_it(&source)));
                    return Err(ModelError::MissingInput {
                        input: input.name.clone(),
                        layer: taker.map_or_else(
                            || "an output".to_owned(),
                            |node| format!("layer `{}`", self.layers[node.layer].name),
                        ),
                    });
                }
                Given::Call => {
                    return Err(ModelError::NotAnInput {
                        layer: input.name.clone(),
                    });
                }
            }
            let axes = input.shape.axes();
            if axes.is_empty() || axes.contains(&Some(0)) {
                return Err(ModelError::ZeroInputs);
            }
            check_output("input", &input.shape)?;
        }
        Ok(())
    }

    /// Whether a call or an output takes from each input.
    pub(super) fn used_inputs(&self) -> Vec<bool> {
        let sources = self.nodes.iter().flat_map(|node| &node.inputs);
        let mut is_used = vec![false; self.inputs.len()];
        for source in sources.chain(&self.outputs) {
            if let Source::Input(input) = source {
                is_used[*input] = true;
            }
        }
        is_used
    }

    fn check_inputs_used(&self) -> Result<(), ModelError> {
        // Of a line without layers, something else is wrong.
        let may_be_spare =
            |input: &GraphInput| input.given == Given::Spare || self.form == Form::Sequential;
        let mut inputs = self.inputs.iter().zip(self.used_inputs());
        let unused = inputs.find(|(input, is_used)| !is_used && !may_be_spare(input));
        match unused {
            Some((input, _)) => Err(ModelError::UnusedInput {
                input: input.name.clone(),
                outputs: self.output_names().into_iter().map(str::to_owned).collect(),
            }),
            None => Ok(()),
        }
    }
}

/// Whether a description may stand for a layer's in a call.
fn check_called_as(layer: &AnyLayer, called_as: &AnyLayer) -> Result<(), LayerProblem> {
    let what = if layer.class_name() != called_as.class_name() {
        format!(
            "the arguments of a {}, which is of another kind",
            called_as.class_name()
        )
    } else if inner(layer).is_some() {
        "another network in its place".to_owned()
    } else if called_as.needs_adapting() {
        "arguments that wait for statistics of the data".to_owned()
    } else {
        return Ok(());
    };
    Err(LayerProblem::CalledAs { what })
}

/// Whether two calls want the same weights.
fn are_alike(one: &[WeightSpec], other: &[WeightSpec]) -> bool {
    let shapes = |weights: &[WeightSpec]| -> Vec<_> {
        let shape = |weight: &WeightSpec| (weight.name.clone(), weight.shape.clone());
        weights.iter().map(shape).collect()
    };
    shapes(one) == shapes(other)
}

/// Whether what comes from somewhere that was planned has a mask.
pub(super) fn has_mask(source: Source, plan: &Plan, masked: &[bool]) -> bool {
    let has = match source {
        Source::Input(input) => masked.get(input),
        Source::Node(node, output) => plan.nodes[node].masks.get(output),
    };
    has.copied().unwrap_or_default()
}

/// Outputs of few axes and of a size that memory can hold.
fn check_output(layer: &str, shape: &Shape) -> Result<(), ModelError> {
    let (limit, axes) = (MAX_PARAMS, AnyTensor::MAX_RANK - 1);
    if shape.rank() > axes {
        return Err(ModelError::TooManyAxes {
            layer: layer.to_owned(),
            shape: shape.clone(),
            limit: axes,
        });
    }
    // What is not known counts as one.
    let sizes = shape.axes().iter().map(|axis| axis.unwrap_or(1));
    let elements = sizes.into_iter().try_fold(1_usize, usize::checked_mul);
    elements
        .filter(|&elements| elements <= limit)
        .map(|_| ())
        .ok_or_else(|| ModelError::OutputTooLarge {
            layer: layer.to_owned(),
            shape: shape.clone(),
            limit,
        })
}
