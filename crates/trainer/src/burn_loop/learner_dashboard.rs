//! The dashboard over a `Learner` that somebody drives without us.

use std::error::Error;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use burn::train::logger::{EvaluationProgressLogger, TrainingProgressLogger};
use burn::train::metric::{MetricAttributes, MetricDefinition, MetricId, NumericEntry};
use burn::train::renderer::{
    EvaluationName, MetricState, MetricsRenderer, MetricsRendererEvaluation,
    MetricsRendererTraining,
};
use burn::train::{Interrupter, LearnerSummary};
use firebrick_session::{Action, Begin, EpochEnd, Event, Progress, SessionHandle, Watcher, What};

use crate::error::TrainError;
use crate::logs::Logs;
use crate::open_dashboard::{OpenDashboard, Panics};
use crate::session::{process_memory, samples_per_second, told_figures};

/// What Burn calls the metric that the rate is.
const RATE: &str = "Learning Rate";

/// How often it is told where the epoch is.
const INTERVAL: Duration = Duration::from_millis(100);

/// The dashboard for a [`Learner`](burn::train::Learner) of Burn's that trains without a [`Trainer`](crate::Trainer): what
/// [`SupervisedTraining::renderer`](burn::train::SupervisedTraining) takes.
///
/// It shows the metrics that are registered there; `q` stops the training.
///
/// ```no_run
/// use firebrick::burn::train::Interrupter;
/// use firebrick::training::LearnerDashboard;
///
/// let interrupter = Interrupter::new();
/// let renderer = LearnerDashboard::open(&interrupter)?;
/// // SupervisedTraining::new(folder, training, validation)
/// //     .with_interrupter(interrupter)
/// //     .renderer(renderer)
/// # let _ = renderer;
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
pub struct LearnerDashboard {
    /// In a lock, because Burn wants to share what it never does.
    watcher: Mutex<Box<dyn Watcher>>,
    session: SessionHandle,
    interrupter: Interrupter,
    begun: Instant,
    metrics: Vec<MetricDefinition>,
    begin: Begin,
    step: u64,
    epoch: usize,
    batch: usize,
    batches: Option<usize>,
    learning_rate: f64,
    training: Logs,
    validation: Logs,
    is_training: bool,
    split_begin: Instant,
    /// When it was told last where the epoch is.
    told: Option<Instant>,
}

impl LearnerDashboard {
    /// Takes the terminal; `interrupter` is that of the training.
    ///
    /// # Errors
    /// A terminal that cannot be drawn on, a build without the dashboard.
    pub fn open(interrupter: &Interrupter) -> Result<Self, TrainError> {
        let session = SessionHandle::new();
        let dashboard = OpenDashboard::open(&session, None, None, Panics::Kept)?;
        Ok(Self::new(Box::new(dashboard), session, interrupter))
    }

    fn new(watcher: Box<dyn Watcher>, session: SessionHandle, interrupter: &Interrupter) -> Self {
        Self {
            watcher: Mutex::new(watcher),
            session,
            interrupter: interrupter.clone(),
            begun: Instant::now(),
            metrics: Vec::new(),
            begin: Begin::default(),
            step: 0,
            epoch: 1,
            batch: 0,
            batches: None,
            learning_rate: f64::NAN,
            training: Logs::new(),
            validation: Logs::new(),
            is_training: false,
            split_begin: Instant::now(),
            told: None,
        }
    }

    fn tell(&mut self, what: What) {
        let event = Event {
            step: self.step,
            epoch: self.epoch,
            seconds: self.begun.elapsed().as_secs_f64(),
            what,
        };
        let watcher = self.watcher.get_mut();
        watcher.unwrap_or_else(PoisonError::into_inner).tell(&event);
    }

    /// The name of a metric and its number, if it is one that is drawn.
    fn figure(&self, state: &MetricState) -> Option<(String, f64)> {
        let MetricState::Numeric(entry, value) = state else {
            return None;
        };
        let value: &NumericEntry = value.as_ref()?;
        Some((self.name(&entry.metric_id)?, value.current()))
    }

