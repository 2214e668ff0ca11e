//! Schedules of an initial rate and what a number of steps does to it, smoothly or in stairs.

use serde::{Deserialize, Serialize};

/// Writes such a schedule out: `Name: name in texts, function of initial rate, decay rate and the times that it decayed`.
macro_rules! staircase {
    (
        $(#[$meaning:meta])*
        pub struct $schedule:ident: $name:literal, $decayed:path;
    ) => {
        $(#[$meaning])*
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct $schedule {
            initial_learning_rate: f64,
            decay_steps: u64,
            decay_rate: f64,
            has_stairs: bool,
        }

        impl $schedule {
            /// Starts at `initial_learning_rate`; `decay_rate` is what `decay_steps` steps do to it.
            ///
            /// # Errors
            /// If a rate is not a finite number above 0, or `decay_steps` is 0.
            pub fn new(
                initial_learning_rate: f64,
                decay_steps: u64,
                decay_rate: f64,
            ) -> Result<Self, crate::error::ScheduleError> {
                let positive = |parameter, received| {
                    crate::checks::positive($name, parameter, received)
                };
                Ok(Self {
                    initial_learning_rate: positive(
                        "initial_learning_rate",
                        initial_learning_rate,
                    )?,
                    decay_steps: crate::checks::some_steps($name, "decay_steps", decay_steps)?,
                    decay_rate: positive("decay_rate", decay_rate)?,
                    has_stairs: false,
                })
            }

            /// Changes the rate after every `decay_steps` steps only, Keras' `staircase`.
            #[must_use = "returns the changed schedule"]
            pub fn in_stairs(mut self) -> Self {
                self.has_stairs = true;
                self
            }
        }

        impl crate::schedule::Schedule for $schedule {
            fn learning_rate(&self, step: u64) -> f64 {
                let decays = if self.has_stairs {
                    (step / self.decay_steps) as f64
                } else {
                    step as f64 / self.decay_steps as f64
                };
                $decayed(self.initial_learning_rate, self.decay_rate, decays)
            }
        }

        impl crate::described::Described for $schedule {
            const NAME: &'static str = $name;
            const FORM: &'static str = concat!(
                $name,
                ":INITIAL:decay_steps=STEPS:decay_rate=RATE[:staircase][:unit=step|epoch]"
            );
            type Arguments = crate::staircase::Arguments;

            fn build(
                arguments: Self::Arguments,
            ) -> Result<Self, crate::error::ScheduleError> {
                let schedule = Self::new(
                    arguments.initial_learning_rate,
                    arguments.decay_steps,
                    arguments.decay_rate,
                )?;
                Ok(match arguments.staircase {
                    Some(true) => schedule.in_stairs(),
                    _ => schedule,
                })
            }

            fn arguments(&self) -> Self::Arguments {
                crate::staircase::Arguments {
                    initial_learning_rate: self.initial_learning_rate,
                    decay_steps: self.decay_steps,
                    decay_rate: self.decay_rate,
                    staircase: self.has_stairs.then_some(true),
                }
            }

            fn keras_class(&self) -> Option<&'static str> {
                Some(stringify!($schedule))
            }
        }
    };
}

/// Their arguments.
#[derive(Serialize, Deserialize)]
pub(crate) struct Arguments {
    pub(crate) initial_learning_rate: f64,
    pub(crate) decay_steps: u64,
    pub(crate) decay_rate: f64,
    pub(crate) staircase: Option<bool>,
}

pub(crate) use staircase;
