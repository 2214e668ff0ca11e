use std::any::Any;

use burn::module::{
    Content, Devices, Flag, Module, ModuleDisplay, ModuleDisplayDefault, ModuleMapper,
    ModuleVisitor, Param, RunningState,
};
use burn::tensor::{Device, Tensor, TensorData};

use super::adapter::Adapter;
use super::weight_spec::WeightSpec;
use firebrick_tensor::AnyTensor;

/// The weights of one layer of a network, in the order in which the layer lists them.
///
/// A Burn module written out by hand: the layer itself is a description, known when the program runs, and its weights have
/// the path `ClassName.weight` whatever their number.
#[derive(Clone, Debug)]
pub(crate) struct HeldWeights {
    class_name: String,
    weights: Vec<HeldWeight>,
    /// What is added to weights whenever they are asked for.
    adapters: Vec<Adapter>,
    /// Burn's switch for whatever happens in training alone.
    training: Param<Flag>,
}

#[derive(Clone, Debug)]
struct HeldWeight {
    name: String,
    value: Held,
}

/// A weight of whichever rank: one that an optimizer may move, or one that follows the batches.
#[derive(Clone, Debug)]
enum Held {
    Param1(Param<Tensor<1>>),
    Param2(Param<Tensor<2>>),
    Param3(Param<Tensor<3>>),
    Param4(Param<Tensor<4>>),
    Param5(Param<Tensor<5>>),
    Param6(Param<Tensor<6>>),
    Moving1(RunningState<Tensor<1>>),
    Moving2(RunningState<Tensor<2>>),
    Moving3(RunningState<Tensor<3>>),
    Moving4(RunningState<Tensor<4>>),
    Moving5(RunningState<Tensor<5>>),
    Moving6(RunningState<Tensor<6>>),
}

/// Evaluates an expression for a weight of whichever kind.
macro_rules! held {
    ($held:expr, $inner:ident => $result:expr) => {
        match $held {
            Held::Param1($inner) => $result,
            Held::Param2($inner) => $result,
            Held::Param3($inner) => $result,
            Held::Param4($inner) => $result,
            Held::Param5($inner) => $result,
            Held::Param6($inner) => $result,
            Held::Moving1($inner) => $result,
            Held::Moving2($inner) => $result,
            Held::Moving3($inner) => $result,
            Held::Moving4($inner) => $result,
            Held::Moving5($inner) => $result,
            Held::Moving6($inner) => $result,
        }
    };
}

/// The same weight after a function of modules.
macro_rules! mapped {
    ($held:expr, $inner:ident => $result:expr) => {
        match $held {
            Held::Param1($inner) => Held::Param1($result),
            Held::Param2($inner) => Held::Param2($result),
            Held::Param3($inner) => Held::Param3($result),
            Held::Param4($inner) => Held::Param4($result),
            Held::Param5($inner) => Held::Param5($result),
            Held::Param6($inner) => Held::Param6($result),
            Held::Moving1($inner) => Held::Moving1($result),
            Held::Moving2($inner) => Held::Moving2($result),
            Held::Moving3($inner) => Held::Moving3($result),
            Held::Moving4($inner) => Held::Moving4($result),
            Held::Moving5($inner) => Held::Moving5($result),
            Held::Moving6($inner) => Held::Moving6($result),
        }
    };
}

impl Held {
    /// Values in the layout of the built layer.
    fn new(spec: &WeightSpec, values: Vec<f32>, device: &Device) -> Self {
        let shape = spec.stored_shape();
        let data = TensorData::new(spec.arrange(values), shape.clone());
        /// Both kinds for each rank.
        macro_rules! of_rank {
            ($($rank:literal => $param:ident, $moving:ident);+) => {
                match shape.len() {
                    $(
                        $rank if spec.is_moving => Self::$moving(RunningState::new(Tensor::from_data(data, device))),
                        $rank => Self::$param(Param::from_tensor(Tensor::from_data(data, device))),
                    )+
                    rank => unreachable!("a weight has 1 to 6 axes, checked before, not {rank}"),
                }
            };
        }
        of_rank!(
            1 => Param1, Moving1; 2 => Param2, Moving2; 3 => Param3, Moving3;
            4 => Param4, Moving4; 5 => Param5, Moving5; 6 => Param6, Moving6
        )
    }

