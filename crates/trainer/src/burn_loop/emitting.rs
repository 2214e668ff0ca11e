//! Telling those who watch what happens.

use firebrick_session::{Event, Progress, Speaker, What};

use super::run::Run;
use crate::history::EpochRecord;
use crate::logs::Logs;
use crate::session::{epoch_end, process_memory, samples_per_second, told_figures};
use crate::step::Step;

impl<S: Step> Run<'_, S> {
    /// Tells those who watch that something has happened; see [`is_heard`](Self::is_heard) before computing what costs time.
    pub(super) fn emit(&mut self, what: What) -> Event {
        let epoch = self.epoch;
        self.emit_in(epoch, what)
    }

    /// The same of another epoch than the one at work.
    pub(super) fn emit_in(&mut self, epoch: usize, what: What) -> Event {
        let place = (self.step.iterations(), epoch);
        let event = self.settings.announcer.tell(place, what);
        for text in self.settings.announcer.take_warnings() {
            self.settings.warn(place, &text);
        }
        event
    }

    /// Whether anybody watches.
    pub(super) fn is_heard(&self) -> bool {
        self.settings.announcer.is_heard()
    }

    /// Says to whoever watches what there is to say.
    pub(super) fn warn(&mut self, text: Option<String>) {
        if let Some(text) = text {
            self.settings
                .warn((self.step.iterations(), self.epoch), &text);
        }
    }

    /// A callback says something.
    pub(super) fn pass_on(&mut self, text: &str) {
        log::info!("{text}");
        self.settings.reporter.say(text);
        self.emit(What::Words {
            from: Speaker::Callback,
            text: text.to_owned(),
        });
    }

    /// Where the training part of the epoch is.
    pub(super) fn emit_progress(&mut self, figures: &Logs) {
        if !self.is_heard() {
            return;
        }
        let sums = self.tally.figures();
        let elapsed = self.telling.begin.elapsed();
        self.emit(What::Progress(Progress {
            batch: sums.batches(),
            batches: self.settings.params.steps,
            figures: told_figures(figures),
            learning_rate: self.step.learning_rate(),
            samples_per_second: samples_per_second(sums.samples(), elapsed),
            memory: process_memory(),
        }));
    }

    /// An epoch is over.
    pub(super) fn emit_epoch_end(&mut self, record: &EpochRecord) {
        if !self.is_heard() {
            return;
        }
        self.emit(epoch_end(record));
    }

    /// The checkpoints that are written by now.
    pub(super) fn emit_saved(&mut self) {
        for what in self.take_saved() {
            self.emit(what);
        }
    }

    /// What there is to tell of the checkpoints that are written by now.
    pub(super) fn take_saved(&mut self) -> Vec<What> {
        let Some(checkpoints) = &mut self.settings.checkpoints else {
            return Vec::new();
        };
        let run = self.settings.run.as_ref();
        let saved = checkpoints.take_written().into_iter().map(|path| {
            let inside = run.and_then(|run| path.strip_prefix(run.path()).ok());
            let file = inside.unwrap_or(&path).to_string_lossy().into_owned();
            What::Saved { file }
        });
        saved.collect()
    }
}
