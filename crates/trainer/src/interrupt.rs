//! Stopping a training from outside: a handle, and Ctrl-C and its like on top of it.

mod signal;

use std::sync::{Mutex, MutexGuard, PoisonError};

use burn::train::Interrupter;

use crate::display::Display;
use crate::error::TrainError;
use crate::terminal::{leave_terminal, restore_terminal};

pub use signal::Signal;

/// What Burn's dashboard stops with.
const DASHBOARD_STOP: &str = "Stopping training from user input.";

/// Stops a running [`fit`](crate::Trainer::fit) after the batch it is at; what was learned is kept. A loop of one's own
/// asks it after each batch.
///
/// ```
/// use firebrick::training::StopHandle;
///
/// let stop = StopHandle::new();
/// let elsewhere = stop.clone();
/// std::thread::spawn(move || elsewhere.stop("a second thread")).join().unwrap();
/// assert_eq!(stop.stopped_by().as_deref(), Some("a second thread"));
/// ```
#[derive(Clone, Default)]
pub struct StopHandle {
    interrupter: Interrupter,
}

impl StopHandle {
    /// A handle for one `fit`.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for the stop; `by` is who asks, as the history will say it.
    pub fn stop(&self, by: &str) {
        self.interrupter.stop(Some(by));
    }

    /// Whether a stop was asked for.
    pub fn is_stopped(&self) -> bool {
        self.interrupter.should_stop()
    }

    /// Who asked for the stop, e.g. `Ctrl-C`, if somebody has.
    pub fn stopped_by(&self) -> Option<String> {
        self.is_stopped().then(|| asked_by(&self.interrupter))
    }

    /// Lets Ctrl-C stop this handle until the guard is dropped, and the [`Signal`]s that ask for an end without it,
    /// `SIGTERM` and `SIGHUP`. A second one leaves the program at once, with the signal's exit code;
    /// a second `SIGHUP` does not.
    ///
    /// Where several handles listen, that of a study and that of the training at work, say, the first Ctrl-C stops them
    /// all.
    ///
    /// ```
    /// use firebrick::training::StopHandle;
    ///
    /// let stop = StopHandle::new();
    /// let _guard = stop.on_ctrl_c()?;
    /// for batch in 0..100 {
    ///     if stop.is_stopped() {
    ///         break;
    ///     }
    ///     // Learn the batch.
    /// #   let _ = batch;
    /// }
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Errors
    /// A program that has a signal handler of its own.
    pub fn on_ctrl_c(&self) -> Result<CtrlC, TrainError> {
        let mut listeners = listeners();
        if !listeners.has_handler {
            signal::listen(on_signal).map_err(|source| TrainError::CtrlC { source })?;
            listeners.has_handler = true;
        }
        let number = listeners.add(self.clone());
        Ok(CtrlC { number })
    }

    pub(crate) fn interrupter(&self) -> Interrupter {
        self.interrupter.clone()
    }
}

impl std::fmt::Debug for StopHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StopHandle")
            .field("is_stopped", &self.is_stopped())
            .finish()
    }
}

/// Who asked an interrupter to stop.
pub(crate) fn asked_by(interrupter: &Interrupter) -> String {
    match interrupter.get_message() {
        Some(message) if message == DASHBOARD_STOP => "`q` in the dashboard".to_owned(),
        Some(message) => message,
        None => "a stop handle".to_owned(),
    }
}

/// Who Ctrl-C stops; the signal handler is the process' and stays once installed.
static LISTENERS: Mutex<Listeners> = Mutex::new(Listeners {
    has_handler: false,
    handles: Vec::new(),
});

/// The handles that Ctrl-C stops, each with the number of its guard.
struct Listeners {
    has_handler: bool,
    handles: Vec<(u64, StopHandle)>,
}

impl Listeners {
    fn add(&mut self, handle: StopHandle) -> u64 {
        let number = self.handles.last().map_or(0, |(last, _)| last + 1);
        self.handles.push((number, handle));
        number
    }

    fn remove(&mut self, number: u64) {
        self.handles.retain(|(own, _)| *own != number);
    }

    /// Stops what goes on; false if there is nothing to be done in order.
    ///
    /// A terminal that goes may say so more than once, to its shell and by it: that is no wish to leave at once.
    fn take(&self, signal: Signal) -> bool {
        self.stop(signal) || (signal == Signal::HangUp && !self.handles.is_empty())
    }

