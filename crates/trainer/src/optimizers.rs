//! Keras' update rules, one a file, and the list of them.

#![allow(
    clippy::inline_always,
    reason = "a rule is compiled for the instructions of the machine only where it is inlined into the dispatch"
)]

mod accumulation;
mod adadelta;
mod adafactor;
mod adagrad;
mod adam;
mod adamax;
mod adamw;
mod adan;
mod average;
mod clipping;
mod description;
mod ftrl;
#[cfg(test)]
mod golden;
mod lamb;
mod lion;
mod method;
mod muon;
mod nadam;
mod optimizer;
mod own;
mod quantity;
mod rmsprop;
mod rule;
mod schedule_free_adamw;
mod sgd;

use burn::optim::ModuleOptimizer;
use firebrick_spec::registry;

pub(crate) use accumulation::Accumulation;
pub(crate) use adadelta::Adadelta;
pub(crate) use adafactor::Adafactor;
pub(crate) use adagrad::Adagrad;
pub(crate) use adam::Adam;
pub(crate) use adamax::Adamax;
pub(crate) use adamw::AdamW;
pub(crate) use adan::Adan;
pub(crate) use average::{Average, Ema};
pub(crate) use clipping::Clipping;
pub(crate) use description::{
    Description, above_zero, below_one, finite, not_negative, not_positive,
};
pub(crate) use ftrl::Ftrl;
pub(crate) use lamb::Lamb;
pub(crate) use lion::Lion;
pub(crate) use method::Method;
pub(crate) use muon::Muon;
pub(crate) use nadam::Nadam;
pub use optimizer::{GivenOptimizer, Optimizer};
pub use own::{OptimizerFunction, register_optimizer};
pub(crate) use rmsprop::RmsProp;
pub(crate) use rule::{Path, Work};
pub(crate) use schedule_free_adamw::ScheduleFreeAdamW;
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
                    Self::new(Method::Known(Kind::$kind($kind::default())))
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
    /// Adam with a rate for each weight, by its length: `beta_1` 0.9, `beta_2` 0.999, `epsilon` 1e-7.
    lamb: Lamb,
    /// Mean squares of the gradients by row and column alone: `beta_2_decay` -0.8, `clip_threshold` 1.
    adafactor: Adafactor,
    /// Follow the regularized leader, for weights that are often 0: `learning_rate_power` -0.5,
    /// `initial_accumulator_value` 0.1.
    ftrl: Ftrl,
    /// Adam by a mean of weights instead of a schedule: `beta_1` 0.9, `beta_2` 0.999, `epsilon` 1e-8; a rate of 0.0025.
    schedule_free_adamw: ScheduleFreeAdamW,
    /// Adam with Nesterov's momentum by the change of the gradient: `beta_1` 0.98, `beta_2` 0.92, `beta_3` 0.99.
    adan: Adan,
    /// Orthogonal steps for weights of two axes, `AdamW` for the rest: `momentum` 0.95, a weight decay of 0.004.
    muon: Muon,
}

impl Kind {
    fn learning_rate(&self) -> f64 {
        each_optimizer!(self, kind => kind.learning_rate())
    }

    fn weight_decay(&self) -> f64 {
        each_optimizer!(self, kind => kind.weight_decay())
    }

    fn diverges_from(&self) -> f64 {
        each_optimizer!(self, kind => kind.diverges_from())
    }

    fn num_slots(&self) -> usize {
        each_optimizer!(self, kind => kind.num_slots())
    }

    fn build(self, work: Work) -> ModuleOptimizer {
        each_optimizer!(self, kind => kind.build(work))
    }
}
