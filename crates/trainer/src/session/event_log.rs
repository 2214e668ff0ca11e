use std::path::Path;
use std::time::{Duration, Instant};

use firebrick_session::{Event, EventFile, SessionError, What};

/// How often a file is told where an epoch is.
const PROGRESS: Duration = Duration::from_secs(1);

/// The file of a run's events: one that cannot be written is told once and ends nothing.
pub(super) struct EventLog {
    file: Option<EventFile>,
    /// When it was told where the epoch is.
    progress: Option<Instant>,
    is_failing: bool,
}

impl EventLog {
    /// A new file in the place of one that is there; what is to be told of it.
    pub(super) fn create(path: &Path) -> (Self, Option<String>) {
        Self::opened(EventFile::create(path))
    }

    /// The file of a run that goes on.
    pub(super) fn append(path: &Path) -> (Self, Option<String>) {
        Self::opened(EventFile::append(path))
    }

    fn opened(opened: Result<EventFile, SessionError>) -> (Self, Option<String>) {
        let (file, told) = match opened {
            Ok(file) => (Some(file), None),
            Err(error) => (None, Some(warning(&error))),
        };
        let own = Self {
            file,
            progress: None,
            is_failing: told.is_some(),
        };
        (own, told)
    }

    /// Writes an event, of those that say where an epoch is one a second; gives what is to be told.
    pub(super) fn write(&mut self, event: &Event) -> Option<String> {
        let file = self.file.as_mut()?;
        if matches!(event.what, What::Progress(_)) {
            let is_recent = self.progress.is_some_and(|told| told.elapsed() < PROGRESS);
            if is_recent {
                return None;
            }
            self.progress = Some(Instant::now());
        }
        let error = file.write(event).err()?;
        let was_failing = std::mem::replace(&mut self.is_failing, true);
        (!was_failing).then(|| warning(&error))
    }
}

fn warning(error: &SessionError) -> String {
    format!(
        "warning: the events of the training cannot be written, {error}; it goes on, and cannot be replayed"
    )
}