    /// Takes over what the last batch has left to a weight that follows the batches, so that it does not come after a value
    /// that is set now.
    fn settle(&self) {
        /// One arm for each rank.
        macro_rules! of_rank {
            ($($moving:ident),+) => {
                match self {
                    $(Self::$moving(state) => drop(state.value_sync()),)+
                    _ => {}
                }
            };
        }
        of_rank!(Moving1, Moving2, Moving3, Moving4, Moving5, Moving6);
    }

    /// The value, if it has this rank.
    fn value<const D: usize>(&self) -> Option<Tensor<D>> {
        /// Both kinds for each rank.
        macro_rules! of_rank {
            ($($param:ident, $moving:ident);+) => {
                match self {
                    $(
                        Self::$param(param) => cast(param.val()),
                        Self::$moving(state) => cast(state.value_sync()),
                    )+
                }
            };
        }
        of_rank!(Param1, Moving1; Param2, Moving2; Param3, Moving3; Param4, Moving4; Param5, Moving5; Param6, Moving6)
    }
}

/// The tensor itself if its type is the one asked for.
fn cast<T: 'static, U: 'static>(tensor: T) -> Option<U> {
    let mut slot = Some(tensor);
    let slot: &mut dyn Any = &mut slot;
    slot.downcast_mut::<Option<U>>().and_then(Option::take)
}

impl HeldWeights {
    /// Weights with their values in Keras' layout.
    pub(crate) fn new<'a>(
        class_name: &str,
        weights: impl IntoIterator<Item = (&'a WeightSpec, Vec<f32>)>,
        device: &Device,
    ) -> Self {
        let empty = Self {
            class_name: class_name.to_owned(),
            weights: Vec::new(),
            adapters: Vec::new(),
            training: Param::from_bool(true),
        };
        empty.with_weights(weights, device)
    }

    /// With further weights.
    pub(crate) fn with_weights<'a>(
        mut self,
        weights: impl IntoIterator<Item = (&'a WeightSpec, Vec<f32>)>,
        device: &Device,
    ) -> Self {
        let held = weights.into_iter().map(|(spec, values)| HeldWeight {
            name: spec.name.to_string(),
            value: Held::new(spec, values, device),
        });
        self.weights.extend(held);
        self
    }

    /// With what is to be added to weights whenever they are asked for.
    pub(crate) fn adapted_by(mut self, adapters: Vec<Adapter>) -> Self {
        self.adapters = adapters;
        self
    }

