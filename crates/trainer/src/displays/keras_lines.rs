use std::io::Write;
use std::time::Duration;

use super::progress_line::{Progress, Stage, summary_line};
use super::{Moment, Reporter, epoch_heading};
use crate::history::EpochRecord;

/// What Keras prints at `verbose=2`: a line an epoch below its number.
pub(super) struct KerasLines {
    epochs: usize,
    /// The epoch whose number stands there, counted from 1; 0 before the first.
    epoch: usize,
}

impl KerasLines {
    pub(super) fn new(epochs: usize) -> Self {
        Self { epochs, epoch: 0 }
    }

    fn begin(&mut self, epoch: usize) -> String {
        if self.epoch == epoch {
            return String::new();
        }
        self.epoch = epoch;
        epoch_heading(epoch, self.epochs)
    }

    pub(super) fn epoch_end_text(&mut self, record: &EpochRecord, batches: usize) -> String {
        let heading = self.begin(record.epoch);
        let progress = Progress {
            done: batches,
            total: Some(batches),
            elapsed: Duration::try_from_secs_f64(record.seconds).unwrap_or_default(),
            first_step: None,
            stage: Stage::Done,
        };
        format!("{heading}{}\n", summary_line(&progress, &record.figures))
    }
}

fn write(text: &str) {
    let mut out = std::io::stdout().lock();
    // A reader that closed the pipe shall not end the training.
    let _ = write!(out, "{text}");
    let _ = out.flush();
}

impl Reporter for KerasLines {
    fn change_epochs(&mut self, epochs: usize) {
        self.epochs = epochs;
    }

    fn progress(&mut self, moment: &Moment) {
        write(&self.begin(moment.epoch));
    }

    fn epoch_end(&mut self, record: &EpochRecord, batches: usize) {
        write(&self.epoch_end_text(record, batches));
    }

    fn say(&mut self, text: &str) {
        write(&format!("{text}\n"));
    }
}
