//! What a run has left to be drawn.

mod history;

use std::fs;
use std::path::{Path, PathBuf};

use firebrick_session::{Event, EventFile, EventReader, Watcher};

use crate::error::DashboardError;
use crate::view::View;

/// The events of a run, from its directory alone: those of `events.jsonl`, or of a run that has none what `history.csv` says
/// of its epochs.
///
/// ```
/// use firebrick_dashboard::RunEvents;
///
/// let folder = std::env::temp_dir().join("firebrick-no-run");
/// let error = RunEvents::open(&folder).unwrap_err();
/// assert!(error.to_string().contains("is no run"));
/// ```
#[derive(Debug)]
pub struct RunEvents {
    /// Where events are, or will be.
    path: PathBuf,
    /// Of a file that may grow.
    reader: Option<EventReader>,
    /// What is known already.
    known: Vec<Event>,
}

impl RunEvents {
    /// Opens the directory of a run.
    ///
    /// # Errors
    /// A folder that is no run's; files that cannot be read.
    pub fn open(run: &Path) -> Result<Self, DashboardError> {
        let events = run.join(EventFile::NAME);
        if events.is_file() {
            return Ok(Self {
                reader: Some(EventReader::open(&events)?),
                path: events,
                known: Vec::new(),
            });
        }
        let path = run.join(history::NAME);
        if !path.is_file() {
            return Err(DashboardError::NoRun {
                path: run.to_owned(),
            });
        }
        let text = fs::read_to_string(&path);
        let text = text.map_err(|source| DashboardError::Io {
            path: path.clone(),
            source,
        })?;
        Ok(Self {
            path: events,
            reader: None,
            known: history::events(&label(run), &text, &path)?,
        })
    }

    /// Those that have come since the last call; after a long time not all at once. Where the run has begun anew since then, those
    /// of the new one.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn read(&mut self) -> Result<Vec<Event>, DashboardError> {
        let events = match &mut self.reader {
            Some(reader) => reader.read()?,
            None => std::mem::take(&mut self.known),
        };
        let is_anew = match &self.reader {
            Some(reader) => reader.is_replaced(),
            None => self.path.is_file(),
        };
        if events.is_empty() && is_anew {
            // It may be gone again by now.
            let opened = EventReader::open(&self.path).ok();
            self.reader = opened.or_else(|| self.reader.take());
        }
        Ok(events)
    }

    /// All of them so far, folded.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn view(&mut self) -> Result<View, DashboardError> {
        let mut view = View::new();
        match &mut self.reader {
            Some(reader) => reader.read_to_end(|event| view.tell(&event))?,
            None => self.known.drain(..).for_each(|event| view.tell(&event)),
        }
        Ok(view)
    }
}

/// The name of a run.
pub(crate) fn label(run: &Path) -> String {
    let name = run.file_name().unwrap_or(run.as_os_str());
    name.to_string_lossy().into_owned()
}

/// The runs beside this one, by name.
pub(crate) fn siblings(run: &Path) -> Vec<(String, PathBuf)> {
    let folder = run.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let is_run = |path: &PathBuf| {
        let has = |name| path.join(name).is_file();
        path.file_name() != run.file_name() && (has(EventFile::NAME) || has(history::NAME))
    };
    let mut runs: Vec<_> = paths
        .filter(is_run)
        .map(|path| (label(&path), path))
        .collect();
    runs.sort();
    runs
}

#[cfg(test)]
mod tests {
    use firebrick_session::{Begin, What};

    use super::*;

    #[test]
    fn a_run_is_read_from_its_events_or_its_history() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("old"), folder.path().join("new"));
        for run in [&old, &new, &folder.path().join("none")] {
            fs::create_dir(run).unwrap();
        }
        let history =
            "epoch,learning_rate,loss,val_loss,seconds\n1,0.1,0.5,0.6,1.5\n2,0.1,0.4,NaN,1.5\n";
        fs::write(old.join(history::NAME), history).unwrap();
        let mut file = EventFile::create(&new.join(EventFile::NAME)).unwrap();
        file.write(&begin("new")).unwrap();
        let view = |run: &Path| RunEvents::open(run).unwrap().view().unwrap();
        assert_eq!(view(&new).label(), "new");
        let old_view = view(&old);
        assert_eq!((old_view.label(), old_view.epoch), ("old", 2));
        let best = old_view
            .curves
            .find("loss")
            .and_then(crate::view::Figure::best);
        assert_eq!(best.map(|best| best.epoch), Some(1.0));
        let names: Vec<_> = siblings(&new).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["old"]);
    }

    fn begin(label: &str) -> Event {
        let begin = Begin {
            label: label.to_owned(),
            ..Begin::default()
        };
        Event {
            step: 0,
            epoch: 0,
            seconds: 0.0,
            what: What::Begin(Box::new(begin)),
        }
    }

    #[test]
    fn a_run_that_begins_anew_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(EventFile::NAME);
        let (first, second) = (begin("first"), begin("second"));
        EventFile::create(&path).unwrap().write(&first).unwrap();
        let mut events = RunEvents::open(folder.path()).unwrap();
        assert_eq!(events.read().unwrap(), [first]);
        assert_eq!(events.read().unwrap(), []);
        fs::remove_file(&path).unwrap();
        assert_eq!(events.read().unwrap(), []);
        EventFile::create(&path).unwrap().write(&second).unwrap();
        // That it is another file is seen where there is nothing more in the old one.
        assert_eq!(events.read().unwrap(), []);
        assert_eq!(events.read().unwrap(), [second]);
    }

    #[test]
    fn a_run_without_events_that_gets_some_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let history = "epoch,learning_rate,loss,seconds\n1,0.1,0.5,1.5\n";
        fs::write(folder.path().join(history::NAME), history).unwrap();
        let mut events = RunEvents::open(folder.path()).unwrap();
        assert!(!events.read().unwrap().is_empty());
        assert_eq!(events.read().unwrap(), []);
        let new = begin("new");
        let path = folder.path().join(EventFile::NAME);
        EventFile::create(&path).unwrap().write(&new).unwrap();
        assert_eq!(events.read().unwrap(), []);
        assert_eq!(events.read().unwrap(), [new]);
    }
}
