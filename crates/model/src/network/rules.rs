use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::Tensor;

use super::Network;
use crate::constraint::Constraint;
use crate::layer::{Storage, WeightSpec};
use firebrick_tensor::AnyTensor;
use firebrick_tensor::SameShape;

impl Network {
    /// The sum of the regularizers' terms of all weights that training moves, as in Keras.
    pub(super) fn sum_of_penalties(&self) -> Option<Tensor<1>> {
        let is_regularized =
            |weight: &WeightSpec| weight.is_trainable && weight.regularizer.is_some();
        let mut sum = None;
        for (layer, weights) in self.layers.iter().zip(&self.plan.weights) {
            if weights.iter().any(is_regularized) {
                let mut penalties = Penalties {
                    weights,
                    path: Vec::new(),
                    sum,
                };
                layer.visit(&mut penalties);
                sum = penalties.sum;
            }
        }
        sum
    }

    /// Every weight that training moves where its constraint wants it.
    pub(super) fn with_constraints_met(mut self) -> Self {
        let is_constrained =
            |weight: &WeightSpec| weight.is_trainable && weight.constraint.is_some();
        let planned = &self.plan.weights;
        if !planned.iter().flatten().any(is_constrained) {
            return self;
        }
        self.layers = self
            .layers
            .into_iter()
            .zip(planned)
            .map(|(layer, weights)| {
                if weights.iter().any(is_constrained) {
                    let path = Vec::new();
                    layer.map(&mut Constraints { weights, path })
                } else {
                    layer
                }
            })
            .collect();
        self
    }
}

/// Adds up the terms of one layer.
struct Penalties<'a> {
    weights: &'a [WeightSpec],
    path: Vec<String>,
    sum: Option<Tensor<1>>,
}

impl ModuleVisitor for Penalties<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let name = self.path.last().map(String::as_str);
        let mut trained = self.weights.iter().filter(|weight| weight.is_trainable);
        let weight = trained.find(|weight| name == Some(&*weight.name));
        if let Some(regularizer) = weight.and_then(|weight| weight.regularizer) {
            let penalty = regularizer.penalty(param.val());
            self.sum = Some(match self.sum.take() {
                Some(sum) => sum + penalty,
                None => penalty,
            });
        }
    }
}

/// Projects the weights of one layer.
struct Constraints<'a> {
    weights: &'a [WeightSpec],
    path: Vec<String>,
}

impl ModuleMapper for Constraints<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let name = self.path.last().map(String::as_str);
        match self
            .weights
            .iter()
            .find(|weight| name == Some(&*weight.name))
        {
            Some(weight) if weight.is_trainable && weight.constraint.is_some() => {
                param.map(|tensor| {
                    // The projection is no part of what is differentiated.
                    let (is_autodiff, requires_grad) =
                        (tensor.is_autodiff(), tensor.is_require_grad());
                    let projected = projected(tensor.without_autodiff(), weight);
                    if is_autodiff {
                        Tensor::from_inner(projected).set_require_grad(requires_grad)
                    } else {
                        projected
                    }
                })
            }
            _ => param,
        }
    }
}

/// A weight where its constraint wants it, in the layout of the built layer.
fn projected<const D: usize>(stored: Tensor<D>, weight: &WeightSpec) -> Tensor<D> {
    let Some(constraint) = &weight.constraint else {
        return stored;
    };
    let axes = constraint
        .axis()
        .and_then(|axis| axis.within(weight.shape.len()))
        .unwrap_or_default();
    match weight.storage {
        Storage::Same => constraint.project_along(stored, &axes),
        Storage::Permuted(order) => {
            let axes: Vec<usize> = (0..D)
                .filter(|&place| axes.contains(&order[place]))
                .collect();
            constraint.project_along(stored, &axes)
        }
        Storage::Flat => {
            let shape = stored.dims();
            let flat = stored.reshape([weight.num_params()]);
            let weight_as_in_keras = AnyTensor::from(flat).reshaped(&weight.shape);
            let projected = weight_as_in_keras.map(&Projection { constraint, axes });
            projected
                .reshaped(&[weight.num_params()])
                .expect_rank::<1>()
                .reshape(shape)
        }
    }
}

/// A constraint along known axes.
struct Projection<'a> {
    constraint: &'a Constraint,
    axes: Vec<usize>,
}

impl SameShape for Projection<'_> {
    fn apply<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        self.constraint.project_along(x, &self.axes)
    }
}