    /// Whether there is a weight of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.held("", name).is_some()
    }

    /// The weights with what was added to them as a part of their values.
    pub(crate) fn merged(mut self) -> Self {
        /// One arm for each rank.
        macro_rules! of_rank {
            ($held:expr, $sum:expr, $($param:ident),+) => {
                match $held {
                    $(Held::$param(param) => Held::$param(param.map(|_| $sum.expect_rank())),)+
                    moving => moving,
                }
            };
        }
        for adapter in std::mem::take(&mut self.adapters) {
            let [weight, a, b] =
                [&adapter.weight, &adapter.a, &adapter.b].map(|name| self.find_own("", name));
            if let (Some(weight), Some(a), Some(b)) = (weight, a, b) {
                let sum = adapter.applied(weight, a, b);
                self.weights
                    .retain(|held| held.name != adapter.a && held.name != adapter.b);
                self = self.map_all(|held| {
                    if held.name != adapter.weight {
                        return held;
                    }
                    let value = held.value.clone();
                    let sum = sum.clone();
                    held.with(of_rank!(
                        value, sum, Param1, Param2, Param3, Param4, Param5, Param6
                    ))
                });
            }
        }
        self
    }

    /// Those of a part of the layer, which are called by `path` and then their names; clones of neither see the other change.
    pub(crate) fn part(&self, path: &str, class_name: &str) -> Self {
        let weights = self.weights.iter().filter_map(|held| {
            let name = held.name.strip_prefix(path)?.to_owned();
            let value = held.value.clone();
            Some(HeldWeight { name, value })
        });
        let part = Self {
            class_name: class_name.to_owned(),
            weights: weights.collect(),
            adapters: Vec::new(),
            training: self.training.clone(),
        };
        part.unshared()
    }

    /// Whether what happens in training alone may happen.
    pub(crate) fn is_training(&self) -> bool {
        self.training.is_enabled()
    }

    /// A weight of a part of the layer, if it is there with this rank.
    pub(crate) fn find<const D: usize>(&self, path: &str, name: &str) -> Option<Tensor<D>> {
        if self.adapters.is_empty() {
            return self.held(path, name)?.value.value();
        }
        self.find_any(path, name)?.into_rank().ok()
    }

    /// The same of whichever rank.
    pub(crate) fn find_any(&self, path: &str, name: &str) -> Option<AnyTensor> {
        let value = self.find_own(path, name)?;
        let is_it = |adapter: &&Adapter| adapter.weight.strip_prefix(path) == Some(name);
        match self.adapters.iter().find(is_it) {
            Some(adapter) => {
                let [a, b] = [&adapter.a, &adapter.b].map(|name| self.find_own("", name));
                Some(adapter.applied(value, a?, b?))
            }
            None => Some(value),
        }
    }

    /// A weight without what is added to it.
    fn find_own(&self, path: &str, name: &str) -> Option<AnyTensor> {
        /// Both kinds for each rank.
        macro_rules! of_rank {
            ($held:expr, $($param:ident, $moving:ident);+) => {
                match $held {
                    $(
                        Held::$param(param) => param.val().into(),
                        Held::$moving(state) => state.value_sync().into(),
                    )+
                }
            };
        }
        let held = &self.held(path, name)?.value;
        Some(of_rank!(
            held, Param1, Moving1; Param2, Moving2; Param3, Moving3; Param4, Moving4; Param5, Moving5; Param6, Moving6
        ))
    }

    /// Sets a weight that follows the batches.
    pub(crate) fn update<const D: usize>(&self, path: &str, name: &str, value: Tensor<D>) {
        /// One arm for each rank.
        macro_rules! of_rank {
            ($held:expr, $($moving:ident),+) => {
                match $held {
                    $(
                        Some(Held::$moving(state)) => cast(value).map(|value| state.update(value)),
                    )+
                    _ => None,
                }
            };
        }
        let held = self.held(path, name).map(|held| &held.value);
        let updated = of_rank!(held, Moving1, Moving2, Moving3, Moving4, Moving5, Moving6);
        assert!(
            updated.is_some(),
            "a layer updates what it lists as moving, with its rank: `{path}{name}` of rank {D} is not"
        );
    }

    /// Sets those that follow the batches to 0, if they are meant by their names.
    pub(crate) fn reset(&self, is_meant: impl Fn(&str) -> bool) {
        /// One arm for each rank.
        macro_rules! of_rank {
            ($held:expr, $($moving:ident),+) => {
                match $held {
                    $(Held::$moving(state) => state.update(state.value_sync().zeros_like()),)+
                    _ => {}
                }
            };
        }
        for held in self.weights.iter().filter(|held| is_meant(&held.name)) {
            of_rank!(
                &held.value,
                Moving1,
                Moving2,
                Moving3,
                Moving4,
                Moving5,
                Moving6
            );
        }
    }

    fn held(&self, path: &str, name: &str) -> Option<&HeldWeight> {
        self.weights.iter().find(|held| {
            let rest = held.name.strip_prefix(path);
            rest == Some(name)
        })
    }

    /// The weights with nothing that clones see change.
    pub(crate) fn unshared(self) -> Self {
        /// One arm for each rank.
        macro_rules! of_rank {
            ($held:expr, $($moving:ident),+) => {
                match $held {
                    $(Held::$moving(state) => Held::$moving(RunningState::new(state.value_sync())),)+
                    param => param,
                }
            };
        }
        self.map_all(|held| {
            let value = of_rank!(
                held.value.clone(),
                Moving1,
                Moving2,
                Moving3,
                Moving4,
                Moving5,
                Moving6
            );
            held.with(value)
        })
    }

    fn map_all(mut self, map: impl FnMut(HeldWeight) -> HeldWeight) -> Self {
        self.weights = self.weights.into_iter().map(map).collect();
        self
    }
}

