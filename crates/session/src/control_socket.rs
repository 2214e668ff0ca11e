//! The socket at which a training can be watched and asked for something.

mod client;

use std::collections::HashMap;
use std::fs::{self, Permissions};
use std::io;
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant};

use serde::Serialize;

use self::client::Client;
use crate::action::Action;
use crate::answer::Answer;
use crate::error::SessionError;
use crate::event::{Event, What};
use crate::handle::SessionHandle;
use crate::protocol::{Receipt, SOCKET};
use crate::short_path::ShortPath;
use crate::watcher::Watcher;

/// More at once are sent away.
const MOST_CLIENTS: usize = 32;

/// How often whoever waits for an answer looks whether there will be one.
const GLANCE: Duration = Duration::from_millis(500);

/// How long the end of a training waits at most for what is still to be said.
const AT_END: Duration = Duration::from_millis(500);

/// The socket `control.sock` of a run, at which a training can be watched and asked for something while this lives.
///
/// Nobody but the user can connect. Whoever does says a line of JSON at a time: `{"request":"action","action":"rate x0.5","by":"me"}` is
/// answered by `{"reply":"accepted"}` at once and by an [`Answer`] when it is done or refused; after `{"request":"watch"}` come the
/// [`Begin`](crate::Begin) of the training and its events from then on. Those who do not read are sent away, never waited for.
///
/// ```
/// # #[cfg(unix)] {
/// use std::time::Duration;
///
/// use firebrick_session::{Action, Answer, Connection, ControlSocket, SessionHandle};
///
/// let run = tempfile::tempdir()?;
/// let session = SessionHandle::new();
/// let socket = ControlSocket::open(run.path(), &session)?;
/// // The training, between two steps:
/// let training = std::thread::spawn(move || {
///     let request = session.wait(Duration::from_secs(60)).unwrap();
///     assert_eq!((request.action, request.by.as_str()), (Action::Pause, "me"));
///     request.answer(Answer::Done { events: Vec::new() });
/// });
/// let mut connection = Connection::open(run.path())?;
/// let answer = connection.ask(Action::Pause, "me", Duration::from_secs(60))?;
/// assert_eq!(answer, Some(Answer::Done { events: Vec::new() }));
/// # training.join().unwrap();
/// # drop(socket);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ControlSocket {
    path: PathBuf,
    shared: Arc<Shared>,
    listener: Option<UnixListener>,
}

/// What the threads at the socket share.
#[derive(Debug)]
struct Shared {
    session: SessionHandle,
    is_closing: AtomicBool,
    clients: Mutex<Clients>,
    /// One who has asked for something has its answer.
    is_answered: Condvar,
}

#[derive(Debug, Default)]
struct Clients {
    there: HashMap<u64, Client>,
    next: u64,
    /// How many wait for an answer.
    waiting: usize,
    /// How the training began, for those who come later.
    begin: Option<Arc<str>>,
}

impl ControlSocket {
    /// The name of the socket in a run directory.
    pub const NAME: &'static str = SOCKET;

    /// Listens in this run directory, where nobody else trains; the socket of a process that was killed is replaced.
    ///
    /// # Errors
    /// Something else than a socket in its place, a directory that can hold none.
    pub fn open(run: &Path, session: &SessionHandle) -> Result<Self, SessionError> {
        let path = run.join(SOCKET);
        if let Ok(there) = path.symlink_metadata()
            && !there.file_type().is_socket()
        {
            return Err(SessionError::Foreign {
                path,
                expected: "socket",
            });
        }
        let shared = Arc::new(Shared {
            session: session.clone(),
            is_closing: AtomicBool::new(false),
            clients: Mutex::default(),
            is_answered: Condvar::new(),
        });
        let listen = || {
            let listener = bound(run, &path)?;
            let (accepting, to_close) = (listener.try_clone()?, listener);
            let shared = Arc::clone(&shared);
            Builder::new()
                .name("control".to_owned())
                .spawn(move || accept(&accepting, &shared))?;
            Ok(to_close)
        };
        match listen() {
            Ok(listener) => Ok(Self {
                path,
                shared,
                listener: Some(listener),
            }),
            Err(source) => Err(SessionError::Io { path, source }),
        }
    }

    /// Lets nobody in any more; what is to be said is said first, at most for a moment.
    fn close(&mut self) {
        let until = Instant::now() + AT_END;
        let _ = fs::remove_file(&self.path);
        self.shared.wait_for_answers(AT_END);
        self.shared.is_closing.store(true, Ordering::Release);
        if let Some(listener) = self.listener.take() {
            // Wakes the thread that accepts.
            let _ = UnixStream::from(OwnedFd::from(listener)).shutdown(Shutdown::Both);
        }
        let clients: Vec<Client> = {
            let mut clients = self.shared.clients();
            clients.there.drain().map(|(_, client)| client).collect()
        };
        for client in clients {
            client.close(until);
        }
    }
}

