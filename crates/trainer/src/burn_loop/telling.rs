use std::time::{Duration, Instant};

use burn::data::dataloader::Progress;
use burn::train::{
    EventProcessorTraining, Interrupter, LearnerEvent, SupervisedTrainingEventProcessor,
    TrainingItem,
};

use super::dashboard_metrics::DashboardFigures;
use super::launched::Launched;
use crate::error::TrainError;
use crate::figures::RunningFigures;
use crate::interrupt::asked_by;
use crate::logs::Logs;

pub(super) type Events = SupervisedTrainingEventProcessor<Launched>;

/// What Burn is told of an epoch, what it says of a stop, and the epoch's clock.
pub(super) struct Telling<'a> {
    events: &'a mut Events,
    interrupter: Interrupter,
    /// When the epoch began.
    pub(super) begin: Instant,
    /// When its first batch was done, since then.
    pub(super) first_step: Option<Duration>,
}

impl<'a> Telling<'a> {
    pub(super) fn new(events: &'a mut Events, interrupter: Interrupter) -> Self {
        Self {
            events,
            interrupter,
            begin: Instant::now(),
            first_step: None,
        }
    }

    /// An epoch begins, or began then and goes on.
    pub(super) fn restart(&mut self, begin: Instant) {
        self.begin = begin;
        self.first_step = None;
    }

    /// Time that is not the epoch's: a pause, say.
    pub(super) fn leave_out(&mut self, time: Duration) {
        self.begin = self.begin.checked_add(time).unwrap_or(self.begin);
    }

    /// Of the training part of an epoch.
    pub(super) fn training(&mut self, event: LearnerEvent<DashboardFigures>) {
        let told = self.events.process_train(event);
        self.interrupter.fail_on_error(told);
    }

    /// Of its validation.
    pub(super) fn validation(&mut self, event: LearnerEvent<DashboardFigures>) {
        let told = self.events.process_valid(event);
        self.interrupter.fail_on_error(told);
    }

    /// Asks for a stop.
    pub(super) fn stop(&self, by: &str) {
        self.interrupter.stop(Some(by));
    }

    /// Whether somebody asked for a stop, or Burn failed.
    pub(super) fn wants_stop(&self) -> bool {
        self.interrupter.should_stop()
    }

    /// Whether somebody asked for a stop in this epoch.
    ///
    /// # Errors
    /// What Burn's event processing failed with.
    pub(super) fn is_stopped(&self, epoch: usize) -> Result<bool, TrainError> {
        match self.interrupter.error() {
            Some(error) => Err(TrainError::Burn {
                epoch,
                message: error.to_string(),
            }),
            None => Ok(self.wants_stop()),
        }
    }

    /// Who asked for it.
    pub(super) fn stopped_by(&self) -> String {
        asked_by(&self.interrupter)
    }
}

/// What the dashboard is told of these samples of `total`, 0 if nobody knows, after `elapsed` since the first of them.
pub(super) fn item(
    epoch: usize,
    sums: &RunningFigures,
    figures: &Logs,
    learning_rate: f64,
    elapsed: Duration,
    total: usize,
) -> LearnerEvent<DashboardFigures> {
    let samples = sums.samples();
    // Nothing is done of what nobody knows the size of.
    let (done, all) = match total {
        0 => (0, 1),
        total => (samples.min(total), total),
    };
    LearnerEvent::ProcessedItem(TrainingItem::new(
        DashboardFigures {
            figures: figures.clone(),
            learning_rate,
            samples_per_second: samples as f64 / elapsed.as_secs_f64(),
            is_early: DashboardFigures::are_early(epoch, samples, total),
        },
        Progress::new(done, all, Some("items".to_owned())),
        Some(sums.batches()),
        Some(learning_rate.into()),
    ))
}
