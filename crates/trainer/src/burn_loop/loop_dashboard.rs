//! Burn's dashboard over a loop that is not Burn's.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::thread;

use burn::train::metric::{Metric, MetricDefinition, MetricEntry, MetricId, Numeric, NumericEntry};
use burn::train::renderer::{MetricState, MetricsRenderer};

use super::dashboard_metrics::{DashboardFigures, DashboardMetric};
use super::{dashboard, panicked};
use crate::error::TrainError;
use crate::interrupt::StopHandle;
use crate::metrics::Direction;

/// An open dashboard; dropping it gives the terminal back, also while a panic unwinds.
pub(crate) struct LoopDashboard {
    /// There until it is dropped.
    renderer: Option<Box<dyn MetricsRenderer>>,
    metrics: Vec<(MetricId, DashboardMetric)>,
    is_killed: bool,
}

impl LoopDashboard {
    pub(crate) fn open(
        label: &str,
        epochs: usize,
        figures: &[&str],
        stop: &StopHandle,
    ) -> Result<Self, TrainError> {
        let figures = figures
            .iter()
            .map(|name| DashboardMetric::figure(name, Direction::Unknown));
        let rates = [DashboardMetric::learning_rate(), DashboardMetric::speed()];
        let metrics = figures
            .chain(rates)
            .map(|metric| (MetricId::new(metric.name()), metric));
        let mut dashboard = Self {
            renderer: Some(dashboard::open(stop, keep_panic)?),
            metrics: metrics.collect(),
            is_killed: false,
        };
        dashboard.tell(|renderer, metrics| {
            for (id, metric) in metrics {
                renderer.register_metric(MetricDefinition::new(id.clone(), metric));
            }
            renderer.start(epochs, 1, None, Some(label));
        })?;
        Ok(dashboard)
    }

    /// Before the first samples of an epoch.
    pub(crate) fn begin(&mut self, samples: usize) -> Result<(), TrainError> {
        self.tell(|renderer, _| renderer.start_split("train", samples))
    }

    /// After so many of them, with the figures so far.
    pub(crate) fn show(
        &mut self,
        samples_done: usize,
        figures: &DashboardFigures,
    ) -> Result<(), TrainError> {
        self.tell(|renderer, metrics| {
            for state in states(metrics, figures, NumericEntry::Value) {
                renderer.update_train(state);
            }
            renderer.update_split(samples_done);
        })
    }

    /// After an epoch, counted from 1, with the figures of its training and of its validation.
    pub(crate) fn epoch_end(
        &mut self,
        epoch: usize,
        training: &DashboardFigures,
        validation: &DashboardFigures,
    ) -> Result<(), TrainError> {
        self.tell(|renderer, metrics| {
            for state in states(metrics, training, NumericEntry::Final) {
                renderer.update_train(state);
            }
            renderer.end_split();
            // A point of the curve, then the bar of the summary, which would else be the mean of the epochs.
            for kind in [NumericEntry::Value, NumericEntry::Final] {
                for state in states(metrics, validation, kind) {
                    renderer.update_valid(state);
                }
            }
            renderer.update_epoch(epoch);
        })
    }

    /// Hands the dashboard something; its "kill" is an error.
    fn tell(
        &mut self,
        what: impl FnOnce(&mut dyn MetricsRenderer, &mut [(MetricId, DashboardMetric)]),
    ) -> Result<(), TrainError> {
        let Some(renderer) = self.renderer.as_deref_mut() else {
            return Ok(());
        };
        let metrics = &mut self.metrics;
        let told = catch_unwind(AssertUnwindSafe(|| what(renderer, metrics)));
        told.map_err(|payload| {
            let error = panicked(payload);
            self.is_killed |= matches!(error, TrainError::Killed);
            error
        })
    }
}

/// What panics under a dashboard said, to be told when it is gone; a process has one terminal.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn keep_panic(text: &str) {
    let mut panics = PANICS.lock().unwrap_or_else(PoisonError::into_inner);
    panics.push(text.to_owned());
}

