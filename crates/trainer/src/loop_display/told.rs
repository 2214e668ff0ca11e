//! A loop of one's own on the dashboard, which is told its events.

use std::time::{Duration, Instant};

use firebrick_session::{
    Action, Begin, Event, Progress, Request, SessionHandle, Speaker, Watcher, What,
};

use super::LoopProgress;
use crate::displays::{KeptLines, Reporter};
use crate::error::TrainError;
use crate::history::EpochRecord;
use crate::interrupt::{CtrlC, StopHandle, ctrl_c_on};
use crate::open_dashboard::{OpenDashboard, Panics};
use crate::session::{epoch_end, process_memory, samples_per_second, told_figures};

/// How often a paused loop looks whether it is stopped otherwise.
const GLANCE: Duration = Duration::from_millis(100);

/// A loop of one's own on the dashboard.
pub(super) struct ToldDashboard {
    watcher: Box<dyn Watcher>,
    session: SessionHandle,
    stop: StopHandle,
    begun: Instant,
    /// The epoch at work, counted from 1, and the steps of those before it.
    epoch: usize,
    steps_before: u64,
    step: u64,
    /// Whether somebody wants it to end with the epoch.
    ends_with_epoch: bool,
    lines: Box<dyn Reporter>,
    _ctrl_c: Option<CtrlC>,
    /// Behind the dashboard, so that it is dropped, and printed, when that is gone.
    _kept: KeptLines,
}

impl ToldDashboard {
    /// # Errors
    /// A terminal that cannot be drawn on.
    pub(super) fn open(
        label: &str,
        epochs: usize,
        figures: &[&str],
        stop: &StopHandle,
    ) -> Result<Self, TrainError> {
        let session = SessionHandle::new();
        let ctrl_c = ctrl_c_on(crate::display::Display::Dashboard, stop);
        let dashboard = OpenDashboard::open(&session, None, None, Panics::Kept)?;
        let begin = Begin {
            label: label.to_owned(),
            epochs,
            figures: figures.iter().map(|name| (*name).to_owned()).collect(),
            process: std::process::id(),
            ..Begin::default()
        };
        let mut told = Self::new(Box::new(dashboard), session, epochs, stop, ctrl_c);
        told.tell(What::Begin(Box::new(begin)));
        Ok(told)
    }

    fn new(
        watcher: Box<dyn Watcher>,
        session: SessionHandle,
        epochs: usize,
        stop: &StopHandle,
        ctrl_c: Option<CtrlC>,
    ) -> Self {
        let kept = KeptLines::default();
        Self {
            watcher,
            session,
            stop: stop.clone(),
            begun: Instant::now(),
            epoch: 0,
            steps_before: 0,
            step: 0,
            ends_with_epoch: false,
            lines: kept.reporter(epochs),
            _ctrl_c: ctrl_c,
            _kept: kept,
        }
    }

    /// Shows where the loop is, and does what somebody has asked for: waits while it is to pause.
    pub(super) fn progress(&mut self, progress: &LoopProgress, elapsed: Duration) {
        if self.epoch != progress.epoch {
            self.epoch = progress.epoch;
            self.steps_before = self.step;
            self.tell(What::EpochBegin);
        }
        self.step = self.steps_before + progress.batches_done as u64;
        self.tell(What::Progress(Progress {
            batch: progress.batches_done,
            batches: Some(progress.batches),
            figures: told_figures(&progress.figures),
            learning_rate: progress.learning_rate,
            samples_per_second: samples_per_second(progress.samples_done, elapsed),
            memory: process_memory(),
        }));
        self.act(progress.learning_rate);
    }

    pub(super) fn epoch_end(&mut self, record: &EpochRecord, batches: usize) {
        self.epoch = record.epoch;
        self.step = self.step.max(self.steps_before + batches as u64);
        self.lines.epoch_end(record, batches);
        self.tell(epoch_end(record));
        if self.ends_with_epoch {
            self.stop.stop("`f` in the dashboard");
        }
        self.act(record.learning_rate);
    }

    /// Does what somebody has asked for.
    fn act(&mut self, learning_rate: f64) {
        while let Some(request) = self.session.take() {
            if self.request(request, learning_rate) == Action::Pause {
                self.pause(learning_rate);
            }
        }
    }

