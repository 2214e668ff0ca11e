use std::sync::Arc;

use burn::tensor::TensorReadError;
use burn::train::metric::{
    Metric, MetricAttributes, MetricMetadata, MetricName, Numeric, NumericAttributes, NumericEntry,
    SerializedEntry,
};

use crate::logs::{Logs, figure_text};
use crate::metrics::Direction;
use crate::run_panels::{capitalized, words};

/// What the dashboard shows, the same numbers as every other display.
#[derive(Clone, Debug, Default)]
pub(crate) struct DashboardFigures {
    pub(crate) figures: Logs,
    /// NaN where there is none, as of a validation.
    pub(crate) learning_rate: f64,
    /// NaN where nobody has measured it.
    pub(crate) samples_per_second: f64,
    /// Of so few samples that they are written only: a curve through them would leave no room for the others.
    pub(crate) is_early: bool,
}

impl DashboardFigures {
    /// Whether so many samples of the epoch, counted from 1, are too few to be drawn: those of the first half of the
    /// first epoch, whose means still hold what a network knows before it has learned anything.
    pub(crate) fn are_early(epoch: usize, samples_done: usize, samples: usize) -> bool {
        epoch == 1 && samples_done.saturating_mul(2) < samples
    }
}

/// A metric that reports a figure that is already computed.
#[derive(Clone)]
pub(crate) struct DashboardMetric {
    name: MetricName,
    higher_is_better: bool,
    pick: Pick,
    value: f64,
    is_drawn: bool,
}

#[derive(Clone)]
enum Pick {
    Figure(String),
    LearningRate,
    Speed,
}

impl DashboardMetric {
    fn new(name: &str, higher_is_better: bool, pick: Pick) -> Self {
        Self {
            name: Arc::new(name.to_owned()),
            higher_is_better,
            pick,
            value: f64::NAN,
            is_drawn: true,
        }
    }

    /// The loss or a metric.
    pub(crate) fn figure(name: &str, direction: Direction) -> Self {
        let title = capitalized(&words(name));
        let pick = Pick::Figure(name.to_owned());
        Self::new(&title, direction == Direction::Up, pick)
    }

    pub(crate) fn learning_rate() -> Self {
        Self::new("Learning rate", false, Pick::LearningRate)
    }

    pub(crate) fn speed() -> Self {
        Self::new("Samples per second", true, Pick::Speed)
    }

    /// Picks its own of these figures; gives what the dashboard writes, if it is among them.
    pub(super) fn pick(&mut self, figures: &DashboardFigures) -> Option<SerializedEntry> {
        let value = match &self.pick {
            Pick::Figure(name) => figures.figures.get(name),
            Pick::LearningRate => Some(figures.learning_rate).filter(|rate| !rate.is_nan()),
            Pick::Speed => Some(figures.samples_per_second).filter(|speed| !speed.is_nan()),
        };
        self.value = value.unwrap_or(f64::NAN);
        self.is_drawn = !figures.is_early;
        value.map(|_| self.entry())
    }

    fn entry(&self) -> SerializedEntry {
        let value = self.value;
        let text = match self.pick {
            Pick::Speed => format!("{value:.0}"),
            Pick::Figure(_) | Pick::LearningRate => figure_text(value),
        };
        SerializedEntry::new(text, NumericEntry::Value(value).serialize())
    }
}

impl Metric for DashboardMetric {
    type Input = DashboardFigures;

    fn name(&self) -> MetricName {
        Arc::clone(&self.name)
    }

    fn attributes(&self) -> MetricAttributes {
        NumericAttributes {
            unit: None,
            higher_is_better: self.higher_is_better,
        }
        .into()
    }

    fn update(
        &mut self,
        figures: &DashboardFigures,
        _: &MetricMetadata,
    ) -> Result<SerializedEntry, TensorReadError> {
        Ok(self.pick(figures).unwrap_or_else(|| self.entry()))
    }

    fn compute(&mut self) -> Result<SerializedEntry, TensorReadError> {
        Ok(self.entry())
    }

    fn clear(&mut self) {
        self.value = f64::NAN;
    }
}

impl Numeric for DashboardMetric {
    fn value(&self) -> Option<NumericEntry> {
        (self.value.is_finite() && self.is_drawn).then_some(NumericEntry::Value(self.value))
    }

    fn running_value(&self) -> Option<NumericEntry> {
        self.value()
    }

    fn final_value(&self) -> NumericEntry {
        NumericEntry::Final(self.value)
    }
}
