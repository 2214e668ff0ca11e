use std::time::Duration;

use super::progress_line::{Line, Paint, Progress, Stage, progress_line};

/// The shortest time between two drawings, as in Keras.
const INTERVAL: Duration = Duration::from_millis(50);

/// A progress line that is drawn over itself, byte by byte as Keras does it.
#[derive(Debug, Default)]
pub(super) struct ProgressBar {
    drawn: Option<Drawn>,
}

#[derive(Clone, Copy, Debug)]
struct Drawn {
    columns: usize,
    elapsed: Duration,
}

impl ProgressBar {
    /// What to write on a terminal of this many columns, if it is time to.
    pub(super) fn update(
        &mut self,
        width: usize,
        paint: Paint,
        progress: &Progress,
        figures: &[String],
    ) -> Option<String> {
        let is_done = progress.stage == Stage::Done;
        let since = |drawn: Drawn| progress.elapsed.saturating_sub(drawn.elapsed);
        if !is_done && self.drawn.is_some_and(|drawn| since(drawn) < INTERVAL) {
            return None;
        }
        let Line { text, columns } = progress_line(width, paint, progress, figures);
        let before = self.drawn.map_or(0, |drawn| drawn.columns);
        let back = "\x08".repeat(before);
        let rest = " ".repeat(before.saturating_sub(columns));
        let end = if is_done { "\n" } else { "" };
        self.drawn = Some(Drawn {
            columns,
            elapsed: progress.elapsed,
        });
        Some(format!("{back}\r{text}{rest}{end}"))
    }

    /// Whether a line stands there unfinished.
    pub(super) fn is_open(&self) -> bool {
        self.drawn.is_some()
    }
}
