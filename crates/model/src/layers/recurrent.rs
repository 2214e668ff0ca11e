//! What all recurrent layers have in common: a cell, and how its steps follow each other.

mod flow;
mod on_host;
mod product;
mod run;
mod unstacked;

use firebrick_spec::{Spec, SpecError};

pub(super) use self::flow::{Flow, flow_setters};
pub(super) use self::on_host::OnHost;
pub(super) use self::product::{
    Product, Projection, check_cell_activation, check_rates, check_vector, factors,
};
pub(super) use self::run::run;
pub(super) use self::unstacked::gates;
use burn::tensor::Tensor;

use crate::activation::Activation;
use crate::initializer::Initializer;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer::WeightSpec;
use crate::layer::{Cell, check_states, kept_state_name};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;

// Defaults that the cells share.

pub(super) fn tanh() -> Activation {
    Activation::Tanh
}

pub(super) fn sigmoid() -> Activation {
    Activation::Sigmoid
}

/// The states of a cell, which says how many there are.
///
/// # Panics
/// If it is called with another number of them.
pub(super) fn array<const N: usize>(states: Vec<Tensor<2>>) -> [Tensor<2>; N] {
    match <[Tensor<2>; N]>::try_from(states) {
        Ok(states) => states,
        Err(states) => unreachable!("a cell of {N} states has {}", states.len()),
    }
}

/// The shape of one of the steps of `[steps, ...]`.
pub(super) fn step_of(steps: &Shape) -> Result<Shape, LayerProblem> {
    match steps.axes() {
        [_, step @ ..] if !step.is_empty() => Ok(step.iter().copied().collect()),
        _ => Err(LayerProblem::input(
            "[steps, features]",
            "put an Embedding in front of it if these are indices, else a Reshape",
        )),
    }
}

/// The shapes that leave a recurrent layer.
pub(super) fn output_shapes(
    cell: &dyn Cell,
    flow: &Flow,
    inputs: &[Shape],
) -> Result<Vec<Shape>, LayerProblem> {
    let Some((steps, given)) = inputs.split_first() else {
        return Err(LayerProblem::NumInputs {
            expected: "1".to_owned(),
            received: 0,
        });
    };
    flow.check()?;
    let states = cell.state_shapes(&step_of(steps)?)?;
    if !given.is_empty() {
        check_states(given, &states)?;
    }
    let output = &states[cell.output_state()];
    let output = if flow.return_sequences {
        let length = steps.axes()[0];
        [length]
            .into_iter()
            .chain(output.axes().iter().copied())
            .collect()
    } else {
        output.clone()
    };
    let states = states.into_iter().filter(|_| flow.return_state);
    Ok([output].into_iter().chain(states).collect())
}

/// The weights of a recurrent layer: those of its cell, then the states that it keeps.
pub(super) fn weights(
    cell: &dyn Cell,
    flow: &Flow,
    of_cell: impl IntoIterator<Item = WeightSpec>,
    steps: &Shape,
) -> Vec<WeightSpec> {
    let mut weights: Vec<WeightSpec> = of_cell.into_iter().collect();
    let Some(batch_size) = flow.kept_batch_size() else {
        return weights;
    };
    let states = step_of(steps).and_then(|step| cell.state_shapes(&step));
    let states = states.unwrap_or_default().into_iter().enumerate();
    weights.extend(states.map(|(index, state)| {
        let numbers = state.num_elements().unwrap_or_default();
        WeightSpec::new(
            kept_state_name(index),
            [batch_size, numbers],
            Initializer::Zeros,
        )
        .moving()
    }));
    weights
}

/// The masks of its outputs.
pub(super) fn output_masks(cell: &dyn Cell, flow: &Flow, inputs: &[bool]) -> Vec<bool> {
    let num_states = if flow.return_state {
        cell.num_states()
    } else {
        0
    };
    let first = masking(flow).leaves(inputs);
    [first].into_iter().chain(vec![false; num_states]).collect()
}

/// What happens to a mask.
pub(super) fn masking(flow: &Flow) -> Masking {
    if flow.return_sequences {
        Masking::Passes
    } else {
        Masking::Ends
    }
}

/// A cell and its flow out of the arguments of both.
pub(super) fn read<C: Layer>(spec: &Spec, thing: &str) -> Result<(C, Flow), SpecError> {
    let names = argument_names::<C>();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    spec.check_arguments(thing, &names)?;
    let mut spec = spec.clone();
    let flow = Flow::take(&mut spec, thing)?;
    let cell = C::from_spec(&spec, thing).map_err(|error| error.takes(&names))?;
    Ok((cell, flow))
}

