//! Schedules of an initial rate and what a number of steps does to it, smoothly or in stairs.

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

        impl crate::text::Described for $schedule {
            const NAME: &'static str = $name;
            const FORM: &'static str = concat!(
                $name,
                ":INITIAL:decay_steps=STEPS:decay_rate=RATE[:staircase][:unit=step|epoch]"
            );
            const OPTIONS: &'static [&'static str] =
                &["decay_steps", "decay_rate", "staircase", "unit"];
            const FLAGS: &'static [&'static str] = &["staircase"];

            fn parse(
                fields: &crate::text::Fields<'_>,
            ) -> Result<Self, crate::error::TextProblem> {
                let schedule = Self::new(
                    fields.value("INITIAL", "a number above 0")?,
                    fields.required("decay_steps", "a whole number from 1")?,
                    fields.required("decay_rate", "a number above 0")?,
                )?;
                Ok(if fields.has("staircase") {
                    schedule.in_stairs()
                } else {
                    schedule
                })
            }

            fn write(&self, text: &mut String) {
                text.push_str(&firebrick_spec::number_text(self.initial_learning_rate));
                crate::text::write_option(text, "decay_steps", self.decay_steps);
                crate::text::write_option(
                    text,
                    "decay_rate",
                    firebrick_spec::number_text(self.decay_rate),
                );
                if self.has_stairs {
                    text.push_str(":staircase");
                }
            }
        }
    };
}

pub(crate) use staircase;