impl Drop for ControlSocket {
    fn drop(&mut self) {
        self.close();
    }
}

impl Watcher for ControlSocket {
    fn tell(&mut self, event: &Event) {
        let is_begin = matches!(event.what, What::Begin(_));
        let mut clients = self.shared.clients();
        if !is_begin && !clients.there.values().any(|client| client.watches) {
            return;
        }
        let Some(line) = line_of(event) else {
            return;
        };
        if is_begin {
            clients.begin = Some(Arc::clone(&line));
        }
        clients
            .there
            .retain(|_, client| !client.watches || client.say(&line));
    }
}

impl Shared {
    fn clients(&self) -> MutexGuard<'_, Clients> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_closing(&self) -> bool {
        self.is_closing.load(Ordering::Acquire)
    }

    /// Says something to one of them; who does not read is sent away.
    fn say(&self, number: u64, what: &impl Serialize) {
        let mut clients = self.clients();
        let is_told = match (clients.there.get(&number), line_of(what)) {
            (Some(client), Some(line)) => client.say(&line),
            _ => true,
        };
        if !is_told {
            clients.there.remove(&number);
        }
    }

    /// Does what one of them asks for, and says what has come of it.
    fn ask(&self, number: u64, action: Action, by: &str) {
        self.say(number, &Receipt::Accepted);
        self.clients().waiting += 1;
        let pending = self.session.request(action, by);
        while !self.is_closing() {
            if let Some(answer) = pending.wait(GLANCE) {
                self.say(number, &answer);
                break;
            }
        }
        self.clients().waiting -= 1;
        self.is_answered.notify_all();
    }

    /// Waits until all who have asked have their answers, at most so long.
    fn wait_for_answers(&self, at_most: Duration) {
        let is_left = |clients: &mut Clients| clients.waiting > 0;
        let waited = self
            .is_answered
            .wait_timeout_while(self.clients(), at_most, is_left);
        drop(waited);
    }

    /// From now on this one is told what happens.
    fn watch(&self, number: u64) {
        let mut clients = self.clients();
        let begin = clients.begin.clone();
        if let Some(client) = clients.there.get_mut(&number) {
            client.watches = true;
            if let Some(begin) = begin {
                client.say(&begin);
            }
        }
    }

    /// One has nothing more to ask; who watches still reads.
    fn leave(&self, number: u64) {
        let mut clients = self.clients();
        if clients
            .there
            .get(&number)
            .is_some_and(|client| !client.watches)
        {
            clients.there.remove(&number);
        }
    }

    /// One is gone.
    fn remove(&self, number: u64) {
        self.clients().there.remove(&number);
    }

    /// Talks to someone who has connected, by threads of their own.
    fn admit(self: &Arc<Self>, stream: UnixStream) {
        let mut clients = self.clients();
        if clients.there.len() >= MOST_CLIENTS {
            drop(clients);
            client::send_away(stream, MOST_CLIENTS);
            return;
        }
        let number = clients.next;
        clients.next += 1;
        if let Ok(client) = Client::new(stream, number, self) {
            clients.there.insert(number, client);
        }
    }
}

/// A line of JSON with its end.
fn line_of(what: &impl Serialize) -> Option<Arc<str>> {
    let line = serde_json::to_string(what).ok()?;
    Some(format!("{line}\n").into())
}

/// A socket that nobody else could connect to at any moment, put in the place of one that a killed process left.
fn bound(run: &Path, path: &Path) -> io::Result<UnixListener> {
    let short = ShortPath::to(run)?;
    let private = tempfile::Builder::new()
        .prefix(".control-")
        .tempdir_in(short.path())?;
    let inside = private.path().join("s");
    let listener = UnixListener::bind(&inside)?;
    fs::set_permissions(&inside, Permissions::from_mode(0o600))?;
    fs::rename(&inside, path)?;
    Ok(listener)
}

/// Lets in whoever comes.
fn accept(listener: &UnixListener, shared: &Arc<Shared>) {
    /// Where there is no room for another file, say.
    const PAUSE: Duration = Duration::from_millis(200);

    for stream in listener.incoming() {
        if shared.is_closing() {
            return;
        }
        match stream {
            Ok(stream) => shared.admit(stream),
            Err(_) => std::thread::sleep(PAUSE),
        }
    }
}

/// What is said to those who ask for what cannot be read.
fn refused(reason: String) -> Answer {
    Answer::Refused { reason }
}
