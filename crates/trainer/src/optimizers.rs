//! Keras' update rules, one a file, and the list of them.

mod accumulation;
mod adadelta;
mod adagrad;
mod adam;
mod adamax;
mod adamw;
mod average;
mod clipping;
mod description;
#[cfg(test)]
mod golden;
mod lion;
mod nadam;
mod optimizer;
mod quantity;
mod rmsprop;
mod rule;
mod sgd;

use burn::optim::ModuleOptimizer;
use firebrick_spec::registry;

pub(crate) use accumulation::Accumulation;
pub(crate) use adadelta::Adadelta;
pub(crate) use adagrad::Adagrad;
pub(crate) use adam::Adam;
pub(crate) use adamax::Adamax;
pub(crate) use adamw::AdamW;
pub(crate) use average::{Average, Ema};
pub(crate) use clipping::Clipping;
pub(crate) use description::{Description, above_zero, below_one, not_negative};
pub(crate) use lion::Lion;
pub(crate) use nadam::Nadam;
pub use optimizer::{GivenOptimizer, Optimizer};
pub(crate) use rmsprop::RmsProp;
pub(crate) use rule::Path;
pub(crate) use sgd::Sgd;

/// Writes the list below out: the enum, its names and the constructors.
macro_rules! known_optimizers {
    ($($(#[$meaning:meta])* $name:ident: $kind:ident,)+) => {
        registry! {
            /// Any of the optimizers.
            #[derive(Clone, Copy, Debug, PartialEq)]
            pub(crate) enum Kind: "optimizer", each_optimizer {
                $($kind: stringify!($name);)+
            }
        }

        impl Optimizer {
            $(
                $(#[$meaning])*
                pub fn $name() -> Self {
                    Self::new(Kind::$kind($kind::default()))
                }
            )+
        }
    };
}

known_optimizers! {
    /// Gradient descent, `w -= rate · gradient`, without momentum unless one is set.
    sgd: Sgd,
    /// Adaptive moment estimation: `beta_1` 0.9, `beta_2` 0.999, `epsilon` 1e-7.
    adam: Adam,
    /// Adam with a weight decay of 0.004.
    adamw: AdamW,
    /// Gradients over the root of their mean square: `rho` 0.9, `epsilon` 1e-7.
    rmsprop: RmsProp,
    /// Rates that fall with the squares gathered: `initial_accumulator_value` 0.1, `epsilon` 1e-7.
    adagrad: Adagrad,
    /// Steps in the unit of the weights: `rho` 0.95, `epsilon` 1e-7.
    adadelta: Adadelta,
    /// Adam by the largest gradient instead of the mean square: `beta_1` 0.9, `beta_2` 0.999, `epsilon` 1e-7.
    adamax: Adamax,
    /// Adam with Nesterov's momentum: `beta_1` 0.9, `beta_2` 0.999, `epsilon` 1e-7.
    nadam: Nadam,
    /// Steps of one size in the direction of the sign: `beta_1` 0.9, `beta_2` 0.99.
    lion: Lion,
}

impl Kind {
    pub(crate) fn learning_rate(&self) -> f64 {
        each_optimizer!(self, kind => kind.learning_rate())
    }

    pub(crate) fn weight_decay(&self) -> f64 {
        each_optimizer!(self, kind => kind.weight_decay())
    }

    pub(crate) fn diverges_from(&self) -> f64 {
        each_optimizer!(self, kind => kind.diverges_from())
    }

    pub(crate) fn num_slots(&self) -> usize {
        each_optimizer!(self, kind => kind.num_slots())
    }

    pub(crate) fn build(self, weight_decay: f64, path: Path) -> ModuleOptimizer {
        each_optimizer!(self, kind => kind.build(weight_decay, path))
    }
}
