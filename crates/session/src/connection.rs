//! The end of a training's socket that asks and watches.

use std::io::{self, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::action::Action;
use crate::answer::Answer;
use crate::error::SessionError;
use crate::event::Event;
use crate::protocol::{Line, Receipt, SOCKET, read_line};
use crate::short_path::ShortPath;

/// The longest line of a training: pictures of samples are long.
const LONGEST: u64 = 64 << 20;

/// A connection to the training in a run directory, of whatever process.
///
/// ```
/// # #[cfg(unix)] {
/// use firebrick_session::{Connection, ControlSocket, SessionHandle};
///
/// let run = tempfile::tempdir()?;
/// // Nobody trains here.
/// assert!(Connection::open(run.path()).is_err());
/// let socket = ControlSocket::open(run.path(), &SessionHandle::new())?;
/// let connection = Connection::open(run.path())?;
/// # drop((socket, connection));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`ControlSocket`](crate::ControlSocket) has an example of what is said.
#[derive(Debug)]
pub struct Connection {
    path: PathBuf,
    stream: BufReader<UnixStream>,
}

impl Connection {
    /// Connects to the training in this run directory.
    ///
    /// # Errors
    /// [`SessionError::NobodyListens`]: no training goes on there, or it was killed, or is another user's.
    pub fn open(run: &Path) -> Result<Self, SessionError> {
        let path = run.join(SOCKET);
        let connected = ShortPath::to(run).and_then(|run| {
            let stream = UnixStream::connect(run.path().join(SOCKET))?;
            Ok(BufReader::new(stream))
        });
        match connected {
            Ok(stream) => Ok(Self { path, stream }),
            Err(source) => Err(SessionError::NobodyListens { path, source }),
        }
    }

    /// Asks for something and waits for the answer at most so long; nothing where the training has taken the request and is at
    /// a step that takes longer, after which it does it.
    ///
    /// # Errors
    /// A training that ends meanwhile, or that says something else.
    pub fn ask(
        &mut self,
        action: Action,
        by: &str,
        at_most: Duration,
    ) -> Result<Option<Answer>, SessionError> {
        let until = Instant::now() + at_most;
        self.say(&Line::Action {
            action,
            by: by.to_owned(),
        })?;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let Some(line) = self.read(Some(left))? else {
                return Ok(None);
            };
            if serde_json::from_slice::<Receipt>(&line).is_ok() {
                continue;
            }
            return match serde_json::from_slice(&line) {
                Ok(answer) => Ok(Some(answer)),
                Err(_) => Err(self.no_reply(&line)),
            };
        }
    }

    /// Watches: what gives the [`Begin`](crate::Begin) of the training and its events from now on, each as it happens, until the
    /// training ends. What was before stands in `events.jsonl`.
    ///
    /// ```
    /// # #[cfg(unix)] {
    /// use firebrick_session::{Connection, ControlSocket, Event, SessionHandle, Watcher, What};
    ///
    /// let run = tempfile::tempdir()?;
    /// let mut socket = ControlSocket::open(run.path(), &SessionHandle::new())?;
    /// let begin = Event { step: 0, epoch: 0, seconds: 0.0, what: What::Begin(Box::default()) };
    /// socket.tell(&begin);
    /// let mut events = Connection::open(run.path())?.watch()?;
    /// assert_eq!(events.next().transpose()?, Some(begin));
    /// drop(socket);
    /// assert!(events.next().is_none());
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A training that ends meanwhile.
    pub fn watch(mut self) -> Result<WatchedEvents, SessionError> {
        self.say(&Line::Watch)?;
        Ok(WatchedEvents { connection: self })
    }

    fn say(&mut self, line: &Line) -> Result<(), SessionError> {
        let line = serde_json::to_string(line).map_err(|error| self.failed(error.into()))?;
        let said = self
            .stream
            .get_mut()
            .write_all(format!("{line}\n").as_bytes());
        said.map_err(|source| self.failed(source))
    }

    /// The next line; nothing if it takes longer.
    fn read(&mut self, at_most: Option<Duration>) -> Result<Option<Vec<u8>>, SessionError> {
        if at_most == Some(Duration::ZERO) {
            return Ok(None);
        }
        let read = self
            .stream
            .get_ref()
            .set_read_timeout(at_most)
            .and_then(|()| read_line(&mut self.stream, LONGEST));
        match read {
            Ok(Some(line)) => Ok(Some(line)),
            Ok(None) => Err(SessionError::Ended {
                path: self.path.clone(),
            }),
            Err(error) if is_timeout(&error) => Ok(None),
            Err(source) => Err(self.failed(source)),
        }
    }

    fn failed(&self, source: io::Error) -> SessionError {
        let path = self.path.clone();
        match source.kind() {
            io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => {
                SessionError::Ended { path }
            }
            _ => SessionError::Io { path, source },
        }
    }

    fn no_reply(&self, line: &[u8]) -> SessionError {
        SessionError::NoReply {
            path: self.path.clone(),
            received: firebrick_spec::shortened(&String::from_utf8_lossy(line)),
        }
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

/// What happens in a training that is watched; see [`Connection::watch`].
///
/// ```
/// # #[cfg(unix)] {
/// use firebrick_session::{Connection, ControlSocket, SessionHandle};
///
/// let run = tempfile::tempdir()?;
/// let socket = ControlSocket::open(run.path(), &SessionHandle::new())?;
/// let events = Connection::open(run.path())?.watch()?;
/// drop(socket);
/// // The training has ended.
/// assert_eq!(events.count(), 0);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct WatchedEvents {
    connection: Connection,
}

impl Iterator for WatchedEvents {
    type Item = Result<Event, SessionError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let line = match self.connection.read(None) {
                Ok(Some(line)) => line,
                Ok(None) => continue,
                Err(SessionError::Ended { .. }) => return None,
                Err(error) => return Some(Err(error)),
            };
            // Those of a later version are passed over, as in a file.
            if let Ok(event) = serde_json::from_slice(&line) {
                return Some(Ok(event));
            }
        }
    }
}
