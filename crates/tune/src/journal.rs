//! `trials.jsonl`: what has happened, a line each, appended whole.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::TuneError;
use crate::trial_event::TrialEvent;

/// The file of a search that goes on.
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
}

impl Journal {
    /// Opens or makes the file; gives what it says so far. A last line that was cut off is removed: what it would have said
    /// is done again.
    ///
    /// # Errors
    /// A file that cannot be read or written, or a line that cannot be understood.
    pub(crate) fn open(path: &Path) -> Result<(Self, Vec<TrialEvent>), TuneError> {
        let opened = OpenOptions::new().append(true).create(true).open(path);
        let file = opened.map_err(|source| TuneError::file("write", path, source))?;
        let events = read(path)?;
        let text = std::fs::read(path).map_err(|source| TuneError::file("read", path, source))?;
        let whole = text
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |end| end + 1);
        if whole < text.len() {
            file.set_len(whole as u64)
                .map_err(|source| TuneError::file("write", path, source))?;
        }
        let path = path.to_owned();
        Ok((Self { path, file }, events))
    }

    /// Adds a line, and waits until the disk has it.
    pub(crate) fn add(&mut self, event: &TrialEvent) -> Result<(), TuneError> {
        let failed = |source| TuneError::file("write", &self.path, source);
        let mut line = serde_json::to_vec(event).map_err(|error| failed(error.into()))?;
        line.push(b'\n');
        self.file
            .write_all(&line)
            .and_then(|()| self.file.sync_data())
            .map_err(failed)
    }
}

/// What a file says, but for a last line that was cut off.
///
/// # Errors
/// A file that cannot be read, or a line that cannot be understood.
fn read(path: &Path) -> Result<Vec<TrialEvent>, TuneError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(TuneError::file("read", path, source)),
    };
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let lines = whole
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(index, line)| {
            serde_json::from_str(line).map_err(|error| TuneError::Malformed {
                path: path.to_owned(),
                line: Some(index + 1),
                reason: error.to_string(),
                way_out: "remove the line to have that training done again",
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trained(trial: usize) -> TrialEvent {
        TrialEvent::Trained {
            trial,
            rung: 0,
            epochs: 2,
            figures: vec![Some(0.1), None],
            seconds: 0.5,
        }
    }

    #[test]
    fn what_was_added_is_read_and_a_line_that_was_cut_off_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trials.jsonl");
        let (mut journal, events) = Journal::open(&path).unwrap();
        assert_eq!(events, []);
        journal.add(&trained(0)).unwrap();
        journal.add(&trained(1)).unwrap();
        drop(journal);
        let whole = std::fs::read(&path).unwrap();
        for cut in 1..=whole.len() / 2 {
            std::fs::write(&path, &whole[..whole.len() - cut]).unwrap();
            let (mut journal, events) = Journal::open(&path).unwrap();
            assert_eq!(events, [trained(0)], "{cut} bytes less");
            journal.add(&trained(2)).unwrap();
            assert_eq!(read(&path).unwrap(), [trained(0), trained(2)]);
        }
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trials.jsonl");
        std::fs::write(&path, "\n{\"event\":\"lost\"}\n").unwrap();
        let message = read(&path).unwrap_err().to_string();
        assert!(
            message.contains("trials.jsonl`, line 2: unknown variant"),
            "{message}"
        );
    }
}
