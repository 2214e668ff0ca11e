//! The arguments of all optimizers: one row each, which is its key, its flag, its help and its check.

use firebrick_spec::{Spec, SpecError};

use super::Optimizer;
use crate::error::TrainError;
use crate::optimizers::{above_zero, below_one, finite, not_negative, not_positive};
use crate::settings;
use crate::settings_table::Flag;

/// The heading of the flags.
const LEARNING: &str = "Learning";

/// What sets an argument.
#[derive(Clone, Copy)]
pub(super) enum Setter {
    Number(fn(Optimizer, f64) -> Result<Optimizer, TrainError>),
    Count(fn(Optimizer, usize) -> Result<Optimizer, TrainError>),
    Switch(fn(Optimizer, bool) -> Result<Optimizer, TrainError>),
}

impl Setter {
    /// Takes the argument out of a spec, if it is there; errors call the optimizer `thing`.
    pub(super) fn take(
        self,
        optimizer: Optimizer,
        spec: &mut Spec,
        thing: &str,
        name: &str,
    ) -> Result<Option<Result<Optimizer, TrainError>>, SpecError> {
        Ok(match self {
            Self::Number(set) => {
                let number = spec.take_as::<Option<f64>>(thing, name)?.flatten();
                number.map(|number| set(optimizer, number))
            }
            Self::Count(set) => {
                let count = spec.take_as::<Option<usize>>(thing, name)?.flatten();
                count.map(|count| set(optimizer, count))
            }
            Self::Switch(set) => {
                let is_on = spec.take_as::<Option<bool>>(thing, name)?.flatten();
                is_on.map(|is_on| set(optimizer, is_on))
            }
        })
    }
}

/// An argument of optimizers.
pub(super) struct Row {
    /// Keras' name of it.
    pub(super) name: &'static str,
    pub(super) setter: Setter,
    /// Whether some optimizers alone have it.
    pub(super) is_own: bool,
}

