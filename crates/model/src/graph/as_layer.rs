use firebrick_spec::{Spec, SpecError};

use super::Graph;
use super::keras_json;
use super::plan::has_mask;
use super::sequential::Sequential;
use crate::layer::Call;
use crate::layer::{Layer, Masking, WeightSpec};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;
use serde::de::DeserializeOwned;

/// A network in another one: its weights have the names of its layers before theirs.
impl Layer for Graph {
    const CLASS_NAME: &'static str = "Functional";

    /// Out of our own form, or of Keras', which has `input_layers`.
    fn from_spec(spec: &Spec, thing: &str) -> Result<Self, SpecError> {
        let of_keras = ["input_layers", "output_layers"];
        if of_keras.iter().any(|name| spec.get(name).is_some()) {
            return keras_json::functional(spec, thing);
        }
        spec.read(thing)
            .map_err(|error| error.also_takes(&of_keras))
    }

    fn argument_names() -> Vec<String> {
        argument_names::<Self>(&keras_json::FUNCTIONAL)
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        self.run_within(inputs, call)
    }

    fn output_shapes(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
        self.taking(inputs)?
            .plan()
            .map(|plan| plan.outputs)
            .map_err(|error| LayerProblem::Part {
                what: error.to_string(),
            })
    }

    fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
        let plan = self.taking(inputs).map(|graph| graph.plan());
        let Ok(Ok(plan)) = plan else {
            unreachable!("the shapes were checked before");
        };
        let named = self.layers.iter().zip(plan.weights);
        named
            .flat_map(|(layer, weights)| {
                let within = |weight: WeightSpec| weight.within(&layer.name);
                weights.into_iter().map(within).collect::<Vec<_>>()
            })
            .collect()
    }

    fn masking(&self) -> Masking {
        Masking::Ends
    }

    fn output_masks(&self, inputs: &[bool]) -> Vec<bool> {
        let Ok(plan) = self.plan_masked(inputs) else {
            return Vec::new();
        };
        let outputs = self.outputs.iter();
        outputs
            .map(|source| has_mask(*source, &plan, inputs))
            .collect()
    }

    fn default_name(&self) -> String {
        self.name.clone()
    }
}

impl Graph {
    /// The graph for inputs of these shapes, which may know more than its own do.
    pub(super) fn taking(&self, shapes: &[Shape]) -> Result<Self, LayerProblem> {
        if shapes.len() != self.inputs.len() {
            return Err(LayerProblem::NumInputs {
                expected: self.inputs.len().to_string(),
                received: shapes.len(),
            });
        }
        let mut graph = self.clone();
        for (input, shape) in graph.inputs.iter_mut().zip(shapes) {
            input.shape = input.shape.merged(shape).ok_or_else(|| {
                let expected = format!("{} at its input `{}`", input.shape, input.name);
                LayerProblem::input(expected, "bring what arrives into that shape")
            })?;
        }
        Ok(graph)
    }
}

impl Layer for Sequential {
    const CLASS_NAME: &'static str = "Sequential";

    /// Out of our own form, which has an `input_shape`, or of Keras'.
    fn from_spec(spec: &Spec, thing: &str) -> Result<Self, SpecError> {
        let own = ["input_shape", "inputs", "nodes", "outputs"];
        if !own.iter().any(|name| spec.get(name).is_some()) {
            return keras_json::sequential(spec, thing);
        }
        spec.read(thing)
            .map_err(|error| error.also_takes(&["build_input_shape"]))
    }

    fn argument_names() -> Vec<String> {
        argument_names::<Graph>(&keras_json::SEQUENTIAL)
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        self.as_line().run_within(inputs, call)
    }

    fn output_shapes(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
        Layer::output_shapes(self.as_line(), inputs)
    }

    fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
        Layer::weights(self.as_line(), inputs)
    }

    fn masking(&self) -> Masking {
        Masking::Ends
    }

    fn output_masks(&self, inputs: &[bool]) -> Vec<bool> {
        Layer::output_masks(self.as_line(), inputs)
    }

    fn default_name(&self) -> String {
        self.name().to_owned()
    }
}

/// The names of the arguments of our form, then those of Keras' that it does not have.
fn argument_names<L: DeserializeOwned>(of_keras: &[&'static str]) -> Vec<String> {
    let mut names = firebrick_spec::argument_names::<L>();
    for name in of_keras {
        if !names.contains(name) {
            names.push(name);
        }
    }
    names.into_iter().map(str::to_owned).collect()
}
