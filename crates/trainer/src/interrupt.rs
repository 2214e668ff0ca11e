//! Stopping a training from outside: a handle, and Ctrl-C on top of it.

use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use burn::train::Interrupter;

use crate::TrainError;
use crate::burn_loop::restore_terminal;

/// What the shell calls a program that was ended by Ctrl-C.
const EXIT_CODE: i32 = 130;

/// Stops a running [`fit`](crate::Trainer::fit) after the batch it is at; what was learned is kept.
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

/// The fit that Ctrl-C stops; the signal handler is the process' and stays once installed.
static CURRENT: Mutex<Option<StopHandle>> = Mutex::new(None);

fn current() -> MutexGuard<'static, Option<StopHandle>> {
    CURRENT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// While it lives, the first Ctrl-C stops the handle's fit in order, the second leaves at once.
pub(crate) struct CtrlC;

impl CtrlC {
    pub(crate) fn stops(handle: &StopHandle) -> Result<Self, TrainError> {
        static INSTALLED: Once = Once::new();
        let mut outcome = Ok(());
        INSTALLED.call_once(|| outcome = ctrlc::set_handler(on_ctrl_c));
        outcome.map_err(|source| TrainError::CtrlC { source })?;
        *current() = Some(handle.clone());
        Ok(Self)
    }
}

impl Drop for CtrlC {
    fn drop(&mut self) {
        *current() = None;
    }
}

fn on_ctrl_c() {
    match current().as_ref() {
        Some(handle) if !handle.is_stopped() => handle.stop("Ctrl-C"),
        // A second one, or none to stop in order.
        _ => {
            restore_terminal();
            std::process::exit(EXIT_CODE);
        }
    }
}
