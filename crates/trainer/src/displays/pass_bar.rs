use std::time::{Duration, Instant};

use console::Term;

use super::progress_line::{Paint, Progress, Stage, progress_line};

/// The progress of a pass over data that learns nothing: on a terminal, on standard error, once it
/// has been going on for a while.
pub(crate) struct PassBar {
    terminal: Term,
    begin: Instant,
    shown: Option<Instant>,
    patience: Duration,
    total: Option<usize>,
}

/// How often the bar is drawn.
const INTERVAL: Duration = Duration::from_millis(200);

impl PassBar {
    pub(crate) fn after(patience: Duration, total: Option<usize>) -> Self {
        Self {
            terminal: Term::stderr(),
            begin: Instant::now(),
            shown: None,
            patience,
            total,
        }
    }

    pub(crate) fn show(&mut self, done: usize) {
        let elapsed = self.begin.elapsed();
        let is_due =
            elapsed >= self.patience && self.shown.is_none_or(|shown| shown.elapsed() >= INTERVAL);
        if !is_due || !self.terminal.is_term() {
            return;
        }
        self.shown = Some(Instant::now());
        let width = usize::from(self.terminal.size().1).saturating_sub(1);
        let progress = Progress {
            done,
            total: self.total,
            elapsed,
            first_step: None,
            stage: Stage::Running,
        };
        let line = progress_line(width, Paint::Plain, &progress, &[]).text;
        let _ = self.terminal.clear_line();
        let _ = self.terminal.write_str(&line);
    }
}

impl Drop for PassBar {
    fn drop(&mut self) {
        if self.shown.is_some() {
            let _ = self.terminal.clear_line();
        }
    }
}