/// Writes [`GivenOptimizer`], the list of all arguments and the setters of those that some optimizers alone have (`own`),
/// from one row an argument: its help, its key and, where that is another, Keras' name, its type, its setter, its check, its
/// flag.
macro_rules! optimizer_settings {
    (
        $(
            $(#[doc = $documentation:literal])+
            $key:ident $(as $name:literal)? : $Type:ident,
            $(own $own:ident $(, is $on:literal)? $(, check $check:ident)?)? $(setter $with:ident)?,
            flag $flag:expr;
        )*
    ) => {
        settings! {
            /// What is given of an optimizer's arguments, under their names and without the optimizer.
            ///
            /// ```
            /// use firebrick::training::{GivenOptimizer, Optimizer};
            ///
            /// let given = GivenOptimizer { clipnorm: Some(1.0), ..GivenOptimizer::default() };
            /// assert_eq!(given.applied_to(Optimizer::adam())?, Optimizer::adam().with_clipnorm(1.0)?);
            /// # Ok::<(), firebrick::training::TrainError>(())
            /// ```
            pub struct GivenOptimizer {
                $(
                    $(#[doc = $documentation])+
                    $key: $Type, flag $flag;
                )*
            }
        }

        /// The arguments of all optimizers; one that another one needs stands behind that.
        pub(super) const ROWS: &[Row] = &[$(
            Row {
                name: optimizer_settings!(@name $key $(as $name)?),
                setter: optimizer_settings!(@set $Type, $key $(own $own $(, check $check)?)? $(setter $with)?),
                is_own: optimizer_settings!(@is_own $($own)?),
            },
        )*];

        impl Optimizer {
            $(
                optimizer_settings!(
                    @setter [$($documentation),+] $Type, $key
                    $(own $own $(, is $on)? $(, check $check)?)? $(setter $with)?
                );
            )*
        }

        impl GivenOptimizer {
            /// The optimizer with what is given but for a momentum of 0, which every one has.
            fn with_each(&self, mut optimizer: Optimizer) -> Result<Optimizer, TrainError> {
                $(
                    if let Some(value) = self.$key {
                        optimizer = optimizer_settings!(
                            @call optimizer, value, $Type, $key $(own $own)? $(setter $with)?
                        )?;
                    }
                )*
                Ok(optimizer)
            }
        }
    };

    (@name $key:ident as $name:literal) => { $name };
    (@name $key:ident) => { stringify!($key) };

    (@is_own $own:ident) => { true };
    (@is_own) => { false };

    (@set f64, $key:ident own $own:ident $(, check $check:ident)?) => { Setter::Number(Optimizer::$own) };
    (@set f64, $key:ident setter $with:ident) => { Setter::Number(Optimizer::$with) };
    (@set usize, $key:ident setter $with:ident) => { Setter::Count(Optimizer::$with) };
    (@set usize, $key:ident own $own:ident) => { Setter::Count(Optimizer::$own) };
    (@set bool, $key:ident own $own:ident) => {
        Setter::Switch(|optimizer, is_on| optimizer.with_argument(stringify!($key), is_on.into()))
    };

    (@call $optimizer:ident, $value:ident, bool, $key:ident own $own:ident) => {
        $optimizer.with_argument(stringify!($key), $value.into())
    };
    (@call $optimizer:ident, $value:ident, $Type:ident, $key:ident own $with:ident) => {
        $optimizer.$with($value)
    };
    (@call $optimizer:ident, $value:ident, $Type:ident, $key:ident setter $with:ident) => {
        $optimizer.$with($value)
    };

    (@setter [$($documentation:literal),+] f64, $key:ident own $own:ident, check $check:ident) => {
        $(#[doc = $documentation])+
        ///
        /// # Errors
        /// A number out of its range, or one for an optimizer that has none.
        pub fn $own(self, $key: f64) -> Result<Self, TrainError> {
            let changed = self.with_argument(stringify!($key), $key.into())?;
            $check(stringify!($key), $key)?;
            Ok(changed)
        }
    };
    (@setter [$($documentation:literal),+] usize, $key:ident own $own:ident) => {
        $(#[doc = $documentation])+
        ///
        /// # Errors
        /// An optimizer that does not have it.
        pub fn $own(self, $key: usize) -> Result<Self, TrainError> {
            // More than 64 bits are no number of steps.
            self.with_argument(stringify!($key), u64::try_from($key).unwrap_or(u64::MAX).into())
        }
    };
    (@setter [$($documentation:literal),+] bool, $key:ident own $own:ident) => {
        optimizer_settings!(@setter [$($documentation),+] bool, $key own $own, is true);
    };
    (@setter [$($documentation:literal),+] bool, $key:ident own $own:ident, is $on:literal) => {
        $(#[doc = $documentation])+
        ///
        /// # Errors
        /// An optimizer that does not have it.
        pub fn $own(self) -> Result<Self, TrainError> {
            self.with_argument(stringify!($key), $on.into())
        }
    };
    (@setter [$($documentation:literal),+] $Type:ident, $key:ident setter $with:ident) => {};
}

optimizer_settings! {
    /// Momentum of sgd, rmsprop or muon, from 0 up to but not including 1 [default: 0, with muon 0.95]
    momentum: f64, own with_momentum, check below_one, flag Flag::number("M").under(LEARNING);

    /// Take the gradient of sgd or muon ahead of the velocity [default: false, with muon true]
    nesterov: bool, own with_nesterov, flag Flag::switch().under(LEARNING);

    /// Decay of the mean of the gradients, from 0 up to but not including 1 [default: 0.9, with adan 0.98]
    beta_1: f64, own with_beta_1, check below_one, flag Flag::number("B").under(LEARNING);

    /// Decay of the mean of the gradients' squares, with lion of the momentum, with adan of their changes
    /// [default: 0.999, with lion 0.99, with adan 0.92]
    beta_2: f64, own with_beta_2, check below_one, flag Flag::number("B").under(LEARNING);

    /// Let adam or adamw divide by the largest mean square so far
    amsgrad: bool, own with_amsgrad, flag Flag::switch().under(LEARNING);

    /// Decay of the mean of the gradients' squares of rmsprop or adadelta [default: 0.9, with adadelta 0.95]
    rho: f64, own with_rho, check below_one, flag Flag::number("R").under(LEARNING);

    /// Let rmsprop divide by the variance of the gradients instead of their mean square
    centered: bool, own with_centered, flag Flag::switch().under(LEARNING);

    /// What is added to a divisor, so that it is never 0 [default: 1e-7, with the schedule-free adamw and adan 1e-8]
    epsilon: f64, own with_epsilon, check above_zero, flag Flag::number("X").under(LEARNING);

    /// Where adagrad and ftrl start to gather squares [default: 0.1]
    initial_accumulator_value: f64, own with_initial_accumulator_value, check not_negative,
    flag Flag::number("X").under(LEARNING);

    /// Decay of the mean of the squares of adan, from 0 up to but not including 1 [default: 0.99]
    beta_3: f64, own with_beta_3, check below_one, flag Flag::number("B").under(LEARNING);

    /// Power of the time by which adafactor's mean squares forget, at most 0 [default: -0.8]
    beta_2_decay: f64, own with_beta_2_decay, check not_positive, flag Flag::number("P").under(LEARNING);

    /// What adafactor adds to every square [default: 1e-30]
    epsilon_1: f64, own with_epsilon_1, check above_zero, flag Flag::number("X").under(LEARNING);

    /// The least root mean square that adafactor takes a weight for [default: 1e-3]
    epsilon_2: f64, own with_epsilon_2, check above_zero, flag Flag::number("X").under(LEARNING);

    /// The greatest root mean square of a step of adafactor before its rate [default: 1]
    clip_threshold: f64, own with_clip_threshold, check above_zero, flag Flag::number("X").under(LEARNING);

    /// Whether adafactor's rate is bounded by one over the root of the time, which it always is, as in Keras [default: true]
    relative_step: bool, own without_relative_step, is false, flag Flag::switch().under(LEARNING);

    /// Power of the squares gathered by which ftrl's rates fall, at most 0 [default: -0.5]
    learning_rate_power: f64, own with_learning_rate_power, check not_positive,
    flag Flag::number("P").under(LEARNING);

    /// How far ftrl's sums are from 0 before a weight is [default: 0]
    l1_regularization_strength: f64, own with_l1_regularization_strength, check not_negative,
    flag Flag::number("X").under(LEARNING);

    /// How much ftrl draws every weight to 0 [default: 0]
    l2_regularization_strength: f64, own with_l2_regularization_strength, check not_negative,
    flag Flag::number("X").under(LEARNING);

    /// The same of ftrl by way of the gradient [default: 0]
    l2_shrinkage_regularization_strength: f64, own with_l2_shrinkage_regularization_strength, check not_negative,
    flag Flag::number("X").under(LEARNING);

    /// What lowers all rates of ftrl alike [default: 0]
    beta: f64, own with_beta, check not_negative, flag Flag::number("B").under(LEARNING);

    /// Steps in which the rate of the schedule-free adamw rises [default: 0]
    warmup_steps: usize, own with_warmup_steps, flag Flag::number("N").under(LEARNING);

    /// Steps of muon towards an orthogonal matrix [default: 5]
    ns_steps: usize, own with_ns_steps, flag Flag::number("N").under(LEARNING);

    /// First number of muon's polynomial [default: 3.4445]
    muon_a: f64, own with_muon_a, check finite, flag Flag::number("X").under(LEARNING);

    /// Second number of muon's polynomial [default: -4.775]
    muon_b: f64, own with_muon_b, check finite, flag Flag::number("X").under(LEARNING);

    /// Third number of muon's polynomial [default: 2.0315]
    muon_c: f64, own with_muon_c, check finite, flag Flag::number("X").under(LEARNING);

    /// Size of a step of muon in the unit of adam's; 0 for steps as they are [default: 0.2]
    rms_rate: f64, own with_rms_rate, check not_negative, flag Flag::number("X").under(LEARNING);

    /// Rate of the weights that muon leaves to adam, in the unit of its own [default: 1]
    adam_lr_ratio: f64, own with_adam_lr_ratio, check not_negative, flag Flag::number("X").under(LEARNING);

    /// `beta_1` of the weights that muon leaves to adam [default: 0.9]
    adam_beta_1: f64, own with_adam_beta_1, check below_one, flag Flag::number("B").under(LEARNING);

    /// `beta_2` of the weights that muon leaves to adam [default: 0.999]
    adam_beta_2: f64, own with_adam_beta_2, check below_one, flag Flag::number("B").under(LEARNING);

    /// Weight decay of the weights that muon leaves to adam [default: 0.004]
    adam_weight_decay: f64, own with_adam_weight_decay, check not_negative,
    flag Flag::number("X").under(LEARNING);

    /// Whether muon leaves the weights of embeddings to adam [default: true]
    exclude_embeddings: bool, own without_excluded_embeddings, is false, flag Flag::switch().under(LEARNING);

    /// Share, times the learning rate, that every weight loses a step [default: 0.004 with adamw and muon, else 0]
    weight_decay: f64, setter with_weight_decay, flag Flag::number("X").under(LEARNING);

    /// Greatest length of the gradient of each kernel or bias [default: any]
    clipnorm: f64, setter with_clipnorm,
    flag Flag::number("X").under(LEARNING).without(&["clipvalue", "global_clipnorm"]);

    /// Greatest size of a single number of a gradient [default: any]
    clipvalue: f64, setter with_clipvalue,
    flag Flag::number("X").under(LEARNING).without(&["global_clipnorm"]);

    /// Greatest length of all gradients together [default: any]
    global_clipnorm: f64, setter with_global_clipnorm, flag Flag::number("X").under(LEARNING);

    /// Batches whose gradients make one update, by their mean: at least 2 [default: an update after every batch]
    gradient_accumulation_steps: usize, setter with_gradient_accumulation_steps,
    flag Flag::number("N").under(LEARNING);

    /// Keep a moving average of the weights with this momentum (`--ema` alone: 0.99), which they become at the end
    /// [default: none]
    ema as "ema_momentum": f64, setter with_ema, flag Flag::number("M").under(LEARNING).alone("0.99");

    /// Replace the weights by their moving average after every so many updates [default: at the end alone]
    ema_overwrite_frequency: usize, setter with_ema_overwrite_frequency,
    flag Flag::number("N").under(LEARNING);
}

impl GivenOptimizer {
    /// Whether a clipping is given.
    ///
    /// ```
    /// use firebrick::training::GivenOptimizer;
    ///
    /// let given = GivenOptimizer { clipnorm: Some(1.0), ..GivenOptimizer::default() };
    /// assert!(given.clips() && !given.without_clipping().clips());
    /// ```
    pub fn clips(&self) -> bool {
        let clippings = [self.clipnorm, self.clipvalue, self.global_clipnorm];
        clippings.iter().any(Option::is_some)
    }

    /// The same without a clipping.
    #[must_use = "returns the changed arguments"]
    pub fn without_clipping(self) -> Self {
        Self {
            clipnorm: None,
            clipvalue: None,
            global_clipnorm: None,
            ..self
        }
    }

    /// The optimizer with these arguments.
    ///
    /// # Errors
    /// An argument that it does not have, or that is out of its range; a momentum of 0 every optimizer has.
    pub fn applied_to(&self, optimizer: Optimizer) -> Result<Optimizer, TrainError> {
        let is_set =
            |&momentum: &f64| momentum != 0.0 || optimizer.clone().with_momentum(momentum).is_ok();
        let given = Self {
            momentum: self.momentum.filter(is_set),
            ..self.clone()
        };
        if self.clips() {
            given.with_each(optimizer.without_clipping())
        } else {
            given.with_each(optimizer)
        }
    }
}