impl HeldWeight {
    fn with(self, value: Held) -> Self {
        Self { value, ..self }
    }
}

impl Module for HeldWeights {
    fn collect_devices(&self, devices: Devices) -> Devices {
        self.weights.iter().fold(
            devices,
            |devices, held| held!(&held.value, inner => inner.collect_devices(devices)),
        )
    }

    fn fork(self, device: &Device) -> Self {
        self.map_all(|held| {
            let value = mapped!(held.value.clone(), inner => inner.fork(device));
            held.with(value)
        })
    }

    fn to_device(self, device: &Device) -> Self {
        self.map_all(|held| {
            let value = mapped!(held.value.clone(), inner => inner.to_device(device));
            held.with(value)
        })
    }

    fn train(self) -> Self {
        let training = self.training.clone().train();
        let trained = self.map_all(|held| {
            let value = mapped!(held.value.clone(), inner => inner.train());
            held.with(value)
        });
        Self {
            training,
            ..trained
        }
    }

    fn valid(&self) -> Self {
        let training = self.training.valid();
        let valid = self.clone().map_all(|held| {
            let value = mapped!(&held.value, inner => inner.valid());
            held.with(value)
        });
        Self { training, ..valid }
    }

    fn materialize(self) -> Self {
        self.map_all(|held| {
            let value = mapped!(held.value.clone(), inner => inner.materialize());
            held.with(value)
        })
    }

    fn visit<V: ModuleVisitor>(&self, visitor: &mut V) {
        visitor.enter_module(&self.class_name, "Layer");
        for held in &self.weights {
            visitor.enter_module(&held.name, "Weight");
            held.value.settle();
            held!(&held.value, inner => inner.visit(visitor));
            visitor.exit_module(&held.name, "Weight");
        }
        visitor.enter_module("training", "Flag");
        self.training.visit(visitor);
        visitor.exit_module("training", "Flag");
        visitor.exit_module(&self.class_name, "Layer");
    }

    fn map<M: ModuleMapper>(self, mapper: &mut M) -> Self {
        let class_name = self.class_name.clone();
        mapper.enter_module(&class_name, "Layer");
        let mut held = self.map_all(|HeldWeight { name, value }| {
            mapper.enter_module(&name, "Weight");
            value.settle();
            let value = mapped!(value, inner => Module::map(inner, mapper));
            mapper.exit_module(&name, "Weight");
            HeldWeight { name, value }
        });
        mapper.enter_module("training", "Flag");
        held.training = Module::map(held.training, mapper);
        mapper.exit_module("training", "Flag");
        mapper.exit_module(&class_name, "Layer");
        held
    }
}

impl ModuleDisplayDefault for HeldWeights {
    fn content(&self, content: Content) -> Option<Content> {
        Some(content)
    }
}

impl ModuleDisplay for HeldWeights {}

impl std::fmt::Display for HeldWeights {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.weights.iter().map(|held| held.name.as_str()).collect();
        write!(f, "{}({})", self.class_name, names.join(", "))
    }
}
