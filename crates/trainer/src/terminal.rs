//! The terminal, as it is left when the process goes or when the terminal itself does.

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

#[cfg(not(feature = "tui"))]
pub(crate) fn restore_terminal() {}

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
