use std::collections::BTreeMap;

use firebrick_scheduler::OneCycle;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use super::{ClassKey, Fit};
use crate::error::TrainError;
use crate::settings;
use crate::settings_table::Flag;
use crate::step_kind::StepKind;

/// The heading of the flags about samples.
const DATA: &str = "Data";
/// The heading of the flags about learning.
const LEARNING: &str = "Learning";

/// Writes [`FitSettings`], [`GivenFit`] and the setters of [`Fit`] from one row a setting: what it means, its key, its type,
/// its default (without one the field is an `Option` and `None` the default), its setter, what is checked, its flag.
macro_rules! fit_settings {
    (
        $(
            $(#[doc = $documentation:literal])+
            $key:ident : $Type:ty $(= $default:expr)?
            $(, setter $setter:ident)?
            $(, check $check:ident)?
            $(, flag $flag:expr)? ;
        )*
    ) => {
        /// The settings of a [`Fit`] that a file can hold, with Keras' names and defaults; the seed is [`Fit`]'s.
        ///
        /// ```
        /// use firebrick::training::{Fit, FitSettings};
        ///
        /// let settings = FitSettings { epochs: 3, ..FitSettings::default() };
        /// assert_eq!((settings.batch_size, settings.shuffle), (32, true));
        /// let fit: Fit = settings.to_fit();
        /// ```
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct FitSettings {
            $(
                $(#[doc = $documentation])+
                #[serde(skip_serializing_if = "Absent::is_absent")]
                pub $key: fit_settings!(@type $Type $(= $default)?),
            )*
            /// How much the samples of a class count, by the index of the class or its name.
            #[serde(
                skip_serializing_if = "BTreeMap::is_empty",
                deserialize_with = "class_weight"
            )]
            pub class_weight: BTreeMap<ClassKey, f64>,
        }

        impl Default for FitSettings {
            fn default() -> Self {
                Self {
                    $($key: fit_settings!(@default $($default)?),)*
                    class_weight: BTreeMap::new(),
                }
            }
        }

        impl FitSettings {
            /// The keys of a file, one a setting.
            pub const KEYS: &[&str] = &[$(stringify!($key),)* "class_weight"];

            /// These settings, but where something else is given that.
            #[must_use = "returns the changed settings"]
            pub fn with(mut self, given: &GivenFit) -> Self {
                $(
                    if let Some(value) = given.$key.clone() {
                        self.$key = fit_settings!(@field value $(= $default)?);
                    }
                )*
                self
            }

            /// Checks each setting by itself.
            fn check_each(&self) -> Result<(), TrainError> {
                $(fit_settings!(@check self.$key, $key $(= $default)? $(, check $check)?);)*
                Ok(())
            }
        }

        settings! {
            /// What is given of [`FitSettings`], e.g. by flags; the rest is left open.
            ///
            /// ```
            /// use firebrick::training::{FitSettings, GivenFit};
            ///
            /// let given = GivenFit { epochs: Some(3), ..GivenFit::default() };
            /// assert_eq!(FitSettings::default().with(&given).epochs, 3);
            /// ```
            pub struct GivenFit {
                $(
                    $(#[doc = $documentation])+
                    $key : $Type $(, flag $flag)? ;
                )*
            }
        }

        impl Fit {
            $(
                fit_settings!(
                    @setter [$($documentation),+], $key : $Type $(= $default)? $(, setter $setter)?
                );
            )*
        }
    };

    (@type $Type:ty = $default:expr) => { $Type };
    (@type $Type:ty) => { Option<$Type> };

    (@default $default:expr) => { $default };
    (@default) => { None };

    (@field $value:ident = $default:expr) => { $value };
    (@field $value:ident) => { Some($value) };

    (@check $value:expr, $key:ident = $default:expr, check $check:ident) => {
        $check(stringify!($key), $value)?
    };
    (@check $value:expr, $key:ident, check $check:ident) => {
        $value.map_or(Ok(()), |value| $check(stringify!($key), value))?
    };
    (@check $value:expr, $key:ident $(= $default:expr)?) => {};

    (@setter [$($documentation:literal),+], $key:ident : $Type:ty = $default:expr, setter $setter:ident) => {
        $(#[doc = $documentation])+
        #[must_use = "returns the changed settings"]
        pub fn $setter(mut self, $key: $Type) -> Self {
            self.settings.$key = $key;
            self
        }
    };
    (@setter [$($documentation:literal),+], $key:ident : $Type:ty, setter $setter:ident) => {
        $(#[doc = $documentation])+
        #[must_use = "returns the changed settings"]
        pub fn $setter(mut self, $key: $Type) -> Self {
            self.settings.$key = Some($key);
            self
        }
    };
    (@setter [$($documentation:literal),+], $key:ident : $Type:ty $(= $default:expr)?) => {};
}

fit_settings! {
    /// Passes over the training samples.
    epochs: usize = 1, check at_least_1, flag Flag::number("N").under(LEARNING);

    /// Epochs of an earlier training that goes on: the first epoch counts as the one after so many, and `epochs` is the
    /// number of the last one.
    initial_epoch: usize = 0, setter with_initial_epoch;

    /// Samples between two updates of the weights.
    batch_size: usize = 32, setter with_batch_size, check at_least_1, flag Flag::number("N").under(LEARNING);

    /// Batches an epoch, instead of all there are.
    ///
    /// The next epoch goes on where this one ended; an epoch in which the data run out ends there, and the next one begins
    /// them anew, as in Keras. A stream without an end needs it.
    steps_per_epoch: usize, setter with_steps_per_epoch, check at_least_1;

    /// The highest rate of one cycle over all epochs of this fit, to which the learning rate rises and from which it falls to
    /// nearly nothing; instead of any other rate.
    ///
    /// The cycle is a [`OneCycle`](firebrick_scheduler::OneCycle) with its defaults and counts the steps of the fit: another
    /// fit afterwards has a cycle of its own or the rates that the model was compiled with. A training that goes on after a
    /// break cannot be given more epochs than its cycle has. fastai's `fit_one_cycle` cycles the momentum too, and begins to
    /// fall after a quarter of the steps instead of three tenths.
    one_cycle: f64, setter with_one_cycle, check above_0,
        flag Flag::number("RATE").under(LEARNING).without(&["schedule", "learning_rate"]);

    /// Decides initial weights, shuffles and what layers draw at random; the same seed gives the same numbers.
    seed: u64 = Fit::SEED, flag Flag::number("N").under(LEARNING);

    /// Whether every epoch has an order of its own.
    shuffle: bool = true;

    /// Share of the training samples kept back for validation, of images the last ones; 0 for none.
    validation_split: f64 = 0.0, flag Flag::number("SHARE").under(DATA);

    /// Samples a batch of the validation, those of the training if not set.
    validation_batch_size: usize, setter with_validation_batch_size, check at_least_1;

    /// Batches of a validation, instead of all there are; it always takes the first ones.
    validation_steps: usize, setter with_validation_steps, check at_least_1;

    /// Epochs from one validation to the next.
    validation_freq: usize = 1, setter with_validation_freq, check at_least_1;

    /// How gradients are computed: over plain memory where it can be (`auto`, which is several times as fast), by automatic
    /// differentiation, or over plain memory or not at all (`host`).
    step: StepKind = StepKind::Auto, setter with_step, flag Flag::name(&StepKind::NAMES).under(LEARNING);
}

impl FitSettings {
    /// The settings for a [`fit`](crate::Trainer::fit).
    pub fn to_fit(&self) -> Fit {
        Fit::from(self.clone())
    }

    /// The seed of the order in which samples are seen, if they have one of their own.
    pub(crate) fn shuffle_seed(&self) -> Option<u64> {
        self.shuffle.then_some(self.seed)
    }

    /// The cycle of rates over its epochs of so many steps, if it has one.
    ///
    /// # Errors
    /// A rate that cannot be, steps that are not known.
    pub(crate) fn cycle(&self, steps: Option<usize>) -> Result<Option<OneCycle>, TrainError> {
        let Some(rate) = self.one_cycle else {
            return Ok(None);
        };
        let Some(steps) = steps else {
            return Err(TrainError::Setting {
                setting: "one_cycle",
                expected: "none with a stream of unknown length; set steps_per_epoch, or say with `with_num_batches` how many \
                           batches it has",
                received: rate.to_string(),
            });
        };
        let epochs = self.epochs.saturating_sub(self.initial_epoch);
        let steps = epochs.saturating_mul(steps).max(1) as u64;
        Ok(Some(OneCycle::new(rate, steps)?))
    }

    /// Checks what can be checked without data.
    ///
    /// # Errors
    /// A setting that is out of its range.
    pub fn check(&self) -> Result<(), TrainError> {
        self.check_counts()?;
        if !(0.0..1.0).contains(&self.validation_split) {
            return Err(TrainError::Setting {
                setting: "validation_split",
                expected: "a share from 0 up to, but not including, 1",
                received: self.validation_split.to_string(),
            });
        }
        for weight in self.class_weight.values() {
            if !(weight.is_finite() && *weight >= 0.0) {
                return Err(TrainError::Setting {
                    setting: "class_weight",
                    expected: "weights of at least 0",
                    received: weight.to_string(),
                });
            }
        }
        Ok(())
    }

    /// Checks the numbers of epochs, batches and samples.
    ///
    /// # Errors
    /// One that is out of its range.
    pub fn check_counts(&self) -> Result<(), TrainError> {
        self.check_each()?;
        if self.initial_epoch >= self.epochs {
            return Err(TrainError::Setting {
                setting: "initial_epoch",
                expected: "less than epochs, which is the number of the last one",
                received: self.initial_epoch.to_string(),
            });
        }
        Ok(())
    }
}

fn at_least_1(setting: &'static str, value: usize) -> Result<(), TrainError> {
    if value > 0 {
        return Ok(());
    }
    Err(TrainError::Setting {
        setting,
        expected: "at least 1",
        received: value.to_string(),
    })
}

fn above_0(setting: &'static str, value: f64) -> Result<(), TrainError> {
    if value.is_finite() && value > 0.0 {
        return Ok(());
    }
    Err(TrainError::Setting {
        setting,
        expected: "a number above 0",
        received: value.to_string(),
    })
}

/// What is not written where there is none of it.
trait Absent {
    fn is_absent(&self) -> bool {
        false
    }
}

impl Absent for usize {}
impl Absent for u64 {}
impl Absent for f64 {}
impl Absent for bool {}
/// Runs say what they were told; older ones were told nothing.
impl Absent for StepKind {
    fn is_absent(&self) -> bool {
        *self == Self::Auto
    }
}
impl<T> Absent for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

/// One weight for each of the keys.
fn class_weight<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<ClassKey, f64>, D::Error> {
    let given = BTreeMap::<String, f64>::deserialize(deserializer)?;
    let mut weights = BTreeMap::new();
    for (class, weight) in given {
        let key = ClassKey::from(class);
        let message = format!("expected one weight for class {key}, received two");
        if weights.insert(key, weight).is_some() {
            return Err(D::Error::custom(message));
        }
    }
    Ok(weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_a_known_key() {
        let all = FitSettings {
            steps_per_epoch: Some(1),
            validation_batch_size: Some(1),
            validation_steps: Some(1),
            one_cycle: Some(0.1),
            step: StepKind::Host,
            class_weight: BTreeMap::from([(3.into(), 0.5), ("red".into(), 2.0), ("4".into(), 1.0)]),
            ..FitSettings::default()
        };
        let written = toml::Table::try_from(&all).unwrap();
        let mut known = FitSettings::KEYS.to_vec();
        known.sort_unstable();
        let mut keys: Vec<&String> = written.keys().collect();
        keys.sort_unstable();
        assert_eq!(keys, known);
        assert_eq!(written.try_into::<FitSettings>().unwrap(), all);
    }
}
