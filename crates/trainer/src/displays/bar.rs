use std::io::Write;
use std::time::Duration;

use console::Term;

use super::progress_bar::ProgressBar;
use super::progress_line::{Paint, Progress, Stage, figures_text, progress_line};
use super::{Moment, Reporter, epoch_heading};
use crate::history::EpochRecord;

/// What Keras prints at `verbose=1`: a progress line, redrawn in place. Unlike there it fits the terminal while it
/// is redrawn, and without a terminal an epoch is its last line, without colours.
pub(crate) struct Bar {
    terminal: Term,
    text: BarText,
}

/// What is printed, apart from where.
pub(super) struct BarText {
    epochs: usize,
    /// The epoch whose line is being redrawn, counted from 1; 0 before the first.
    epoch: usize,
    first_step: Option<Duration>,
    bar: ProgressBar,
}

/// Where it is printed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Medium {
    Terminal { width: usize, paint: Paint },
    File,
}

impl Medium {
    /// Of this terminal; one column is left free, so that the cursor never wraps.
    pub(super) fn of(terminal: &Term) -> Self {
        if !terminal.is_term() {
            return Self::File;
        }
        let columns = terminal.size_checked().map_or(120, |(_, columns)| columns);
        Self::Terminal {
            width: usize::from(columns).saturating_sub(1),
            paint: if console::colors_enabled() {
                Paint::Escapes
            } else {
                Paint::Plain
            },
        }
    }

    /// What to write next.
    pub(super) fn draw(
        self,
        bar: &mut ProgressBar,
        progress: &Progress,
        figures: &[String],
    ) -> Option<String> {
        match (self, progress.stage) {
            (Self::Terminal { width, paint }, _) => bar.update(width, paint, progress, figures),
            (Self::File, Stage::Running) => None,
            (Self::File, Stage::Done) => {
                let line = progress_line(usize::MAX, Paint::Plain, progress, figures);
                Some(line.text + "\n")
            }
        }
    }
}

impl BarText {
    pub(super) fn new(epochs: usize) -> Self {
        Self {
            epochs,
            epoch: 0,
            first_step: None,
            bar: ProgressBar::default(),
        }
    }

    fn begin(&mut self, epoch: usize) -> String {
        if self.epoch == epoch {
            return String::new();
        }
        self.epoch = epoch;
        self.bar = ProgressBar::default();
        epoch_heading(epoch, self.epochs)
    }

    pub(super) fn progress(&mut self, medium: Medium, moment: &Moment) -> String {
        let heading = self.begin(moment.epoch);
        self.first_step = moment.first_step;
        let progress = Progress {
            done: moment.batches_done,
            total: moment.batches,
            elapsed: moment.elapsed,
            first_step: moment.first_step,
            stage: Stage::Running,
        };
        let drawn = medium.draw(&mut self.bar, &progress, &figures_text(&moment.figures));
        heading + &drawn.unwrap_or_default()
    }

    pub(super) fn epoch_end(
        &mut self,
        medium: Medium,
        record: &EpochRecord,
        batches: usize,
    ) -> String {
        let heading = self.begin(record.epoch);
        let progress = Progress {
            done: batches,
            total: Some(batches),
            elapsed: Duration::try_from_secs_f64(record.seconds).unwrap_or_default(),
            first_step: self.first_step,
            stage: Stage::Done,
        };
        let drawn = medium.draw(&mut self.bar, &progress, &figures_text(&record.figures));
        self.bar = ProgressBar::default();
        heading + &drawn.unwrap_or_default()
    }
}

impl Bar {
    pub(crate) fn new(epochs: usize) -> Self {
        Self {
            terminal: Term::stdout(),
            text: BarText::new(epochs),
        }
    }

    fn write(&mut self, text: &str) {
        // A reader that closed the pipe shall not end the training.
        let _ = write!(self.terminal, "{text}");
        let _ = self.terminal.flush();
    }
}

impl Reporter for Bar {
    fn change_epochs(&mut self, epochs: usize) {
        self.text.epochs = epochs;
    }

    fn progress(&mut self, moment: &Moment) {
        let text = self.text.progress(Medium::of(&self.terminal), moment);
        self.write(&text);
    }

    fn epoch_end(&mut self, record: &EpochRecord, batches: usize) {
        let medium = Medium::of(&self.terminal);
        let text = self.text.epoch_end(medium, record, batches);
        self.write(&text);
    }

    fn say(&mut self, text: &str) {
        self.train_end();
        self.write(&format!("{text}\n"));
    }

    fn train_end(&mut self) {
        if self.text.bar.is_open() {
            self.text.bar = ProgressBar::default();
            self.write("\n");
        }
    }
}
