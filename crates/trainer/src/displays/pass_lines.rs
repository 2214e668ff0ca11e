use std::io::Write;
use std::time::{Duration, Instant};

use console::Term;

use super::bar::Medium;
use super::progress_bar::ProgressBar;
use super::progress_line::{Progress, Stage, figures_text, summary_line};
use crate::display::Display;
use crate::logs::Logs;

/// What Keras prints of an evaluation or a prediction: at [`Display::Bar`] a progress line, at
/// [`Display::KerasLines`] a line in the end, else nothing.
pub(crate) struct PassLines {
    terminal: Term,
    begin: Instant,
    text: PassText,
}

/// What is printed, apart from where and when.
pub(super) struct PassText {
    display: Display,
    bar: ProgressBar,
    progress: Progress,
}

impl PassText {
    pub(super) fn new(display: Display, batches: Option<usize>) -> Self {
        Self {
            display,
            bar: ProgressBar::default(),
            progress: Progress {
                done: 0,
                total: batches,
                elapsed: Duration::ZERO,
                first_step: None,
                stage: Stage::Running,
            },
        }
    }

    pub(super) fn batch_done(&mut self, elapsed: Duration) {
        self.progress.done += 1;
        self.progress.elapsed = elapsed;
        if self.progress.done == 1 {
            self.progress.first_step = Some(elapsed);
        }
    }

    pub(super) fn running(&mut self, medium: Medium, figures: &Logs) -> Option<String> {
        match self.display {
            Display::Bar => medium.draw(&mut self.bar, &self.progress, &figures_text(figures)),
            _ => None,
        }
    }

    pub(super) fn end(
        &mut self,
        medium: Medium,
        elapsed: Duration,
        figures: &Logs,
    ) -> Option<String> {
        self.progress.elapsed = elapsed;
        self.progress.stage = Stage::Done;
        // There are no more, however many there were to be.
        self.progress.total.get_or_insert(self.progress.done);
        match self.display {
            Display::KerasLines => {
                // Keras looks at the clock in the end only.
                self.progress.first_step = None;
                Some(summary_line(&self.progress, figures) + "\n")
            }
            _ => self.running(medium, figures),
        }
    }
}

impl PassLines {
    /// Before the first of so many batches, if it is known how many.
    pub(crate) fn new(display: Display, batches: Option<usize>) -> Self {
        Self {
            terminal: Term::stdout(),
            begin: Instant::now(),
            text: PassText::new(display, batches),
        }
    }

    /// After a batch.
    pub(crate) fn batch_done(&mut self) {
        self.text.batch_done(self.begin.elapsed());
    }

    /// Shows where it is, with the figures so far.
    pub(crate) fn show(&mut self, figures: &Logs) {
        let text = self.text.running(Medium::of(&self.terminal), figures);
        self.write(text);
    }

    /// After the last batch.
    pub(crate) fn end(&mut self, figures: &Logs) {
        let medium = Medium::of(&self.terminal);
        let text = self.text.end(medium, self.begin.elapsed(), figures);
        self.write(text);
    }

    fn write(&mut self, text: Option<String>) {
        if let Some(text) = text {
            // A reader that closed the pipe shall not end the evaluation.
            let _ = write!(self.terminal, "{text}");
            let _ = self.terminal.flush();
        }
    }
}