    fn name(&self, id: &MetricId) -> Option<String> {
        let mut known = self.metrics.iter();
        let found = known.find(|metric| metric.metric_id == *id)?;
        Some(found.name.to_string())
    }

    /// Does what somebody has asked for: Burn's loop can only be stopped.
    fn act(&mut self) {
        while let Some(request) = self.session.take() {
            if matches!(
                request.action,
                Action::Stop | Action::EndEpoch | Action::Discard
            ) {
                self.interrupter.stop(Some("`q` in the dashboard"));
            }
        }
    }
}

impl MetricsRendererTraining for LearnerDashboard {
    fn update_train(&mut self, state: MetricState) {
        match self.figure(&state) {
            Some((name, rate)) if name == RATE => self.learning_rate = rate,
            Some((name, value)) => self.training.insert(name, value),
            None => {}
        }
    }

    fn update_valid(&mut self, state: MetricState) {
        if let Some((name, value)) = self.figure(&state)
            && name != RATE
        {
            self.validation.insert(name, value);
        }
    }

    fn on_train_end(&mut self, _: Option<LearnerSummary>) -> Result<(), Box<dyn Error>> {
        Ok(())
    }
}

impl TrainingProgressLogger for LearnerDashboard {
    fn start(
        &mut self,
        total_epochs: usize,
        starting_epoch: usize,
        _total_items: Option<usize>,
        label: Option<&str>,
    ) {
        self.epoch = starting_epoch;
        let names = |is_wanted: fn(&MetricDefinition) -> bool| {
            let wanted = self.metrics.iter().filter(|metric| is_wanted(metric));
            wanted.map(|metric| metric.name.to_string()).collect()
        };
        self.begin = Begin {
            label: label.unwrap_or("training").to_owned(),
            epochs: total_epochs,
            figures: names(|metric| metric.name.as_str() != RATE),
            rising: names(|metric| match &metric.attributes {
                MetricAttributes::Numeric(numeric) => numeric.higher_is_better,
                MetricAttributes::None => false,
            }),
            process: std::process::id(),
            ..Begin::default()
        };
        let begin = Box::new(self.begin.clone());
        self.tell(What::Begin(begin));
    }

    fn update_epoch(&mut self, epoch: usize) {
        self.epoch = epoch;
        // An epoch has as many steps as the last one had.
        self.batches = Some(self.batch).filter(|&batches| batches > 0);
        let mut figures = std::mem::take(&mut self.training);
        figures.extend("val_", &std::mem::take(&mut self.validation));
        let took = self.split_begin.elapsed().as_secs_f64();
        self.tell(What::EpochEnd(EpochEnd {
            figures: told_figures(&figures),
            learning_rate: self.learning_rate,
            took,
        }));
    }

    fn start_split(&mut self, split: &str, _: usize) {
        self.is_training = split == "train";
        if self.is_training {
            self.batch = 0;
            self.split_begin = Instant::now();
            self.tell(What::EpochBegin);
        }
    }

    fn update_split(&mut self, items_processed: usize) {
        self.act();
        if !self.is_training {
            return;
        }
        self.batch += 1;
        self.step += 1;
        if self.told.is_some_and(|told| told.elapsed() < INTERVAL) {
            return;
        }
        self.told = Some(Instant::now());
        let elapsed = self.split_begin.elapsed();
        self.tell(What::Progress(Progress {
            batch: self.batch,
            batches: self.batches,
            figures: told_figures(&self.training),
            learning_rate: self.learning_rate,
            samples_per_second: samples_per_second(items_processed, elapsed),
            memory: process_memory(),
        }));
    }

    fn end_split(&mut self) {
        self.is_training = false;
    }

