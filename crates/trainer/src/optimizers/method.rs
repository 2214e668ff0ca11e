use std::sync::Arc;

use burn::optim::ModuleOptimizer;
use firebrick_spec::{Spec, SpecError, Value};

use super::Kind;
use super::own::{OWN, OwnOptimizer};
use super::rule::Work;

/// What moves the weights: one of the optimizers that are built in, or one of a program's own.
#[derive(Clone, Debug)]
pub(crate) enum Method {
    Known(Kind),
    Own(Arc<dyn OwnOptimizer>),
}

impl Method {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Known(kind) => kind.listed_name(),
            Self::Own(own) => own.name(),
        }
    }

    pub(crate) fn learning_rate(&self) -> f64 {
        match self {
            Self::Known(kind) => kind.learning_rate(),
            Self::Own(own) => own.learning_rate(),
        }
    }

    pub(crate) fn weight_decay(&self) -> f64 {
        match self {
            Self::Known(kind) => kind.weight_decay(),
            Self::Own(_) => 0.0,
        }
    }

    /// The rate from which on it is warned of.
    pub(crate) fn diverges_from(&self) -> f64 {
        match self {
            Self::Known(kind) => kind.diverges_from(),
            Self::Own(_) => f64::INFINITY,
        }
    }

    pub(crate) fn num_slots(&self) -> usize {
        match self {
            Self::Known(kind) => kind.num_slots(),
            Self::Own(own) => own.num_slots(),
        }
    }

    /// What Keras calls the numbers of state of a weight of so many axes; `None` for what Keras does not have.
    pub(crate) fn slot_names(&self, num_axes: usize) -> Option<&'static [&'static str]> {
        match self {
            Self::Known(kind) => Some(kind.slot_names(num_axes)),
            Self::Own(_) => None,
        }
    }

    /// What the numbers of state of this name are before the first update, but for those that are the weights themselves.
    pub(crate) fn initial_slot(&self, name: &str) -> f32 {
        let Self::Known(kind) = self else { return 0.0 };
        let spec = kind.to_spec().ok().filter(|_| name == "accumulator");
        match spec
            .as_ref()
            .and_then(|spec| spec.get("initial_accumulator_value"))
        {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "state is of single precision"
            )]
            Some(Value::Number(value)) => *value as f32,
            _ => 0.0,
        }
    }

    /// Whether Keras has no numbers of this name where they do not count.
    pub(crate) fn can_lack(&self, name: &str) -> bool {
        matches!(self, Self::Known(Kind::RmsProp(_))) && name != "velocity"
    }

    /// What Keras' numbers of state are multiplied with to be those here.
    pub(crate) fn slot_sign(&self) -> f32 {
        match self {
            Self::Known(kind) => kind.slot_sign(),
            Self::Own(_) => 1.0,
        }
    }

    pub(crate) fn build(&self, work: Work) -> ModuleOptimizer {
        match self {
            Self::Known(kind) => kind.build(work),
            Self::Own(own) => own.build(work),
        }
    }

    /// The same for a weight of this path.
    pub(crate) fn for_weight(self, path: &str) -> Self {
        match self {
            Self::Known(Kind::Muon(muon)) => Self::Known(Kind::Muon(muon.for_weight(path))),
            other => other,
        }
    }

    /// The same where all weights that it moves have this weight decay.
    pub(crate) fn with_weight_decay(self, weight_decay: f64) -> Self {
        match self {
            Self::Known(Kind::Muon(muon)) => {
                Self::Known(Kind::Muon(muon.with_weight_decay(weight_decay)))
            }
            other => other,
        }
    }

    /// The one that a spec describes, of which a name and the arguments of its own are left; errors call it `thing`.
    pub(crate) fn read(spec: &Spec, thing: &str) -> Result<Self, SpecError> {
        match OWN.read(spec, thing) {
            Some(own) => own.map(Self::Own),
            None => Kind::read_as(spec, thing).map(Self::Known),
        }
    }

    /// The spec that describes it, without the arguments that are the defaults; `None` for one of a program's own that is
    /// not registered.
    pub(crate) fn to_short_spec(&self) -> Option<Spec> {
        match self {
            Self::Known(kind) => kind.to_short_spec().ok(),
            Self::Own(own) => OWN.short_spec(own.as_ref()),
        }
    }
}

impl PartialEq for Method {
    /// Those of a program's own are the same if they are the same object, or have the same registered name and arguments.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Known(own), Self::Known(other)) => own == other,
            (Self::Own(own), Self::Own(others)) => {
                let spec = self.to_short_spec();
                Arc::ptr_eq(own, others) || (spec.is_some() && spec == other.to_short_spec())
            }
            _ => false,
        }
    }
}
