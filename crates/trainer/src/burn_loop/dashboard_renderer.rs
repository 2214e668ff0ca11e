use std::error::Error;
use std::time::{Duration, Instant};

use burn::train::LearnerSummary;
use burn::train::logger::{EvaluationProgressLogger, TrainingProgressLogger};
use burn::train::metric::MetricDefinition;
use burn::train::renderer::tui::TuiMetricsRendererWrapper;
use burn::train::renderer::{
    EvaluationName, MetricState, MetricsRenderer, MetricsRendererEvaluation,
    MetricsRendererTraining,
};

use super::time_left::TimeLeft;

/// How often the time that is left is told.
const INTERVAL: Duration = Duration::from_secs(1);

/// Burn's dashboard without its count of iterations, which would count how often somebody looked
/// instead, and without an epoch after the last; with the time that is left in the title of its status, because its own
/// estimate begins late.
pub(super) struct DashboardRenderer {
    inner: TuiMetricsRendererWrapper,
    epochs: usize,
    label: String,
    /// Counted from 1.
    epoch: usize,
    split: Split,
    begin: Instant,
    time_left: TimeLeft,
    told: Option<Instant>,
}

/// A pass over samples.
#[derive(Clone, Copy)]
enum Split {
    /// So many samples to learn from.
    Train(usize),
    Other,
}

impl DashboardRenderer {
    pub(super) fn new(inner: TuiMetricsRendererWrapper) -> Self {
        Self {
            inner,
            epochs: 0,
            label: String::new(),
            epoch: 1,
            split: Split::Other,
            begin: Instant::now(),
            time_left: TimeLeft::default(),
            told: None,
        }
    }

    /// What stands in the title of the status: the time that is left, the label, and the keys where there is room for them,
    /// as the help cuts them off.
    fn title(&self, left: Option<&str>) -> String {
        /// The columns of the frame and of `Status: ` with a blank behind the title.
        const AROUND: usize = 11;
        const KEYS: &str = "keys ←→ ↑↓ q";

        let title: Vec<&str> = left.into_iter().chain([self.label.as_str()]).collect();
        let title = title.join(", ");
        let with_keys = format!("{title}; {KEYS}");
        let (columns, _) = crossterm::terminal::size().unwrap_or_default();
        // The status takes this share of the screen.
        let room = usize::from(columns) * 38 / 100;
        if with_keys.chars().count() + AROUND <= room {
            with_keys
        } else {
            title
        }
    }

    /// Tells the time that is left after so many samples of the epoch.
    fn tell_time(&mut self, samples_done: usize) {
        let Split::Train(samples) = self.split else {
            return;
        };
        if self.told.is_some_and(|told| told.elapsed() < INTERVAL) {
            return;
        }
        let share = samples_done as f64 / samples.max(1) as f64;
        let elapsed = self.begin.elapsed();
        if let Some(left) = self.time_left.text(elapsed, self.epoch, share) {
            self.told = Some(Instant::now());
            let label = self.title(Some(&left));
            // Beginning again with the same epoch changes nothing but the title.
            self.inner
                .start(self.epochs, self.epoch, None, Some(&label));
        }
    }
}

impl MetricsRenderer for DashboardRenderer {
    fn manual_close(&mut self) {
        self.inner.manual_close();
    }

    fn register_metric(&mut self, definition: MetricDefinition) {
        self.inner.register_metric(definition);
    }
}

impl MetricsRendererTraining for DashboardRenderer {
    fn update_train(&mut self, state: MetricState) {
        self.inner.update_train(state);
    }

    fn update_valid(&mut self, state: MetricState) {
        self.inner.update_valid(state);
    }

    fn on_train_end(&mut self, summary: Option<LearnerSummary>) -> Result<(), Box<dyn Error>> {
        self.inner.on_train_end(summary)
    }
}

impl MetricsRendererEvaluation for DashboardRenderer {
    fn update_test(&mut self, name: EvaluationName, state: MetricState) {
        self.inner.update_test(name, state);
    }

    fn on_test_end(&mut self, summary: Option<LearnerSummary>) -> Result<(), Box<dyn Error>> {
        self.inner.on_test_end(summary)
    }
}

impl TrainingProgressLogger for DashboardRenderer {
    fn start(
        &mut self,
        total_epochs: usize,
        starting_epoch: usize,
        total_items: Option<usize>,
        label: Option<&str>,
    ) {
        self.epochs = total_epochs;
        self.epoch = starting_epoch;
        label.unwrap_or_default().clone_into(&mut self.label);
        self.begin = Instant::now();
        self.time_left = TimeLeft::new(starting_epoch, total_epochs);
        let title = self.title(None);
        self.inner
            .start(total_epochs, starting_epoch, total_items, Some(&title));
    }

    fn update_epoch(&mut self, epoch: usize) {
        if epoch < self.epochs {
            self.epoch = epoch + 1;
            self.inner.update_epoch(epoch);
        }
    }

    fn start_split(&mut self, split: &str, total_items: usize) {
        self.split = match split {
            "train" => Split::Train(total_items),
            _ => Split::Other,
        };
        self.inner.start_split(split, total_items);
    }

    fn update_split(&mut self, items_processed: usize) {
        self.tell_time(items_processed);
        self.inner.update_split(items_processed);
    }

    fn end_split(&mut self) {
        self.inner.end_split();
    }

    fn end(&mut self) {
        self.inner.end();
    }

    fn log_event_training(&mut self, _: String) {}
}

impl EvaluationProgressLogger for DashboardRenderer {
    fn start_global_progress(&mut self, total_tests: usize) {
        self.inner.start_global_progress(total_tests);
    }

    fn start_test(&mut self, name: &str, total_items: usize) {
        self.inner.start_test(name, total_items);
    }

    fn update_test_progress(&mut self, items_processed: usize) {
        self.inner.update_test_progress(items_processed);
    }

    fn end_test(&mut self) {
        self.inner.end_test();
    }

    fn end_global_progress(&mut self) {
        self.inner.end_global_progress();
    }

    fn log_event_evaluation(&mut self, event: String) {
        self.inner.log_event_evaluation(event);
    }
}
