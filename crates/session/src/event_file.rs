//! `events.jsonl`, written by the training and read by whoever watches.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::error::SessionError;
use crate::event::Event;

/// The events of a run, a line each, to be added to.
///
/// ```
/// use firebrick_session::{Event, EventFile, EventReader, What};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join(EventFile::NAME);
/// let event = Event { step: 0, epoch: 1, seconds: 0.5, what: What::EpochBegin };
/// EventFile::create(&path)?.write(&event)?;
/// // A process that goes on adds to what is there.
/// EventFile::append(&path)?.write(&event)?;
/// assert_eq!(EventReader::open(&path)?.read()?, [event.clone(), event]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct EventFile {
    path: PathBuf,
    file: File,
    /// Whether the last line may have no end.
    is_cut: bool,
}

impl EventFile {
    /// The name of the file in a run directory.
    pub const NAME: &'static str = "events.jsonl";

    /// Makes an empty file, instead of one that is there; what a link leads to stays.
    ///
    /// # Errors
    /// Something else than a file in its place; a file that cannot be made.
    pub fn create(path: &Path) -> Result<Self, SessionError> {
        let there = path.symlink_metadata();
        let make = || OpenOptions::new().create_new(true).append(true).open(path);
        let opened = match there {
            Ok(there) if there.is_file() || there.is_symlink() => {
                fs::remove_file(path).and_then(|()| make())
            }
            Ok(_) => return Err(foreign(path)),
            Err(_) => make(),
        };
        Self::opened(path, opened)
    }

    /// Goes on with a file, or makes it; a line that was cut off by a crash is closed first.
    ///
    /// # Errors
    /// Something else than a file in its place; a file that cannot be opened.
    pub fn append(path: &Path) -> Result<Self, SessionError> {
        // A pipe without a reader would keep the training waiting.
        if path.metadata().is_ok_and(|there| !there.is_file()) {
            return Err(foreign(path));
        }
        let opened = OpenOptions::new()
            .create(true)
            .append(true)
            .read(true)
            .open(path);
        let mut own = Self::opened(path, opened)?;
        own.close_line().map_err(|source| own.failed(source))?;
        Ok(own)
    }

    /// Adds an event.
    ///
    /// # Errors
    /// A file that cannot be written, on a full disk say.
    pub fn write(&mut self, event: &Event) -> Result<(), SessionError> {
        let line = serde_json::to_string(event).map_err(io::Error::from);
        let before = if self.is_cut { "\n" } else { "" };
        let written =
            line.and_then(|line| self.file.write_all(format!("{before}{line}\n").as_bytes()));
        self.is_cut = written.is_err();
        written.map_err(|source| self.failed(source))
    }

    fn opened(path: &Path, opened: io::Result<File>) -> Result<Self, SessionError> {
        let path = path.to_owned();
        match opened {
            Ok(file) => Ok(Self {
                path,
                file,
                is_cut: false,
            }),
            Err(source) => Err(SessionError::Io { path, source }),
        }
    }

    fn close_line(&mut self) -> io::Result<()> {
        if self.file.seek(SeekFrom::End(0))? == 0 {
            return Ok(());
        }
        self.file.seek(SeekFrom::End(-1))?;
        let mut last = [0];
        self.file.read_exact(&mut last)?;
        if last != *b"\n" {
            self.file.write_all(b"\n")?;
        }
        Ok(())
    }

    fn failed(&self, source: io::Error) -> SessionError {
        SessionError::Io {
            path: self.path.clone(),
            source,
        }
    }
}

fn foreign(path: &Path) -> SessionError {
    SessionError::Foreign {
        path: path.to_owned(),
        expected: "file of events",
    }
}

/// Reads the events of a run, those that come later too.
///
/// Lines that are no events are passed over: those of a later version, and those that a crash has cut off.
///
/// ```
/// use firebrick_session::{Event, EventFile, EventReader, What};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join(EventFile::NAME);
/// let mut file = EventFile::create(&path)?;
/// let mut reader = EventReader::open(&path)?;
/// assert!(reader.read()?.is_empty());
/// let event = Event { step: 0, epoch: 1, seconds: 0.5, what: What::EpochBegin };
/// file.write(&event)?;
/// assert_eq!(reader.read()?, [event]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct EventReader {
    path: PathBuf,
    file: File,
    /// What is read and has no end yet.
    rest: Vec<u8>,
    /// Bytes from the beginning of the file to the end of what is read.
    offset: u64,
    /// Whether the last call found nothing more.
    is_at_end: bool,
}

impl EventReader {
    /// Opens a file of events.
    ///
    /// # Errors
    /// A file that cannot be opened.
    pub fn open(path: &Path) -> Result<Self, SessionError> {
        Self::open_at(path, 0)
    }

    /// Opens a file of events where another reader has [come to](Self::position); from the beginning, if it is shorter than
    /// that by now, since it is another one then.
    ///
    /// # Errors
    /// A file that cannot be opened.
    pub fn open_at(path: &Path, position: u64) -> Result<Self, SessionError> {
        let path = path.to_owned();
        let opened = File::open(&path).and_then(|mut file| {
            let offset = if position <= file.metadata()?.len() {
                position
            } else {
                0
            };
            file.seek(SeekFrom::Start(offset))?;
            Ok((file, offset))
        });
        match opened {
            Ok((file, offset)) => Ok(Self {
                path,
                file,
                rest: Vec::new(),
                offset,
                is_at_end: false,
            }),
            Err(source) => Err(SessionError::Io { path, source }),
        }
    }