fn tell_panics() {
    let mut panics = PANICS.lock().unwrap_or_else(PoisonError::into_inner);
    for text in panics.drain(..) {
        // There may be nobody to tell.
        let _ = writeln!(io::stderr(), "{text}");
    }
}

/// What the metrics say of these figures, without those that are not among them.
fn states(
    metrics: &mut [(MetricId, DashboardMetric)],
    figures: &DashboardFigures,
    kind: fn(f64) -> NumericEntry,
) -> Vec<MetricState> {
    let state = |(id, metric): &mut (MetricId, DashboardMetric)| {
        let entry = MetricEntry::new(id.clone(), metric.pick(figures)?);
        let value = metric.value().map(|value| kind(value.current()));
        Some(MetricState::Numeric(entry, value))
    };
    metrics.iter_mut().filter_map(state).collect()
}

impl Drop for LoopDashboard {
    fn drop(&mut self) {
        // Burn's dashboard closes in order only on a thread that does not panic, and panics itself after its "kill".
        if let Some(renderer) = self.renderer.take()
            && let Ok(closing) = thread::Builder::new().spawn(move || drop(renderer))
        {
            let _ = closing.join();
        }
        dashboard::closed();
        if self.is_killed {
            dashboard::clear_below();
        }
        tell_panics();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Name, text and plotted number of each state, with a mark for final ones.
    fn shown(figures: &DashboardFigures, kind: fn(f64) -> NumericEntry) -> Vec<String> {
        let metrics =
            ["accuracy", "loss"].map(|name| DashboardMetric::figure(name, Direction::Unknown));
        let rates = [DashboardMetric::learning_rate(), DashboardMetric::speed()];
        let mut metrics: Vec<_> = metrics
            .into_iter()
            .chain(rates)
            .map(|metric| (MetricId::new(metric.name()), metric))
            .collect();
        let states = states(&mut metrics, figures, kind);
        let text = |state: &MetricState| match state {
            MetricState::Numeric(entry, value) => {
                let text = &entry.serialized_entry.formatted;
                match value {
                    Some(NumericEntry::Final(value)) => format!("{text} {value} final"),
                    Some(value) => format!("{text} {}", value.current()),
                    None => text.clone(),
                }
            }
            MetricState::Generic(_) => "text".to_owned(),
        };
        states.iter().map(text).collect()
    }

    #[test]
    fn the_dashboard_is_told_what_there_is_and_no_more() {
        let training = DashboardFigures {
            figures: [("loss", 0.25), ("accuracy", 0.5)].into_iter().collect(),
            learning_rate: 0.125,
            samples_per_second: 1024.0,
            is_early: false,
        };
        assert_eq!(
            shown(&training, NumericEntry::Value),
            ["0.5000 0.5", "0.2500 0.25", "0.1250 0.125", "1024 1024"]
        );
        let validation = DashboardFigures {
            figures: [("loss", 0.75)].into_iter().collect(),
            learning_rate: f64::NAN,
            samples_per_second: f64::NAN,
            is_early: false,
        };
        assert_eq!(
            shown(&validation, NumericEntry::Final),
            ["0.7500 0.75 final"]
        );
    }

    #[test]
    fn the_first_samples_of_a_training_are_written_but_not_plotted() {
        let figures = |samples_done| DashboardFigures {
            figures: [("accuracy", 0.125)].into_iter().collect(),
            learning_rate: 0.5,
            samples_per_second: f64::NAN,
            is_early: DashboardFigures::are_early(1, samples_done, 1000),
        };
        assert_eq!(
            shown(&figures(499), NumericEntry::Value),
            ["0.1250", "0.5000"]
        );
        assert_eq!(
            shown(&figures(500), NumericEntry::Value),
            ["0.1250 0.125", "0.5000 0.5"]
        );
        assert!(!DashboardFigures::are_early(2, 1, 1000));
    }

    #[test]
    fn a_figure_that_is_no_number_is_written_but_not_plotted() {
        let diverged = DashboardFigures {
            figures: [("loss", f64::NAN)].into_iter().collect(),
            learning_rate: f64::NAN,
            samples_per_second: f64::NAN,
            is_early: false,
        };
        assert_eq!(shown(&diverged, NumericEntry::Value), ["NaN"]);
    }
}
