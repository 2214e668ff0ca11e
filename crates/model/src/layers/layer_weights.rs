use std::fmt;
use std::marker::PhantomData;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::layer::Layer;
use crate::layer::{WeightArguments, WeightSpec};
use crate::regularizer::Regularizer;
use firebrick_spec::{Spec, SpecError};

/// A layer with weights, in Keras' order and with Keras' defaults.
pub(crate) trait HasWeights: 'static {
    const WEIGHTS: &'static [WeightArguments];
}

/// What a description says of all weights of the layer `L`: a field `weights` of the description, skipped by serde, whose
/// arguments [`weights_in_spec!`] reads and writes beside the others.
///
/// In a file only what is not the default is written.
#[derive(Clone, PartialEq)]
pub(crate) struct LayerWeights<L> {
    weights: Vec<WeightArguments>,
    activity_regularizer: Option<Regularizer>,
    layer: PhantomData<L>,
}

/// The argument of what leaves the layer.
const ACTIVITY: &str = "activity_regularizer";

impl<L: HasWeights + Layer> LayerWeights<L> {
    /// The names of all arguments: those of the fields, then those of the weights.
    pub(crate) fn argument_names() -> Vec<String> {
        let own = firebrick_spec::argument_names::<L>().into_iter();
        own.map(str::to_owned).chain(known::<L>()).collect()
    }

    /// The layer out of its arguments, with these as the part `part_of` it; errors call it `thing`.
    ///
    /// # Errors
    /// An unknown argument, with the nearest one; one that is missing; a value that cannot be.
    pub(crate) fn read(
        spec: &Spec,
        thing: &str,
        part_of: impl FnOnce(&mut L) -> &mut Self,
    ) -> Result<L, SpecError> {
        let names = Self::argument_names();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        spec.check_arguments(thing, &names)?;
        let mut spec = spec.clone();
        let mut read = Self::default();
        for weight in &mut read.weights {
            let argument = |what: &str| format!("{}_{what}", weight.name);
            let [initializer, regularizer, constraint] =
                ["initializer", "regularizer", "constraint"].map(argument);
            if let Some(Some(initializer)) = spec.take_as(thing, &initializer)? {
                weight.initializer = initializer;
            }
            weight.regularizer = spec.take_as(thing, &regularizer)?.flatten();
            weight.constraint = spec.take_as(thing, &constraint)?.flatten();
        }
        read.activity_regularizer = spec.take_as(thing, ACTIVITY)?.flatten();
        let mut layer: L = spec.read(thing).map_err(|error| error.takes(&names))?;
        *part_of(&mut layer) = read;
        Ok(layer)
    }

    /// The spec of this name of the layer whose part these are.
    ///
    /// # Errors
    /// Those of [`Spec::complete`].
    pub(crate) fn written(&self, layer: &L, name: &str) -> Result<Spec, SpecError> {
        let weights = Spec::complete(name, self)?;
        let arguments = weights.arguments().iter().cloned();
        Ok(
            arguments.fold(Spec::complete(name, layer)?, |spec, argument| {
                spec.with(argument.name, argument.value)
            }),
        )
    }
}

impl<L: HasWeights> LayerWeights<L> {
    /// Those of one weight, to be changed.
    pub(crate) fn of(&mut self, name: &str) -> &mut WeightArguments {
        match self.weights.iter_mut().find(|weight| weight.name == name) {
            Some(weight) => weight,
            None => unreachable!("a layer asks for the weights that it declares, not `{name}`"),
        }
    }

    /// What the layer's outputs add to the loss.
    pub(crate) fn activity_regularizer(&self) -> Option<Regularizer> {
        self.activity_regularizer
    }

    pub(crate) fn set_activity_regularizer(&mut self, regularizer: Regularizer) {
        self.activity_regularizer = Some(regularizer);
    }

    /// A weight of the layer, with Keras' shape.
    pub(crate) fn spec(&self, name: &str, shape: Vec<usize>) -> WeightSpec {
        match self.weights.iter().find(|weight| weight.name == name) {
            Some(weight) => WeightSpec::of(weight.clone(), shape),
            None => unreachable!("a layer builds the weights that it declares, not `{name}`"),
        }
    }
}

impl<L: HasWeights> Default for LayerWeights<L> {
    fn default() -> Self {
        Self {
            weights: L::WEIGHTS.to_vec(),
            activity_regularizer: None,
            layer: PhantomData,
        }
    }
}

impl<L> fmt::Debug for LayerWeights<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let activity = self.activity_regularizer.iter();
        f.debug_list()
            .entries(&self.weights)
            .entries(activity)
            .finish()
    }
}

