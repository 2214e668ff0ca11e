//! Burn's dashboard: opening it, and leaving the terminal as it was.

use burn::train::renderer::MetricsRenderer;

use std::backtrace::Backtrace;
use std::panic::{PanicHookInfo, set_hook, take_hook};

use crate::error::TrainError;
use crate::interrupt::StopHandle;

type PanicHook = Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync>;

/// While it lives, panics are written to the log instead of across the dashboard.
///
/// It has to be there before the dashboard opens, which puts a hook of its own in front.
pub(super) struct LoggedPanics {
    previous: Option<PanicHook>,
}

impl LoggedPanics {
    pub(super) fn install() -> Self {
        let previous = Some(take_hook());
        set_hook(Box::new(|info| {
            log::error!("{info}\n{}", Backtrace::capture());
        }));
        Self { previous }
    }
}

impl Drop for LoggedPanics {
    fn drop(&mut self) {
        // A panicking thread must not change the hook.
        if let Some(previous) = self.previous.take()
            && !std::thread::panicking()
        {
            set_hook(previous);
        }
    }
}

#[cfg(not(feature = "tui"))]
pub(super) fn open(_: &StopHandle) -> Result<Box<dyn MetricsRenderer>, TrainError> {
    Err(TrainError::NoDashboard {
        reason: "this build is without it; build with `--features tui`",
    })
}

#[cfg(not(feature = "tui"))]
pub(crate) fn restore_terminal() {}

#[cfg(not(feature = "tui"))]
pub(super) fn hold_screen() {}

#[cfg(not(feature = "tui"))]
pub(super) fn closed() {}

#[cfg(not(feature = "tui"))]
pub(super) fn clear_below() {}

/// Whether a dashboard is open; whatever ends it leaves raw mode.
#[cfg(feature = "tui")]
static IS_OPEN: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

/// Opens the dashboard and lets Ctrl-C through to the signal handler.
#[cfg(feature = "tui")]
pub(super) fn open(stop: &StopHandle) -> Result<Box<dyn MetricsRenderer>, TrainError> {
    use burn::train::renderer::tui::TuiMetricsRendererWrapper;
    use crossterm::terminal::{is_raw_mode_enabled, size};
    use std::time::{Duration, Instant};

    const TO_OPEN: Duration = Duration::from_secs(2);

    if size().is_err() {
        return Err(TrainError::NoDashboard {
            reason: "the terminal does not tell its size",
        });
    }
    let dashboard = TuiMetricsRendererWrapper::new(stop.interrupter(), None);
    // The dashboard opens on a thread of its own; its raw mode has to be there to be changed.
    let asked = Instant::now();
    while !is_raw_mode_enabled().unwrap_or(false) && asked.elapsed() < TO_OPEN {
        std::thread::sleep(Duration::from_millis(1));
    }
    #[cfg(unix)]
    if let Err(error) = let_ctrl_c_through() {
        log::warn!("Ctrl-C will not stop the training, `q` will: {error}");
    }
    IS_OPEN.store(true, std::sync::atomic::Ordering::Relaxed);
    Ok(Box::new(super::dashboard_renderer::DashboardRenderer::new(
        dashboard,
    )))
}

/// In raw mode Ctrl-C is a key like any other, and the dashboard does not know it: has the
/// terminal make a signal of it again. Suspending stays off, it would leave the screen torn.
#[cfg(all(feature = "tui", unix))]
fn let_ctrl_c_through() -> rustix::io::Result<()> {
    use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};

    /// The value that switches a control character off on the systems Rust's tier 1 knows.
    const DISABLED: u8 = if cfg!(target_os = "linux") { 0 } else { 0xff };

    let stdin = std::io::stdin();
    let mut modes = tcgetattr(&stdin)?;
    modes.local_modes |= LocalModes::ISIG;
    modes.special_codes[SpecialCodeIndex::VSUSP] = DISABLED;
    modes.special_codes[SpecialCodeIndex::VQUIT] = DISABLED;
    tcsetattr(&stdin, OptionalActions::Now, &modes)
}

/// Takes note that no dashboard is open any more.
#[cfg(feature = "tui")]
pub(super) fn closed() {
    IS_OPEN.store(false, std::sync::atomic::Ordering::Relaxed);
}

/// After a panic, whose hook has left the dashboard's screen: goes back to it, so that what is still
/// drawn until the dashboard is closed in order does not land among the user's lines.
#[cfg(feature = "tui")]
pub(super) fn hold_screen() {
    use crossterm::terminal::{EnterAlternateScreen, enable_raw_mode, is_raw_mode_enabled};
    use std::sync::atomic::Ordering;

    if IS_OPEN.load(Ordering::Relaxed) && !is_raw_mode_enabled().unwrap_or(true) {
        let _ = crossterm::execute!(std::io::stdout(), EnterAlternateScreen);
        let _ = enable_raw_mode();
    }
}

/// When the terminal goes: what is still written to it, by the dashboard as it closes, goes nowhere. Written to a
/// terminal that is gone it would end the process before what was learned is saved.
#[cfg(all(feature = "tui", unix))]
pub(crate) fn leave_terminal() {
    use std::io::{stderr, stdout};
    use std::os::fd::{AsFd, BorrowedFd};
    use std::os::unix::fs::FileTypeExt;

    // One that is gone does not call itself a terminal any more, but is no file and no pipe either.
    let was_terminal = |stream: BorrowedFd<'_>| {
        let stream = stream.try_clone_to_owned().map(std::fs::File::from);
        let metadata = stream.and_then(|stream| stream.metadata());
        metadata.is_ok_and(|metadata| metadata.file_type().is_char_device())
    };
    let Ok(nowhere) = std::fs::File::options().write(true).open("/dev/null") else {
        return;
    };
    // Where this fails too, nothing can be done about it.
    if was_terminal(stdout().as_fd()) {
        let _ = rustix::stdio::dup2_stdout(&nowhere);
    }
    if was_terminal(stderr().as_fd()) {
        let _ = rustix::stdio::dup2_stderr(&nowhere);
    }
}

#[cfg(not(all(feature = "tui", unix)))]
pub(crate) fn leave_terminal() {}

/// After its "kill", which leaves a line on the screen and the cursor above it.
#[cfg(feature = "tui")]
pub(super) fn clear_below() {
    use crossterm::terminal::{Clear, ClearType};

    let _ = crossterm::execute!(std::io::stdout(), Clear(ClearType::FromCursorDown));
}

/// Gives the terminal back from wherever the process is.
#[cfg(feature = "tui")]
pub(crate) fn restore_terminal() {
    use crossterm::cursor::Show;
    use crossterm::event::DisableMouseCapture;
    use crossterm::terminal::{LeaveAlternateScreen, disable_raw_mode, is_raw_mode_enabled};

    if is_raw_mode_enabled().unwrap_or(false) {
        let _ = disable_raw_mode();
        let _ = crossterm::execute!(
            std::io::stdout(),
            DisableMouseCapture,
            LeaveAlternateScreen,
            Show
        );
    }
}
