//! What runs are chosen and put in order by.

use std::cmp::Ordering;

use firebrick::models::{did_you_mean, nearest_name};

use crate::error::PagesError;
use crate::run_summary::RunSummary;

/// The columns that every run has.
const COLUMNS: [&str; 9] = [
    "name", "state", "data", "network", "epochs", "loss", "metric", "time", "began",
];

/// A column, a figure or a setting of runs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RunKey(String);

/// What a run has under a key.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RunValue {
    Number(f64),
    Text(String),
}

impl From<&str> for RunKey {
    fn from(key: &str) -> Self {
        Self(key.to_owned())
    }
}

impl RunKey {
    /// What the run has under this key.
    pub(crate) fn value(&self, run: &RunSummary) -> Option<RunValue> {
        let text = |text: &Option<String>| text.clone().map(RunValue::Text);
        match self.0.as_str() {
            "name" => Some(RunValue::Text(run.name.clone())),
            "state" => Some(RunValue::Text(run.state.to_string())),
            "data" => text(&run.data),
            "network" => text(&run.network),
            "epochs" => Some(RunValue::Number(match run.epochs_done {
                0 => run.epochs.unwrap_or(0),
                done => done,
            } as f64)),
            "loss" => run.best_loss().map(|best| RunValue::Number(best.value)),
            "metric" => run.best_metric().map(|best| RunValue::Number(best.value)),
            "time" => Some(RunValue::Number(run.seconds)),
            "began" => run.began.map(|began| RunValue::Number(began as f64)),
            key => self.figure_or_setting(key, run),
        }
    }

    fn figure_or_setting(&self, key: &str, run: &RunSummary) -> Option<RunValue> {
        let best = run.best_of(key).map(|best| best.value);
        if let Some(value) = best.or_else(|| run.last.get(key)) {
            return Some(RunValue::Number(value));
        }
        let text = run.settings.get(&self.0)?;
        Some(match text.parse() {
            Ok(number) => RunValue::Number(number),
            Err(_) => RunValue::Text(text.clone()),
        })
    }

    /// The best figure, the latest time, the first text comes first; what a run does not have comes last.
    pub(crate) fn compare(&self, one: &RunSummary, other: &RunSummary) -> Ordering {
        let by_value = match (self.value(one), self.value(other)) {
            (Some(own), Some(of_other)) => match (own, of_other) {
                (RunValue::Number(own), RunValue::Number(of_other)) => {
                    let order = own.total_cmp(&of_other);
                    if self.is_falling(one) {
                        order.reverse()
                    } else {
                        order
                    }
                }
                (RunValue::Text(own), RunValue::Text(of_other)) => own.cmp(&of_other),
                (RunValue::Number(_), RunValue::Text(_)) => Ordering::Less,
                (RunValue::Text(_), RunValue::Number(_)) => Ordering::Greater,
            },
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        by_value.then_with(|| one.name.cmp(&other.name))
    }

    /// Whether the largest comes first.
    fn is_falling(&self, run: &RunSummary) -> bool {
        match self.0.as_str() {
            "began" => true,
            "metric" => run.best_metric().is_some_and(|best| best.is_rising),
            key => run.best_of(key).is_some_and(|best| best.is_rising),
        }
    }

    /// Makes sure that some run has this.
    pub(crate) fn check(&self, runs: &[RunSummary]) -> Result<(), PagesError> {
        let is_known = COLUMNS.contains(&self.0.as_str())
            || runs.is_empty()
            || runs.iter().any(|run| self.value(run).is_some());
        if is_known {
            return Ok(());
        }
        let mut figures: Vec<&str> = runs
            .iter()
            .flat_map(|run| run.last.iter())
            .map(|own| own.0)
            .collect();
        figures.retain(|name| !COLUMNS.contains(name));
        figures.sort_unstable();
        figures.dedup();
        let settings = runs.iter().flat_map(|run| run.settings.keys());
        let all: Vec<&str> = COLUMNS
            .into_iter()
            .chain(figures.iter().copied())
            .chain(settings.map(String::as_str))
            .collect();
        let guess = nearest_name(&self.0, &all);
        let known: Vec<&str> = COLUMNS.into_iter().chain(figures).collect();
        Err(PagesError::UnknownKey {
            received: self.0.clone(),
            guess: did_you_mean(guess),
            known: format!("{}, and the keys of their `config.toml`", known.join(", ")),
        })
    }
}