impl<L: HasWeights> Serialize for LayerWeights<L> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (weight, default) in self.weights.iter().zip(L::WEIGHTS) {
            let name = weight.name;
            if weight.initializer != default.initializer {
                map.serialize_entry(&format!("{name}_initializer"), &weight.initializer)?;
            }
            if let Some(regularizer) = &weight.regularizer {
                map.serialize_entry(&format!("{name}_regularizer"), regularizer)?;
            }
            if let Some(constraint) = &weight.constraint {
                map.serialize_entry(&format!("{name}_constraint"), constraint)?;
            }
        }
        if let Some(regularizer) = &self.activity_regularizer {
            map.serialize_entry(ACTIVITY, regularizer)?;
        }
        map.end()
    }
}

/// Keras' names of the arguments of all weights.
fn known<L: HasWeights>() -> Vec<String> {
    let of_weight = |weight: &WeightArguments| {
        let rules = ["regularizer", "constraint"].map(|what| weight.is_trainable.then_some(what));
        let whats = [Some("initializer")].into_iter().chain(rules).flatten();
        let name = weight.name;
        whats.map(move |what| format!("{name}_{what}"))
    };
    let of_weights = L::WEIGHTS.iter().flat_map(of_weight);
    of_weights.chain([ACTIVITY.to_owned()]).collect()
}

/// Declares the weights of a layer, in Keras' order, each with its default initializer and its
/// setters; a weight that training does not move has the first setter alone. The layer keeps them
/// in a field `weights`.
macro_rules! layer_weights {
    ($layer:ident {
        $($weight:ident: $initial:expr, $with_initializer:ident
            $(, $with_regularizer:ident, $with_constraint:ident)?;)+
    }) => {
        impl $crate::layers::layer_weights::HasWeights for $layer {
            const WEIGHTS: &'static [$crate::layer::WeightArguments] = &[$(
                $crate::layer::WeightArguments {
                    name: stringify!($weight),
                    is_trainable: !<[&str]>::is_empty(&[$(stringify!($with_regularizer))?]),
                    initializer: $initial,
                    regularizer: None,
                    constraint: None,
                },
            )+];
        }

        impl $layer {
            /// Sets what the layer's outputs add to the loss, divided by the number of samples.
            #[must_use = "returns the changed layer"]
            #[allow(dead_code, reason = "of a layer that stands for others within this crate nobody asks it")]
            pub fn with_activity_regularizer(mut self, regularizer: $crate::Regularizer) -> Self {
                self.weights.set_activity_regularizer(regularizer);
                self
            }

            $(
                #[doc = concat!("Sets how `", stringify!($weight), "` starts.")]
                #[must_use = "returns the changed layer"]
                pub fn $with_initializer(mut self, initializer: $crate::Initializer) -> Self {
                    self.weights.of(stringify!($weight)).initializer = initializer;
                    self
                }

                $(
                    #[doc = concat!("Sets what `", stringify!($weight), "` adds to the loss.")]
                    #[must_use = "returns the changed layer"]
                    pub fn $with_regularizer(mut self, regularizer: $crate::Regularizer) -> Self {
                        self.weights.of(stringify!($weight)).regularizer = Some(regularizer);
                        self
                    }

                    #[doc = concat!(
                        "Sets where `", stringify!($weight), "` is brought back to after every step."
                    )]
                    #[must_use = "returns the changed layer"]
                    pub fn $with_constraint(mut self, constraint: $crate::Constraint) -> Self {
                        self.weights.of(stringify!($weight)).constraint = Some(constraint);
                        self
                    }
                )?
            )+
        }
    };
}

/// Within `impl Layer`, reads and writes what the field `weights` says beside the arguments of the other fields.
///
/// `weights_in_spec!(activity of parts)` leaves it to the layer to add what the activity regularizer says.
macro_rules! weights_in_spec {
    () => {
        $crate::layers::layer_weights::weights_in_spec!(activity of parts);

        fn activity_regularizer(&self) -> Option<$crate::Regularizer> {
            self.weights.activity_regularizer()
        }
    };
    (activity of parts) => {
        fn from_spec(
            spec: &firebrick_spec::Spec,
            thing: &str,
        ) -> Result<Self, firebrick_spec::SpecError> {
            $crate::layers::layer_weights::LayerWeights::read(spec, thing, |layer: &mut Self| {
                &mut layer.weights
            })
        }

        fn to_spec(&self, name: &str) -> Result<firebrick_spec::Spec, firebrick_spec::SpecError> {
            self.weights.written(self, name)
        }

        fn argument_names() -> Vec<String> {
            $crate::layers::layer_weights::LayerWeights::<Self>::argument_names()
        }
    };
}

pub(crate) use layer_weights;
pub(crate) use weights_in_spec;
