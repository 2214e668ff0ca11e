use super::Graph;
use super::plan::has_mask;
use super::sequential::Sequential;
use crate::layer::Call;
use crate::layer::{Layer, Masking, WeightSpec};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;

/// A network in another one: its weights have the names of its layers before theirs.
impl Layer for Graph {
    const CLASS_NAME: &'static str = "Functional";

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