    /// Bytes from the beginning of the file to the first line that was not read.
    pub fn position(&self) -> u64 {
        self.offset - self.rest.len() as u64
    }

    /// Whether the last call of [`read`](Self::read) came to the end of what is written by now.
    pub fn is_at_end(&self) -> bool {
        self.is_at_end
    }

    /// Whether another file has taken the place of the one that is read, as where a run begins anew.
    ///
    /// ```
    /// use firebrick_session::{EventFile, EventReader};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join(EventFile::NAME);
    /// let first = EventFile::create(&path)?;
    /// let reader = EventReader::open(&path)?;
    /// assert!(!reader.is_replaced());
    /// let second = EventFile::create(&path)?;
    /// assert!(reader.is_replaced());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_replaced(&self) -> bool {
        // Between two files there is none.
        match (fs::metadata(&self.path), self.file.metadata()) {
            (Ok(there), Ok(own)) => !is_same(&there, &own) || there.len() < self.offset,
            _ => false,
        }
    }

    /// Everything up to the end of what is written by now.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn read_to_end(&mut self, mut take: impl FnMut(Event)) -> Result<(), SessionError> {
        while let Some(events) = self.read_next()? {
            events.into_iter().for_each(&mut take);
        }
        Ok(())
    }

    /// What has come since the last call, at most about a mebibyte of it.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn read(&mut self) -> Result<Vec<Event>, SessionError> {
        Ok(self.read_next()?.unwrap_or_default())
    }

    /// The same; nothing at all at the end of the file.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(crate) fn read_next(&mut self) -> Result<Option<Vec<Event>>, SessionError> {
        const AT_ONCE: u64 = 1 << 20;

        let read = (&mut self.file).take(AT_ONCE).read_to_end(&mut self.rest);
        let read = read.map_err(|source| SessionError::Io {
            path: self.path.clone(),
            source,
        })? as u64;
        self.offset += read;
        self.is_at_end = read < AT_ONCE;
        if read == 0 {
            return Ok(None);
        }
        let Some(end) = self.rest.iter().rposition(|&byte| byte == b'\n') else {
            return Ok(Some(Vec::new()));
        };
        let rest = self.rest.split_off(end + 1);
        let lines = std::mem::replace(&mut self.rest, rest);
        let lines = lines.split(|&byte| byte == b'\n');
        let events = lines.filter_map(|line| serde_json::from_slice(line).ok());
        Ok(Some(events.collect()))
    }
}

#[cfg(unix)]
fn is_same(there: &Metadata, own: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    (there.dev(), there.ino()) == (own.dev(), own.ino())
}

/// Where the system does not say it, by the time at which they were made.
#[cfg(not(unix))]
fn is_same(there: &Metadata, own: &Metadata) -> bool {
    there.created().ok() == own.created().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::What;

    fn event(step: u64) -> Event {
        Event {
            step,
            epoch: 1,
            seconds: 0.5,
            what: What::EpochBegin,
        }
    }

    #[test]
    fn events_are_read_as_they_come() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(EventFile::NAME);
        let mut file = EventFile::create(&path).unwrap();
        let mut reader = EventReader::open(&path).unwrap();
        assert_eq!(reader.read().unwrap(), []);
        file.write(&event(1)).unwrap();
        file.write(&event(2)).unwrap();
        assert_eq!(reader.read().unwrap(), [event(1), event(2)]);
        assert_eq!(reader.read().unwrap(), []);
    }

    #[test]
    fn a_line_that_was_cut_off_costs_itself_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(EventFile::NAME);
        EventFile::create(&path).unwrap().write(&event(1)).unwrap();
        let mut cut = OpenOptions::new().append(true).open(&path).unwrap();
        cut.write_all(b"{\"step\":2,\"epo").unwrap();
        let mut reader = EventReader::open(&path).unwrap();
        assert_eq!(reader.read().unwrap(), [event(1)]);
        EventFile::append(&path).unwrap().write(&event(3)).unwrap();
        assert_eq!(reader.read().unwrap(), [event(3)]);
    }

    #[test]
    fn another_reader_goes_on_where_one_has_come_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(EventFile::NAME);
        let mut file = EventFile::create(&path).unwrap();
        file.write(&event(1)).unwrap();
        let mut first = EventReader::open(&path).unwrap();
        assert_eq!(first.read().unwrap(), [event(1)]);
        assert!(first.is_at_end());
        let position = first.position();
        file.write(&event(2)).unwrap();
        let mut second = EventReader::open_at(&path, position).unwrap();
        assert_eq!(second.read().unwrap(), [event(2)]);
        assert_eq!(second.position(), 2 * position);
        // A file that is shorter than that is another one.
        let mut third = EventReader::open_at(&path, 1 << 30).unwrap();
        assert_eq!(third.read().unwrap(), [event(1), event(2)]);
    }
}
