use std::time::{SystemTime, UNIX_EPOCH};

use firebrick_session::Begin;

use super::Fitting;
use crate::metrics::Direction;
use crate::session::actions_from;
use crate::state::State;
use crate::step::Step;
use crate::trainer::environment::environment;

impl Fitting<'_> {
    /// What it is, for those who watch.
    pub(super) fn told<S: Step>(&self, step: &S) -> Begin {
        let measures = step.measures();
        let rising = |name: &&String| measures.direction(name) == Direction::Up;
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
        let resumed = self.resumed.as_ref().map(|found| &found.state);
        let actions = resumed.and_then(|state| state.find::<State>("actions").ok().flatten());
        Begin {
            label: self.fit.label.clone(),
            epochs: self.params.epochs,
            steps_per_epoch: self.params.steps,
            batch_size: self.params.batch_size,
            rising: self.figures.iter().filter(rising).cloned().collect(),
            figures: self.figures.clone(),
            has_validation: self.validation.is_some(),
            schedule: self.schedule(step),
            class_names: self.fit.class_names.clone(),
            environment: Some(environment(&self.device)),
            process: std::process::id(),
            time: since_1970.map_or(0, |time| time.as_secs()),
            is_resumed: resumed.is_some(),
            actions: actions
                .and_then(|own| actions_from(&own).ok())
                .unwrap_or_default(),
        }
    }

    /// The rates to come at some of the steps, if it is known how many there are.
    fn schedule<S: Step>(&self, step: &S) -> Vec<(u64, f64)> {
        const POINTS: u64 = 200;

        let (Some(mut control), Some(steps)) = (step.rate_control().cloned(), self.params.steps)
        else {
            return Vec::new();
        };
        let epochs = self
            .params
            .epochs
            .saturating_sub(self.fit.settings.initial_epoch);
        let all = epochs.saturating_mul(steps) as u64;
        let mut state = control.state();
        let resumed = self.resumed.as_ref().map_or(0, |_| state.step);
        let first = state.step - resumed;
        let mut rates = Vec::new();
        for step in (0..all).step_by(
            usize::try_from(all.div_ceil(POINTS))
                .unwrap_or(usize::MAX)
                .max(1),
        ) {
            state.step = first + step;
            control.restore(state);
            rates.push((state.step, control.learning_rate()));
        }
        rates
    }
}
