//! What there is of sockets on a system without them.

use std::path::Path;
use std::time::Duration;

use crate::action::Action;
use crate::answer::Answer;
use crate::error::SessionError;
use crate::event::Event;
use crate::handle::SessionHandle;
use crate::watcher::Watcher;

/// The socket of a run; there is none on this system.
#[derive(Debug)]
pub struct ControlSocket(());

impl ControlSocket {
    /// The name that it has elsewhere.
    pub const NAME: &'static str = "control.sock";

    /// # Errors
    /// Always.
    pub fn open(_: &Path, _: &SessionHandle) -> Result<Self, SessionError> {
        Err(SessionError::NoSockets)
    }
}

impl Watcher for ControlSocket {
    fn tell(&mut self, _: &Event) {}
}

/// A connection to a training; there is none on this system.
#[derive(Debug)]
pub struct Connection(());

impl Connection {
    /// # Errors
    /// Always.
    pub fn open(_: &Path) -> Result<Self, SessionError> {
        Err(SessionError::NoSockets)
    }

    /// # Errors
    /// Always.
    pub fn ask(&mut self, _: Action, _: &str, _: Duration) -> Result<Option<Answer>, SessionError> {
        Err(SessionError::NoSockets)
    }

    /// # Errors
    /// Always.
    pub fn watch(self) -> Result<WatchedEvents, SessionError> {
        Err(SessionError::NoSockets)
    }
}

/// What happens in a training that is watched.
#[derive(Debug)]
pub struct WatchedEvents(());

impl Iterator for WatchedEvents {
    type Item = Result<Event, SessionError>;

    fn next(&mut self) -> Option<Self::Item> {
        None
    }
}
