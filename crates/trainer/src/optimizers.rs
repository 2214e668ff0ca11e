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

pub(crate) use accumulation::Accumulation;
pub(crate) use adadelta::Adadelta;
pub(crate) use adagrad::Adagrad;
pub(crate) use adam::Adam;
pub(crate) use adamax::Adamax;
pub(crate) use adamw::AdamW;
pub(crate) use average::{Average, Ema};
pub(crate) use clipping::Clipping;
pub(crate) use description::{Description, Setting, Switch, above_zero, not_negative};
pub(crate) use lion::Lion;
pub(crate) use nadam::Nadam;
pub use optimizer::Optimizer;
pub(crate) use rmsprop::RmsProp;
pub(crate) use rule::Path;
pub(crate) use sgd::Sgd;

/// Writes the list below out: the enum, its names and what it hands on to the one inside.
macro_rules! known_optimizers {
    ($($(#[$meaning:meta])* $name:ident: $kind:ident,)+) => {
        /// Any of the optimizers.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub(crate) enum Kind {
            $($kind($kind),)+
        }

        impl Kind {
            pub(crate) const NAMES: [&'static str; [$(stringify!($name)),+].len()] =
                [$(stringify!($name)),+];

            pub(crate) fn by_name(name: &str) -> Option<Self> {
                match name {
                    $(stringify!($name) => Some(Self::$kind($kind::default())),)+
                    _ => None,
                }
            }

            pub(crate) fn name(&self) -> &'static str {
                match self {
                    $(Self::$kind(_) => stringify!($name),)+
                }
            }

            pub(crate) fn learning_rate(&self) -> f64 {
                match self {
                    $(Self::$kind(_) => $kind::LEARNING_RATE,)+
                }
            }

            pub(crate) fn weight_decay(&self) -> f64 {
                match self {
                    $(Self::$kind(_) => $kind::WEIGHT_DECAY,)+
                }
            }

            pub(crate) fn diverges_from(&self) -> f64 {
                match self {
                    $(Self::$kind(_) => $kind::DIVERGES_FROM,)+
                }
            }

            pub(crate) fn setting(&mut self, setting: Setting) -> Option<&mut f64> {
                match self {
                    $(Self::$kind(kind) => kind.setting(setting),)+
                }
            }

            pub(crate) fn switch(&mut self, switch: Switch) -> Option<&mut bool> {
                match self {
                    $(Self::$kind(kind) => kind.switch(switch),)+
                }
            }

            pub(crate) fn num_slots(&self) -> usize {
                match self {
                    $(Self::$kind(kind) => kind.num_slots(),)+
                }
            }

            pub(crate) fn build(self, weight_decay: f64, path: Path) -> ModuleOptimizer {
                match self {
                    $(Self::$kind(kind) => kind.build(weight_decay, path),)+
                }
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
