use crate::event::Event;

/// Someone who is told what happens in a training: a file, a dashboard, those at the other end of a socket.
///
/// Nobody of them may keep the training waiting, or end it.
///
/// ```
/// use firebrick_session::{Event, Watcher, What};
///
/// /// Counts the epochs.
/// struct Epochs(usize);
///
/// impl Watcher for Epochs {
///     fn tell(&mut self, event: &Event) {
///         self.0 += usize::from(event.what == What::EpochBegin);
///     }
/// }
///
/// let mut epochs = Epochs(0);
/// epochs.tell(&Event { step: 0, epoch: 1, seconds: 0.5, what: What::EpochBegin });
/// assert_eq!(epochs.0, 1);
/// ```
pub trait Watcher: Send {
    /// Something has happened.
    fn tell(&mut self, event: &Event);
}
