//! `trials.jsonl`: what has happened, a line each, appended whole.

use std::fs::{File, OpenOptions};
use std::io::Write;
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
        let text = std::fs::read(path).map_err(|source| TuneError::file("read", path, source))?;
        let end = text.iter().rposition(|&byte| byte == b'\n');
        let whole = end.map_or(0, |end| end + 1);
        let events = read(&text[..whole], path)?;
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

/// What the lines of a file say.
///
/// # Errors
/// A line that cannot be understood.
fn read(text: &[u8], path: &Path) -> Result<Vec<TrialEvent>, TuneError> {
    let lines = text.split(|&byte| byte == b'\n').enumerate();
    let lines = lines.filter(|(_, line)| !line.trim_ascii().is_empty());
    lines
        .map(|(index, line)| {
            serde_json::from_slice(line).map_err(|error| TuneError::Malformed {
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
            assert_eq!(Journal::open(&path).unwrap().1, [trained(0), trained(2)]);
        }
    }

    #[test]
    fn a_line_may_be_cut_off_within_a_letter() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trials.jsonl");
        let failed = TrialEvent::Failed {
            trial: 0,
            rung: 0,
            epochs: 1,
            reason: "größer".to_owned(),
            seconds: 0.5,
        };
        let (mut journal, _) = Journal::open(&path).unwrap();
        journal.add(&trained(0)).unwrap();
        journal.add(&failed).unwrap();
        let text = std::fs::read(&path).unwrap();
        let letter = text.iter().rposition(|&byte| byte == 0xc3).unwrap();
        std::fs::write(&path, &text[..=letter]).unwrap();
        assert_eq!(Journal::open(&path).unwrap().1, [trained(0)]);
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trials.jsonl");
        std::fs::write(&path, "\n{\"event\":\"lost\"}\n").unwrap();
        let message = Journal::open(&path).err().unwrap().to_string();
        assert!(
            message.contains("trials.jsonl`, line 2: unknown variant"),
            "{message}"
        );
    }
}
