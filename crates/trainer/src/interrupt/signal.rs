use std::fmt;
use std::io;
use std::sync::atomic::{AtomicU8, Ordering};

/// A signal of the system's that stops a training in order, as Ctrl-C does.
///
/// ```
/// use firebrick::training::Signal;
///
/// assert_eq!(Signal::Terminate.exit_code(), 143);
/// assert_eq!(Signal::Interrupt.to_string(), "Ctrl-C");
/// assert_eq!(Signal::last(), None, "none has come");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Signal {
    /// `SIGINT`, which Ctrl-C sends.
    Interrupt,
    /// `SIGTERM`, by which `kill`, batch systems and a machine that shuts down ask for an end.
    Terminate,
    /// `SIGHUP`, which comes when the terminal goes. Under `nohup` it is not listened to.
    HangUp,
}

/// The number of the last one, 0 for none.
static LAST: AtomicU8 = AtomicU8::new(0);

impl Signal {
    const ALL: [Self; 3] = [Self::Interrupt, Self::Terminate, Self::HangUp];

    /// The last one that has come while the process was listening.
    pub fn last() -> Option<Self> {
        let last = LAST.load(Ordering::Relaxed);
        Self::ALL.into_iter().find(|signal| signal.number() == last)
    }

    /// What a shell calls the end of a program by this signal: 128 and its number.
    pub fn exit_code(self) -> u8 {
        128 + self.number()
    }

    fn number(self) -> u8 {
        match self {
            Self::HangUp => 1,
            Self::Interrupt => 2,
            Self::Terminate => 15,
        }
    }

    pub(super) fn note(self) {
        LAST.store(self.number(), Ordering::Relaxed);
    }
}

impl fmt::Display for Signal {
    /// As the history says who asked for the stop.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Interrupt => "Ctrl-C",
            Self::Terminate => "SIGTERM",
            Self::HangUp => "SIGHUP",
        })
    }
}

/// Calls `handler` on a thread of its own for every signal that comes from now on.
pub(super) fn listen(handler: fn(Signal)) -> io::Result<()> {
    ctrlc::set_handler(move || handler(Signal::Interrupt)).map_err(io::Error::other)?;
    #[cfg(unix)]
    listen_to_ends(handler)?;
    Ok(())
}

/// Those that ask for an end without Ctrl-C.
#[cfg(unix)]
fn listen_to_ends(handler: fn(Signal)) -> io::Result<()> {
    let listened_to: &[Signal] = if is_hang_up_ignored() {
        &[Signal::Terminate]
    } else {
        &[Signal::Terminate, Signal::HangUp]
    };
    let numbers = listened_to.iter().map(|signal| i32::from(signal.number()));
    let mut signals = signal_hook::iterator::Signals::new(numbers)?;
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            for number in signals.forever() {
                let known = Signal::ALL.into_iter();
                known
                    .filter(|signal| i32::from(signal.number()) == number)
                    .for_each(handler);
            }
        })?;
    Ok(())
}

/// Whether the program was started so that it outlives its terminal, as `nohup` does.
#[cfg(unix)]
fn is_hang_up_ignored() -> bool {
    use std::io::IsTerminal;

    const HANG_UP: u64 = 1;

    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    match ignored_signals(&status) {
        Some(mask) => mask & HANG_UP != 0,
        // Where the system does not say it, `nohup` is known by what it leaves of the terminal.
        None => !io::stdout().is_terminal() && !io::stderr().is_terminal(),
    }
}

/// The mask of the ignored signals, the first bit for signal 1.
#[cfg(unix)]
fn ignored_signals(status: &str) -> Option<u64> {
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn ignored_signals_are_read_from_what_the_system_says() {
        let status = "Name:\tfirebrick\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000001001\n";
        assert_eq!(ignored_signals(status), Some(0x1001));
        assert_eq!(ignored_signals("Name:\tx\n"), None);
        assert_eq!(ignored_signals("SigIgn:\tnone\n"), None);
    }

    #[test]
    fn exit_codes_are_those_of_a_shell() {
        let codes = Signal::ALL.map(Signal::exit_code);
        assert_eq!(codes, [130, 143, 129]);
    }
}
