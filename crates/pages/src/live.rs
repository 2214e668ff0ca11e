//! What a page needs to follow a run.

use crate::run_record::RunRecord;
use crate::run_state::RunState;

/// Where a page that follows a run finds what it needs, on the server that it comes from.
///
/// ```
/// use firebrick_pages::Live;
///
/// let live = Live {
///     script: "/board.js".to_owned(),
///     home: "/".to_owned(),
///     events: "/api/runs/first/events".to_owned(),
///     events_read: 0,
///     report: None,
/// };
/// assert!(live.events.starts_with("/api"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    /// Its script.
    pub script: String,
    /// The page of all runs.
    pub home: String,
    /// The run's events.
    pub events: String,
    /// The bytes of the file of events that the page shows.
    pub events_read: u64,
    /// The page that the run has left itself, if it has.
    pub report: Option<String>,
}

/// How far a run at work is.
pub(crate) struct ProgressLine {
    pub(crate) text: String,
    /// Of all epochs.
    pub(crate) percent: String,
}

impl ProgressLine {
    pub(crate) fn of(run: &RunRecord) -> Option<Self> {
        if run.state() != RunState::Running {
            return None;
        }
        let done = run.history().last().map_or(0, |last| last.epoch);
        let (epoch, part) = match &run.chronicle.progress {
            Some((epoch, progress)) => {
                let whole = progress.batches.filter(|batches| *batches > 0);
                let part = whole.map_or(0.0, |whole| progress.batch as f64 / whole as f64);
                (*epoch, part.min(1.0))
            }
            None => (done, 1.0),
        };
        let epochs = run.epochs().filter(|epochs| *epochs > 0);
        let (of, share) = match epochs {
            Some(epochs) => {
                let share = (epoch.saturating_sub(1) as f64 + part) / epochs as f64;
                (format!(" of {epochs}"), share.clamp(0.0, 1.0))
            }
            None => (String::new(), 0.0),
        };
        let share = if epoch == 0 { 0.0 } else { share };
        Some(Self {
            text: format!("epoch {epoch}{of}"),
            percent: format!("{:.1}", share * 100.0),
        })
    }
}