    fn end(&mut self) {
        let is_complete = !self.interrupter.should_stop();
        self.tell(What::End {
            reason: "the training is over".to_owned(),
            is_complete,
        });
    }

    fn log_event_training(&mut self, _: String) {}
}

impl MetricsRenderer for LearnerDashboard {
    fn manual_close(&mut self) {}

    fn register_metric(&mut self, definition: MetricDefinition) {
        self.metrics.push(definition);
    }
}

impl MetricsRendererEvaluation for LearnerDashboard {
    fn update_test(&mut self, _: EvaluationName, _: MetricState) {}

    fn on_test_end(&mut self, _: Option<LearnerSummary>) -> Result<(), Box<dyn Error>> {
        Ok(())
    }
}

impl EvaluationProgressLogger for LearnerDashboard {
    fn start_global_progress(&mut self, _: usize) {}
    fn start_test(&mut self, _: &str, _: usize) {}
    fn update_test_progress(&mut self, _: usize) {}
    fn end_test(&mut self) {}
    fn end_global_progress(&mut self) {}
    fn log_event_evaluation(&mut self, _: String) {}
}

impl std::fmt::Debug for LearnerDashboard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LearnerDashboard")
            .field("epoch", &self.epoch)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc::{Sender, channel};

    use burn::train::metric::{MetricEntry, NumericAttributes, SerializedEntry};

    use super::*;

    struct Passed(Sender<Event>);

    impl Watcher for Passed {
        fn tell(&mut self, event: &Event) {
            let _ = self.0.send(event.clone());
        }
    }

    fn id(name: &str) -> MetricId {
        MetricId::new(Arc::new(name.to_owned()))
    }

    fn state(name: &str, value: f64) -> MetricState {
        let text = SerializedEntry::new(value.to_string(), value.to_string());
        let entry = MetricEntry::new(id(name), text);
        MetricState::Numeric(entry, Some(NumericEntry::Value(value)))
    }

    #[test]
    fn what_burn_renders_is_what_the_dashboard_is_told() {
        let (sender, events) = channel();
        let (session, interrupter) = (SessionHandle::new(), Interrupter::new());
        let watcher = Box::new(Passed(sender));
        let mut shown = LearnerDashboard::new(watcher, session.clone(), &interrupter);
        for (name, higher_is_better) in [("Loss", false), ("Accuracy", true), (RATE, false)] {
            shown.register_metric(MetricDefinition {
                metric_id: id(name),
                name: Arc::new(name.to_owned()),
                description: None,
                attributes: MetricAttributes::Numeric(NumericAttributes {
                    unit: None,
                    higher_is_better,
                }),
            });
        }
        shown.start(3, 1, None, Some("by Burn"));
        shown.start_split("train", 20);
        shown.update_train(state("Loss", 0.5));
        shown.update_train(state(RATE, 0.25));
        shown.update_split(10);
        shown.end_split();
        shown.start_split("valid", 10);
        shown.update_valid(state("Loss", 0.75));
        session.ask(Action::Stop, "a test");
        shown.update_split(10);
        shown.end_split();
        shown.update_epoch(1);
        shown.end();

        assert!(interrupter.should_stop());
        let told: Vec<String> = events
            .try_iter()
            .map(|event| match event.what {
                What::Begin(begin) => format!("{:?} {:?}", begin.figures, begin.rising),
                What::Progress(progress) => {
                    let loss = progress.figures.get("Loss");
                    format!("{} {loss:?} {}", progress.batch, progress.learning_rate)
                }
                What::EpochEnd(end) => format!("{:?}", end.figures.get("val_Loss")),
                What::End { is_complete, .. } => is_complete.to_string(),
                _ => "begins".to_owned(),
            })
            .collect();
        assert_eq!(
            told,
            [
                r#"["Loss", "Accuracy"] ["Accuracy"]"#,
                "begins",
                "1 Some(0.5) 0.25",
                "Some(0.75)",
                "false",
            ]
        );
    }
}