/// The spec of this name with the arguments of both.
pub(super) fn written<C: Layer>(cell: &C, flow: &Flow, name: &str) -> Result<Spec, SpecError> {
    let flow = Spec::complete(name, flow)?;
    let arguments = flow.arguments().iter().cloned();
    Ok(arguments.fold(cell.to_spec(name)?, |spec, argument| {
        spec.with(argument.name, argument.value)
    }))
}

/// The names of the arguments of both.
pub(super) fn argument_names<C: Layer>() -> Vec<String> {
    let flow = firebrick_spec::argument_names::<Flow>().into_iter();
    let cell = C::argument_names().into_iter();
    cell.chain(flow.map(str::to_owned)).collect()
}

/// Writes what a recurrent layer with the fields `cell` and `flow` has of both: the setters, and [`Layer`].
macro_rules! recurrent_layer {
    ($layer:ident: $class_name:expr, $cell:ident in $part:literal {
        $($(#[$meaning:meta])* $setter:ident($($argument:ident: $kind:ty)?)),* $(,)?
    } $(, on host $form:path)?) => {
        impl $layer {
            $(
                $(#[$meaning])*
                #[must_use = "returns the changed layer"]
                pub fn $setter(mut self $(, $argument: $kind)?) -> Self {
                    self.cell = self.cell.$setter($($argument)?);
                    self
                }
            )*
        }

        $crate::layers::recurrent::flow_setters!($layer);

        impl $crate::layer::Layer for $layer {
            const CLASS_NAME: &'static str = $class_name;

            fn from_spec(
                spec: &firebrick_spec::Spec,
                thing: &str,
            ) -> Result<Self, firebrick_spec::SpecError> {
                let (cell, flow) = $crate::layers::recurrent::read(spec, thing)?;
                Ok(Self { cell, flow })
            }

            fn to_spec(&self, name: &str) -> Result<firebrick_spec::Spec, firebrick_spec::SpecError> {
                $crate::layers::recurrent::written(&self.cell, &self.flow, name)
            }

            fn argument_names() -> Vec<String> {
                $crate::layers::recurrent::argument_names::<$cell>()
            }

            fn output_shapes(
                &self,
                inputs: &[$crate::shape::Shape],
            ) -> Result<Vec<$crate::shape::Shape>, $crate::layer_problem::LayerProblem> {
                $crate::layers::recurrent::output_shapes(&self.cell, &self.flow, inputs)
            }

            fn weights(
                &self,
                inputs: &[$crate::shape::Shape],
            ) -> Vec<$crate::layer::WeightSpec> {
                let step = $crate::layers::recurrent::step_of(&inputs[0]).unwrap_or_default();
                let of_cell = $crate::layer::Layer::weights(&self.cell, &[step]);
                let of_cell = of_cell.into_iter().map(|weight| weight.within($part));
                $crate::layers::recurrent::weights(&self.cell, &self.flow, of_cell, &inputs[0])
            }

            fn masking(&self) -> $crate::layer::Masking {
                $crate::layers::recurrent::masking(&self.flow)
            }

            fn output_masks(&self, inputs: &[bool]) -> Vec<bool> {
                $crate::layers::recurrent::output_masks(&self.cell, &self.flow, inputs)
            }

            fn call(
                &self,
                inputs: $crate::signal::Signals,
                call: &$crate::layer::Call,
            ) -> Result<$crate::signal::Signals, $crate::layer_problem::LayerProblem> {
                $crate::layers::recurrent::run(&self.cell, $part, &self.flow, inputs, call)
            }

            $(
                fn host_form(&self, inputs: &[$crate::shape::Shape]) -> Option<$crate::layer::HostForm> {
                    $form(&self.cell, $part, &self.flow, inputs)
                }
            )?
        }
    };
}

pub(super) use recurrent_layer;

/// Writes the setters that the cells have in common.
macro_rules! cell_setters {
    ($cell:ident) => {
        impl $cell {
            /// Drops the bias.
            #[must_use = "returns the changed layer"]
            pub fn without_bias(mut self) -> Self {
                self.use_bias = false;
                self
            }

            /// Sets the probability with which a feature of the input is dropped in training, for all steps of a batch.
            #[must_use = "returns the changed layer"]
            pub fn with_dropout(mut self, rate: f64) -> Self {
                self.dropout = rate;
                self
            }

            /// Sets the probability with which a number of the state is dropped in training, for all steps of a batch.
            #[must_use = "returns the changed layer"]
            pub fn with_recurrent_dropout(mut self, rate: f64) -> Self {
                self.recurrent_dropout = rate;
                self
            }
        }
    };
}

pub(super) use cell_setters;
