use crate::event::Event;

/// Someone who is told what happens in a training: a file, a dashboard, those at the other end of a socket.
///
/// Nobody of them may keep the training waiting, or end it.
pub trait Watcher: Send {
    /// Something has happened.
    fn tell(&mut self, event: &Event);
}
