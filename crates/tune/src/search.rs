//! Where a search stands: a value that is told what has happened, by trainings or by a file, and says what is to be done.

use std::collections::BTreeMap;

use crate::record::{TrialRecord, TrialState};
use crate::scheduler::{Assignment, Choice, Scheduler, scheduler};
use crate::settings::TuneSettings;
use crate::space::SearchSpace;
use crate::strategy::Strategy;
use crate::trial_event::{TrialEvent, finite};
use crate::values::Values;

pub(crate) struct Search {
    settings: TuneSettings,
    space: SearchSpace,
    scheduler: Box<dyn Scheduler>,
    trials: BTreeMap<usize, TrialRecord>,
    /// Begun before and not ended: of a search that was broken off.
    left: Vec<Assignment>,
}

impl Search {
    /// A search to which this has happened.
    pub(crate) fn new(settings: &TuneSettings, space: &SearchSpace, events: &[TrialEvent]) -> Self {
        let mut search = Self {
            scheduler: scheduler(settings, space.len()),
            settings: settings.clone(),
            space: space.clone(),
            trials: BTreeMap::new(),
            left: Vec::new(),
        };
        for event in events {
            let own = event.assignment();
            match event {
                TrialEvent::Begun { .. } => {
                    // One that went on after a break has begun twice.
                    if !search.left.contains(&own) {
                        search.left.push(own);
                        search.apply(event);
                    }
                }
                TrialEvent::Trained { .. } | TrialEvent::Failed { .. } => {
                    if search.left.contains(&own) {
                        search.left.retain(|left| *left != own);
                        search.apply(event);
                    }
                }
            }
        }
        search
    }

    /// What is to be done next: first what was begun before.
    pub(crate) fn choose(&self) -> Choice {
        match self.left.first() {
            Some(left) => Choice::Train(*left),
            None => self.scheduler.choose(),
        }
    }

    /// What a trial is trained with.
    pub(crate) fn values(&self, trial: usize) -> Values {
        match self.trials.get(&trial) {
            Some(record) => record.values.clone(),
            None => self.drawn(trial),
        }
    }

    fn drawn(&self, trial: usize) -> Values {
        let seed = self.settings.seed;
        let of_grid = match self.settings.strategy {
            Strategy::Grid => self.space.nth(trial),
            _ => None,
        };
        of_grid.unwrap_or_else(|| self.space.values(seed, trial))
    }

    /// Takes down what has happened; that what was broken off goes on is nothing new.
    pub(crate) fn happened(&mut self, event: &TrialEvent) {
        let own = event.assignment();
        let was_left = self.left.contains(&own);
        self.left.retain(|left| *left != own);
        if !(was_left && matches!(event, TrialEvent::Begun { .. })) {
            self.apply(event);
        }
    }

    fn apply(&mut self, event: &TrialEvent) {
        let own = event.assignment();
        match event {
            TrialEvent::Begun { values, epochs, .. } => {
                let state = TrialState::Begun { epochs: *epochs };
                let values = self.space.in_order(values);
                let record = self.trials.entry(own.trial).or_insert_with(|| TrialRecord {
                    number: own.trial,
                    values,
                    figures: Vec::new(),
                    seconds: 0.0,
                    state: state.clone(),
                });
                record.state = state;
                self.scheduler.begin(own);
            }
            TrialEvent::Trained {
                figures, seconds, ..
            } => {
                let score = figures.last().copied().flatten();
                let score = score.and_then(|figure| self.settings.score(figure));
                if let Some(record) = self.trials.get_mut(&own.trial) {
                    let figures = figures.iter();
                    record.figures = figures.map(|figure| figure.unwrap_or(f64::NAN)).collect();
                    record.seconds += seconds;
                    record.state = TrialState::Trained;
                }
                self.scheduler.end(own, score);
            }
            TrialEvent::Failed {
                reason, seconds, ..
            } => {
                if let Some(record) = self.trials.get_mut(&own.trial) {
                    record.seconds += seconds;
                    record.state = TrialState::Failed {
                        reason: reason.clone(),
                    };
                }
                self.scheduler.end(own, None);
            }
        }
    }

