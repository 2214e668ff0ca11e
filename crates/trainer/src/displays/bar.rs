use std::io::Write;
use std::time::Duration;

use console::Term;

use super::progress_line::progress_line;
use super::{Moment, Reporter, figures_text};
use crate::EpochRecord;
use crate::logs::number;

/// A progress line as Keras has it, redrawn in place; it fits the terminal at any width.
pub(super) struct Bar {
    terminal: Term,
    epochs: usize,
    /// The epoch whose line is being redrawn, counted from 1; 0 before the first.
    epoch: usize,
    is_open: bool,
}

impl Bar {
    pub(super) fn new(epochs: usize) -> Self {
        Self {
            terminal: Term::stdout(),
            epochs,
            epoch: 0,
            is_open: false,
        }
    }

    fn begin(&mut self, epoch: usize) {
        if self.epoch < epoch {
            self.epoch = epoch;
            let _ = writeln!(self.terminal, "Epoch {epoch}/{}", self.epochs);
        }
    }

    fn redraw(&mut self, line: &str) {
        if self.terminal.is_term() {
            let _ = self.terminal.clear_line();
            let _ = write!(self.terminal, "{line}");
            self.is_open = true;
        }
        let _ = self.terminal.flush();
    }

    /// Columns of the terminal; one is left free, so that the cursor never wraps.
    fn width(&self) -> usize {
        const WITHOUT_A_TERMINAL: usize = 120;
        let columns = self
            .terminal
            .size_checked()
            .map(|(_, columns)| usize::from(columns));
        columns.unwrap_or(WITHOUT_A_TERMINAL).saturating_sub(1)
    }
}

impl Reporter for Bar {
    fn progress(&mut self, moment: &Moment) {
        self.begin(moment.epoch);
        let figures = figures_text(&moment.figures);
        let done = (moment.batches_done, moment.batches);
        let line = progress_line(self.width(), done, moment.elapsed, false, &figures);
        self.redraw(&line);
    }

    fn epoch_end(&mut self, record: &EpochRecord, batches: usize) {
        self.begin(record.epoch);
        let elapsed = Duration::try_from_secs_f64(record.seconds).unwrap_or_default();
        let mut figures = figures_text(&record.figures);
        figures.push(format!(
            " - learning_rate: {}",
            number(record.learning_rate)
        ));
        let line = progress_line(self.width(), (batches, batches), elapsed, true, &figures);
        if self.is_open {
            let _ = self.terminal.clear_line();
        }
        let _ = writeln!(self.terminal, "{line}");
        let _ = self.terminal.flush();
        self.is_open = false;
    }

    fn say(&mut self, text: &str) {
        self.train_end();
        let _ = writeln!(self.terminal, "{text}");
    }

    fn train_end(&mut self) {
        if self.is_open {
            let _ = writeln!(self.terminal);
            self.is_open = false;
        }
    }
}
