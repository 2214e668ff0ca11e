use std::sync::Arc;

use burn::tensor::TensorReadError;
use burn::train::metric::{
    Metric, MetricAttributes, MetricMetadata, MetricName, Numeric, NumericAttributes, NumericEntry,
    SerializedEntry,
};

use crate::Logs;
use crate::curves::capitalized;
use crate::metrics::Direction;

/// What the dashboard shows, the same numbers as every other display.
#[derive(Clone, Debug, Default)]
pub(crate) struct DashboardFigures {
    pub(crate) figures: Logs,
    /// NaN where there is none, as of a validation.
    pub(crate) learning_rate: f64,
    /// NaN where nobody has measured it.
    pub(crate) samples_per_second: f64,
}

/// A metric that reports a figure that is already computed.
#[derive(Clone)]
pub(crate) struct DashboardMetric {
    name: MetricName,
    higher_is_better: bool,
    pick: Pick,
    value: f64,
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
        }
    }

    /// The loss or a metric.
    pub(crate) fn figure(name: &str, direction: Direction) -> Self {
        let title = capitalized(&name.replace('_', " "));
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
        value.map(|_| self.entry())
    }

    fn entry(&self) -> SerializedEntry {
        let value = self.value;
        let text = match value.abs() {
            1e2..1e9 => format!("{value:.0}"),
            1e-3..1e2 | 0.0 => format!("{value:.4}"),
            _ => format!("{value:.3e}"),
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
        self.value
            .is_finite()
            .then_some(NumericEntry::Value(self.value))
    }

    fn running_value(&self) -> Option<NumericEntry> {
        self.value()
    }

    fn final_value(&self) -> NumericEntry {
        NumericEntry::Final(self.value)
    }
}