    /// How many trials there will be, at most.
    pub(crate) fn num_trials(&self) -> usize {
        self.scheduler.num_trials()
    }

    /// How many trials have begun.
    pub(crate) fn num_begun(&self) -> usize {
        self.trials.len()
    }

    /// What has come of a trial, if it has begun.
    pub(crate) fn record(&self, trial: usize) -> Option<&TrialRecord> {
        self.trials.get(&trial)
    }

    /// Whether nothing is left to do.
    pub(crate) fn is_done(&self) -> bool {
        self.choose() == Choice::Done
    }

    /// All trials that have begun, by their numbers.
    pub(crate) fn into_records(self) -> Vec<TrialRecord> {
        self.trials.into_values().collect()
    }
}

/// The line of a training that has ended.
pub(crate) fn trained(assignment: Assignment, figures: &[f64], seconds: f64) -> TrialEvent {
    TrialEvent::Trained {
        trial: assignment.trial,
        rung: assignment.rung,
        epochs: assignment.epochs,
        figures: figures.iter().copied().map(finite).collect(),
        seconds,
    }
}

/// The line of a training that begins.
pub(crate) fn begun(assignment: Assignment, values: Values) -> TrialEvent {
    TrialEvent::Begun {
        trial: assignment.trial,
        rung: assignment.rung,
        epochs: assignment.epochs,
        values,
    }
}

/// The line of a training that has failed.
pub(crate) fn failed(assignment: Assignment, reason: String, seconds: f64) -> TrialEvent {
    TrialEvent::Failed {
        trial: assignment.trial,
        rung: assignment.rung,
        epochs: assignment.epochs,
        reason,
        seconds,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> TuneSettings {
        TuneSettings {
            strategy: Strategy::Asha,
            trials: 6,
            epochs: 3,
            ..TuneSettings::default()
        }
    }

    fn space() -> SearchSpace {
        "x=0..1".parse().unwrap()
    }

    /// All that happens where one trial is trained after the other.
    fn all() -> Vec<TrialEvent> {
        let mut search = Search::new(&settings(), &space(), &[]);
        let mut all = Vec::new();
        while let Choice::Train(assignment) = search.choose() {
            let values = search.values(assignment.trial);
            let figure = values.number("x").unwrap();
            for event in [
                begun(assignment, values),
                trained(assignment, &vec![figure; assignment.epochs], 1.0),
            ] {
                search.happened(&event);
                all.push(event);
            }
        }
        all
    }

    #[test]
    fn a_search_that_was_broken_off_anywhere_comes_to_the_same() {
        let all = all();
        assert!(all.iter().any(|event| event.assignment().rung == 1));
        for done in 0..=all.len() {
            let mut events = all[..done].to_vec();
            let mut search = Search::new(&settings(), &space(), &events);
            while let Choice::Train(assignment) = search.choose() {
                let values = search.values(assignment.trial);
                let figure = values.number("x").unwrap();
                for event in [
                    begun(assignment, values),
                    trained(assignment, &vec![figure; assignment.epochs], 1.0),
                ] {
                    search.happened(&event);
                    events.push(event);
                }
            }
            // What was begun before the break has begun twice.
            events.dedup();
            assert_eq!(events, all, "broken off after {done}");
            let again = Search::new(&settings(), &space(), &events);
            assert!(again.is_done());
            assert_eq!(again.into_records(), search.into_records());
        }
    }

    #[test]
    fn what_ended_before_it_began_is_passed_over() {
        let lost = trained(
            Assignment {
                trial: 0,
                rung: 0,
                epochs: 1,
            },
            &[1.0],
            1.0,
        );
        let search = Search::new(&settings(), &space(), &[lost]);
        assert!(search.into_records().is_empty());
    }
}
