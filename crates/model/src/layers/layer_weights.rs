use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Describe, WeightSpec};
use crate::constraint::Constraint;
use crate::initializer::Initializer;
use crate::regularizer::Regularizer;
use firebrick_spec::{Spec, SpecError, did_you_mean, nearest_name};

/// What a description says of one weight, whatever its shape: Keras' arguments
/// `<name>_initializer`, `<name>_regularizer` and `<name>_constraint`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WeightArguments {
    pub(crate) name: &'static str,
    /// A weight that training does not move is neither regularized nor constrained.
    pub(crate) is_trainable: bool,
    pub(crate) initializer: Initializer,
    pub(crate) regularizer: Option<Regularizer>,
    pub(crate) constraint: Option<Constraint>,
}

/// A layer with weights, in Keras' order and with Keras' defaults.
pub(crate) trait HasWeights: 'static {
    const WEIGHTS: &'static [WeightArguments];
}

/// What a description says of all weights of the layer `L`; the last field of the description,
/// flattened.
///
/// In a file only what is not the default is written, and an argument that belongs to no field of
/// the layer is found out here.
#[derive(Clone, PartialEq)]
pub(crate) struct LayerWeights<L> {
    weights: Vec<WeightArguments>,
    layer: PhantomData<L>,
}

impl<L: HasWeights> LayerWeights<L> {
    /// The names of these arguments, after those of the layer's own.
    pub(crate) fn argument_names(own: &[&str]) -> Vec<String> {
        let own = own.iter().map(|&name| name.to_owned());
        own.chain(known::<L>()).collect()
    }

    /// A layer `D`, of which these are a part, out of its arguments; errors call it `thing`.
    ///
    /// # Errors
    /// An unknown argument, with the nearest one; one that is missing; a value that cannot be.
    pub(crate) fn read<D: Describe>(
        spec: &Spec,
        thing: &str,
        part_of: impl FnOnce(&mut D) -> &mut Self,
    ) -> Result<D, SpecError> {
        let names = D::argument_names();
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
        let mut layer: D = spec.read(thing).map_err(|error| error.takes(&names))?;
        *part_of(&mut layer) = read;
        Ok(layer)
    }

    /// One for each weight that the layer may have.
    pub(crate) fn arguments(&self) -> &[WeightArguments] {
        &self.weights
    }

    /// Those of one weight, to be changed.
    pub(crate) fn of(&mut self, name: &str) -> &mut WeightArguments {
        match self.weights.iter_mut().find(|weight| weight.name == name) {
            Some(weight) => weight,
            None => unreachable!("a layer asks for the weights that it declares, not `{name}`"),
        }
    }

    /// A weight of the layer, with Keras' shape.
    pub(crate) fn spec(&self, name: &str, shape: Vec<usize>) -> WeightSpec {
        match self.weights.iter().find(|weight| weight.name == name) {
            Some(weight) => WeightSpec::new(weight.clone(), shape),
            None => unreachable!("a layer builds the weights that it declares, not `{name}`"),
        }
    }
}

impl<L: HasWeights> Default for LayerWeights<L> {
    fn default() -> Self {
        Self {
            weights: L::WEIGHTS.to_vec(),
            layer: PhantomData,
        }
    }
}

impl<L> fmt::Debug for LayerWeights<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.weights).finish()
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
        map.end()
    }
}

impl<'de, L: HasWeights> Deserialize<'de> for LayerWeights<L> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ReadArguments(PhantomData))
    }
}

/// Reads the arguments that no other field of the layer has taken.
struct ReadArguments<L>(PhantomData<L>);

impl<'de, L: HasWeights> Visitor<'de> for ReadArguments<L> {
    type Value = LayerWeights<L>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the arguments of a layer")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<LayerWeights<L>, A::Error> {
        let mut read = LayerWeights::<L>::default();
        while let Some(argument) = map.next_key::<String>()? {
            let (name, what) = argument.rsplit_once('_').unwrap_or_default();
            let weight = read.weights.iter_mut().find(|weight| weight.name == name);
            match (weight, what) {
                (Some(weight), "initializer") => weight.initializer = map.next_value()?,
                (Some(weight), "regularizer") if weight.is_trainable => {
                    weight.regularizer = map.next_value()?;
                }
                (Some(weight), "constraint") if weight.is_trainable => {
                    weight.constraint = map.next_value()?;
                }
                _ => return Err(unknown::<L, A::Error>(&argument)),
            }
        }
        Ok(read)
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
    L::WEIGHTS.iter().flat_map(of_weight).collect()
}

fn unknown<L: HasWeights, E: Error>(argument: &str) -> E {
    let known = known::<L>();
    let names: Vec<&str> = known.iter().map(String::as_str).collect();
    let nearest = did_you_mean(nearest_name(argument, &names));
    E::custom(format!(
        "unknown argument `{argument}`{nearest}; for its weights the layer takes {}",
        known.join(", ")
    ))
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
            const WEIGHTS: &'static [$crate::layers::layer_weights::WeightArguments] = &[$(
                $crate::layers::layer_weights::WeightArguments {
                    name: stringify!($weight),
                    is_trainable: !<[&str]>::is_empty(&[$(stringify!($with_regularizer))?]),
                    initializer: $initial,
                    regularizer: None,
                    constraint: None,
                },
            )+];
        }

        impl $layer {
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

pub(crate) use layer_weights;
