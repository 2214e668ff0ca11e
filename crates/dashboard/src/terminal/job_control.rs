//! Ctrl-Z gives the terminal back before the process stands still, and `fg` takes it again.

use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGCONT, SIGTSTP};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::Held;
use crate::screen::Role;

/// Who has the terminal; a process has one, and its signals.
static HELD: Mutex<Option<Arc<Held>>> = Mutex::new(None);

/// Gives the terminal back and takes it again as signals come, from now on.
pub(super) fn listen(held: &Arc<Held>) -> io::Result<()> {
    // Once for good: a signal that nobody listened to any more would be ignored.
    static LISTENING: OnceLock<Result<(), io::ErrorKind>> = OnceLock::new();

    set(Some(Arc::clone(held)));
    let listening = LISTENING.get_or_init(|| start().map_err(|error| error.kind()));
    listening.map_err(io::Error::from)
}

/// Nobody has the terminal any more.
pub(super) fn forget() {
    set(None);
}

fn set(held: Option<Arc<Held>>) {
    *HELD.lock().unwrap_or_else(PoisonError::into_inner) = held;
}

fn start() -> io::Result<()> {
    let mut signals = Signals::new([SIGTSTP, SIGCONT])?;
    let listener = std::thread::Builder::new().name("job control".to_owned());
    listener.spawn(move || {
        for signal in signals.forever() {
            on_signal(signal);
        }
    })?;
    Ok(())
}

fn on_signal(signal: i32) {
    let held = HELD.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if signal == SIGTSTP {
        if let Some(held) = &held {
            held.give_back();
        }
        // Here the process stands still; where it can't, it goes on.
        let _ = emulate_default_handler(SIGTSTP);
    }
    // In the background a process goes on with what it does, but leaves the terminal alone.
    if let Some(held) = held.filter(|_| is_in_foreground()) {
        // Without a terminal there is nothing to draw on, and all else goes on.
        let _ = held.take();
    }
}

/// Whether the terminal listens to this process; where the system does not say it, it does.
fn is_in_foreground() -> bool {
    let status = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    is_foreground(&status).unwrap_or(true)
}

/// By the group of the process and that of its terminal, behind the name in brackets.
fn is_foreground(status: &str) -> Option<bool> {
    let (_, fields) = status.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(2);
    let group = fields.next()?;
    let of_terminal = fields.nth(2)?;
    Some(group == of_terminal)
}

/// In raw mode the terminal makes keys of Ctrl-C and Ctrl-Z; has it make signals of them again. Of Ctrl-C only where
/// somebody listens to it: who merely watches leaves by it.
pub(super) fn let_signals_through(role: Role) -> io::Result<()> {
    /// The value that switches a control character off on the systems Rust's tier 1 knows.
    const DISABLED: u8 = if cfg!(target_os = "linux") { 0 } else { 0xff };

    let stdin = io::stdin();
    let mut modes = tcgetattr(&stdin)?;
    modes.local_modes |= LocalModes::ISIG;
    modes.special_codes[SpecialCodeIndex::VQUIT] = DISABLED;
    if role == Role::Watching {
        modes.special_codes[SpecialCodeIndex::VINTR] = DISABLED;
    }
    Ok(tcsetattr(&stdin, OptionalActions::Now, &modes)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_foreground_is_where_the_groups_are_one() {
        let status = |group: u32| format!("17 (a ) b) R 1 {group} 9 34816 42 4194304");
        assert_eq!(is_foreground(&status(42)), Some(true));
        assert_eq!(is_foreground(&status(17)), Some(false));
        assert_eq!(is_foreground(""), None);
    }
}
