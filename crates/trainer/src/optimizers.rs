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
    ///
    /// ```
    /// use firebrick::training::Optimizer;
    ///
    /// let optimizer = Optimizer::sgd().with_momentum(0.9)?.with_nesterov()?;
    /// assert_eq!("sgd:momentum=0.9:nesterov".parse::<Optimizer>()?, optimizer);
    /// assert_eq!(Optimizer::sgd().default_learning_rate(), 0.01);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    sgd: Sgd,
    /// Adaptive moment estimation: `beta_1` 0.9, `beta_2` 0.999, `epsilon` 1e-7.
    ///
    /// ```
    /// use firebrick::training::Optimizer;
    ///
    /// let optimizer = Optimizer::adam().with_beta_1(0.8)?.with_amsgrad()?;
    /// assert_eq!("adam:beta_1=0.8:amsgrad".parse::<Optimizer>()?, optimizer);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    adam: Adam,
    /// Adam with a weight decay of 0.004.
    ///
    /// ```
    /// use firebrick::training::Optimizer;
    ///
    /// assert_eq!("adamw:weight_decay=0.01".parse::<Optimizer>()?, Optimizer::adamw().with_weight_decay(0.01)?);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    adamw: AdamW,
    /// Gradients over the root of their mean square: `rho` 0.9, `epsilon` 1e-7.
    ///
    /// ```
    /// use firebrick::training::Optimizer;
    ///
    /// let optimizer = Optimizer::rmsprop().with_rho(0.95)?.with_centered()?;
    /// assert_eq!("rmsprop:rho=0.95:centered".parse::<Optimizer>()?, optimizer);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    rmsprop: RmsProp,
    /// Rates that fall with the squares gathered: `initial_accumulator_value` 0.1, `epsilon` 1e-7.
    ///
    /// ```
    /// use firebrick::training::Optimizer;
    ///
    /// let optimizer = Optimizer::adagrad().with_initial_accumulator_value(0.0)?;
    /// assert_eq!("adagrad:initial_accumulator_value=0".parse::<Optimizer>()?, optimizer);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    adagrad: Adagrad,
    /// Steps in the unit of the weights: `rho` 0.95, `epsilon` 1e-7.
    ///
    /// ```
    /// use firebrick::training::Optimizer;
    ///
    /// assert_eq!("adadelta:rho=0.9".parse::<Optimizer>()?, Optimizer::adadelta().with_rho(0.9)?);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    adadelta: Adadelta,
    /// Adam by the largest gradient instead of the mean square: `beta_1` 0.9, `beta_2` 0.999, `epsilon` 1e-7.
    ///
    /// ```
    /// use firebrick::training::Optimizer;
    ///
    /// assert_eq!("adamax:beta_2=0.99".parse::<Optimizer>()?, Optimizer::adamax().with_beta_2(0.99)?);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    adamax: Adamax,
    /// Adam with Nesterov's momentum: `beta_1` 0.9, `beta_2` 0.999, `epsilon` 1e-7.
    ///
    /// ```
    /// use firebrick::training::Optimizer;
    ///
    /// assert_eq!("nadam:beta_1=0.95".parse::<Optimizer>()?, Optimizer::nadam().with_beta_1(0.95)?);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    nadam: Nadam,
    /// Steps of one size in the direction of the sign: `beta_1` 0.9, `beta_2` 0.99.
    ///
    /// ```
    /// use firebrick::training::Optimizer;
    ///
    /// assert_eq!("lion:beta_2=0.98".parse::<Optimizer>()?, Optimizer::lion().with_beta_2(0.98)?);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    lion: Lion,
    /// Adam with a rate for each weight, by its length: `beta_1` 0.9, `beta_2` 0.999, `epsilon` 1e-7.
    ///
    /// ```
    /// use firebrick::training::Optimizer;
    ///
    /// assert_eq!("lamb:epsilon=1e-6".parse::<Optimizer>()?, Optimizer::lamb().with_epsilon(1e-6)?);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    lamb: Lamb,
    /// Mean squares of the gradients by row and column alone: `beta_2_decay` -0.8, `clip_threshold` 1.
    ///
    /// ```
    /// use firebrick::training::Optimizer;
    ///
    /// let optimizer = Optimizer::adafactor().with_clip_threshold(2.0)?;
    /// assert_eq!("adafactor:clip_threshold=2".parse::<Optimizer>()?, optimizer);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    adafactor: Adafactor,
    /// Follow the regularized leader, for weights that are often 0: `learning_rate_power` -0.5,
    /// `initial_accumulator_value` 0.1.
    ///
    /// ```
    /// use firebrick::training::Optimizer;
    ///
    /// let optimizer = Optimizer::ftrl().with_l1_regularization_strength(0.1)?;
    /// assert_eq!("ftrl:l1_regularization_strength=0.1".parse::<Optimizer>()?, optimizer);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ftrl: Ftrl,
    /// Adam by a mean of weights instead of a schedule: `beta_1` 0.9, `beta_2` 0.999, `epsilon` 1e-8; a rate of 0.0025.
    ///
    /// ```
    /// use firebrick::training::Optimizer;
    ///
    /// let optimizer = Optimizer::schedule_free_adamw().with_warmup_steps(100)?;
    /// assert_eq!("schedule_free_adamw:warmup_steps=100".parse::<Optimizer>()?, optimizer);
    /// assert_eq!(Optimizer::schedule_free_adamw().default_learning_rate(), 0.0025);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    schedule_free_adamw: ScheduleFreeAdamW,
    /// Adam with Nesterov's momentum by the change of the gradient: `beta_1` 0.98, `beta_2` 0.92, `beta_3` 0.99.
    ///
    /// ```
    /// use firebrick::training::Optimizer;
    ///
    /// assert_eq!("adan:beta_3=0.95".parse::<Optimizer>()?, Optimizer::adan().with_beta_3(0.95)?);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    adan: Adan,
    /// Orthogonal steps for weights of two axes, `AdamW` for the rest: `momentum` 0.95, a weight decay of 0.004.
    ///
    /// ```
    /// use firebrick::training::Optimizer;
    ///
    /// assert_eq!("muon:momentum=0.9".parse::<Optimizer>()?, Optimizer::muon().with_momentum(0.9)?);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
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

    fn slot_names(&self, num_axes: usize) -> &'static [&'static str] {
        each_optimizer!(self, kind => kind.slot_names(num_axes))
    }

    fn slot_sign(&self) -> f32 {
        each_optimizer!(self, kind => kind.slot_sign())
    }

    fn build(self, work: Work) -> ModuleOptimizer {
        each_optimizer!(self, kind => kind.build(work))
    }
}