    /// Waits until it is to go on, or is stopped.
    fn pause(&mut self, learning_rate: f64) {
        while !self.stop.is_stopped() {
            if let Some(request) = self.session.wait(GLANCE)
                && self.request(request, learning_rate) == Action::Resume
            {
                return;
            }
        }
    }

    /// Does what can be done in a loop that is not ours; gives what was asked for.
    fn request(&mut self, request: Request, learning_rate: f64) -> Action {
        let action = request.action;
        match action {
            Action::Pause | Action::Resume => {}
            Action::EndEpoch => self.ends_with_epoch = true,
            Action::Stop => self.stop.stop("`q` in the dashboard"),
            _ => {
                let text = format!(
                    "{action}: a loop of its own can be paused, stopped and ended with an epoch, nothing else"
                );
                self.tell(What::Words {
                    from: Speaker::Refused,
                    text,
                });
                return action;
            }
        }
        self.tell(What::Action {
            action,
            by: request.by,
            learning_rate,
        });
        action
    }

    fn tell(&mut self, what: What) {
        self.watcher.tell(&Event {
            step: self.step,
            epoch: self.epoch,
            seconds: self.begun.elapsed().as_secs_f64(),
            what,
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    struct Passed(Sender<Event>);

    impl Watcher for Passed {
        fn tell(&mut self, event: &Event) {
            let _ = self.0.send(event.clone());
        }
    }

    fn dashboard(stop: &StopHandle) -> (ToldDashboard, Receiver<Event>) {
        let (sender, events) = channel();
        let session = SessionHandle::new();
        let told = ToldDashboard::new(Box::new(Passed(sender)), session, 2, stop, None);
        (told, events)
    }

    fn progress(epoch: usize, batches_done: usize) -> LoopProgress {
        LoopProgress {
            epoch,
            batches_done,
            batches: 3,
            learning_rate: 0.5,
            ..LoopProgress::default()
        }
    }

    fn record(epoch: usize) -> EpochRecord {
        EpochRecord {
            epoch,
            learning_rate: 0.5,
            figures: [("loss", 0.25)].into_iter().collect(),
            seconds: 1.0,
        }
    }

    #[test]
    fn steps_are_counted_over_epochs() {
        let stop = StopHandle::new();
        let (mut told, events) = dashboard(&stop);
        for epoch in [1, 2] {
            told.progress(&progress(epoch, 2), Duration::from_secs(1));
            told.epoch_end(&record(epoch), 3);
        }
        let steps: Vec<_> = events
            .try_iter()
            .map(|event| (event.epoch, event.step))
            .collect();
        assert_eq!(steps, [(1, 0), (1, 2), (1, 3), (2, 3), (2, 5), (2, 6)]);
    }

    #[test]
    fn what_a_loop_can_do_is_done_and_the_rest_refused() {
        let stop = StopHandle::new();
        let (mut told, events) = dashboard(&stop);
        for action in [
            Action::Best,
            Action::Pause,
            Action::Validate,
            Action::Resume,
            Action::EndEpoch,
        ] {
            told.session.ask(action, "a test");
        }
        told.progress(&progress(1, 1), Duration::from_secs(1));
        let said = events.try_iter().filter_map(|event| match event.what {
            What::Action { action, .. } => Some(action.to_string()),
            What::Words { text, .. } => Some(text.split(':').next()?.to_owned() + " refused"),
            _ => None,
        });
        assert_eq!(
            said.collect::<Vec<_>>(),
            [
                "best refused",
                "pause",
                "validate refused",
                "resume",
                "end-epoch"
            ]
        );
        assert!(!stop.is_stopped());
        told.epoch_end(&record(1), 3);
        assert_eq!(stop.stopped_by().as_deref(), Some("`f` in the dashboard"));
    }

    #[test]
    fn a_paused_loop_can_be_stopped() {
        let stop = StopHandle::new();
        let (mut told, _events) = dashboard(&stop);
        told.session.ask(Action::Pause, "a test");
        told.session.ask(Action::Stop, "a test");
        told.progress(&progress(1, 1), Duration::from_secs(1));
        assert_eq!(stop.stopped_by().as_deref(), Some("`q` in the dashboard"));
    }
}