    /// Stops all that go on; false if there are none.
    fn stop(&self, by: Signal) -> bool {
        let handles = self.handles.iter().map(|(_, handle)| handle);
        let mut going_on = handles.filter(|handle| !handle.is_stopped()).peekable();
        let is_any = going_on.peek().is_some();
        going_on.for_each(|handle| handle.stop(&by.to_string()));
        is_any
    }
}

fn listeners() -> MutexGuard<'static, Listeners> {
    LISTENERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets Ctrl-C stop the handle of a training on the dashboard, whose terminal would else be left to the dashboard.
pub(crate) fn ctrl_c_on(display: Display, stop: &StopHandle) -> Option<CtrlC> {
    if !display.is_full_screen() {
        return None;
    }
    let listening = stop.on_ctrl_c();
    listening.inspect_err(|error| log::warn!("{error}")).ok()
}

/// While it lives, Ctrl-C stops a handle; see [`StopHandle::on_ctrl_c`].
///
/// ```
/// use firebrick::training::StopHandle;
///
/// let stop = StopHandle::new();
/// let guard = stop.on_ctrl_c()?;
/// // Ctrl-C stops the handle here...
/// drop(guard);
/// // ...and the program from here on.
/// assert!(!stop.is_stopped());
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
#[derive(Debug)]
#[must_use = "Ctrl-C stops nothing any more when this is dropped"]
pub struct CtrlC {
    number: u64,
}

impl Drop for CtrlC {
    fn drop(&mut self) {
        listeners().remove(self.number);
    }
}

fn on_signal(signal: Signal) {
    signal.note();
    if signal == Signal::HangUp {
        leave_terminal();
    }
    if !listeners().take(signal) {
        // A second one, or none to stop in order.
        restore_terminal();
        std::process::exit(i32::from(signal.exit_code()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none() -> Listeners {
        Listeners {
            has_handler: true,
            handles: Vec::new(),
        }
    }

    #[test]
    fn ctrl_c_stops_all_that_listen_and_a_second_one_leaves() {
        let (study, fit) = (StopHandle::new(), StopHandle::new());
        let mut listeners = none();
        listeners.add(study.clone());
        listeners.add(fit.clone());
        assert!(listeners.stop(Signal::Terminate));
        assert_eq!(study.stopped_by().as_deref(), Some("SIGTERM"));
        assert_eq!(fit.stopped_by().as_deref(), Some("SIGTERM"));
        assert!(!listeners.stop(Signal::Interrupt));
    }

    #[test]
    fn a_terminal_that_goes_may_say_so_twice() {
        let mut listeners = none();
        assert!(!listeners.take(Signal::HangUp));
        listeners.add(StopHandle::new());
        assert!(listeners.take(Signal::HangUp));
        assert!(listeners.take(Signal::HangUp));
        assert!(!listeners.take(Signal::Terminate));
    }

    #[test]
    fn what_was_stopped_otherwise_keeps_its_reason() {
        let (stopped, going_on) = (StopHandle::new(), StopHandle::new());
        let mut listeners = none();
        listeners.add(stopped.clone());
        listeners.add(going_on.clone());
        stopped.stop("a test");
        assert!(listeners.stop(Signal::Interrupt));
        assert_eq!(stopped.stopped_by().as_deref(), Some("a test"));
        assert!(going_on.is_stopped());
    }

    #[test]
    fn a_handle_whose_guard_is_dropped_listens_no_more() {
        let (outer, inner) = (StopHandle::new(), StopHandle::new());
        let mut listeners = none();
        listeners.add(outer.clone());
        let number = listeners.add(inner.clone());
        listeners.remove(number);
        assert!(listeners.stop(Signal::Interrupt));
        assert!(outer.is_stopped() && !inner.is_stopped());
    }

    #[test]
    fn a_handle_says_who_stopped_it() {
        let stop = StopHandle::new();
        assert_eq!(stop.stopped_by(), None);
        stop.interrupter().stop(Some(DASHBOARD_STOP));
        assert_eq!(stop.stopped_by().as_deref(), Some("`q` in the dashboard"));
        let stop = StopHandle::new();
        stop.interrupter().stop(None);
        assert_eq!(stop.stopped_by().as_deref(), Some("a stop handle"));
    }
}
